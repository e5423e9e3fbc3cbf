"""Web processes that share one real database server; threads would share too much."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.attacks.conftest import stage, trusting_settings
from tests.races.worker import FORGET

__all__ = ["field", "server", "stage", "trusting_settings", "workers"]
PROCESSES: Final = 4
HEAD_START: Final = 0.01
"""Seconds between the order and the moment all obey it."""


class Field:
    """The processes of a race."""

    def __init__(self, processes: list[subprocess.Popen[str]]) -> None:
        """Wait until all are ready."""
        self._processes = processes
        for process in processes:
            assert _line(process) == "ready\n"

    def race(self, *requests: dict[str, Any]) -> list[dict[str, Any]]:
        """Send these requests at one moment, each from a process of its own."""
        at = time.monotonic() + HEAD_START
        runners = list(zip(self._processes, requests, strict=False))
        assert len(runners) == len(requests)
        for process, request in runners:
            order = {"body": None, "cookies": {}, "at": at, **request}
            assert process.stdin is not None
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        return [json.loads(_line(process)) for process, _ in runners]

    def forget(self) -> None:
        """Empty the cache that each process has of its own, with the tries that it counted."""
        self.race(*[{"url": FORGET}] * PROCESSES)


@pytest.fixture
def server(transactional_db: None) -> None:
    """A database that two processes can reach; SQLite in memory is none."""
    wanted = urlsplit(os.environ.get("TEST_DATABASE_URL", "")).hostname
    if connection.vendor == "sqlite" and not wanted:
        pytest.skip("needs a database server; see tox.ini")
    assert connection.vendor in ("postgresql", "mysql"), connection.vendor


@pytest.fixture
def field(server: None, stage: Any, request: pytest.FixtureRequest) -> Field:
    """Four processes on the test database, with the federations of this test."""
    workers: Field = request.getfixturevalue("workers")
    workers.forget()
    return workers


@pytest.fixture(scope="session")
def workers(django_db_setup: None, trusting_settings: dict[str, Any]) -> Iterator[Field]:
    """The four processes, started once for all races."""
    url = urlsplit(os.environ["TEST_DATABASE_URL"])
    environment = {
        **os.environ,
        "TEST_DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "RACE_SETTINGS": json.dumps(trusting_settings),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.races.worker"],
            cwd=Path(__file__).parents[2],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        yield Field(processes)
    finally:
        for process in processes:
            process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()
