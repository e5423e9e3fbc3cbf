"""All words of all schools in one sorted list: who holds a word, what begins so, what is near.

Everything per word lies in arrays, so that ten thousand schools take a few megabytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import log
from typing import NamedTuple

from django_intergrip_link.search.describing import Field
from django_intergrip_link.search.folding import sound_of
from django_intergrip_link.search.names import COURSES, SMALL, TYPES
from django_intergrip_link.search.typos import Typed, allowed_typos, one_slip_from

SMALL_WEIGHT = 0.02
COURSE_WEIGHT = 0.03
TYPE_WEIGHT = 0.1
FIELD_BITS = 4
FIELD_MASK = 15
_MAX_LIKELY = 160
_MIN_BEGINNING = 4


class Near(NamedTuple):
    """How far a word is from the one typed; the smallest is the nearest."""

    is_part: bool  # only its beginning is like it
    slips: int


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

    def is_name(self, word: str) -> bool:
        """Whether this is one word of a name or a place: no web address, nothing closed up."""
        found = self.find(word)
        fields = () if found is None else (holder & FIELD_MASK for holder in self.holders_of(found))
        return any(field <= Field.PLACE_PART and field != Field.JOINED for field in fields)

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

    def near(self, typed: str) -> dict[int, Near]:
        """Return the words that differ from this one by a slip or two, also unfinished ones."""
        slips = allowed_typos(len(typed))
        sound = sound_of(typed)
        if not slips or len(sound) < 3:
            return {}
        near = self._one_slip_away(typed) if slips == 1 else {}
        for word, found in self._compared(typed, sound, slips):
            near[word] = min(found, near.get(word, found))
        return near

    def _one_slip_away(self, typed: str) -> dict[int, Near]:
        near: dict[int, Near] = {}
        for start in one_slip_from(typed):
            if len(start) >= _MIN_BEGINNING:
                for word in self.beginning_with(start):
                    is_part = len(self.words[word]) > len(start)
                    near[word] = min(Near(is_part, 1), near.get(word, Near(is_part, 1)))
        return near

    def _likely(self, sound: str, slips: int) -> list[int]:
        """Return the words that share the most pairs of letters with this sound."""
        shared: Counter[int] = Counter()
        bigrams = _bigrams_of(sound)
        for bigram in bigrams:
            shared.update(self._bigrams.get(bigram, ()))
        floor = max(1, len(bigrams) - 1 - 2 * slips)
        likely = [word for word, count in shared.items() if count >= floor]
        if len(likely) > _MAX_LIKELY:
            size = len(sound)
            likely.sort(key=lambda word: (-shared[word], abs(len(self._sounds[word]) - size)))
            del likely[_MAX_LIKELY:]
        return likely

    def _compared(self, typed: str, sound: str, slips: int) -> Iterator[tuple[int, Near]]:
        """Yield the words that are near, as they sound or as they are written."""
        heard, read = Typed(sound), Typed(typed)
        for word in self._likely(sound, slips):
            distance, nearest = heard.distances(self._sounds[word])
            if distance > slips:
                written, begun = read.distances(self.words[word])
                distance, nearest = min(distance, written), min(nearest, begun)
            if nearest <= slips:
                is_part = distance > slips
                yield word, Near(is_part, nearest if is_part else distance)

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


def _bigrams_of(sound: str) -> list[str]:
    """Return all pairs of letters, each once and in an order that is the same in each process."""
    return list(dict.fromkeys([f"^{sound[:1]}", *map("".join, pairwise(sound))]))


def _weight(word: str, held: int, schools: int) -> float:
    if word in SMALL:
        return SMALL_WEIGHT
    if word in COURSES:
        return COURSE_WEIGHT
    if word in TYPES:
        return TYPE_WEIGHT
    return max(0.35, 1 - 0.7 * log(held) / log(1 + schools))
