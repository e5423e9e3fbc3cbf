"""``manage.py demo`` of the example, as ``tox run -e demo`` starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

EXAMPLE = Path(__file__).resolve().parent.parent / "example_project"
SECONDS_TO_START = 60


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def environment(port: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    database = tmp_path_factory.mktemp("example") / "doorstroom.sqlite3"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    return {
        **inherited,
        "PYTHONPATH": str(EXAMPLE.parent),
        "PYTHONUNBUFFERED": "1",
        "DEMO_PORT": str(port),
        "DOORSTROOM_DATABASE": str(database),
    }


@pytest.fixture(scope="module")
def printed(
    environment: dict[str, str], port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Start the demo, wait until it serves, and give the file with what it printed."""
    output = tmp_path_factory.mktemp("output") / "demo.txt"
    with output.open("wb") as stream:
        demo = subprocess.Popen(
            [sys.executable, EXAMPLE / "manage.py", "demo"],
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_it_serves(f"http://localhost:{port}/", demo, output)
        yield output
    finally:
        demo.terminate()
        demo.wait(timeout=10)


def wait_until_it_serves(url: str, demo: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and demo.poll() is None:
        try:
            urlopen(url, timeout=5).close()
        except URLError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the demo does not serve:\n{output.read_text()}")


def read(url: str, language: str = "nl") -> str:
    request = Request(url, headers={"Accept-Language": language})
    with urlopen(request, timeout=10) as response:
        return str(response.read().decode())


def test_demo__prints_addresses_people_and_passwords(printed: Path, port: int) -> None:
    text = printed.read_text()

    assert f"http://localhost:{port}/" in text
    assert f"http://127.0.0.1:{port}/sandbox/" in text
    assert "sanne      Appel-Fiets-12" in text
    assert "their password is schooldemo" in text


def test_demo__home_leads_to_school_login_and_portals(printed: Path, port: int) -> None:
    home = read(f"http://localhost:{port}/")

    assert 'href="/saml2/kennisnet/login?next=/dossier/"' in home
    assert "Inloggen met je schoolaccount" in home
    assert f'href="http://127.0.0.1:{port}/sandbox/portal/hoogveld/"' in home
    assert "Hoogveld College" in read(f"http://127.0.0.1:{port}/sandbox/")


def test_demo__home_speaks_english(printed: Path, port: int) -> None:
    assert "Log in with your school account" in read(f"http://localhost:{port}/", "en")


def test_demo__school_login_reaches_the_hub(printed: Path, port: int) -> None:
    page = read(f"http://localhost:{port}/saml2/kennisnet/login?next=/dossier/")

    assert "Kies hieronder jouw school of gebruik Entree-account" in page


def test_seed__can_be_repeated(printed: Path, environment: dict[str, str]) -> None:
    again = subprocess.run(
        [sys.executable, EXAMPLE / "manage.py", "seed"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )

    assert again.stdout == "5 people are ready.\n"
