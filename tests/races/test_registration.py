"""REG-01: of two registrations with one address, at one moment, one makes a site account."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import RequestFactory

from django_intergrip_link.journey import mailed_codes
from django_intergrip_link.models import AccountLink, Arrival, LinkCode
from tests.attacks.stage import Stage, arrival_in
from tests.races.conftest import Field
from tests.races.runners import (
    ROUNDS,
    SENT_BEFORE,
    WON,
    confirm,
    names_inside,
    pages,
    register,
)

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
ADDRESS_TAKEN: Final = (410, "address")


def users_with(address: str) -> list[Any]:
    """Return the site accounts with this address."""
    return list(get_user_model()._default_manager.filter(email__iexact=address))


def test_one_address__for_two_site_accounts(field: Field, stage: Stage) -> None:
    for number in range(ROUNDS):
        # Too long for a user name, so that nothing unique in the table of users helps.
        address = f"anna{number}@{'x' * 60}.{'y' * 60}.{'z' * 60}.nl"
        uids = [f"fiets{number}@99aa00", f"trein{number}@99aa00"]
        requests = [confirm(register(stage, uid, address)) for uid in uids] * 2
        answers = field.race(*requests)

        assert pages(answers) == {WON: 1, SENT_BEFORE: 1, ADDRESS_TAKEN: 2}
        (user,) = users_with(address)
        (link,) = AccountLink.objects.filter(user=user)
        assert sorted(names_inside(requests, answers)) == ["-", "-", "-", user.get_username()]
        assert LinkCode.objects.get(link=link).details is None


def test_another_address__for_which_the_code_was_not_typed(field: Field, stage: Stage) -> None:
    """A form with somebody else's address, sent while the code to the own one was typed."""
    browser = register(stage, "fiets1@99aa00", "own@example.nl")
    own = LinkCode.objects.get()
    cache.clear()
    mailed_codes.issue(
        request=RequestFactory().get("/"),
        purpose=LinkCode.Purpose.REGISTER,
        arrival=Arrival.objects.get(key=arrival_in(browser)),
        address="victim2@example.nl",
        details={**(own.details or {}), "email": "victim2@example.nl"},
    )
    (answer,) = field.race(confirm(browser))

    assert answer["status"] == 410
    assert users_with("victim2@example.nl") == []
