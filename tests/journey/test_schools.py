"""Which school an answer came from, and what the hub is told about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from django_intergrip_link.journey.schools import find_school
from django_intergrip_link.models import LinkEvent, School


def make(brin: str, **fields: Any) -> School:
    return School.objects.create(federation="kennisnet", brin=brin, name=brin, **fields)


@pytest.mark.parametrize(
    ("listed", "sent", "found"),
    [
        (["99AA00", "99AA01", "99AA"], "99AA01", "99AA01"),
        (["99AA00", "99AA"], "99AA01", "99AA"),
        (["99AA00", "99AA01"], "99AA", "99AA00"),
        (["99AA00"], "99AA01", None),
        (["99AA"], "99AB", None),
        (["99AA"], "99", None),
        (["99AA"], "99AA0", None),
        (["99aa"], "99AA", "99AA"),
    ],
)
@pytest.mark.django_db
def test_find__site_then_institution(listed: list[str], sent: str, found: str | None) -> None:
    for brin in listed:
        make(brin)

    school = find_school(federation="kennisnet", code=sent)

    assert (school.brin if school else None) == found


def test_find__per_federation(db: None) -> None:
    make("99AA")

    assert find_school(federation="surfconext", code="99AA") is None


def test_answer__foreign_realm(school_login: Any, fake_school: Any) -> None:
    response = school_login(Client(), uid="qj7cks8qdz9ph54@elsewhere")

    assert response.status_code == 403
    event = LinkEvent.objects.get()
    assert (event.reason, event.school) == ("school", fake_school.row)


def test_answer__school_without_a_realm_of_its_own(school_login: Any, fake_school: Any) -> None:
    School.objects.update(realm="")

    assert school_login(Client(), uid="qj7cks8qdz9ph54@elsewhere").status_code == 303


def surfconext(settings: Any) -> None:
    declared = settings.INTERGRIP_LINK
    entry = {**declared["FEDERATIONS"]["kennisnet"], "preset": "surfconext"}
    settings.INTERGRIP_LINK = {**declared, "FEDERATIONS": {"kennisnet": entry}}


@pytest.mark.parametrize("spelling", ["plain", "mace", "oid"])
def test_answer__federation_that_tells_schools_by_realm(
    school_login: Any, fake_school: Any, settings: Any, spelling: str, monkeypatch: Any
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from django_intergrip_link.federation import presets  # noqa: PLC0415

    preset = replace(presets.PRESETS["surfconext"], entity_id=fake_school.hub.entity_id)
    monkeypatch.setitem(presets.PRESETS, "surfconext", preset)
    surfconext(settings)
    School.objects.update(realm="rocmn.example")
    subject, home = {
        "plain": ("eduPersonPrincipalName", "schacHomeOrganization"),
        "mace": (
            "urn:mace:dir:attribute-def:eduPersonPrincipalName",
            "urn:mace:terena.org:attribute-def:schacHomeOrganization",
        ),
        "oid": ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "urn:oid:1.3.6.1.4.1.25178.1.2.9"),
    }[spelling]

    sent = {subject: "jan@rocmn.example", home: "ROCMN.example"}
    unknown = {subject: "jan@rocmn.example", home: "elsewhere.example"}

    assert school_login(Client(), **sent).status_code == 303
    assert school_login(Client(), **unknown).status_code == 403
