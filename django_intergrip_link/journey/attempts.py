"""Open logins of one browser: a short-lived signed cookie, nothing in the database.

Written at *start*, read at *complete*: the answer counts only in the browser that asked for it.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme

from django_intergrip_link.conf import FederationSettings

from .cookies import SignedCookie

MAX_AGE: Final = timedelta(minutes=10)
MAX_OPEN: Final = 5
MAX_NEXT: Final = 300
_COOKIE: Final = SignedCookie(
    name="intergrip-attempts", salt="django_intergrip_link.journey.attempts", max_age=MAX_AGE
)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One open login.

    Attributes:
        request_id: of our request to the hub.
        next: path to go to afterwards.
        began: Unix seconds.
        school: code of the school that was chosen, or ``""`` when the hub asked.
        federation: of that school.
        remembers: this browser may remember the school once the login there succeeded.
    """

    request_id: str
    next: str
    began: int
    school: str = ""
    federation: str = ""
    remembers: bool = False


class Attempts:
    """The open attempts of one browser, newest last, at most five, each ten minutes at most."""

    def __init__(self, request: HttpRequest, federation: FederationSettings) -> None:
        """Read the cookie; one that is forged, stale or planted reads as empty."""
        self._federation = federation.name
        self._is_https = federation.is_https
        self._open = _read(_COOKIE.read(request, is_https=self._is_https) or [])

    def add(
        self, *, request_id: str, next_path: str, school: str = "", remembers: bool = False
    ) -> None:
        """Add an attempt and drop the oldest above five."""
        attempt = Attempt(
            request_id=request_id,
            next=next_path,
            began=int(time.time()),
            school=school,
            federation=self._federation,
            remembers=remembers,
        )
        self._open = [*self._open, attempt][-MAX_OPEN:]

    @property
    def latest_school(self) -> tuple[str, str]:
        """Return federation and code of the school that was asked last and did not answer."""
        return (self._open[-1].federation, self._open[-1].school) if self._open else ("", "")

    def take(self, request_id: str) -> Attempt | None:
        """Remove and return the attempt with this request id, or ``None``."""
        found = next((a for a in self._open if a.request_id == request_id), None)
        self._open = [a for a in self._open if a is not found]
        return found

    def write(self, response: HttpResponse) -> None:
        """Put the attempts that are left into the response's cookie."""
        rows = [asdict(attempt) for attempt in self._open]
        _COOKIE.write(response, rows, is_https=self._is_https)


def _read(rows: list[dict[str, Any]]) -> list[Attempt]:
    oldest = time.time() - MAX_AGE.total_seconds()
    try:
        return [Attempt(**row) for row in rows if row["began"] >= oldest]
    except (KeyError, TypeError):  # written by another release of this app during an update
        return []


def local_path(value: str) -> str:
    """Return ``value``, encoded, when it is a plain path on this site, else ``""``.

    Only ``/path?query`` passes: no scheme, no host, no backslash, no control character.
    """
    path = iri_to_uri(value)
    # SECURITY: open redirect. Django's check, narrowed to one leading slash and a short length; of
    # the value as it came, because encoding would hide what some server decodes again.
    is_local = (
        value.startswith("/")
        and not value.startswith("//")
        and "\\" not in value
        and len(path) <= MAX_NEXT
        and value.isprintable()
        and url_has_allowed_host_and_scheme(value, allowed_hosts=None)
    )
    return path if is_local and not urlsplit(value).netloc else ""
