"""One person with one browser: what they press, and what the browser saw meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Frame,
    Locator,
    Page,
    Request,
    Response,
)

from .looking import Looker

OUR_HOSTS: Final = {"localhost", "127.0.0.1"}
Kind = Literal["button", "link"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One answer to a navigation of the tab."""

    method: str
    host: str
    path: str
    status: int

    @property
    def is_screen(self) -> bool:
        """Whether the answer was a page, not a redirect."""
        return not 300 <= self.status < 400


class Visitor:
    """A tab, the cookies behind it, and the record of its way.

    Attributes:
        page: the tab.
        has_scripts: whether the browser runs scripts.
        steps: every answer to a navigation, redirects too.
        complaints: errors in the console (refused by a policy, failed scripts) and requests to
            hosts that are not ours.
    """

    def __init__(
        self, context: BrowserContext, looker: Looker, *, has_scripts: bool = True
    ) -> None:
        self.context = context
        self.has_scripts = has_scripts
        self.steps: list[Step] = []
        self.complaints: list[str] = []
        self._looker = looker
        self._shown: Response | None = None
        self._addresses: set[str] = set()
        self.page = self._watch(context.new_page())

    def new_tab(self) -> Visitor:
        """Return the same person in another tab of the same browser."""
        tab = Visitor(self.context, self._looker, has_scripts=self.has_scripts)
        tab.complaints = self.complaints
        return tab

    # --- What a person does ---------------------------------------------------------------------

    def open(self, url: str, *, to: str = "", state: str = "") -> None:
        """Type an address, and arrive at the path ``to`` when that differs."""
        self.page.goto(url)
        if to:
            self.page.wait_for_url(_has_path(to))
        self.look(state)

    def press(self, name: str, *, to: str, kind: Kind = "button", state: str = "") -> None:
        """Press a button, and arrive at the path ``to``."""
        self.arrive(self.find(name, kind).click, to=to, state=state)

    def follow(self, name: str, *, to: str, state: str = "") -> None:
        """Follow a link, and arrive at the path ``to``."""
        self.press(name, to=to, kind="link", state=state)

    def fill(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    def go_back(self) -> None:
        """Press Back; what shows is whatever the browser finds there."""
        self.page.go_back()
        self.page.wait_for_load_state()

    def arrive(self, act: Callable[[], None], *, to: str, state: str = "") -> None:
        """Do something that leaves the page, wait for the page at ``to``, and look at it.

        The page of the hub that sends itself on passes by; without scripts its button is pressed.
        """
        is_there = _has_path(to)
        if self.has_scripts:
            with self.page.expect_navigation(url=is_there, wait_until="load"):
                act()
        else:
            with self.page.expect_navigation(wait_until="load"):
                act()
            if not is_there(self.page.url):
                self.look()
                with self.page.expect_navigation(wait_until="load"):
                    self.find("Ga verder", "button").click()
            assert is_there(self.page.url), f"{self.path} instead of {to}: {self.text}"
        self.look(state)

    # --- What a person sees ---------------------------------------------------------------------

    def find(self, name: str, kind: Kind) -> Locator:
        """Return the button or link that begins with this name (choices have a second line)."""
        exact = self.page.get_by_role(kind, name=name, exact=True)
        return exact if exact.count() else self.page.get_by_role(kind, name=name).first

    @property
    def path(self) -> str:
        """The path in the address bar."""
        return urlsplit(self.page.url).path

    @property
    def heading(self) -> str:
        """The h1."""
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def text(self) -> str:
        """All that can be read in the main part."""
        return self.text_of("main")

    def text_of(self, selector: str) -> str:
        """Return all that can be read in one part of the page."""
        return " ".join(self.page.locator(selector).first.inner_text().split())

    @property
    def focused(self) -> str:
        """What the focused element says: its label, or its text."""
        found: str = self.page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.labels?.[0] ?? e).innerText.trim().split('\\n')[0]; }"
        )
        return found

    @property
    def screens(self) -> list[str]:
        """The pages that showed, as host and path, oldest first."""
        return [f"{step.host}{step.path}" for step in self.steps if step.is_screen]

    def look(self, state: str = "") -> None:
        """Check the page that shows; see :mod:`tests.browser.looking`."""
        self._looker.look(self.page, self._shown, status=self._last_status(), state=state)

    # --- What the browser notes -----------------------------------------------------------------

    def _watch(self, page: Page) -> Page:
        page.on("console", self._hear)
        page.on("pageerror", self._hear_error)
        page.on("request", self._see_request)
        page.on("response", self._see_response)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        # Chromium reports the status of a refusal, which the tests look at themselves.
        is_status = message.text.startswith("Failed to load resource: the server responded")
        is_page = message.location["url"] in self._addresses
        if message.type in ("error", "warning") and not (is_status and is_page):
            self.complaints.append(f"{message.type} at {self.page.url}: {message.text}")

    def _hear_error(self, error: Error) -> None:
        self.complaints.append(f"script at {self.page.url}: {error}")

    def _see_request(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in OUR_HOSTS:
            self.complaints.append(f"request to {request.url}")

    def _see_response(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and _is_top(request.frame):
            address = urlsplit(response.url)
            self._shown = response
            self._addresses.add(response.url)
            self.steps.append(
                Step(
                    method=request.method,
                    host=address.hostname or "",
                    path=address.path,
                    status=response.status,
                )
            )

    def _last_status(self) -> int:
        return next((s.status for s in reversed(self.steps) if s.is_screen), 200)


def _is_top(frame: Frame) -> bool:
    return frame.parent_frame is None


def _has_path(path: str) -> Callable[[str], bool]:
    """Compare the path of an address; a ``*`` in ``path`` stands for what differs every time."""
    return lambda url: fnmatchcase(urlsplit(url).path, path)
