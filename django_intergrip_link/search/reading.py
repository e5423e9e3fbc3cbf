"""One query → the ways to read it: as it stands, with a space less, with a space more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django_intergrip_link.search.describing import is_weightless
from django_intergrip_link.search.folding import fold_words
from django_intergrip_link.search.names import ABBREVIATIONS, SAME, SMALL
from django_intergrip_link.search.vocabulary import SMALL_WEIGHT, Vocabulary

MAX_WORDS = 12
_MAX_WORDS_CLOSED_UP = 6
_GENERIC_WEIGHT = 0.3
_UNKNOWN_WEIGHT = 0.9
_PHRASE = 1.15  # the whole query, closed up, is something that we know
_KNOWN = 1.05  # a part of it is
_CLOSED_UP = 0.98
_TAKEN_APART = 0.96
_SHORT_PARTS = frozenset({"de", "het", "st", "pro"})


@dataclass(frozen=True, slots=True)
class Term:
    """One word to look for.

    Attributes:
        typed: the word as typed, folded.
        same: the word as we write it; mostly the same.
        weight: how much it tells.
        is_beginning: it may be the beginning of a longer word; glue is not, beside other words.
    """

    typed: str
    same: str
    weight: float
    is_beginning: bool = True

    @property
    def is_telling(self) -> bool:
        """Whether a school without this word is not meant."""
        return self.weight > _GENERIC_WEIGHT


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
    terms = [_term(word, SAME.get(word, word), vocabulary) for word in words]
    terms = [_as_glue(term) if len(term.typed) == 1 else term for term in terms[:-1]] + terms[-1:]
    if len(terms) == 1:
        terms = [replace(terms[0], is_beginning=True)]
    readings = [Reading(tuple(terms), 1.0), *_closed_up(terms, vocabulary)]
    apart = [part for word in words for part in _taken_apart(word, vocabulary)]
    if len(apart) > len(words):
        parts = (_term(part, SAME.get(part, part), vocabulary) for part in apart[:MAX_WORDS])
        readings.append(Reading(tuple(parts), _TAKEN_APART))
    return readings


def _closed_up(terms: list[Term], vocabulary: Vocabulary) -> Iterator[Reading]:
    """Yield the readings with one run of words closed up, if it may be a word of ours."""
    count = len(terms)
    for start in range(count):
        for end in range(start + 2, count + 1):
            typed = "".join(term.typed for term in terms[start:end])
            same = "".join(term.same for term in terms[start:end])
            is_known = vocabulary.find(typed) is not None or vocabulary.find(same) is not None
            if is_known or (end - start in {2, count} and count <= _MAX_WORDS_CLOSED_UP):
                run = _term(typed, same, vocabulary)
                trust = _CLOSED_UP
                if is_known:
                    trust = _PHRASE if end - start == count else _KNOWN
                yield Reading((*terms[:start], run, *terms[end:]), trust)


def _term(typed: str, same: str, vocabulary: Vocabulary) -> Term:
    if same in SMALL:
        return Term(typed, same, SMALL_WEIGHT, is_beginning=False)
    if is_weightless(same):
        return Term(typed, same, _GENERIC_WEIGHT)
    found = vocabulary.find(same)
    return Term(typed, same, _UNKNOWN_WEIGHT if found is None else vocabulary.weights[found])


def _as_glue(term: Term) -> Term:
    """Return an initial, which is half a word only at the end of what was typed."""
    return replace(term, weight=SMALL_WEIGHT, is_beginning=False)


def _taken_apart(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return a word of no name as words of names, the longest possible; or as it is."""
    if len(word) < 5 or vocabulary.is_name(word):
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
    if len(part) < 4 and part not in _SHORT_PARTS and part not in ABBREVIATIONS:
        return False
    if is_last:
        return len(vocabulary.beginning_with(part)) > 0
    return part in SAME or vocabulary.is_name(part)
