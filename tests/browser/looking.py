"""What must hold for every page that a test meets, and the pictures of it.

A page is looked at once a run for each state that its file name tells: address, heading, state,
language, notices, scripts on or off. Pictures go to ``$ARTEFACTS``.
"""

from __future__ import annotations

import gzip
import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

import axe_core_python
from playwright.sync_api import Browser, Page, Response, Route, ViewportSize

from . import shape

AXE: Final = Path(axe_core_python.__file__).with_name("axe.min.js").read_text()
AXE_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW: Final = 320
TABLET: Final = 768
WIDE: Final = 1280
FOLDER: Final = Path(os.environ.get("ARTEFACTS", Path(__file__).parents[2] / "artefacts"))
MAX_PAGE: Final = 45 * 1024
MAX_SCRIPT: Final = 8 * 1024
"""Bytes after gzip."""

PLACES: Final = (
    ("portal", r"/sandbox/portal/[^/]+/"),
    ("choose", r"/saml2/[^/]+/school"),
    ("hub chooser", r"/sandbox/hub/choose"),
    ("school login", r"/sandbox/school/(?!referentie)[^/]+/login"),
    ("reference", r"/sandbox/school/referentie/login"),
    ("link", r"/school-account/link/"),
    ("someone else", r"/school-account/link/someone-else/"),
    ("login", r"/school-account/link/login/"),
    ("mail", r"/school-account/link/mail/"),
    ("mail code", r"/school-account/link/mail/code/"),
    ("class code", r"/school-account/link/code/"),
    ("register", r"/school-account/link/register/"),
    ("register code", r"/school-account/link/register/code/"),
    ("logged in", r"/school-account/link/logged-in/"),
    ("otp", r"/school-account/link/otp/"),
    ("more", r"/school-account/link/more/"),
    ("confirm", r"/school-account/link/confirm/"),
    ("done", r"/school-account/link/done/"),
    ("not me", r"/school-account/link/not-me/"),
    ("more time", r"/school-account/link/time/"),
    ("stop", r"/school-account/link/stop/"),
    ("undo", r"/school-account/undo/[^/]+/"),
    ("mine", r"/school-account/"),
    ("remove", r"/school-account/[0-9]+/remove/"),
    ("resume", r"/school-account/[0-9]+/resume/"),
    ("logout", r"/school-account/logout/"),
    ("return", r"/saml2/[^/]+/.+"),
    ("site home", r"/"),
    ("site login", r"/inloggen/"),
    ("allauth", r"/allauth/.+"),
    ("site password", r"/wachtwoord/.*"),
    ("site dossier", r"/dossier/"),
    ("outbox", r"/sandbox/outbox/.*"),
    ("sandbox", r"/sandbox/"),
    ("hub", r"/sandbox/hub/.+"),
    ("admin", r"/admin/.*"),
)
"""Every place there is, in the order that a student meets them; the number is in the file name."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What the page says about itself."""

    path: str
    title: str
    headings: list[str]
    language: str
    notices: list[str]
    has_scripts: bool
    status: int
    state: str

    @property
    def place(self) -> str:
        """The name of the place in ``PLACES``."""
        return next(name for name, path in PLACES if re.fullmatch(path, self.path))

    @property
    def is_ours(self) -> bool:
        """Whether it is a page of the package that a live site has."""
        return self.path.startswith(("/school-account/", "/saml2/"))

    @property
    def is_admin(self) -> bool:
        """Whether it is a page of Django's admin."""
        return self.place == "admin"

    @property
    def topic(self) -> str:
        """The title without the name of the site; the admin's titles hold dates and keys."""
        return re.sub(r"\d+", "n", self.path) if self.is_admin else self.title.split(" – ")[0]

    @property
    def name(self) -> str:
        """The beginning of the file names of its pictures."""
        number = [name for name, _ in PLACES].index(self.place) + 1
        parts = [self.place, self.state or self.topic, *self.notices, self.language]
        if self.status >= 400:
            parts.append(str(self.status))
        if not self.has_scripts:
            parts.append("no scripts")
        return f"{number:02d}-{_slug('-'.join(parts))}"


class Looker:
    """Looks at pages, each state once.

    Attributes:
        seen: names of the states that were looked at.
    """

    def __init__(self, chromium: Browser) -> None:
        self.seen: set[str] = set()
        self._chromium = chromium
        FOLDER.mkdir(parents=True, exist_ok=True)

    def look(self, page: Page, answer: Response | None, *, status: int, state: str = "") -> None:
        """Check the page that shows.

        Args:
            answer: the page as it was sent.
            state: what tells this state from others of the same page.

        Raises:
            AssertionError: with all that is wrong with it.
        """
        sight = _read(page, status, state)
        if sight.name in self.seen:
            return
        self.seen.add(sight.name)
        wrong = [*_check_words(sight), *_check_weight(page, sight)]
        if sight.is_ours:
            wrong += shape.check_html(answer.text() if answer else "")
            wrong += shape.check_outline(page)
            wrong += shape.check_stillness(page)
        before = page.viewport_size
        for height in (256, 700):
            page.set_viewport_size({"width": NARROW, "height": height})
            wrong += _check_width(page)
        if sight.is_ours:
            wrong += _check_room(page)
        _take_picture(page, f"{sight.name}-{NARROW}")
        if sight.is_ours:
            page.set_viewport_size({"width": TABLET, "height": 1024})
            wrong += shape.check_boxes(page)
        page.set_viewport_size({"width": WIDE, "height": 800})
        if sight.is_ours:
            wrong += shape.check_boxes(page)
        _take_picture(page, f"{sight.name}-{WIDE}")
        page.set_viewport_size(before or ViewportSize(width=WIDE, height=800))
        wrong += self._check_access(page, sight)
        assert not wrong, "\n".join([f"{page.url} ({sight.name})", *wrong])

    def _check_access(self, page: Page, sight: Sight) -> list[str]:
        if sight.has_scripts:
            return _run_axe(page, in_the_dark=sight.is_ours)
        # axe waits with timers, which do not run without scripts: it looks at a copy instead.
        html = page.content()

        def give(route: Route) -> None:
            if route.request.is_navigation_request():
                route.fulfill(body=html, content_type="text/html; charset=utf-8")
            elif route.request.resource_type == "script":
                route.abort()
            else:
                route.continue_()

        context = self._chromium.new_context(viewport=page.viewport_size)
        copy = context.new_page()
        copy.route("**/*", give)
        copy.goto(page.url)
        found = _run_axe(copy, in_the_dark=sight.is_ours)
        context.close()
        return found


