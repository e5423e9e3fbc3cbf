"""School codes: whole, or the beginning of one. A code forgives no typing errors.

Near codes belong to other schools: a guess here would be a wrong school with certainty.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Sequence

from django_intergrip_link.search.entry import Entry

_CODE = re.compile(r"[0-9]{2}[A-Z]{0,2}|[0-9]{2}[A-Z]{2}[0-9]{1,2}", re.ASCII)
_WHOLE, _BEGINS, _MAIN = 20.0, 10.0, 1.0


def is_main(code: str) -> bool:
    """Whether this is the code of a school itself, or of the site it calls its first."""
    return len(code) <= 4 or code.endswith("00")


class Codes:
    """The numbers of all schools, sorted by code."""

    __slots__ = ("_entries", "_sorted")

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Sort these schools; their numbers are their places in this sequence."""
        self._entries = entries
        self._sorted = array("I", sorted(range(len(entries)), key=self._code_of))

    def beginning_with(self, start: str) -> Sequence[int]:
        """Return the numbers of all whose code begins with this."""
        first = bisect_left(self._sorted, start, key=self._code_of)
        return self._sorted[first : bisect_left(self._sorted, start + "\x7f", key=self._code_of)]

    def score(self, query: str) -> dict[int, float]:
        """Return the schools whose code this query is, or begins, above all other scores."""
        typed = "".join(query.split()).upper()
        if not _CODE.fullmatch(typed):
            return {}
        return {
            number: (_WHOLE if code == typed else _BEGINS) + (_MAIN if is_main(code) else 0.0)
            for number in self.beginning_with(typed)
            for code in [self._code_of(number)]
        }

    def _code_of(self, number: int) -> str:
        return self._entries[number].brin
