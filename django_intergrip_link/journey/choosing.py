"""Step *choose*: who asks for the school, our page or the hub's, and what our page lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import QuerySet

from django_intergrip_link.conf import settings
from django_intergrip_link.models import School
from django_intergrip_link.school_names import short_name
from django_intergrip_link.search.entry import Entry, Found
from django_intergrip_link.search.live import current_index

PAGE_SIZE: Final = 20
MAX_SHOWN: Final = 200
SHORT_LIST: Final = 10
"""As many schools are shown before anything is typed."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One school in a list: ``detail`` is the second line, which tells equal names apart."""

    federation: str
    brin: str
    name: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """What the page shows for one query.

    Attributes:
        rows: the schools to choose from, the best first.
        total: how many there are.
        next_shown: how many "show 20 more" brings, or 0.
        new_from: index of the first row that "show 20 more" brought, or ``None``.
        is_guess: nothing is spelled like the query; these come near.
        is_whole_list: nothing was typed, and the list is short enough to show.
        closed: schools that the query means and that do not take part yet.
        guests: the accounts for who has no school account, such as the Entree account.
    """

    query: str
    rows: Sequence[Row] = ()
    total: int = 0
    next_shown: int = 0
    new_from: int | None = None
    is_guess: bool = False
    is_whole_list: bool = False
    closed: Sequence[Entry] = ()
    guests: Sequence[Row] = ()


def hub_asks() -> bool:
    """Whether the hub's own page asks for the school.

    With ``CHOOSER = "auto"`` ours does, as soon as a school is listed that the hub can be told;
    before that it would only be a page more.
    """
    if settings.CHOOSER != "auto":
        return settings.CHOOSER == "hub"
    return not _open_schools().exclude(entity_id="", realm="").exists()


def only_school() -> School | None:
    """Return the school when there is only one to choose, and no account for who has none."""
    index = current_index()
    if len(index) != 1 or index.guests:
        return None
    return _open_schools().first()


def find_schools(query: str, *, shown: int, recent: Sequence[School] = ()) -> Results:
    """Search the listed schools of all federations.

    Args:
        query: as typed.
        shown: how many rows at most; cut to 20 … 200.
        recent: schools that this browser used before; of equals they come first.
    """
    index = current_index()
    if not query.strip():
        return _whole_list(len(index), guests=describe(index.guests))
    limit = max(PAGE_SIZE, min(shown, MAX_SHOWN))
    found = index.find(query, limit=limit, recent=[school.pk for school in recent])
    return Results(
        query=query,
        rows=describe(found.entries),
        total=found.total,
        next_shown=_next_shown(found, limit),
        new_from=limit - PAGE_SIZE if PAGE_SIZE < limit < len(found.entries) + PAGE_SIZE else None,
        is_guess=found.is_guess,
        closed=[replace(entry, name=short_name(entry.name)) for entry in found.closed],
        guests=describe(index.guests),
    )


def describe(schools: Sequence[Entry | School]) -> list[Row]:
    """Give every school its second line: place and levels, and the street where both are equal."""
    lines = [
        (short_name(s.name), " · ".join(part for part in (s.place, s.levels) if part))
        for s in schools
    ]
    times = Counter(lines)
    return [
        Row(
            federation=school.federation,
            brin=school.brin,
            name=name,
            detail=f"{detail} · {school.street}"
            if school.street and times[name, detail] > 1
            else detail,
        )
        for school, (name, detail) in zip(schools, lines, strict=True)
    ]


def _whole_list(total: int, *, guests: Sequence[Row]) -> Results:
    if not 0 < total <= SHORT_LIST:
        return Results(query="", guests=guests)
    schools = list(_open_schools().order_by("name", "brin")[:SHORT_LIST])
    rows = describe(schools)
    return Results(query="", rows=rows, total=total, is_whole_list=True, guests=guests)


def _open_schools() -> QuerySet[School]:
    schools = School.objects.open_for_choice().filter(federation__in=settings.FEDERATIONS)
    return schools.exclude(kind=School.Kind.ENTREE)


def _next_shown(found: Found, limit: int) -> int:
    is_more = found.total > len(found.entries) and limit < MAX_SHOWN
    return limit + PAGE_SIZE if is_more else 0
