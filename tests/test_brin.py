"""One answer to what a school code is."""

from __future__ import annotations

import pytest

from django_intergrip_link.brin import institution_of, normal_brin, official_brin


@pytest.mark.parametrize(
    ("text", "typed", "official"),
    [
        ("99AA", "99AA", "99AA"),
        (" 99aa00 ", "99AA00", "99AA00"),
        ("ENTR", "ENTR", None),
        ("1234", "1234", None),
        ("mavo", "MAVO", None),
        ("99AAXX", None, None),
        ("99AA0", None, None),
        ("99-A", None, None),
        ("99AA00\n99AA01", None, None),
        # Full-width and Arabic digits; letters that become ASCII in capitals, or without case.
        ("９９AA", None, None),
        ("99AA٠٠", None, None),
        ("99ß", None, None),
        ("99ﬁ", None, None),
        ("99ıa", None, None),
        ("99\u212aA", None, None),
        ("99ſa", None, None),
        ("", None, None),
    ],
)
def test_brin__typed_and_official(text: str, typed: str | None, official: str | None) -> None:
    assert (normal_brin(text), official_brin(text)) == (typed, official)


def test_brin__institution_of_a_site() -> None:
    assert institution_of("99AA00") == institution_of("99AA") == "99AA"
