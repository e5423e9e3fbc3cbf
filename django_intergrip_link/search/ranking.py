"""Readings of one query → the schools that fit, each with a score.

Exact words before beginnings, names before places before keywords, and what was typed before what
was perhaps meant. A score is the share of the query that a school explains, and on top a quarter of
the share of its name that the query explains: so a whole name beats a name that starts like it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from django_intergrip_link.search.describing import Field
from django_intergrip_link.search.reading import Reading, Term
from django_intergrip_link.search.vocabulary import FIELD_BITS, FIELD_MASK, TYPE_WEIGHT, Vocabulary

WORTH = {
    Field.FIRST: 1.05,
    Field.NAME: 1.0,
    Field.JOINED: 1.0,
    Field.SPOKEN: 1.0,
    Field.PLACE: 1.05,
    Field.PLACE_PART: 0.94,
    Field.KEYWORD: 1.0,
    Field.KEYWORD_PART: 0.88,
    Field.INITIALS: 0.7,
    Field.LEVEL: 0.9,
    Field.STREET: 0.35,
}
_WORTHS = tuple(WORTH[field] for field in Field)
COVERAGE = 0.25
WHOLE = 0.15
BEGINNING = 0.75
BEGINNING_COVERS = 0.4
JOINED_COVERS = 0.9
BEST_GUESSES = 0.75  # a guess far below the best is noise
_MAX_LOOSE = 4
_MAX_READINGS = 4
SURE = 0.6  # with less than this, we look further
LEAST = 0.4  # with less than this, a school is no guess either


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

    def rank(self, readings: list[Reading]) -> tuple[dict[int, float], bool]:
        """Return the schools that fit → their scores, and whether the best is only a guess.

        First those that have every telling word as typed, or a word that begins so. If nobody
        does, or only by its street, those that have every word or one that is near; and if still
        nobody does, those that have a good part of the words.
        """
        known: dict[Term, Hits] = {}
        scores = self._scores(readings, known, is_strict=True)
        best = max(scores.values(), default=0.0)
        if best > SURE:
            return scores, False
        for terms in self._doubtful(readings):
            for term in terms:
                self._loosen(term, known[term])
            likely = self._scores(readings, known, is_strict=True)
            if max(likely.values(), default=0.0) > SURE:
                break
        likely = likely or self._scores(readings[:_MAX_READINGS], known, is_strict=False)
        top = max(likely.values(), default=0.0)
        likely = {school: score for school, score in likely.items() if score > top * BEST_GUESSES}
        return likely, top > best

    def _scores(
        self, readings: list[Reading], known: dict[Term, Hits], *, is_strict: bool
    ) -> dict[int, float]:
        scores: dict[int, float] = {}
        for reading in readings:
            for term in reading.terms:
                if term not in known:
                    known[term] = self._find_exact(term)
            self._score(reading, known, scores, is_strict=is_strict)
        return scores

    def _doubtful(self, readings: list[Reading]) -> Iterator[list[Term]]:
        """Yield the words that may hold a slip: those nobody has, then all; the longest few."""
        telling = dict.fromkeys(
            term
            for reading in readings[:_MAX_READINGS]
            for term in reading.terms
            if term.is_telling
        )
        words = sorted(telling, key=lambda term: -len(term.typed))
        unknown = {term for term in readings[0].terms if self._vocabulary.find(term.same) is None}
        yield [term for term in words if term in unknown][:_MAX_LOOSE]
        yield [term for term in words if term not in unknown][:_MAX_LOOSE]

    def _loosen(self, term: Term, hits: Hits) -> None:
        """Add the words that are near this one."""
        length = len(term.typed)
        for word, near in self._vocabulary.near(term.same).items():
            self._add(hits, word, (0.72 if near.is_part else 0.8) - 0.6 * near.slips / length)

    def _find_exact(self, term: Term) -> Hits:
        vocabulary = self._vocabulary
        hits = Hits({}, {})
        same = vocabulary.find(term.same)
        if same is not None:
            self._add(hits, same, 1.0)
        if not term.is_beginning:
            return hits
        length = len(term.typed)
        for word in vocabulary.beginning_with(term.typed):
            whole = len(vocabulary.words[word])
            self._add(hits, word, 1.0 if whole == length else BEGINNING + 0.2 * length / whole)
        if term.typed.endswith("i"):  # half of an ij
            for word in vocabulary.beginning_with(term.typed[:-1] + "y"):
                self._add(hits, word, BEGINNING)
        return hits

    def _add(self, hits: Hits, word: int, likeness: float) -> None:
        """Note that all schools with this word have this likeness to what was typed."""
        worth, cover = hits.worth, hits.cover
        weight = self._vocabulary.weights[word]
        if likeness < 1 and weight <= TYPE_WEIGHT:
            likeness *= 0.6
        values = [likeness * best for best in _WORTHS]
        share = likeness if likeness == 1 else likeness * BEGINNING_COVERS
        weight *= share
        for holder in self._vocabulary.holders_of(word):
            school, field = holder >> FIELD_BITS, holder & FIELD_MASK
            if values[field] > worth.get(school, 0.0):
                worth[school] = values[field]
            if field <= Field.NAME:
                if weight > cover.get(school, 0.0):
                    cover[school] = weight
            elif field == Field.JOINED:
                whole = JOINED_COVERS * share * self._name_weights[school]
                cover[school] = max(whole, cover.get(school, 0.0))

    def _score(
        self,
        reading: Reading,
        known: dict[Term, Hits],
        scores: dict[int, float],
        *,
        is_strict: bool,
    ) -> None:
        """Note the score of each school that this reading finds, if it is its best."""
        terms = reading.terms
        telling = [known[term].worth for term in terms if term.is_telling]
        telling = telling or [known[term].worth for term in terms]
        candidates = _in_all(telling) if is_strict else set().union(*telling)
        floor = 0.0 if is_strict else LEAST
        weight = sum(term.weight for term in terms)
        parts = [(term.weight / weight, known[term].worth, known[term].cover) for term in terms]
        for school in candidates:
            explained = covered = 0.0
            for share, worth, cover in parts:
                explained += share * worth.get(school, 0.0)
                covered += cover.get(school, 0.0)
            if explained < floor:
                continue
            covered = min(1.0, covered / (self._name_weights[school] or 1.0))
            score = explained + COVERAGE * covered
            if covered > 0.97 and explained > 0.9:
                score += WHOLE
            score = reading.trust * score + self._bonus[school]
            if score > scores.get(school, 0.0):
                scores[school] = score


def _in_all(found: list[dict[int, float]]) -> set[int]:
    first, *rest = sorted(found, key=len)
    return set(first).intersection(*rest)
