"""Tests for ``test_registration_form``, which runs them in a process with these settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from django_intergrip_link import checks
from django_intergrip_link.checks.registration import check_registration
from django_intergrip_link.models import AccountLink
from tests.journey.conftest import arrive as arrive  # noqa: PLC0414 - a fixture
from tests.journey.walking import PASSWORD, Walker
from tests.people.models import Person

FIELDS = {
    "email": "Noor@EXAMPLE.nl",
    "last_name": "de Jong",
    "birthday": "2010-05-01",
    "password": PASSWORD,
}


def mailed_code() -> str:
    found = re.search(r"^\d{4} \d{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found.group()


def test_person__is_registered_and_linked(arrive: Callable[..., Walker]) -> None:
    walker = arrive(givenName="Noor")
    page = walker.get("register").content.decode()
    assert 'name="first_name"' not in page
    assert page.index('name="birthday"') < page.index('name="last_name"')

    walker.post("register", **FIELDS)
    again = walker.get("register").content.decode()
    assert 'value="2010-05-01"' in again
    walker.post("register_code", code=mailed_code())
    confirm = walker.get("confirm").content.decode()
    assert "N•••@example.nl" in confirm
    assert "Noor@example.nl" not in confirm
    walker.confirm()

    person = Person.objects.get()
    assert (person.email, person.last_name) == ("Noor@example.nl", "de Jong")
    assert person.birthday.isoformat() == "2010-05-01"
    assert person.check_password(PASSWORD)
    assert AccountLink.objects.get().user_id == person.pk
    assert walker.user_name == "Noor@example.nl"


def test_person__objections_of_the_model_stand_beside_their_fields(
    arrive: Callable[..., Walker],
) -> None:
    walker = arrive()

    page = walker.post("register", **{**FIELDS, "last_name": "x" * 21}).content.decode()
    assert 'href="#id_last_name"' in page
    assert (
        'href="#id_last_name"'
        in walker.post("register", **{**FIELDS, "last_name": ""}).content.decode()
    )
    assert mail.outbox == []


def test_person__whose_address_it_never_was_lets_go_of_it(
    arrive: Callable[..., Walker], settings: Any
) -> None:
    earlier = Person.objects.create_user("noor@example.nl", PASSWORD)
    walker = arrive()
    settings.INTERGRIP_LINK = {
        **settings.INTERGRIP_LINK,
        "VERIFIED_ADDRESS": "tests.people.walk.nothing_is_verified",
        "REGISTRATION_FORM": "tests.people.forms.PersonForm",
    }
    walker.post("register", **FIELDS)
    walker.post("register_code", code=mailed_code())
    walker.confirm()

    earlier.refresh_from_db()
    assert re.fullmatch(rf"released-{earlier.pk}-\w{{8}}@invalid\.invalid", earlier.email)
    assert (earlier.is_active, earlier.has_usable_password()) == (False, False)
    assert Person.objects.get(email="Noor@example.nl").pk != earlier.pk


def nothing_is_verified(*, user: Any) -> bool:
    return False


def test_check__names_the_field_that_our_own_form_cannot_fill(settings: Any) -> None:
    assert list(check_registration()) == []

    settings.INTERGRIP_LINK = {
        key: value for key, value in settings.INTERGRIP_LINK.items() if key != "REGISTRATION_FORM"
    }
    (message,) = check_registration()
    assert message.id == checks.ids.UNFILLED_FIELD
    assert message.msg == "Registration cannot fill the field 'birthday' of people.Person."

    for closed in ({"REGISTRATION": "existing_only"}, {"REGISTER_URL": "/join/"}):
        settings.INTERGRIP_LINK = {"SITE_NAME": "Doorstroom", **closed}
        assert list(check_registration()) == []


pytestmark = pytest.mark.django_db
