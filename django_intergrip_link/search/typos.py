"""How many slips of a finger lie between two words: Damerau–Levenshtein, a column at a time.

Hyyrö, *A bit-vector algorithm for computing Levenshtein and Damerau edit distances* (2003): one
step for each letter of the other word, whatever the length of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase as _LETTERS  # noqa: N812 - a constant by its meaning


def allowed_typos(length: int) -> int:
    """Return how many slips we forgive in a word of this length."""
    if length < 4:
        return 0
    return 1 if length < 8 else 2


def one_slip_from(word: str) -> Iterator[str]:
    """Yield what this word is with a letter too few, too many, wrong, or two in wrong order."""
    for at in range(len(word)):
        before, letter, after = word[:at], word[at], word[at + 1 :]
        yield before + after
        if after and after[0] != letter:
            yield before + after[0] + letter + after[1:]
        for other in _LETTERS:
            yield before + other + after
            yield before + other + letter + after
    yield from (word + other for other in _LETTERS)


class Typed:
    """A typed word, ready to be compared with many others."""

    __slots__ = ("_last", "_letters", "length")

    def __init__(self, word: str) -> None:
        """Note where each letter stands, a bit for each place."""
        self.length = len(word)
        self._last = 1 << (self.length - 1)
        self._letters: dict[str, int] = {}
        for position, letter in enumerate(word):
            self._letters[letter] = self._letters.get(letter, 0) | 1 << position

    def distances(self, other: str) -> tuple[int, int]:
        """Return the distance to this word, and to the nearest of its beginnings."""
        letters, last = self._letters, self._last
        up, down, same, seen = (1 << self.length) - 1, 0, 0, 0
        distance = nearest = self.length
        for letter in other:
            now = letters.get(letter, 0)
            swapped = (((~same) & now) << 1) & seen
            same = swapped | (((now & up) + up) ^ up) | now | down
            rise, fall = down | ~(same | up), same & up
            if rise & last:
                distance += 1
            elif fall & last:
                distance -= 1
                nearest = min(nearest, distance)
            rise = rise << 1 | 1
            up, down = (fall << 1) | ~(same | rise), same & rise
            seen = now
        return distance, nearest
