"""Which school an answer came from, and whether its IdP may speak for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from django_intergrip_link.federation import presets
from django_intergrip_link.models import Arrival, LinkEvent, School


def make(brin: str, **fields: Any) -> School:
    return School.objects.create(federation="kennisnet", brin=brin, name=brin, **fields)


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


# Several providers ------------------------------------------------------------------------------

TODAY = timezone.localdate
OTHER = "https://other.example"


@pytest.mark.parametrize(
    ("begins", "ends", "status"),
    [
        (None, None, 303),
        (-1, 1, 303),
        (0, 1, 303),
        (1, None, 403),
        (None, 0, 403),
        (-9, -1, 403),
    ],
)
def test_answer__of_another_provider_in_its_time(
    school_login: Any, fake_school: Any, begins: int | None, ends: int | None, status: int
) -> None:
    School.objects.update(entity_id="https://new.example")
    old = fake_school.answer("_x", {}).authority
    days = {
        name: None if days is None else TODAY() + timedelta(days=days)
        for name, days in (("accepted_from", begins), ("accepted_until", ends))
    }
    fake_school.row.providers.create(entity_id=old, **days)

    assert school_login(Client()).status_code == status


def test_answer__of_another_provider_with_the_wrong_realm(
    school_login: Any, fake_school: Any
) -> None:
    School.objects.update(entity_id="https://new.example")
    old = fake_school.answer("_x", {}).authority
    fake_school.row.providers.create(entity_id=old, realm="another")

    assert school_login(Client()).status_code == 403


def test_answer__institution_code_means_the_row_whose_idp_answered(
    school_login: Any, fake_school: Any
) -> None:
    """Some codes stand for a vocational school and for sites of a secondary school."""
    make("99AA", kind="mbo", entity_id="https://mbo.example", realm="mbo")

    response = school_login(Client(), nlEduPersonHomeOrganizationId="99AA")

    assert response.status_code == 303
    assert Arrival.objects.get().account["brin"] == "99AA00"


def test_answer__institution_code_prefers_what_is_open(school_login: Any, fake_school: Any) -> None:
    School.objects.update(is_active=False)
    make("99AA05", entity_id=fake_school.row.entity_id, realm=fake_school.row.realm)

    response = school_login(Client(), nlEduPersonHomeOrganizationId="99AA")

    assert response.status_code == 303


def test_answer__by_a_realm_that_the_school_had_before(
    school_login: Any, fake_school: Any, settings: Any, monkeypatch: Any
) -> None:
    preset = replace(presets.PRESETS["surfconext"], entity_id=fake_school.hub.entity_id)
    monkeypatch.setitem(presets.PRESETS, "surfconext", preset)
    surfconext(settings)
    School.objects.update(realm="new.example", entity_id="")
    fake_school.row.providers.create(realm="old.example")

    response = school_login(
        Client(),
        eduPersonPrincipalName="piet@old.example",
        schacHomeOrganization="old.example",
    )

    assert response.status_code == 303


def test_answer__may_not_speak_for_a_site_by_its_six_characters(
    school_login: Any, fake_school: Any
) -> None:
    make("99AA01", entity_id=OTHER, realm="elsewhere")

    response = school_login(Client(), nlEduPersonHomeOrganizationId="99AA01")

    assert response.status_code == 403


# Who may speak for whom -------------------------------------------------------------------------

EVIL = "https://elsewhere.example"


@pytest.mark.parametrize(
    ("sibling", "claimed"),
    [("99AA05", "99AA"), ("99AA", "99AA00"), ("99AA05", "99AA05"), ("99AA", "99AA")],
)
@pytest.mark.parametrize("authority", [EVIL, ""])
def test_answer__no_idp_speaks_through_a_row_that_names_none(
    school_login: Any,
    fake_school: Any,
    linked_user: Any,
    sibling: str,
    claimed: str,
    authority: str,
) -> None:
    """An import brings sites without an IdP; they must not open those that have one."""
    make(sibling)
    client = Client()
    uid = fake_school.uid if authority else "qj7cks8qdz9ph54@elsewhere"

    response = school_login(
        client, bent={"authority": authority}, uid=uid, nlEduPersonHomeOrganizationId=claimed
    )

    assert response.status_code == 403
    assert "_auth_user_id" not in client.session
    assert LinkEvent.objects.get().reason == "school"


def test_answer__a_site_without_an_idp_uses_the_one_of_its_institution(
    school_login: Any, fake_school: Any
) -> None:
    make("99AA05")

    response = school_login(Client(), nlEduPersonHomeOrganizationId="99AA05")

    assert response.status_code == 303
    assert Arrival.objects.get().account["brin"] == "99AA05"


@pytest.mark.parametrize(
    ("theirs", "status"),
    [
        ({"entity_id": "THIS"}, 403),
        ({"realm": "THIS"}, 403),
        ({"entity_id": "THIS", "realm": "THIS"}, 403),
        # A supplier's IdP serves many; the realm tells them apart.
        ({"entity_id": "THIS", "realm": "another"}, 303),
        ({"entity_id": EVIL}, 303),
    ],
)
def test_answer__institution_without_an_idp(
    school_login: Any, fake_school: Any, theirs: dict[str, str], status: int
) -> None:
    """Nothing is known of this school: any IdP may speak for it but one that is another's."""
    authority, realm = fake_school.row.entity_id, fake_school.row.realm
    School.objects.update(entity_id="", realm="")
    said = {"entity_id": authority, "realm": realm}
    make("99BB00", **{k: said[k] if v == "THIS" else v for k, v in theirs.items()})

    response = school_login(Client(), uid=f"qj7cks8qdz9ph54@{realm}")

    assert response.status_code == status


