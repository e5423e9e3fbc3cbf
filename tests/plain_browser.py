"""A browser without scripts, over real HTTP: cookies by host, ``SameSite=Lax``, HTML forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import cast
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

MAX_REDIRECTS = 10


@dataclass
class Form:
    """One form of a page: where it goes, its hidden fields and the buttons that have a name."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the browser shows."""

    url: str
    status: int
    html: str
    forms: tuple[Form, ...]

    @property
    def path(self) -> str:
        """The path of the address, without query."""
        return urlsplit(self.url).path

    def form_with(self, name: str, value: str | None = None) -> Form:
        """Return the first form with a field of this name, or a button of this name and value."""
        for form in self.forms:
            if (name in form.fields and value is None) or (name, value) in form.buttons:
                return form
        raise AssertionError(f"no form with {name}={value} on {self.url}: {self.html}")


class PlainBrowser:
    """One person's browser. ``page`` is what it shows; every step returns the new page."""

    def __init__(self) -> None:
        self.page = Page(url="", status=0, html="", forms=())
        self._cookies = CookieJar()
        self._opener = build_opener(_NoRedirects)

    def open(self, address: str) -> Page:
        """Follow a link."""
        return self._visit(Request(urljoin(self.page.url, address)))

    def submit(self, form: Form, **fields: str) -> Page:
        """Submit a form of this page with these fields filled in."""
        address = urljoin(self.page.url, form.action)
        body = urlencode({**form.fields, **fields}).encode()
        return self._visit(Request(address, data=body, headers=self._origin()))

    def _origin(self) -> dict[str, str]:
        parts = urlsplit(self.page.url)
        return {"Origin": f"{parts.scheme}://{parts.netloc}"}

    def _visit(self, request: Request) -> Page:
        for _ in range(MAX_REDIRECTS):
            with self._send(request) as response:
                target = response.headers.get("Location")
                if target is None:
                    self.page = _read_page(request.full_url, response)
                    return self.page
            request = Request(urljoin(request.full_url, target))
        raise AssertionError(f"too many redirects, the last to {request.full_url}")

    def _send(self, request: Request) -> HTTPResponse | HTTPError:
        # A browser withholds Lax cookies from a form that comes from another site.
        is_foreign_form = (
            request.data is not None and request.host != urlsplit(self.page.url).netloc
        )
        if not is_foreign_form:
            self._cookies.add_cookie_header(request)
        response: HTTPResponse | HTTPError
        try:
            response = self._opener.open(request, timeout=20)
        except HTTPError as error:  # any status but 2xx, redirects too
            response = error
        # HTTPError has all that the jar reads, though its type does not say so.
        self._cookies.extract_cookies(cast("HTTPResponse", response), request)
        return response


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(action=found.get("action", "")))
        elif tag == "input" and self.forms and found.get("name"):
            self.forms[-1].fields[found["name"]] = found.get("value", "")
        elif tag == "button" and self.forms and found.get("name"):
            self.forms[-1].buttons.add((found["name"], found.get("value", "")))


def _read_page(url: str, response: HTTPResponse | HTTPError) -> Page:
    html = response.read().decode("utf-8", "replace")
    reader = _FormReader()
    reader.feed(html)
    return Page(url=url, status=response.status or 0, html=html, forms=tuple(reader.forms))
