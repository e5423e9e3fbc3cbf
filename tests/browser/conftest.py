"""The example site, Chromium, and visitors whose browser must have had nothing to complain of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest

# `tox run` collects this folder too, without a browser installed. `tox run -e browser` collects
# nothing then, which fails.
if find_spec("playwright") is None:
    collect_ignore_glob = ["*"]
else:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        Playwright,
        ViewportSize,
        sync_playwright,
    )

    from .looking import Looker
    from .serving import ExampleSite
    from .visitor import Visitor

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000
"""Milliseconds that a page may take."""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleSite]:
    """Serve the example for all tests."""
    site = ExampleSite(tmp_path_factory.mktemp("example"))
    yield site
    site.stop()


@pytest.fixture
def site(served: ExampleSite) -> Iterator[ExampleSite]:
    """The example with a fresh database; the test fails when the server met an error."""
    served.reset()
    served.read_log()
    yield served
    log = served.read_log()
    assert "Traceback" not in log, log
    assert '" 500 ' not in log, log


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium; a missing one fails, it never skips."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def looker(chromium: Browser) -> Looker:
    """One for the whole run, so that every state is looked at once."""
    return Looker(chromium)


@pytest.fixture
def new_visitor(
    site: ExampleSite, chromium: Browser, looker: Looker
) -> Iterator[Callable[..., Visitor]]:
    """Give a function that brings another person with a browser of their own."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def bring(*, has_scripts: bool = True, language: str = "nl-NL") -> Visitor:
        context = chromium.new_context(
            locale=language,
            java_script_enabled=has_scripts,
            viewport=ViewportSize(width=390, height=780),
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        visitors.append(Visitor(context, looker, has_scripts=has_scripts))
        return visitors[-1]

    yield bring
    for context in contexts:
        context.close()
    assert not [complaint for visitor in visitors for complaint in visitor.complaints]


@pytest.fixture
def visitor(new_visitor: Callable[..., Visitor]) -> Visitor:
    """One person with a Dutch browser on a phone."""
    return new_visitor()
