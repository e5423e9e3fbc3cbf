"""What a file would do: new, changed, same, gone, conflict, error."""

from __future__ import annotations

from typing import Any

import pytest

from django_intergrip_link.models import School
from django_intergrip_link.registry.outcomes import Change, Outcome

from .files import add, apply, counts, duo, duo_row, outcomes, own, plan_for

pytestmark = pytest.mark.django_db


def test_plan__new_schools_are_closed_unless_listed() -> None:
    assert [
        plan_for(duo(duo_row()), listed=listed).rows[0].changes[:2] for listed in (False, True)
    ] == [(Change("is_active", "", new), Change("listed", "", new)) for new in (False, True)]


def test_plan__a_changed_name_is_kept_among_the_former() -> None:
    apply(duo(duo_row(name="Oude School")))
    School.objects.update(former_names="Oudste School")

    plan = apply(duo(duo_row(name="Nieuwe School")))

    assert plan.rows[0].changes == (
        Change("name", "Oude School", "Nieuwe School"),
        Change("former_names", "Oudste School", "Oudste School\nOude School"),
    )
    apply(duo(duo_row(name="Oude School")))
    apply(duo(duo_row(name="Nieuwe School")))
    assert School.objects.get().former_names == "Oudste School\nOude School\nNieuwe School"


def test_plan__another_spelling_is_no_former_name() -> None:
    apply(duo(duo_row(name="De école")))

    plan = plan_for(duo(duo_row(name="DE ECOLE")))

    assert [change.field for change in plan.rows[0].changes] == ["name"]


def test_plan__duo_leaves_alone_what_people_filled_in() -> None:
    mine: dict[str, Any] = {
        "aliases": "PC",
        "entity_id": "https://idp",
        "realm": "pf",
        "contact": "c",
        "message": "m",
        "is_active": False,
        "listed": False,
    }
    add(**mine, website="www.mine.example", street="Straat 1")

    apply(duo(duo_row(website="", place="")), listed=True)

    school = School.objects.get()
    assert {field: getattr(school, field) for field in mine} == mine
    assert (school.website, school.place) == ("www.mine.example", "")
    assert (school.street, school.source) == ("Puntburgerweg 7", "hand")


def test_plan__same_code_twice() -> None:
    plan = plan_for(duo(duo_row(), duo_row(), duo_row("99BB00"), duo_row("99BB00", "Anders")))

    assert outcomes(plan) == [
        ("new", 2, "99AA00"),
        ("same", 3, "99AA00"),
        ("conflict", 4, "99BB00"),
        ("conflict", 5, "99BB00"),
    ]
    assert plan.rows[2].reason == "Rows 4, 5 say different things of this school."


def test_plan__a_code_of_another_kind_is_a_conflict() -> None:
    add("99AA", kind="vo")

    plan = plan_for(duo(duo_row("", institution="99AA", structure="MBO")))

    assert outcomes(plan) == [("conflict", 2, "99AA")]
    assert "kind vo" in plan.rows[0].reason


def test_plan__realm_and_provider_of_another_school() -> None:
    add("99AA00", entity_id="https://idp", realm="pf")
    add("99AA01")
    add("99BB00")
    header = "brin;entity_id;realm"

    # A site of the same institution may share them; another institution may not.
    assert counts(plan_for(own(header, "99AA01;https://idp;PF"))) == {"changed": 1}
    plan = plan_for(own(header, "99BB00;https://idp;PF"))
    assert outcomes(plan) == [("conflict", 2, "99BB00")]
    assert "Another school" in plan.rows[0].reason

    # What the other is about to leave is not free yet.
    plan = plan_for(own(header, "99AA00;https://x;px", "99BB00;https://idp;PF"))
    assert counts(plan) == {"changed": 1, "conflict": 1}

    # The provider alone may serve several.
    assert counts(plan_for(own(header, "99BB00;https://idp;"))) == {"changed": 1}


def test_plan__two_new_schools_of_one_realm() -> None:
    plan = plan_for(own("brin;name;realm", "99AA;A;pf", "99BB;B;pf", "99CC;C;"))

    assert counts(plan) == {"conflict": 2, "new": 1}


@pytest.mark.usefixtures("by_realm")
def test_plan__a_realm_of_one_institution_where_it_tells_the_school() -> None:
    add("99AA00", entity_id="https://idp", realm="pf.nl")
    add("99AA01")
    add("99BB00", entity_id="https://other")
    header = "brin;realm"

    assert counts(plan_for(own(header, "99AA01;PF.nl"))) == {"changed": 1}
    plan = plan_for(own(header, "99BB00;PF.nl"))
    assert outcomes(plan) == [("conflict", 2, "99BB00")]
    assert plan.rows[0].reason == "Another school has this realm: Petteflat College."