def _read(page: Page, status: int, state: str) -> Sight:
    found: dict[str, Any] = page.evaluate(
        """() => ({
            title: document.title,
            headings: [...document.querySelectorAll("h1")].map((e) => e.innerText.trim()),
            language: document.documentElement.lang,
            notices: [...document.querySelectorAll(".notice-warning, .notice-done, .error")]
                .filter((e) => e.checkVisibility()).map((e) => e.className.split("-").pop())
                .concat([...document.querySelectorAll(".notice-error li")].map(() => "error")),
        })"""
    )
    # A page with scripts off still answers us; it only never ran its own.
    has_scripts = page.evaluate("() => matchMedia('(scripting: enabled)').matches")
    path = urlsplit(page.url).path
    return Sight(path=path, status=status, state=state, has_scripts=has_scripts, **found)


def _check_words(sight: Sight) -> list[str]:
    wrong = []
    if len(sight.headings) != 1:
        wrong.append(f"headings: {sight.headings}")
    if sight.language not in ("nl", "en"):
        wrong.append(f"language: {sight.language!r}")
    error = {"nl": "Fout: ", "en": "Error: "}.get(sight.language, "")
    heading = " ".join(sight.headings[0].split())
    if sight.is_ours and sight.title.removeprefix(error) != f"{heading} – Doorstroom":
        wrong.append(f"title {sight.title!r} of heading {heading!r}")
    if not sight.is_admin and not sight.title.endswith((" – Doorstroom", " – Nagemaakt")):
        wrong.append(f"title {sight.title!r} without the name of the site")
    is_error = sight.status >= 400 or any("error" in notice for notice in sight.notices)
    if is_error and not sight.title.startswith(error):
        wrong.append(f"title {sight.title!r} with status {sight.status} and {sight.notices}")
    return wrong


def _check_width(page: Page) -> list[str]:
    width: int = page.evaluate("() => document.documentElement.scrollWidth")
    return [f"{width} px wide at {page.viewport_size}"] if width > NARROW else []


def _check_room(page: Page) -> list[str]:
    """Look for boxes without room: as it is, with double letters, and with spaced lines."""
    double = "(size) => { document.documentElement.style.fontSize = size; }"
    wrong = [*shape.check_boxes(page), *shape.check_line_spacing(page)]
    page.evaluate(double, "200%")
    wrong += [f"{found}, with large letters" for found in _check_width(page)]
    wrong += shape.check_boxes(page, how="with large letters")
    page.evaluate(double, "")
    return wrong


def _take_picture(page: Page, name: str) -> None:
    """Take a picture of the whole page, with the images that only wide pages load."""
    is_ready = "() => [...document.images].every((e) => e.complete || !e.checkVisibility())"
    while not page.evaluate(is_ready):
        page.wait_for_timeout(20)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


def _check_weight(page: Page, sight: Sight) -> list[str]:
    """Weigh our own pages as a proxy with gzip would send them."""
    if not sight.is_ours:
        return []
    urls: list[str] = page.evaluate(
        "() => performance.getEntriesByType('resource').map((entry) => entry.name)"
    )
    scripts = sum(_weigh(url) for url in urls if url.endswith(".js"))
    total = len(gzip.compress(page.content().encode())) + sum(_weigh(url) for url in urls)
    wrong = [f"page of {total} bytes"] if total > MAX_PAGE else []
    return [*wrong, f"scripts of {scripts} bytes"] if scripts > MAX_SCRIPT else wrong


@cache
def _weigh(url: str) -> int:
    with urlopen(url, timeout=10) as response:
        return len(gzip.compress(response.read()))


def _run_axe(page: Page, *, in_the_dark: bool) -> list[str]:
    # By evaluate, which the page's own policy does not stop; a script element it would.
    page.evaluate(AXE)
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": AXE_TAGS}}
    found = _violations(page, options)
    if not in_the_dark:
        return found
    contrast = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    found += shape.check_borders(page)
    page.emulate_media(color_scheme="dark")
    found += [*_violations(page, contrast), *shape.check_borders(page)]
    page.emulate_media(color_scheme="light", forced_colors="active")
    found += [*_violations(page, contrast), *shape.check_borders(page)]
    page.emulate_media(forced_colors="none")
    return found


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    result = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"axe {violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
