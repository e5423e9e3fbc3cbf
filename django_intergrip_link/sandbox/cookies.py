"""What the sandbox remembers in the browser: signed cookies on ``127.0.0.1``, nothing elsewhere.

Four of them: the school of the hub session, the portal's announcement (``ssonot``), recent choices,
and who is logged in at which school.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from django.http import HttpRequest, HttpResponse

from .hub import sandbox_path
from .people import Person, find_person
from .schools import DemoSchool, get_school

HUB: Final = "sandbox_hub"
NOTICE: Final = "ssonot"
RECENT: Final = "sandbox_recent"
LOGINS: Final = "sandbox_logins"
MAX_RECENT: Final = 3
_SALT: Final = "django_intergrip_link.sandbox.cookies."
_EIGHT_HOURS: Final = 8 * 3600
_HALF_YEAR: Final = 180 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class SchoolLogin:
    """Somebody is logged in at a school since ``at`` (seconds since 1970)."""

    person: Person
    at: float


def read_hub_school(request: HttpRequest) -> DemoSchool | None:
    """Return the school that the hub session remembers."""
    return get_school(_read(request, HUB) or "")


def remember_hub_school(response: HttpResponse, school: DemoSchool) -> None:
    """Start a hub session with ``school``."""
    _write(response, HUB, school.slug)


def read_notice(request: HttpRequest) -> DemoSchool | None:
    """Return the school whose portal announced itself."""
    return get_school(_read(request, NOTICE) or "")


def write_notice(response: HttpResponse, school: DemoSchool) -> None:
    """Announce ``school`` for one login."""
    _write(response, NOTICE, school.slug)


def read_recent(request: HttpRequest) -> list[DemoSchool]:
    """Return the schools chosen before, latest first."""
    schools = (get_school(slug) for slug in _read(request, RECENT) or [])
    return [school for school in schools if school is not None]


def remember_choice(request: HttpRequest, response: HttpResponse, school: DemoSchool) -> None:
    """Put ``school`` in front of the recent choices."""
    others = [recent.slug for recent in read_recent(request) if recent != school]
    _write(response, RECENT, [school.slug, *others][:MAX_RECENT], max_age=_HALF_YEAR)


def read_login(request: HttpRequest, school: DemoSchool) -> SchoolLogin | None:
    """Return who is logged in at ``school`` in this browser."""
    username, at = (_read(request, LOGINS) or {}).get(school.slug, ("", 0))
    person = find_person(school, username)
    return None if person is None else SchoolLogin(person=person, at=at)


def write_login(
    request: HttpRequest, response: HttpResponse, school: DemoSchool, person: Person
) -> None:
    """Log ``person`` in at ``school``; other schools stay as they are."""
    logins = _read(request, LOGINS) or {}
    _write(response, LOGINS, {**logins, school.slug: (person.username, time.time())})


def end_login(request: HttpRequest, response: HttpResponse, school: DemoSchool) -> None:
    """Log out at ``school``."""
    logins = _read(request, LOGINS) or {}
    _write(response, LOGINS, {slug: who for slug, who in logins.items() if slug != school.slug})


def forget(response: HttpResponse, name: str) -> None:
    """Delete the cookie ``name``."""
    response.delete_cookie(name, path=sandbox_path("index"), samesite="Lax")


def _read(request: HttpRequest, name: str) -> Any:
    try:
        return signing.loads(request.COOKIES.get(name, ""), salt=f"{_SALT}{name}")
    except signing.BadSignature:
        return None


def _write(
    response: HttpResponse, name: str, value: object, *, max_age: int = _EIGHT_HOURS
) -> None:
    response.set_cookie(
        name,
        signing.dumps(value, salt=f"{_SALT}{name}"),
        max_age=max_age,
        path=sandbox_path("index"),
        httponly=True,
        samesite="Lax",
    )