@pytest.mark.parametrize(("ends", "status"), [(1, 403), (0, 303)])
def test_answer__institution_without_an_idp_and_the_next_idp_of_another(
    school_login: Any, fake_school: Any, ends: int, status: int
) -> None:
    authority = fake_school.row.entity_id
    School.objects.update(entity_id="", realm="")
    make("99BB00", entity_id=OTHER).providers.create(
        entity_id=authority, accepted_until=TODAY() + timedelta(days=ends)
    )

    assert school_login(Client()).status_code == status


def test_answer__institution_without_an_idp_and_a_hub_that_says_nothing(
    school_login: Any, fake_school: Any
) -> None:
    School.objects.update(entity_id="", realm="")

    assert school_login(Client(), uid="12345678", bent={"authority": ""}).status_code == 303


def test_answer__of_the_provider_of_one_site(school_login: Any, fake_school: Any) -> None:
    site = make("99AA05", entity_id=OTHER, realm="site")
    site.providers.create(entity_id="https://next.example")

    response = school_login(
        Client(),
        bent={"authority": "https://next.example"},
        uid="qj7cks8qdz9ph54@site",
        nlEduPersonHomeOrganizationId="99AA",
    )

    assert response.status_code == 303
    assert Arrival.objects.get().account["brin"] == "99AA05"


def test_returning__subject_of_another_idp_of_the_institution(
    school_login: Any, fake_school: Any, linked_user: Any
) -> None:
    """LNK-12: equal subjects of two IdPs are two people, below one school code too."""
    make("99AA", kind="mbo", entity_id="https://mbo.example")
    client = Client()

    response = school_login(
        client, bent={"authority": "https://mbo.example"}, nlEduPersonHomeOrganizationId="99AA"
    )

    assert response.status_code == 403
    assert "_auth_user_id" not in client.session


def test_returning__at_another_site_of_the_same_idp(
    school_login: Any, fake_school: Any, linked_user: Any
) -> None:
    make("99AA05")
    client = Client()

    response = school_login(client, nlEduPersonHomeOrganizationId="99AA05", next="/inside/")

    assert response["Location"] == "/inside/"


@pytest.mark.parametrize(("ends", "status"), [(-400, 403), (0, 403), (1, 303)])
def test_realm__of_a_provider_only_in_its_time(
    school_login: Any,
    fake_school: Any,
    settings: Any,
    monkeypatch: Any,
    ends: int,
    status: int,
) -> None:
    preset = replace(presets.PRESETS["surfconext"], entity_id=fake_school.hub.entity_id)
    monkeypatch.setitem(presets.PRESETS, "surfconext", preset)
    surfconext(settings)
    School.objects.update(realm="", entity_id="")
    fake_school.row.providers.create(
        realm="old.example", accepted_until=TODAY() + timedelta(days=ends)
    )

    response = school_login(
        Client(), eduPersonPrincipalName="piet@old.example", schacHomeOrganization="old.example"
    )

    assert response.status_code == status


def test_realm__of_another_authority(
    school_login: Any, fake_school: Any, settings: Any, monkeypatch: Any
) -> None:
    preset = replace(presets.PRESETS["surfconext"], entity_id=fake_school.hub.entity_id)
    monkeypatch.setitem(presets.PRESETS, "surfconext", preset)
    surfconext(settings)
    School.objects.update(realm="roc.example", entity_id=OTHER)

    response = school_login(
        Client(), eduPersonPrincipalName="piet@roc.example", schacHomeOrganization="roc.example"
    )

    assert response.status_code == 403
