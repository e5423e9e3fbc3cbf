"""Our own CSV, in and out: what is exported is read back to the same."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_intergrip_link.models import School
from django_intergrip_link.registry.export import join_lines, safe_cell, write_schools
from django_intergrip_link.registry.own import plain_cell, split_lines
from django_intergrip_link.registry.reading import read_schools
from django_intergrip_link.registry.records import FIELDS, normal
from django_intergrip_link.registry.refused import ImportRefused

from .files import add, apply, counts, own, plan_for


def test_own__columns_are_fields() -> None:
    file = read_schools(
        own(
            "BRIN;Name;aliases;Entity-ID;is active;LISTED;kind",
            r"99aa00;Petteflat;PC|Pette\|flat;https://idp;ja;onwaar;ENTREE",
        )
    )

    assert file.format == "csv"
    assert [(r.brin, r.values) for r in file.records] == [
        (
            "99AA00",
            {
                "name": "Petteflat",
                "aliases": "PC\nPette|flat",
                "entity_id": "https://idp",
                "is_active": True,
                "listed": False,
                "kind": "entree",
            },
        )
    ]


@pytest.mark.parametrize("realm", ["@99aa00", "'@99aa00", " 99aa00 ", "@ 99aa00", "99aa\u200b00"])
def test_own__realm_without_what_was_copied_with_it(realm: str) -> None:
    file = read_schools(own("brin;realm", f"99AA00;{realm}"))

    assert file.records[0].values == {"realm": "99aa00"}


def test_own__unknown_columns_are_named() -> None:
    with pytest.raises(ImportRefused, match=r"entityidd.*Known are: brin, name"):
        read_schools(own("brin;entityidd", "99AA00;x"))


@pytest.mark.parametrize(
    ("line", "brin", "reason"),
    [
        ("99A;x;yes;vo", "", "like 99AA or 99AA00"),
        ("99AAXX;x;yes;vo", "", "like 99AA or 99AA00"),
        ("９９AA00;x;yes;vo", "", "like 99AA or 99AA00"),
        ("99AA٠٠;x;yes;vo", "", "like 99AA or 99AA00"),
        ("99AA00;;yes;vo", "99AA00", "no name"),
        ("99AA00;x;maybe;vo", "99AA00", "is_active must be yes or no"),
        ("99AA00;x;yes;hbo", "99AA00", "Unknown kind “hbo”"),
    ],
)
def test_own__wrong_rows(line: str, brin: str, reason: str) -> None:
    file = read_schools(own("brin;name;is_active;kind", line))

    assert [refusal.brin for refusal in file.refusals] == [brin]
    assert reason in file.refusals[0].reason


@pytest.mark.django_db
def test_own__absent_columns_and_empty_cells() -> None:
    add(place="Zwolle", aliases="PC", contact="a@b.example")

    apply(own("brin;aliases;contact;is_active;kind", "99AA00;;;;"))

    school = School.objects.get()
    assert (school.place, school.aliases, school.contact) == ("Zwolle", "", "")
    assert (school.is_active, school.kind) == (True, "vo")


@pytest.mark.django_db
def test_own__kind_for_rows_that_do_not_tell() -> None:
    apply(own("brin;name", "99ZZ;ROC Dorp"), kind="mbo")
    apply(own("brin;name", "99AA;Petteflat"))

    assert dict(School.objects.values_list("brin", "kind")) == {"99ZZ": "mbo", "99AA": "vo"}


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-x", "@x", "\tx", "\rx", "'=x", "''-x"])
def test_export__no_cell_is_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    assert plain_cell(safe_cell(cell)) == cell


@pytest.mark.parametrize("cell", ["'s-Gravenhage", "'t Harde", "Zwolle", "", "x=1"])
def test_export__other_cells_stay(cell: str) -> None:
    assert safe_cell(cell) == cell == plain_cell(cell)


@given(st.lists(st.text()))
def test_export__several_names_in_one_cell(names: list[str]) -> None:
    value = str(normal("aliases", "\n".join(names)))

    assert split_lines(join_lines(value)) == value
    assert plain_cell(safe_cell(join_lines(value))) == join_lines(value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "'s-Gravenhage", "'=x", 'a";b', "a|b\\", "  two  spaces ", "é"]
)
def test_export__import_of_it_changes_nothing(text: str) -> None:
    add(
        place=text,
        contact=text,
        message=text,
        aliases=f"{text}\r\n\r\nx\\|y",
        website="https://x.nl/y",
    )
    add("99ZZ", text, kind="entree", is_active=False, listed=False, former_names=text)

    content = write_schools(School.objects.order_by("brin"))

    assert content.startswith(b"\xef\xbb\xbfbrin;name;")
    assert counts(plan_for(content)) == {"same": 2}
    table = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert table[0] == ["brin", *FIELDS]
    assert not [cell for row in table for cell in row if cell[:1] in ("=", "+", "-", "@")]
