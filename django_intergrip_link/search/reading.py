"""One query → the ways to read it: as it stands, with a space less, with a space more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from django_intergrip_link.search.describing import is_weightless
from django_intergrip_link.search.folding import fold_words
from django_intergrip_link.search.names import SAME, SMALL
from django_intergrip_link.search.vocabulary import GENERIC_WEIGHT, SMALL_WEIGHT, Vocabulary

MAX_WORDS = 8
_UNKNOWN_WEIGHT = 0.9
_SHORT_PARTS = frozenset({"de", "het", "st", "bs", "kc", "obs", "cbs", "ikc", "pro"})


@dataclass(frozen=True, slots=True)
class Term:
    """One word to look for: as typed and, where we write it otherwise, as we do."""

    typed: str
    same: str
    weight: float

    @property
    def is_telling(self) -> bool:
        """Whether a school without this word is not meant."""
        return self.weight > GENERIC_WEIGHT


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to cut a query into words, and how much we trust it."""

    terms: tuple[Term, ...]
    trust: float


def read_query(query: str, vocabulary: Vocabulary) -> list[Reading]:
    """Return the ways to read this query, as it stands first; none for one letter or nothing."""
    words = fold_words(query)[:MAX_WORDS]
    if sum(map(len, words)) < 2:
        return []
    cuts = [(words, 1.0)]
    cuts += [
        ([*words[:at], a + b, *words[at + 2 :]], 0.98) for at, (a, b) in enumerate(pairwise(words))
    ]
    if len(words) > 2:
        cuts.append((["".join(words)], 0.98))
    apart = [part for word in words for part in _taken_apart(word, vocabulary)]
    if len(apart) > len(words):
        cuts.append((apart[:MAX_WORDS], 0.96))
    return [Reading(tuple(_term(word, vocabulary) for word in cut), trust) for cut, trust in cuts]


def _term(word: str, vocabulary: Vocabulary) -> Term:
    same = SAME.get(word, word)
    if same in SMALL:
        return Term(word, same, SMALL_WEIGHT)
    if is_weightless(same):
        return Term(word, same, GENERIC_WEIGHT)
    found = vocabulary.find(same)
    return Term(word, same, _UNKNOWN_WEIGHT if found is None else vocabulary.weights[found])


def _taken_apart(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return a word that nobody has as words that schools do have, the longest; or as it is."""
    if len(word) < 5 or vocabulary.find(word) is not None:
        return [word]
    best: list[tuple[int, list[str]] | None] = [(0, []), *[None] * len(word)]
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - 20), end - 1):
            before, part = best[start], word[start:end]
            if before is None or not _is_part(part, vocabulary, is_last=end == len(word)):
                continue
            score = before[0] + len(part) ** 2
            now = best[end]
            if now is None or score > now[0]:
                best[end] = (score, [*before[1], part])
    whole = best[-1]
    return whole[1] if whole else [word]


def _is_part(part: str, vocabulary: Vocabulary, *, is_last: bool) -> bool:
    if len(part) < 4 and part not in _SHORT_PARTS:
        return False
    if is_last:
        return len(vocabulary.beginning_with(part)) > 0
    return part in SAME or vocabulary.find(part) is not None
