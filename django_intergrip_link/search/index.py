"""The index of all schools: finds them by what people type, or by their code.

Built once from the rows of the registry and never changed; :mod:`.live` says when to build another.
Secondary and vocational schools stand before primary schools that fit as well: these sites are for
their students.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Self

from django_intergrip_link.search.describing import describe
from django_intergrip_link.search.entry import GUEST_KIND, PRIMARY_KIND, Entry, Found, Row
from django_intergrip_link.search.folding import MAX_LENGTH, fold_words
from django_intergrip_link.search.ranking import Ranking
from django_intergrip_link.search.reading import read_query
from django_intergrip_link.search.vocabulary import Vocabulary

MAX_CLOSED = 3
_CODE = re.compile(r"[0-9]{2}[A-Z]{0,2}|[0-9]{2}[A-Z]{2}[0-9]{1,2}", re.ASCII)
_CODE_WHOLE, _CODE_BEGINS = 20.0, 10.0
_NOT_PRIMARY, _MAIN_SITE = 0.06, 0.03


class SchoolIndex:
    """Schools, ready to be found.

    Attributes:
        guests: the open ways in for who has no school; search never finds them.
    """

    __slots__ = (
        "_by_code",
        "_by_pk",
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
        numbers = range(len(every))
        self._by_pk = array("I", sorted(numbers, key=self._pk_of))
        self._by_code = array("I", sorted(numbers, key=self._code_of))
        schools = every[: self._schools]
        bonus = array("f", map(_bonus, schools))
        self._vocabulary = Vocabulary(describe(row) for row in schools)
        self._ranking = Ranking(self._vocabulary, bonus)

    @classmethod
    def build(cls, rows: Iterable[Row]) -> Self:
        """Return the index of these rows, in whatever order they come."""
        return cls(rows)

    def __len__(self) -> int:
        return self._open

    def get(self, pk: int) -> Entry | None:
        """Return the school with this primary key, open or not; guests too."""
        at = bisect_left(self._by_pk, pk, key=self._pk_of)
        if at < len(self._by_pk) and self._pk_of(self._by_pk[at]) == pk:
            return self._entries[self._by_pk[at]]
        return None

    def by_code(self, federation: str, brin: str) -> Entry | None:
        """Return the school with this code in this federation, open or not; guests too."""
        wanted = brin.strip().upper()
        for number in self._with_code(wanted):
            entry = self._entries[number]
            if entry.brin == wanted and entry.federation == federation:
                return entry
        return None

    def find(
        self, query: str, *, offset: int = 0, limit: int = 20, recent: Collection[int] = ()
    ) -> Found:
        """Return the schools that fit this query, the best first.

        ``recent`` holds primary keys of schools chosen before in this browser; they go first among
        schools that fit equally well. Any text is a query; one letter finds nothing.
        """
        query = query[:MAX_LENGTH]
        scores, is_guess = self._scores(query)
        entries = self._entries
        order = sorted(
            scores, key=lambda at: (-round(scores[at], 2), entries[at].pk not in recent, at)
        )
        fit = [at for at in order if entries[at].is_open]
        return Found(
            query=query,
            total=len(fit),
            entries=tuple(entries[at] for at in fit[offset : offset + limit]),
            is_guess=is_guess and bool(fit),
            closed=self._closed(order, fit, scores),
        )

    def _closed(
        self, order: list[int], fit: list[int], scores: dict[int, float]
    ) -> tuple[Entry, ...]:
        """Return the schools that are switched off and fit better than all that are open."""
        best = round(scores[fit[0]], 2) if fit else 0.0
        better = [
            at for at in order if not self._entries[at].is_open and round(scores[at], 2) > best
        ]
        return tuple(self._entries[at] for at in better[:MAX_CLOSED])

    def _scores(self, query: str) -> tuple[dict[int, float], bool]:
        """Return number of a school → score, and whether that is a guess."""
        readings = read_query(query, self._vocabulary)
        codes = self._with_code_scores(query)
        if not readings:
            return codes, False
        scores, is_guess = self._ranking.rank(readings)
        return scores | codes, is_guess and not codes

    def _with_code_scores(self, query: str) -> dict[int, float]:
        """Return the schools whose code begins with this; a code forgives no typing errors."""
        code = "".join(query.split()).upper()
        if not _CODE.fullmatch(code):
            return {}
        return {
            number: (_CODE_WHOLE if self._code_of(number) == code else _CODE_BEGINS)
            + (_MAIN_SITE if _is_main(self._code_of(number)) else 0.0)
            for number in self._with_code(code)
            if number < self._schools
        }

    def _with_code(self, start: str) -> Sequence[int]:
        """Return the numbers of all whose code begins with this."""
        codes = self._by_code
        first = bisect_left(codes, start, key=self._code_of)
        return codes[first : bisect_left(codes, start + "\x7f", key=self._code_of)]

    def _pk_of(self, number: int) -> int:
        return self._entries[number].pk

    def _code_of(self, number: int) -> str:
        return self._entries[number].brin


def _bonus(row: Row) -> float:
    """Return what decides between schools that fit almost equally well."""
    kind = 0.0 if row.kind == PRIMARY_KIND else _NOT_PRIMARY
    return kind + (_MAIN_SITE if _is_main(row.brin) else 0.0)


def _is_main(brin: str) -> bool:
    """Whether this is the code of a school itself, or of the site it calls its first."""
    return len(brin) <= 4 or brin.endswith("00")


def _alphabet(row: Row) -> tuple[bool, bool, list[str], bool, list[str], str, int]:
    """Return where a school stands among schools that fit equally well.

    Guests last of all, primary schools after others; then by name, and of one name the main site
    (``…00``, or the institution itself) first.
    """
    return (
        row.kind == GUEST_KIND,
        row.kind == PRIMARY_KIND,
        fold_words(row.name),
        not _is_main(row.brin),
        fold_words(row.place),
        row.brin,
        row.pk,
    )


def _entry(row: Row, shared: dict[str, str]) -> Entry:
    """Return the row as the chooser shows it; equal texts are one text in memory."""
    fields: dict[str, Any] = dict(zip(_SHOWN, row, strict=False))
    for field in _REPEATED:
        fields[field] = shared.setdefault(fields[field], fields[field])
    return Entry(**fields)


_SHOWN = (
    "pk",
    "federation",
    "brin",
    "name",
    "place",
    "street",
    "levels",
    "kind",
    "is_open",
    "message",
)
_REPEATED = ("federation", "name", "place", "street", "levels", "kind", "message")
