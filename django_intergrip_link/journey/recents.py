"""Schools that this browser logged in at: a signed cookie with school codes, never a person.

Shown at *choose*, written at *complete*: after a login at school succeeded, never for a click.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.models import School

from .cookies import SignedCookie

MAX_AGE: Final = timedelta(days=180)
MAX_RECENT: Final = 3
_COOKIE: Final = SignedCookie(
    name="intergrip-schools", salt="django_intergrip_link.journey.recents", max_age=MAX_AGE
)

Code = tuple[str, str]
"""Federation and BRIN of a school."""


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What was taken out of the list.

    Attributes:
        before: what :meth:`Recents.restore` needs, or ``""`` when nothing was taken out.
        school: the one, or ``None`` for the whole list.
        at: the place where it stood.
    """

    before: str = ""
    school: School | None = None
    at: int | None = None


NOTHING_REMOVED: Final = Removal()


class Recents:
    """The remembered schools of one browser, the latest first, at most three."""

    def __init__(self, request: HttpRequest, *, is_https: bool) -> None:
        """Read the cookie; one that is forged, stale or planted reads as empty."""
        self._is_https = is_https
        self._codes = _read(_COOKIE.read(request, is_https=is_https))

    def schools(self) -> list[School]:
        """Return the schools that are still open, under the names they have now."""
        if not self._codes or settings.REMEMBER_SCHOOL == "off":
            return []
        named = Q()
        for federation, brin in self._codes:
            named |= Q(federation=federation, brin=brin)
        rows = School.objects.filter(named, is_active=True, federation__in=settings.FEDERATIONS)
        found = {_code(school): school for school in rows}
        return [found[code] for code in self._codes if code in found]

    def note_login(self, federation: str, brin: str, *, is_asked_for: bool) -> bool:
        """Put a school in front when this browser may remember it; return whether it did.

        Args:
            is_asked_for: the person ticked the box. Without that, and unless the setting is
                ``auto``, only a school that is in the list already comes to its front.
        """
        code = federation, brin
        is_wanted = is_asked_for or settings.REMEMBER_SCHOOL == "auto" or code in self._codes
        if settings.REMEMBER_SCHOOL == "off" or not is_wanted:
            return False
        self._codes = [code, *(other for other in self._codes if other != code)][:MAX_RECENT]
        return True

    def remove(self, code: str = "") -> Removal:
        """Take one school out of the list, or all of them.

        Args:
            code: ``federation/brin``, or ``""`` for the whole list.
        """
        shown = self.schools()
        names = [f"{school.federation}/{school.brin}" for school in shown]
        at = names.index(code) if code in names else None
        before = _COOKIE.pack(self._codes) if self._codes and (at is not None or not code) else ""
        self._codes = [pair for pair in self._codes if code and "/".join(pair) != code]
        return Removal(before=before, school=None if at is None else shown[at], at=at)

    def restore(self, before: str) -> None:
        """Put back what :meth:`remove` took out."""
        self._codes = _read(_COOKIE.unpack(before)) or self._codes

    def write(self, response: HttpResponse) -> None:
        """Put the codes into the response's cookie."""
        _COOKIE.write(response, self._codes, is_https=self._is_https)


def _code(school: School) -> Code:
    return school.federation, school.brin


def _read(pairs: Sequence[Sequence[str]] | None) -> list[Code]:
    return [(str(federation), str(brin)) for federation, brin in pairs or ()][:MAX_RECENT]
