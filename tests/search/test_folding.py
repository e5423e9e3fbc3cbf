"""Folding: names and queries end up the same, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_intergrip_link.search.folding import MAX_LENGTH, MAX_WORD, fold_words, sound_of
from django_intergrip_link.search.typos import Typed, allowed_typos


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Gomarus College", "gomarus college"),
        ("Élan Fryslân mozaïek Cæsar Øster", "elan fryslan mozaiek caesar oster"),
        ("'s-Gravendreef College", "gravendreef college"),
        ("‘s-Gravendreef", "gravendreef"),
        ("'s Gravenmoer", "gravenmoer"),
        ("s-hertogenbosch", "hertogenbosch"),
        ("s hertogenbosch", "hertogenbosch"),
        ("'t Hooghe Landt", "het hooghe landt"),
        ("’t Goy", "het goy"),
        ("Basisschool't Venster", "basisschool het venster"),
        ("Kom 'n keer", "kom een keer"),
        ("d'n Bosch", "den bosch"),
        ("Jeanne d'Arc", "jeanne darc"),
        ("A'dam", "adam"),
        ("C.S.G. Dingstede", "csg dingstede"),
        ("K.S.E.", "kse"),
        ("S.G.voor Havo", "sg voor havo"),
        ("C I B A P", "cibap"),
        ("k-s-e", "kse"),
        ("W v Oranje", "w v oranje"),
        ("Stad & Esch", "stad en esch"),
        ("Krimpen a/d IJssel", "krimpen aan de yssel"),
        ("Rĳn Ruijter Wytze", "ryn ruyter wytze"),
        ("LOC@ Walburg", "loc walburg"),
        ("vmbo-tl/havo", "vmbo tl havo"),
        ("2College", "2college"),
        ("\u202egomarus\u200b\0college", "gomarus college"),
        ("Школа 学校 !?", ""),
        ("", ""),
    ],
)
def test_text__becomes_words(text: str, words: str) -> None:
    assert " ".join(fold_words(text)) == words


def test_long_text__is_cut() -> None:
    assert sum(map(len, fold_words("ab " * 1000))) <= MAX_LENGTH
    assert len(fold_words("a" * 1000)[0]) == MAX_WORD


@given(st.text())
def test_any_text__becomes_plain_words(text: str) -> None:
    words = fold_words(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ichthus", "igtus"),
        ("sophia", "sofia"),
        ("reiger", "ryger"),
        ("goudse", "gaudse"),
        ("maximus", "maksimus"),
        ("basisschool", "basischool"),
        ("canisius", "kanisius"),
    ],
)
def test_words_that_sound_alike__are_one_sound(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


def slow_distance(one: str, other: str) -> tuple[int, int]:
    """Return the distance by the book, and the least to a beginning of the other word."""
    rows = [
        [max(a, b) if 0 in (a, b) else 0 for b in range(len(other) + 1)]
        for a in range(len(one) + 1)
    ]
    for a in range(1, len(one) + 1):
        for b in range(1, len(other) + 1):
            change = one[a - 1] != other[b - 1]
            best = min(rows[a - 1][b] + 1, rows[a][b - 1] + 1, rows[a - 1][b - 1] + change)
            if a > 1 < b and one[a - 2 : a] == other[b - 2 : b][::-1]:
                best = min(best, rows[a - 2][b - 2] + 1)
            rows[a][b] = best
    return rows[-1][-1], min(rows[-1])


@given(st.text("abc", min_size=1, max_size=9), st.text("abc", max_size=12))
def test_distance__is_that_of_the_book(one: str, other: str) -> None:
    assert Typed(one).distances(other) == slow_distance(one, other)


@pytest.mark.parametrize(("length", "slips"), [(1, 0), (3, 0), (4, 1), (7, 1), (8, 2), (40, 2)])
def test_typos__are_allowed_by_length(length: int, slips: int) -> None:
    assert allowed_typos(length) == slips
