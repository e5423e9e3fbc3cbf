"""The example site as ``tox run -e demo`` serves it, with a database that every test gets fresh."""

from __future__ import annotations

import gzip
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import rmtree
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

DATA: Final = Path(__file__).resolve().parents[1] / "data" / "duo"
EXAMPLE: Final = Path(__file__).resolve().parents[2] / "example_project"
REAL_LIST: Final = {"vo": "kennisnet", "po": "kennisnet", "mbo": "surfconext"}
"""Files of the list, and the federation that such schools belong to."""
STARTS_WITHIN: Final = 90
"""Seconds."""


class ExampleSite:
    """``manage.py demo`` in a process of its own.

    Attributes:
        url: the site, on ``localhost``.
        sandbox_url: hub, schools and portals, on ``127.0.0.1``: another site to the browser.
    """

    def __init__(
        self, folder: Path, *, chooser: str = "auto", settings: str = "tests.browser.settings"
    ) -> None:
        port = _free_port()
        self.url = f"http://localhost:{port}"
        self.sandbox_url = f"http://127.0.0.1:{port}/sandbox"
        self._log = folder / "server.log"
        self._database = folder / "doorstroom.sqlite3"
        self._seeded = folder / "seeded.sqlite3"
        self._full = folder / "full.sqlite3"
        self._read_until = 0
        self._environment = {
            **{name: text for name, text in os.environ.items() if "DJANGO" not in name},
            "PYTHONPATH": str(EXAMPLE.parent),
            "PYTHONUNBUFFERED": "1",
            "DEMO_PORT": str(port),
            "DJANGO_SETTINGS_MODULE": settings,
            "DOORSTROOM_CHOOSER": chooser,
            "DOORSTROOM_DATABASE": str(self._database),
        }
        self._server = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, EXAMPLE / "manage.py", "demo"],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait(server)
        self._copy(self._database, self._seeded)
        return server

    def _wait(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and server.poll() is None:
            try:
                urlopen(self.url, timeout=5).close()
            except URLError:
                time.sleep(0.1)
            else:
                return
        server.kill()
        raise AssertionError(f"the example does not serve:\n{self._log.read_text()}")

    def stop(self) -> None:
        """End the process."""
        self._server.terminate()
        self._server.wait(timeout=10)

    def reset(self) -> None:
        """Put the database back to what the demo seeds: no links, no sessions, no counts."""
        rmtree(f"{self._database}.cache", ignore_errors=True)
        self._copy(self._seeded, self._database)

    def fill(self) -> None:
        """Add the real list of schools to the fresh database; read from its files once a run."""
        if not self._full.exists():
            self._copy(self._seeded, self._full)
            for kind, federation in REAL_LIST.items():
                self._import(DATA / f"{kind}.csv.gz", federation=federation)
        self._copy(self._full, self._database)

    def _import(self, file: Path, *, federation: str) -> None:
        plain = self._full.with_name(file.stem)
        plain.write_bytes(gzip.decompress(file.read_bytes()))
        manage = [sys.executable, str(EXAMPLE / "manage.py"), "intergrip_schools", "import"]
        subprocess.run(
            [*manage, str(plain), "--federation", federation, "--listed", "--apply"],
            env={**self._environment, "DOORSTROOM_DATABASE": str(self._full)},
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def prepare(self, name: str, walk: Callable[[], None]) -> None:
        """Bring the fresh database to where a walk ends; it is really walked once a run."""
        walked = self._full.with_name(f"{name}.sqlite3")
        if walked.exists():
            self._copy(walked, self._database)
        else:
            walk()
            self._copy(self._database, walked)

    def ask(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query; of one column only its values."""
        with closing(sqlite3.connect(self._database)) as database:
            rows = database.execute(query, values).fetchall()
        return [row[0] if len(row) == 1 else row for row in rows]

    def change(self, statement: str, *values: object) -> int:
        """Change the database as time or an administrator would; return how many rows."""
        with closing(sqlite3.connect(self._database)) as database, database:
            return database.execute(statement, values).rowcount

    def live_links(self) -> list[tuple[str, str]]:
        """Return user name and school of the links that open an account now."""
        return self.ask(
            "SELECT person.username, school.name FROM intergrip_link_accountlink link"
            " JOIN auth_user person ON person.id = link.user_id"
            " JOIN intergrip_link_school school ON school.id = link.school_id"
            " WHERE link.state = 'active' ORDER BY link.id"
        )

    def read_log(self) -> str:
        """Return what the server printed since the last call."""
        text = self._log.read_text()
        new, self._read_until = text[self._read_until :], len(text)
        return new

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        with (
            closing(sqlite3.connect(source)) as read,
            closing(sqlite3.connect(target)) as written,
        ):
            read.backup(written)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
