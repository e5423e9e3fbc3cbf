"""LNK-11: what only one can have, wanted by two at one moment, each with a double click."""

from __future__ import annotations

from typing import Final

import pytest

from django_intergrip_link.models import AccountLink, Arrival, LinkEvent
from tests.attacks.stage import Stage
from tests.races.conftest import PROCESSES, Field
from tests.races.runners import (
    ASKED,
    PLACE_TAKEN,
    ROUNDS,
    SENT_BEFORE,
    WON,
    add_user,
    confirm,
    names_inside,
    pages,
    prove,
)

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
TAKEN: Final = (403, "taken")


def test_one_school_account__to_two_site_accounts(field: Field, stage: Stage) -> None:
    for number in range(ROUNDS):
        names = [f"anna{number}", f"bram{number}"]
        users = [add_user(name) for name in names]
        uid = f"fiets{number}@99aa00"
        requests = [confirm(prove(stage, uid, name)) for name in names] * 2
        answers = field.race(*requests)

        assert pages(answers) == {WON: 1, SENT_BEFORE: 1, TAKEN: 2}
        (link,) = AccountLink.objects.filter(user__in=users)
        inside = names_inside(requests, answers)
        assert sorted(inside) == ["-", "-", "-", link.user.get_username()]
        assert LinkEvent.objects.filter(link=link).count() == 1
        assert Arrival.objects.filter(account__isnull=True).count() == number + 1


def test_one_site_account__to_two_school_accounts(field: Field, stage: Stage) -> None:
    for number in range(ROUNDS // 4):
        user = add_user(f"anna{number}")
        uids = [f"fiets{number}@99aa00", f"trein{number}@99aa00"]
        requests = [confirm(prove(stage, uid, user.username)) for uid in uids] * 2
        answers = field.race(*requests)

        found = pages(answers)
        assert (found[WON], found[SENT_BEFORE]) == (1, 1)
        assert set(found) <= {WON, SENT_BEFORE, PLACE_TAKEN, ASKED}
        (link,) = AccountLink.objects.filter(user=user)
        assert sorted(names_inside(requests, answers)) == ["-", "-", "-", user.username]
        assert LinkEvent.objects.filter(link=link).count() == 1


def test_confirm__pressed_four_times(field: Field, stage: Stage) -> None:
    for number in range(ROUNDS):
        user = add_user(f"anna{number}")
        requests = [confirm(prove(stage, f"fiets{number}@99aa00", user.username))] * PROCESSES
        answers = field.race(*requests)

        assert pages(answers) == {WON: 1, SENT_BEFORE: PROCESSES - 1}
        (link,) = AccountLink.objects.filter(user=user)
        assert sorted(names_inside(requests, answers)) == ["-", "-", "-", user.username]
        assert LinkEvent.objects.filter(link=link).count() == 1
