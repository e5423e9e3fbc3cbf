"""Identity providers of the hub's list find their schools."""

from __future__ import annotations

from typing import Any

import pytest

from django_intergrip_link.models import School

from .files import add, apply, counts, duo, duo_row, idp, metadata, outcomes, plan_for

pytestmark = pytest.mark.django_db

E1, E2 = "https://one.example", "https://two.example"


def changes(content: bytes) -> dict[str, Any]:
    plan = plan_for(content)
    return {
        row.brin: {change.field: change.new for change in row.changes}
        for row in plan.rows
        if row.changes
    }


@pytest.mark.parametrize(
    ("school", "provider"),
    [
        ({"realm": "Petteflat"}, {"scopes": ["petteflat"]}),
        ({}, {"keywords": "99aa00"}),
        ({"website": "https://www.petteflat.nl/x"}, {"scopes": ["petteflat.nl"]}),
        ({"website": "petteflat.nl"}, {"scopes": ["petteflat.nl"]}),
        ({"name": "Petteflát  college"}, {"names": [("nl", "PETTEFLAT College")]}),
    ],
)
def test_match__by(school: dict[str, str], provider: dict[str, Any]) -> None:
    row = add(**{"name": "Het Lyceum", **school})
    add("99ZZ", "Ander College", website="nl")

    plan = apply(metadata(idp(**{"names": [("nl", "Anders")], **provider})))

    row.refresh_from_db()
    assert row.entity_id == "https://idp.petteflat.example"
    assert counts(plan) == {"changed": 1}


@pytest.mark.parametrize("scope", ["nl", "flat.nl", "www.petteflat.nl.example"])
def test_match__not_by_half_a_host(scope: str) -> None:
    add(website="www.petteflat.nl")

    assert counts(plan_for(metadata(idp(names=[("nl", "X")], scopes=[scope])))) == {"error": 1}


def test_match__not_by_a_name_that_two_bear() -> None:
    add("99AA00", "De Regenboog")
    add("99BB00", "De Regenboog")

    plan = plan_for(metadata(idp(names=[("nl", "De Regenboog")])))

    assert counts(plan) == {"error": 1}
    assert "https://idp.petteflat.example to the CSV" in plan.rows[0].reason


def test_match__adds_names_that_are_new() -> None:
    add(aliases="PC", former_names="Flat School", place="Zwolle", realm="petteflat.nl")
    names = [("nl", "petteflat college"), ("en", "Petteflat School")]
    keywords = "PC Flat+School Pette 99AA x Zwolle info@x.nl https://x.nl/y www.x.nl Pette"

    content = metadata(idp(names=names, keywords=keywords, scopes=["petteflat.nl"]))

    assert changes(content) == {
        "99AA00": {
            "entity_id": "https://idp.petteflat.example",
            "aliases": "PC\nPetteflat School\nPette",
        }
    }
    apply(content)
    assert counts(plan_for(content)) == {"same": 1}


@pytest.mark.usefixtures("by_realm")
def test_match__realm_only_when_there_is_one_scope() -> None:
    add()

    assert changes(metadata(idp(scopes=["a.nl"])))["99AA00"]["realm"] == "a.nl"
    assert "realm" not in changes(metadata(idp(scopes=["a.nl", "b.nl"])))["99AA00"]


def test_match__a_scope_is_no_realm_where_a_brin_tells_the_school() -> None:
    add(website="www.petteflat.nl")
    add("99BB00", realm="lyceum.nl", entity_id=E2)
    content = metadata(
        idp(E1, names=[], scopes=["petteflat.nl"]),
        idp(E2, names=[], scopes=["x.nl"]),
        idp("https://new.example", keywords="99CC00", scopes=["new.nl"]),
    )

    assert counts(apply(content)) == {"changed": 1, "same": 1, "new": 1}
    rows = School.objects.values_list("brin", "entity_id", "realm").order_by("brin")
    assert list(rows) == [
        ("99AA00", E1, ""),
        ("99BB00", E2, "lyceum.nl"),
        ("99CC00", "https://new.example", ""),
    ]


def test_match__sites_of_one_institution_share() -> None:
    add("99AA00")
    add("99AA01")

    plan = apply(metadata(idp(names=[], keywords="99AA")))

    assert outcomes(plan) == [("changed", 3, "99AA00"), ("changed", 3, "99AA01")]
    assert counts(plan_for(metadata(idp(names=[], keywords="99AA")))) == {"same": 2}


