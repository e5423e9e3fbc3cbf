"""Readings of one query → the schools that fit, each with a score.

Exact words before beginnings, names before places before keywords, and what was typed before what
was perhaps meant. A score is the share of the query that a school explains, and on top a quarter of
the share of its name that the query explains: so a whole name beats a name that starts like it.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from django_intergrip_link.search.describing import Field
from django_intergrip_link.search.reading import Reading, Term
from django_intergrip_link.search.vocabulary import FIELD_BITS, FIELD_MASK, Vocabulary

WORTH = {
    Field.FIRST: 1.05,
    Field.NAME: 1.0,
    Field.JOINED: 1.0,
    Field.SPOKEN: 1.0,
    Field.PLACE: 0.94,
    Field.KEYWORD: 0.88,
    Field.INITIALS: 0.7,
    Field.LEVEL: 0.9,
    Field.STREET: 0.35,
}
COVERAGE = 0.25
WHOLE = 0.15
BEGINNING = 0.75
SURE = 0.6
"""A best score below this is no reason to look no further."""


@dataclass(slots=True)
class Hits:
    """Where one term was found.

    Attributes:
        worth: school → how good its best place for this term is, from 0 to about 1.
        cover: school → how much of its name that is, in weight of words.
    """

    worth: dict[int, float]
    cover: dict[int, float]


class Ranking:
    """Scores schools; keeps the weight of each name, and nothing of any query."""

    __slots__ = ("_bonus", "_name_weights", "_vocabulary")

    def __init__(self, vocabulary: Vocabulary, bonus: array[float]) -> None:
        """Weigh the name of each school; ``bonus`` is what each has before anybody asks."""
        self._vocabulary = vocabulary
        self._bonus = bonus
        self._name_weights = array("f", bytes(4 * len(bonus)))
        for word, weight in enumerate(vocabulary.weights):
            for holder in vocabulary.holders_of(word):
                if holder & FIELD_MASK <= Field.NAME:
                    self._name_weights[holder >> FIELD_BITS] += weight

    def exact(self, readings: list[Reading]) -> dict[int, float]:
        """Return the schools that have every telling word as typed, or a word that begins so."""
        known: dict[Term, Hits] = {}
        scores: dict[int, float] = {}
        for reading in readings:
            hits = [self._known(known, term, is_loose=False) for term in reading.terms]
            self._score(reading, hits, scores, is_strict=True)
        return scores

    def likely(self, readings: list[Reading], *, is_strict: bool) -> dict[int, float]:
        """Return the schools that are near; when not strict, also those that miss a word."""
        known: dict[Term, Hits] = {}
        scores: dict[int, float] = {}
        for reading in readings:
            hits = [self._known(known, term, is_loose=True) for term in reading.terms]
            self._score(reading, hits, scores, is_strict=is_strict)
        return scores

    def _known(self, known: dict[Term, Hits], term: Term, *, is_loose: bool) -> Hits:
        if term not in known:
            hits = known[term] = Hits({}, {})
            self._find_exact(term, hits)
            if is_loose and term.is_telling:
                self._find_near(term, hits)
        return known[term]

    def _find_exact(self, term: Term, hits: Hits) -> None:
        vocabulary = self._vocabulary
        same = vocabulary.find(term.same)
        if same is not None:
            self._add(hits, same, 1.0)
        length = len(term.typed)
        for word in vocabulary.beginning_with(term.typed):
            whole = len(vocabulary.words[word])
            likeness = 1.0 if whole == length else BEGINNING + 0.2 * length / whole
            self._add(hits, word, likeness)
        if term.typed.endswith("i"):
            for word in vocabulary.beginning_with(term.typed[:-1] + "y"):
                self._add(hits, word, BEGINNING)

    def _find_near(self, term: Term, hits: Hits) -> None:
        length = len(term.typed)
        for word, slips, is_whole in self._vocabulary.near(term.same):
            likeness = (0.8 if is_whole else 0.72) - 0.6 * slips / length
            self._add(hits, word, likeness)

    def _add(self, hits: Hits, word: int, likeness: float) -> None:
        """Note that all schools with this word have this likeness to what was typed."""
        worth, cover = hits.worth, hits.cover
        values = [likeness * WORTH[field] for field in Field]
        weight = likeness * self._vocabulary.weights[word]
        for holder in self._vocabulary.holders_of(word):
            school, field = holder >> FIELD_BITS, holder & FIELD_MASK
            if values[field] > worth.get(school, 0.0):
                worth[school] = values[field]
            if field <= Field.NAME:
                if weight > cover.get(school, 0.0):
                    cover[school] = weight
            elif field == Field.JOINED:
                cover[school] = max(likeness * self._name_weights[school], cover.get(school, 0.0))

    def _score(
        self, reading: Reading, hits: list[Hits], scores: dict[int, float], *, is_strict: bool
    ) -> None:
        terms = reading.terms
        telling = [found.worth for term, found in zip(terms, hits, strict=True) if term.is_telling]
        telling = telling or [found.worth for found in hits]
        candidates = _in_all(telling) if is_strict else set().union(*telling)
        weight = sum(term.weight for term in terms)
        parts = [
            (term.weight / weight, found.worth, found.cover)
            for term, found in zip(terms, hits, strict=True)
        ]
        floor = 0.0 if is_strict else 0.4
        for school in candidates:
            explained = covered = 0.0
            for share, worth, cover in parts:
                explained += share * worth.get(school, 0.0)
                covered += cover.get(school, 0.0)
            if explained < floor:
                continue
            covered = min(1.0, covered / (self._name_weights[school] or 1.0))
            score = explained + COVERAGE * covered + (WHOLE if covered > 0.99 else 0.0)
            score = reading.trust * score + self._bonus[school]
            if score > scores.get(school, 0.0):
                scores[school] = score


def _in_all(found: list[dict[int, float]]) -> set[int]:
    first, *rest = sorted(found, key=len)
    return set(first).intersection(*rest)
