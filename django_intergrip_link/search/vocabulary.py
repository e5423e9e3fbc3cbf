"""All words of all schools in one sorted list: who holds a word, what begins so, what is near.

Everything per word lies in arrays, so that ten thousand schools take a few megabytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import log
from typing import NamedTuple

from django_intergrip_link.search.describing import Field, is_weightless
from django_intergrip_link.search.folding import sound_of
from django_intergrip_link.search.names import SMALL
from django_intergrip_link.search.typos import Typed, allowed_typos

SMALL_WEIGHT = 0.03
GENERIC_WEIGHT = 0.12
FIELD_BITS = 4
FIELD_MASK = 15
_MAX_NEAR = 400


class Near(NamedTuple):
    """A word like the one typed."""

    word: int
    slips: int
    is_whole: bool


class Vocabulary:
    """The words of all schools.

    Attributes:
        words: sorted, so that all words with one beginning follow each other.
        weights: per word, how much it tells: 1 for a word of one school, little for "school".
        holders: per word a stretch of school numbers, each with its :class:`Field` in four bits.
    """

    __slots__ = ("_bigrams", "_sounds", "_starts", "holders", "weights", "words")

    def __init__(self, described: Iterable[dict[str, Field]]) -> None:
        """Number the schools as they come, each with its words."""
        held: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        count = 0
        for count, fields in enumerate(described, start=1):
            for word, field in fields.items():
                held[word].append((count - 1) << FIELD_BITS | field)
        self.words = sorted(held)
        self._starts = array("I", [0])
        self.holders = array("I")
        self.weights = array("f")
        for word in self.words:
            holders = held.pop(word)
            self.holders.extend(holders)
            self._starts.append(len(self.holders))
            self.weights.append(_weight(word, len(holders), count))
        self._index_sounds()

    def find(self, word: str) -> int | None:
        """Return the number of this word, or None when no school has it."""
        at = bisect_left(self.words, word)
        return at if at < len(self.words) and self.words[at] == word else None

    def beginning_with(self, start: str) -> range:
        """Return the numbers of the words that begin with this."""
        words = self.words
        return range(bisect_left(words, start), bisect_left(words, start + "\x7f"))

    def holders_of(self, word: int) -> array[int]:
        """Return the schools that have this word, packed with its field."""
        return self.holders[self._starts[word] : self._starts[word + 1]]

    def near(self, typed: str) -> list[Near]:
        """Return the words that differ from this one by a slip or two, also unfinished ones."""
        slips = allowed_typos(len(typed))
        sound = sound_of(typed)
        if not slips or len(sound) < 3:
            return []
        shared: Counter[int] = Counter()
        bigrams = _bigrams_of(sound)
        for bigram in bigrams:
            shared.update(self._bigrams.get(bigram, ()))
        floor = max(1, len(bigrams) - 1 - 2 * slips)
        likely = [word for word, count in shared.most_common(_MAX_NEAR) if count >= floor]
        return self._compared(Typed(sound), slips, likely)

    def _compared(self, typed: Typed, slips: int, likely: list[int]) -> list[Near]:
        near = []
        for word in likely:
            distance, nearest = typed.distances(self._sounds[word])
            if distance <= slips:
                near.append(Near(word, distance, is_whole=True))
            elif nearest <= slips:
                near.append(Near(word, nearest, is_whole=False))
        return near

    def _index_sounds(self) -> None:
        """Note which words sound how, except words of streets, which nobody gets wrong here."""
        self._sounds: list[str] = []
        bigrams: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, word in enumerate(self.words):
            sound = sound_of(word)
            self._sounds.append(word if sound == word else sound)
            if any(holder & FIELD_MASK != Field.STREET for holder in self.holders_of(number)):
                for bigram in _bigrams_of(sound):
                    bigrams[bigram].append(number)
        self._bigrams = dict(bigrams)


def _bigrams_of(sound: str) -> set[str]:
    return {sound[at : at + 2] for at in range(len(sound) - 1)} | {f"^{sound[:1]}"}


def _weight(word: str, held: int, schools: int) -> float:
    if word in SMALL:
        return SMALL_WEIGHT
    if is_weightless(word):
        return GENERIC_WEIGHT
    return max(0.35, 1 - 0.7 * log(held) / log(1 + schools))
