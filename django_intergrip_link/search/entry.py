"""What goes into the index and what comes out: one row, one school as the chooser shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

GUEST_KIND = "entree"
PRIMARY_KIND = "po"


class Row(NamedTuple):
    """One row of the registry, its fields in the order in which :mod:`.live` reads them."""

    pk: int
    federation: str
    brin: str
    name: str
    place: str
    street: str
    levels: str
    kind: str
    is_open: bool
    message: str
    aliases: str
    former_names: str
    website: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One school as the chooser shows it."""

    pk: int
    federation: str
    brin: str
    name: str
    place: str
    street: str
    levels: str
    kind: str
    is_open: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of the answer to one query.

    Attributes:
        query: as it was typed, cut to a decent length.
        total: how many open schools fit, on all pages together.
        entries: the open schools of this page, the best first.
        is_guess: nothing fits as it was typed; the page asks "Do you mean".
        closed: at most three schools that are switched off and fit better than any open one.
    """

    query: str
    total: int = 0
    entries: tuple[Entry, ...] = ()
    is_guess: bool = False
    closed: tuple[Entry, ...] = ()
