"""One row → the words that find this school, each in the best field that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from django_intergrip_link.search.entry import PRIMARY_KIND, Row
from django_intergrip_link.search.folding import fold_words
from django_intergrip_link.search.names import (
    ABBREVIATIONS,
    COURSES,
    HOST_ENDS,
    HOST_PARTS,
    HOST_STARTS,
    KINDS,
    LEVELS,
    PLACES,
    SAME,
    SMALL,
    TYPES,
)

MAX_JOINED = 30
_LEVELS_BEGIN = frozenset({"voor", "v", "havo", "vmbo", "mavo", "vwo", "atheneum"})


class Field(IntEnum):
    """Where a word of a school stands; the first of two counts."""

    FIRST = 0  # the word that its name really starts with
    NAME = 1
    JOINED = 2  # its name without spaces
    SPOKEN = 3  # a word of its name as it is written there, or an abbreviation of some
    PLACE = 4  # a whole place, closed up when it has several words
    PLACE_PART = 5
    KEYWORD = 6  # a whole alias, former name or label of the web address, closed up
    KEYWORD_PART = 7
    INITIALS = 8
    LEVEL = 9
    STREET = 10


def describe(row: Row) -> dict[str, Field]:
    """Return the words that find this school, each with the best field that holds it."""
    spoken = fold_words(row.name)
    fields: dict[str, Field] = {}
    for field, words in _words_by_field(row, spoken):
        for word in words:
            fields.setdefault(word, field)
    return fields


def _words_by_field(row: Row, spoken: list[str]) -> Iterator[tuple[Field, list[str]]]:
    """Yield fields with their words, the most telling field first."""
    name = [SAME.get(word, word) for word in spoken]
    start = _start_of(name)
    yield Field.FIRST, name[start : start + 1]
    yield Field.NAME, name
    yield Field.SPOKEN, [*spoken, *_abbreviations_in(name)]
    yield Field.JOINED, _joined(name, start)
    yield from _place_words(row.place)
    for text in (row.aliases, row.former_names):
        for line in text.splitlines():
            yield from _whole_and_parts(fold_words(line), Field.KEYWORD, Field.KEYWORD_PART)
    yield from _website_words(row.website)
    if row.kind != PRIMARY_KIND:
        yield Field.INITIALS, _initials(name)
    yield Field.LEVEL, list(_level_words(row))
    yield Field.STREET, [word for word in fold_words(row.street) if len(word) > 3]


def is_weightless(word: str) -> bool:
    """Whether a word tells schools apart hardly, or not at all."""
    return word in TYPES or word in COURSES or word in SMALL


def _start_of(name: list[str]) -> int:
    """Return where the first telling word of a name stands."""
    for at, word in enumerate(name):
        if not is_weightless(word):
            return at
    return next((at for at, word in enumerate(name) if word not in SMALL), 0)


def _without_levels(name: list[str]) -> list[str]:
    """Return a name up to its list of levels: "Gomarus College" of "… voor Vwo Havo Mavo"."""
    ends = (at for at, word in enumerate(name) if at and word in _LEVELS_BEGIN)
    return name[: next(ends, len(name))]


def _joined(name: list[str], start: int) -> list[str]:
    """Return the name closed up, from its telling word on, with and without an article."""
    words = ["".join(_without_levels(name[start:]))]
    if start and name[start - 1] in {"de", "het", "sint"}:
        words.append(name[start - 1] + words[0])
    return [word for word in words if len(word) <= MAX_JOINED]


def _abbreviations_in(name: list[str]) -> list[str]:
    """Return the abbreviations of its phrases, and the words behind its abbreviations."""
    text = f" {' '.join(name)} "
    found = [short for short, long in ABBREVIATIONS.items() if f" {' '.join(long)} " in text]
    for word in name:
        found.extend(ABBREVIATIONS.get(word, ()))
    return found


def _initials(name: list[str]) -> list[str]:
    """Return the first letters of a name of several words, as pupils call their school."""
    words = [word for word in _without_levels(name) if word != "en"]
    return ["".join(word[0] for word in words)] if 3 <= len(words) <= 6 else []


def _place_words(place: str) -> Iterator[tuple[Field, list[str]]]:
    for name in (place, *_ALSO_CALLED.get(" ".join(fold_words(place)), ())):
        yield from _whole_and_parts(fold_words(name), Field.PLACE, Field.PLACE_PART)


def _whole_and_parts(
    words: list[str], whole: Field, part: Field
) -> Iterator[tuple[Field, list[str]]]:
    """Yield these words closed up, and one by one."""
    same = [SAME.get(word, word) for word in words]
    closed_up = {"".join(words), "".join(same)}
    yield whole, [word for word in closed_up if word and len(word) <= MAX_JOINED]
    if len(words) > 1:
        yield part, [*words, *same]


def _website_words(website: str) -> Iterator[tuple[Field, list[str]]]:
    """Yield the names in a web address: of each part, whole, in pieces, and without its frame."""
    host, _, path = website.lower().rpartition("://")[2].partition("/")
    for part in (*host.split(".")[:-1], *path.split("/")):
        words = [word for word in fold_words(part) if word not in HOST_PARTS]
        yield from _whole_and_parts(words, Field.KEYWORD, Field.KEYWORD_PART)
        yield Field.KEYWORD_PART, [piece for word in words for piece in _unframed(word)]


def _unframed(word: str) -> Iterator[str]:
    """Yield what is left of ``bsdemaasparel`` after each part that is no name of its own."""
    for start in HOST_STARTS:
        if word.startswith(start) and len(word) - len(start) > 3:
            yield word[len(start) :]
            yield from _unframed(word[len(start) :])
            return
    for end in HOST_ENDS:
        if word.endswith(end) and len(word) - len(end) > 2:
            yield word[: -len(end)]
            return


def _level_words(row: Row) -> Iterator[str]:
    for word in fold_words(row.levels):
        level = SAME.get(word, word)
        yield level
        yield from LEVELS.get(level, ())
    yield from KINDS.get(row.kind, ())


_ALSO_CALLED = {
    " ".join(fold_words(place)): tuple(also.split(", ")) for place, also in PLACES.items()
}
