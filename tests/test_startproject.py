"""A new project plus the lines of the README, and nothing else, links and logs in again.

Over real HTTP: ``runserver`` in a process of its own, and a browser that keeps the cookies of
``localhost`` (the site) and ``127.0.0.1`` (the sandbox) apart.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import django_intergrip_link
from tests.markdown import README, code, commands, section
from tests.plain_browser import Page, PlainBrowser

USER_NAME = "sanne"
PASSWORD = "kies-een-zin"
INSIDE = "/school-account/logout/"
"""A page that looks different to somebody who is logged in."""

INSTALLED_FROM = Path(django_intergrip_link.__file__).parents[1]
SERVER_STARTS_WITHIN = 20


class Project:
    """``django-admin startproject`` with the README's lines, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self.port = _free_port()
        self.run("-m", "django", "startproject", "mysite", ".")
        text = section(README, "Add it to a project")
        settings_lines, url_lines = code(text, "python")
        self._append("settings.py", settings_lines)
        self._append("urls.py", url_lines)
        for command in commands(text):
            python, *arguments = shlex.split(command)
            # pip has installed us already; the server is started below.
            if python == "python" and arguments[0] == "manage.py" and "runserver" not in arguments:
                self.run(*arguments)

    def run(self, *arguments: str) -> str:
        """Run Python in the project; fail the test when it fails."""
        run = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    def serve(self) -> subprocess.Popen[bytes]:
        """Start ``runserver`` and wait until it answers."""
        with self.log.open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "manage.py", "runserver", "--noreload", str(self.port)],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        _wait_for(self.port)
        return server

    def _append(self, name: str, lines: str) -> None:
        # The port is the one thing changed: 8000 may be taken on this machine.
        moved = lines.replace("localhost:8000", f"localhost:{self.port}")
        with (self.folder / "mysite" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{moved}")

    def _environment(self) -> dict[str, str]:
        names = os.environ.keys() - {"DJANGO_SETTINGS_MODULE", "PYTHONWARNINGS"}
        return {
            **{name: os.environ[name] for name in names},
            "PYTHONPATH": str(INSTALLED_FROM),
            "PYTHONUNBUFFERED": "1",
        }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def browser(project: Project) -> Iterator[PlainBrowser]:
    server = project.serve()
    try:
        yield PlainBrowser()
    finally:
        server.terminate()
        server.wait(timeout=10)


def test_startproject__links_once_and_then_goes_straight_in(
    project: Project, browser: PlainBrowser
) -> None:
    site = f"http://localhost:{project.port}"
    _log_in_at_school(browser, project.port)

    _arrive(browser, f"{site}/saml2/kennisnet/login?school=99AB00&next={INSIDE}")
    assert browser.page.path == "/school-account/link/"
    _link(browser)
    assert (browser.page.path, browser.page.status) == ("/school-account/link/done/", 200)

    page = browser.open(INSIDE)
    assert _is_logged_in(page)
    assert not _is_logged_in(browser.submit(page.forms[-1]))

    page = _arrive(browser, f"{site}/saml2/kennisnet/login?school=99AB00&next={INSIDE}")
    assert page.path == INSIDE
    assert _is_logged_in(page)
    assert "System check identified no issues (0 silenced)." in project.log.read_text()
    assert "Traceback" not in project.log.read_text()


def _log_in_at_school(browser: PlainBrowser, port: int) -> None:
    page = browser.open(f"http://127.0.0.1:{port}/sandbox/portal/hoogveld/")
    page = browser.submit(page.form_with("person", "noor.dejong"), person="noor.dejong")
    assert page.path == "/sandbox/portal/hoogveld/"


def _arrive(browser: PlainBrowser, start: str) -> Page:
    """Follow the tile to the answer, which a person without JavaScript sends on."""
    page = browser.open(start)
    return browser.submit(page.form_with("SAMLResponse"))


def _link(browser: PlainBrowser) -> None:
    page = browser.open("/school-account/link/login/")
    page = browser.submit(page.form_with("password"), login=USER_NAME, password=PASSWORD)
    assert page.path == "/school-account/link/confirm/"
    browser.submit(page.form_with("confirm", "yes"), confirm="yes")


def _is_logged_in(page: Page) -> bool:
    return any(form.action == INSIDE for form in page.forms)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    until = time.monotonic() + SERVER_STARTS_WITHIN
    while time.monotonic() < until:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers on port {port}")
