"""``intergrip_export``: everything about one person, and nothing about anybody else (PRV-06)."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from django_intergrip_link import audit
from django_intergrip_link.journey import ending, school_codes
from django_intergrip_link.models import AccountLink, Arrival, LinkCode, LinkEvent
from django_intergrip_link.testing.login import link_user


@pytest.fixture
def people(fake_school: Any, django_user_model: Any) -> tuple[Any, Any]:
    """Two pupils with a link, an event and a code from school each."""
    create = django_user_model.objects.create_user
    sanne = create("sanne", "sanne@example.nl", first_name="Sanne")
    noor = create("noor", "noor@example.nl", first_name="Noor")
    for user, uid in ((sanne, "sanne0001qdz9ph54@99aa00"), (noor, "noor00002qdz9ph54@99aa00")):
        link = link_user(user, fake_school, uid=uid)
        audit.record(LinkEvent.Kind.LINKED, link=link, actor=user)
        school_codes.issue(user=user, school=fake_school.row, created_by=noor, group="2B")
    return sanne, noor


def export(name: str) -> str:
    out = StringIO()
    call_command("intergrip_export", "--user", name, stdout=out)
    return out.getvalue()


def test_export__own_data(people: tuple[Any, Any]) -> None:
    sanne, noor = people
    ending.end_link(AccountLink.objects.get(user=sanne), actor=noor, reason="left_school")
    found = json.loads(export("sanne"))
    [link], [code] = found["links"], found["codes"]

    assert found["site_account"] == "sanne"
    assert (link["school"], link["school_code"]) == ("Petteflat College", "99AA00")
    assert (link["role"], link["school_account_ends_in"]) == ("student", "ph54")
    assert (link["state"], link["reason"]) == ("ended", "left_school")
    assert link["ended_by_yourself"] is False
    assert [event["kind"] for event in link["events"]] == ["linked", "ended"]
    assert [event["by_yourself"] for event in link["events"]] == [True, False]
    assert link["linked_at"] <= link["ended_at"]
    assert (code["purpose"], code["class"], code["used_at"]) == ("school", "2B", None)


def test_export__nothing_of_others_and_no_digest(
    people: tuple[Any, Any], school_login: Any
) -> None:
    school_login(Client())
    arrival = Arrival.objects.get()
    text = export("sanne")
    digests = [
        *AccountLink.objects.values_list("subject_digest", flat=True),
        *LinkCode.objects.values_list("digest", flat=True),
        arrival.key,
        arrival.request_id,
    ]

    assert [value for value in digests if value in text] == []
    assert "noor" not in text.casefold()
    assert "Piet" not in text


def test_export__of_who_has_nothing(fake_school: Any, django_user_model: Any) -> None:
    django_user_model.objects.create(username="new")

    assert json.loads(export("new")) == {"site_account": "new", "links": [], "codes": []}


def test_export__unknown_name(db: None) -> None:
    with pytest.raises(CommandError, match="No site account"):
        export("nobody")


def test_export__keeps_letters(fake_school: Any, django_user_model: Any) -> None:
    django_user_model.objects.create(username="anaïs")

    assert "anaïs" in export("anaïs")
