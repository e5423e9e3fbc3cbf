"""FLT-01, FLT-02: between the proof and the session the process dies, or the database goes away.

Afterwards everything is as before or as after, never between, and the next school login works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.test import Client

from django_intergrip_link.models import AccountLink, Arrival, LinkCode, LinkEvent
from tests.attacks.stage import DESTINATION, PASSWORD, Stage, arrival_in, new_browser, step_url
from tests.races import killing
from tests.races.conftest import Field
from tests.races.killing import Point
from tests.races.runners import add_user, come_back, confirm, form, prove

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
KILLS = 20
UID = "fiets1@99aa00"
NAME = "anna"


def each(*points: Point) -> Any:
    """Run a test for every point, named as the point is."""
    return pytest.mark.parametrize("point", points, ids=lambda point: point.name)


@dataclass(frozen=True, kw_only=True)
class State:
    """What one journey has changed; one flag for each table that it writes."""

    has_link: bool
    has_event: bool
    is_arrival_wiped: bool
    is_code_used: bool
    has_user: bool

    @classmethod
    def read(cls, arrival: str, *, code: int = 0, name: str = NAME) -> State:
        """Look at the database."""
        (row,) = Arrival.objects.filter(key=arrival)
        assert (row.closed_at is None) == (row.account is not None)
        links = list(AccountLink.objects.filter(user__username=name))
        codes = LinkCode.objects.filter(pk=code)
        events = LinkEvent.objects.filter(link__in=links, kind=LinkEvent.Kind.LINKED)
        assert codes.filter(used_at=None).exists() == codes.filter(link=None).exists()
        assert len(links) < 2
        return cls(
            has_link=bool(links),
            has_event=events.count() == 1,
            is_arrival_wiped=row.closed_at is not None,
            is_code_used=codes.filter(used_at__isnull=False).exists(),
            has_user=get_user_model()._default_manager.filter(username=name).exists(),
        )

    @classmethod
    def expected(cls, point: Point, *, with_code: bool = False, is_new: bool = False) -> State:
        """Return all or nothing."""
        done = point.is_linked
        return cls(
            has_link=done,
            has_event=done,
            is_arrival_wiped=done,
            is_code_used=done and with_code,
            has_user=done or not is_new,
        )


def check_sessions(name: str) -> None:
    """Hold that nobody is logged in whose school account is not linked."""
    users = [session.get_decoded().get(SESSION_KEY) for session in Session.objects.all()]
    linked = {str(pk) for pk in AccountLink.objects.values_list("user_id", flat=True)}
    anna = get_user_model()._default_manager.filter(username=name).values_list("pk", flat=True)
    assert {user for user in users if user} & {str(pk) for pk in anna} <= linked


def log_in_next_time(stage: Stage, point: Point) -> None:
    """The same person again: in at once with the link, else to the end of the journey."""
    browser = new_browser()
    response = stage.log_in(browser, uid=UID)
    if point.is_linked:
        assert response["Location"] == DESTINATION
    else:
        assert response["Location"] == step_url("link")
        assert stage.prove(NAME, browser=browser)["Location"] == step_url("confirm")
        done = stage.fill_in("confirm", browser, confirm="yes")
        assert done["Location"] == step_url("done")
    assert stage.user_in(browser) == NAME
    assert AccountLink.objects.filter(user__username=NAME).count() == 1
    forget()


def forget() -> None:
    """Make room for the next round."""
    AccountLink.objects.filter(user__username=NAME).delete()
    Arrival.objects.all().delete()
    Session.objects.all().delete()


def password(browser: Client) -> dict[str, Any]:
    """Return the request with the right password."""
    return form(browser, "prove", login=NAME, password=PASSWORD)


@each(*killing.PROVE)
def test_killed_at_the_password(point: Point, field: Field, stage: Stage) -> None:
    add_user(NAME)
    for _ in range(KILLS):
        browser = come_back(stage, UID)
        key = arrival_in(browser)
        assert field.race({**password(browser), "kill": point.name}) == [{"is_killed": True}]

        assert State.read(key) == State.expected(point)
        check_sessions(NAME)
        log_in_next_time(stage, point)


@each(*killing.CONFIRM)
def test_killed_at_confirm(point: Point, field: Field, stage: Stage) -> None:
    add_user(NAME)
    for _ in range(KILLS):
        browser = prove(stage, UID, NAME)
        key = arrival_in(browser)
        assert field.race({**confirm(browser), "kill": point.name}) == [{"is_killed": True}]

        assert State.read(key) == State.expected(point)
        check_sessions(NAME)
        log_in_next_time(stage, point)


@each(*killing.COMMIT, killing.INSERTED, killing.EVENT)
def test_database_gone_at_confirm(point: Point, field: Field, stage: Stage) -> None:
    add_user(NAME)
    browser = prove(stage, UID, NAME)
    key = arrival_in(browser)
    (answer,) = field.race({**confirm(browser), "lose": point.name})

    assert (answer["status"], answer["page"]) == (503, "e8")
    assert State.read(key) == State.expected(point)
    check_sessions(NAME)
    log_in_next_time(stage, point)