def test_plan__one_entree_account_in_a_federation() -> None:
    add("ENTR", "Entree", kind="entree")
    add("99AA00")
    header = "brin;name;kind"

    assert counts(plan_for(own(header, "ENTR;Entree-account;entree"))) == {"changed": 1}
    plan = plan_for(own(header, "99AA00;X;entree", "99BB00;Y;entree"))
    assert counts(plan) == {"conflict": 2}
    assert "already has a row of this kind: Entree." in plan.rows[0].reason
    School.objects.filter(brin="ENTR").delete()
    plan = plan_for(own(header, "99CC00;X;entree", "99BB00;Y;entree"))
    assert counts(plan) == {"conflict": 2}


def test_plan__what_clashed_before_may_be_corrected_otherwise() -> None:
    for brin in ("99AA00", "99BB00"):
        add(brin, realm="pf", kind="entree")

    assert counts(plan_for(own("brin;place", "99AA00;Assen"))) == {"changed": 1}


def test_plan__values_that_do_not_fit() -> None:
    plan = plan_for(
        own(
            "brin;name;realm;entity_id",
            f"99AA00;{'x' * 201};;",
            "99BB00;B;a b;",
            "99CC00;C;;https://x y",
            f"99DD00;D;{'x' * 256};",
            "99EE00;E;;",
        )
    )

    assert [(row.outcome.value, row.reason) for row in plan.rows] == [
        ("error", "name is longer than 200 characters."),
        ("error", "realm has a space in it."),
        ("error", "entity_id has a space in it."),
        ("error", "realm is longer than 255 characters."),
        ("new", ""),
    ]
    assert outcomes(plan_for(duo(duo_row(name="x" * 201)))) == [("error", 2, "99AA00")]


def test_plan__names_at_the_hub_that_never_worked_are_put_right() -> None:
    add(realm="@99aa00")

    plan = plan_for(own("brin;realm", "99AA00;@99aa00"))

    assert plan.rows[0].changes == (Change("realm", "@99aa00", "99aa00"),)


def test_plan__a_new_school_needs_a_name() -> None:
    plan = plan_for(own("brin;realm", "99AA00;pf"))

    assert outcomes(plan) == [("error", 2, "99AA00")]
    assert "needs a name" in plan.rows[0].reason


def test_gone__same_source_and_kinds_only() -> None:
    apply(duo(duo_row("99DD00")))
    apply(duo(duo_row("99AA00"), duo_row("99BB00"), duo_row("99BC00")), listed=True)
    apply(duo(duo_row("99CC00", structure="BO")), listed=True)
    add("99EE00")
    School.objects.create(federation="surfconext", brin="99FF00", name="x", source="duo")

    plan = apply(duo(duo_row("99AA00")))

    assert outcomes(plan) == [
        ("same", 2, "99AA00"),
        ("gone", 0, "99BB00"),
        ("gone", 0, "99BC00"),
    ]
    gone = School.objects.get(brin="99BB00")
    assert (gone.listed, gone.is_active) == (False, True)
    assert counts(plan_for(duo(duo_row("99AA00")))) == {"same": 1}


def test_gone__not_when_a_code_cannot_be_read() -> None:
    apply(duo(duo_row("99AA00"), duo_row("99BB00")), listed=True)

    assert counts(plan_for(duo(duo_row("99AA00"), duo_row("99B??")))) == {"same": 1, "error": 1}
    wrong = duo(duo_row("99AA00"), duo_row("99BB00", name=""))
    assert counts(plan_for(wrong)) == {"same": 1, "error": 1}


def test_gone__not_without_a_column_for_the_kind() -> None:
    apply(own("brin;name;kind", "99AA00;A;vo", "99BB00;B;vo"), listed=True)

    assert counts(plan_for(own("brin;name", "99AA00;A"))) == {"same": 1}
    assert counts(plan_for(own("brin;kind", "99AA00;vo"))) == {"same": 1, "gone": 1}


def test_plan__what_it_says_of_itself() -> None:
    plan = plan_for(duo(duo_row(), duo_row("99B"), duo_row("99C")))

    assert [row.line for row in plan.left_out] == [3, 4]
    assert (plan.changes_something, plan.is_useless) == (True, False)
    useless = plan_for(duo(duo_row("99B"), duo_row("99BB00", name="")))
    assert (useless.changes_something, useless.is_useless) == (False, True)
    assert [len(plan.of(outcome)) for outcome in Outcome] == list(plan.counts.values())


def test_plan__fingerprint_is_of_what_would_be_written() -> None:
    content = duo(duo_row(), duo_row("99BB00"))
    first = plan_for(content)

    assert plan_for(content).fingerprint == first.fingerprint
    assert plan_for(content, listed=True).fingerprint != first.fingerprint
    add("99BB00", place="Assen")
    assert plan_for(content).fingerprint != first.fingerprint