def test_match__a_site_keeps_its_own_provider_of_the_list() -> None:
    add("99AA00", entity_id=E1)
    add("99AA01")

    plan = plan_for(metadata(idp(E1, names=[]), idp(E2, names=[], keywords="99AA")))
    assert outcomes(plan) == [("same", 3, "99AA00"), ("changed", 4, "99AA01")]

    plan = plan_for(metadata(idp(E1, names=[]), idp(E2, names=[], keywords="99AA00")))
    assert outcomes(plan) == [("same", 3, "99AA00"), ("conflict", 4, "")]
    assert "99AA00 already has another" in plan.rows[1].reason


def test_match__schools_of_two_institutions_are_a_conflict() -> None:
    add("99AA00", website="a.scholen.nl")
    add("99BB00", website="b.scholen.nl")

    plan = plan_for(metadata(idp(names=[], scopes=["scholen.nl"])))

    assert outcomes(plan) == [("conflict", 3, "")]
    assert "99AA00, 99BB00" in plan.rows[0].reason


def test_match__what_the_registry_says_of_two_institutions_stays() -> None:
    add("99AA00", entity_id=E1)
    add("99BB00", entity_id=E1)

    assert counts(plan_for(metadata(idp(E1, scopes=["x.nl"], keywords="Pette")))) == {"same": 2}


def test_match__two_providers_of_one_school_are_a_conflict() -> None:
    add()

    plan = plan_for(metadata(idp(E1, keywords="99AA00"), idp(E2, keywords="99AA00")))

    assert outcomes(plan) == [("conflict", 3, "99AA00"), ("conflict", 4, "99AA00")]
    assert "Rows 3, 4" in plan.rows[0].reason


@pytest.mark.usefixtures("by_realm")
@pytest.mark.parametrize(
    ("keywords", "brin"),
    [("99AA00", "99AA00"), ("99AA 99AA00", "99AA"), ("99AA00 99AA01", "99AA")],
)
def test_new__by_the_code_among_the_keywords(keywords: str, brin: str) -> None:
    apply(metadata(idp(keywords=f"{keywords} Pette", scopes=["pf.nl"])), listed=True, kind="vo")

    school = School.objects.get()
    assert (school.brin, school.name, school.kind) == (brin, "Petteflat College", "vo")
    assert (school.entity_id, school.realm, school.aliases) == (
        "https://idp.petteflat.example",
        "pf.nl",
        "Pette",
    )
    assert (school.source, school.listed, school.is_active) == ("metadata", True, True)


def test_new__of_no_kind_that_we_know() -> None:
    apply(metadata(idp(keywords="99AA00")))
    assert School.objects.get().kind == "other"

    # DUO knows, and may say so.
    assert counts(apply(duo(duo_row()))) == {"changed": 1}
    assert School.objects.get().kind == "vo"


@pytest.mark.parametrize(
    ("provider", "reason"),
    [
        ({"names": [("nl", "x" * 300)]}, "name is longer than 200"),
        ({"entity_id": f"https://{'x' * 300}"}, "entity_id is longer than 255"),
        ({"entity_id": "https://x y"}, "entity_id has a space in it"),
    ],
)
def test_new__that_does_not_fit(provider: dict[str, Any], reason: str) -> None:
    plan = plan_for(metadata(idp(**{"keywords": "99AA00", **provider})))

    assert outcomes(plan) == [("error", 3, "99AA00")]
    assert reason in plan.rows[0].reason


def test_match__entity_id_that_does_not_fit() -> None:
    add(source="metadata")

    plan = plan_for(metadata(idp(f"https://{'x' * 300}")))

    # Nor is the school gone: the list speaks of it.
    assert outcomes(plan) == [("error", 3, "99AA00")]


def test_unmatched__a_word_of_four_letters_is_no_code() -> None:
    assert counts(plan_for(metadata(idp(names=[], keywords="mavo")))) == {"error": 1}


def test_unmatched__codes_of_two_institutions() -> None:
    assert counts(plan_for(metadata(idp(keywords="99AA 99BB")))) == {"error": 1}


def test_hidden__are_matched_but_never_new() -> None:
    add("99BB00", "Verborgen", entity_id=E1)

    plan = plan_for(
        metadata(idp(E1, names=[], is_hidden=True), idp(E2, keywords="99AA00", is_hidden=True))
    )

    assert outcomes(plan) == [("same", 3, "99BB00")]


def test_gone__only_what_came_from_such_a_list() -> None:
    apply(metadata(idp(E1, keywords="99AA00"), idp(E2, keywords="99BB00")), listed=True)
    add("99CC00", entity_id="https://three.example")

    plan = plan_for(metadata(idp(E1, names=[]), idp("https://x.example", names=[("nl", "?")])))

    assert outcomes(plan) == [("same", 3, "99AA00"), ("error", 4, ""), ("gone", 0, "99BB00")]
