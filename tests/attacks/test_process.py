"""A process of its own: no program is needed beside Python, and the libraries stay silent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SECRETS = ("qj7cks8qdz9ph54", "Piet", "sanne@example.nl", "appel-fiets-12", "<saml", "PHNhbWx")


@pytest.fixture(scope="module")
def run() -> Any:
    """One login in a new process with an empty ``PATH``."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.attacks.one_login"],
        cwd=ROOT,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_login__needs_no_program_beside_python(run: Any) -> None:
    """No xmlsec1, nothing else: ``PATH`` is empty, and everything works."""
    assert run.returncode == 0, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])

    assert result["path"] == ""
    assert result["linked"] == "/school-account/link/done/"
    assert (result["came_in"], result["user"]) == ("/inside/", "sanne")
    assert result["metadata"] == 200


def test_libraries__have_no_logger_that_speaks(run: Any) -> None:
    """PRV-01: not even one that was made after our app had started."""
    assert json.loads(run.stdout.splitlines()[-1])["talkative"] == []


def test_log__of_a_whole_login_names_nobody(run: Any) -> None:
    """PRV-01: every logger at DEBUG from the first import on."""
    assert run.stderr, "nothing was logged; the test looks at nothing"
    assert [secret for secret in SECRETS if secret in run.stderr] == []
