"""The index of all schools: finds them by what people type.

Built once from the rows of the registry and never changed; :mod:`.live` says when to build another.
Secondary and vocational schools stand before primary schools that fit as well: these sites are for
their students.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any

from django_intergrip_link.search.codes import Codes, is_main
from django_intergrip_link.search.describing import describe
from django_intergrip_link.search.entry import GUEST_KIND, PRIMARY_KIND, Entry, Found, Row
from django_intergrip_link.search.folding import fold_words
from django_intergrip_link.search.ranking import Ranking
from django_intergrip_link.search.reading import read_query
from django_intergrip_link.search.vocabulary import Vocabulary

MAX_CLOSED = 3
MAX_QUERY = 100
_NOT_PRIMARY, _MAIN_SITE, _SPELLING = 0.06, 0.03, 0.06
_MAX_SPELLED = 100


class SchoolIndex:
    """Schools, ready to be found.

    Attributes:
        guests: the open ways in for who has no school; search never finds them.
    """

    __slots__ = (
        "_codes",
        "_entries",
        "_open",
        "_ranking",
        "_schools",
        "_vocabulary",
        "guests",
    )

    def __init__(self, rows: Iterable[Row]) -> None:
        """Read these rows, in whatever order they come."""
        every = sorted(rows, key=_alphabet)
        shared: dict[str, str] = {}
        self._entries = [_entry(row, shared) for row in every]
        self._schools = sum(row.kind != GUEST_KIND for row in every)
        self._open = sum(entry.is_open for entry in self._entries[: self._schools])
        self.guests = tuple(entry for entry in self._entries[self._schools :] if entry.is_open)
        self._codes = Codes(self._entries)
        schools = every[: self._schools]
        bonus = array("f", map(_bonus, schools))
        self._vocabulary = Vocabulary(describe(row) for row in schools)
        self._ranking = Ranking(self._vocabulary, bonus)

    def __len__(self) -> int:
        return self._open

    def find(self, query: str, *, limit: int = 20, recent: Sequence[int] = ()) -> Found:
        """Return the schools that fit this query, the best first.

        ``recent`` holds primary keys of schools chosen before in this browser; they go first among
        schools that fit equally well. Any text is a query; one letter finds nothing.
        """
        query = query[:MAX_QUERY]
        scores, is_guess = self._scores(query)
        known = frozenset(recent)
        ranks = {number: self._rank(number, scores[number], known) for number in scores}
        order = sorted(ranks, key=ranks.__getitem__)
        fit = [number for number in order if self._entries[number].is_open]
        return Found(
            query=query,
            total=len(fit),
            entries=tuple(self._entries[number] for number in fit[:limit]),
            is_guess=is_guess and bool(fit),
            closed=self._closed(order, fit, scores),
        )

    def _rank(self, number: int, score: float, recent: frozenset[int]) -> tuple[float, bool, int]:
        """Return what schools are sorted by: score, chosen before, alphabet."""
        entry = self._entries[number]
        is_recent = entry.pk in recent
        if is_recent and not is_main(entry.brin):
            score += _MAIN_SITE  # whoever chose this site does not mean the main one
        return -round(score, 2), not is_recent, number

    def _closed(
        self, order: list[int], fit: list[int], scores: dict[int, float]
    ) -> tuple[Entry, ...]:
        """Return the schools that are switched off and fit better than all that are open."""
        best = round(scores[fit[0]], 2) if fit else 0.0
        closed = (number for number in order if not self._entries[number].is_open)
        better = (number for number in closed if round(scores[number], 2) > best)
        return tuple(self._entries[number] for number in islice(better, MAX_CLOSED))

    def _scores(self, query: str) -> tuple[dict[int, float], bool]:
        """Return number of a school → score, and whether that is a guess."""
        readings = read_query(query, self._vocabulary)
        codes = {
            number: score
            for number, score in self._codes.score(query).items()
            if number < self._schools
        }
        if not readings:
            return codes, False
        scores, is_guess = self._ranking.rank(readings)
        self._prefer_spelling(fold_words(query), scores)
        return scores | codes, is_guess and not codes

    def _prefer_spelling(self, words: list[str], scores: dict[int, float]) -> None:
        """Let a name that is spelled as typed stand before its equals: Joseph before Jozef."""
        best = max(scores.values(), default=0.0)
        equals = [number for number, score in scores.items() if score > best - _SPELLING]
        for number in equals[:_MAX_SPELLED]:
            if fold_words(self._entries[number].name) == words:
                scores[number] += _SPELLING


def _bonus(row: Row) -> float:
    """Return what decides between schools that fit almost equally well."""
    kind = 0.0 if row.kind == PRIMARY_KIND else _NOT_PRIMARY
    return kind + (_MAIN_SITE if is_main(row.brin) else 0.0)


def _alphabet(row: Row) -> tuple[bool, bool, list[str], bool, list[str], str, int]:
    """Return where a school stands among schools that fit equally well.

    Guests last of all, primary schools after others; then by name, and of one name the main site
    (``…00``, or the institution itself) first.
    """
    return (
        row.kind == GUEST_KIND,
        row.kind == PRIMARY_KIND,
        fold_words(row.name),
        not is_main(row.brin),
        fold_words(row.place),
        row.brin,
        row.pk,
    )


def _entry(row: Row, shared: dict[str, str]) -> Entry:
    """Return the row as the chooser shows it; equal texts are one text in memory."""
    shown: dict[str, Any] = {name: getattr(row, name) for name in _SHOWN}
    for name in _REPEATED:
        shown[name] = shared.setdefault(shown[name], shown[name])
    return Entry(**shown)


_SHOWN = tuple(field.name for field in fields(Entry))
_REPEATED = ("federation", "name", "place", "street", "levels", "kind", "message")
