"""FLT-01, FLT-02: between the proof and the session the process dies, or the database goes away.

Afterwards everything is as before or as after, never between, and the next school login works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from django_intergrip_link.journey import school_codes
from django_intergrip_link.models import AccountLink, Arrival, LinkCode, LinkEvent
from tests.attacks.stage import DESTINATION, PASSWORD, Stage, arrival_in, new_browser, step_url
from tests.races import killing
from tests.races.conftest import Field
from tests.races.killing import Point
from tests.races.runners import (
    KILLS,
    add_user,
    come_back,
    confirm,
    form,
    prove,
    prove_by_code,
    register,
    visit,
)

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
UID = "fiets1@99aa00"
NAME = "anna"


def each(*points: Point) -> pytest.MarkDecorator:
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


def log_in_next_time(
    stage: Stage, point: Point, *, name: str = NAME, proof: Callable[[], Client] | None = None
) -> None:
    """The same person again: in at once with the link, else to the end of the journey.

    Args:
        proof: comes back from school and proves the site account; by its password without it.
    """
    if point.is_linked:
        browser = new_browser()
        assert stage.log_in(browser, uid=UID)["Location"] == DESTINATION
    else:
        browser = proof() if proof else prove(stage, UID, name)
        done = stage.fill_in("confirm", browser, confirm="yes")
        assert done["Location"] == step_url("done")
    assert stage.user_in(browser) == name
    assert AccountLink.objects.filter(user__username=name).count() == 1
    forget(name)


def forget(name: str) -> None:
    """Make room for the next round; the limits count the mails to nobody twice."""
    AccountLink.objects.filter(user__username=name).delete()
    Arrival.objects.all().delete()
    Session.objects.all().delete()
    cache.clear()


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


@each(*killing.CODE, *killing.COMMIT)
def test_killed_at_confirm__with_a_code_from_school(
    point: Point, field: Field, stage: Stage
) -> None:
    user = add_user(NAME)
    for _ in range(KILLS):
        code = school_codes.issue(user=user, school=stage.school.row, created_by=None)
        browser = prove_by_code(stage, UID, code)
        key, row = arrival_in(browser), LinkCode.objects.latest("pk").pk
        assert field.race({**confirm(browser), "kill": point.name}) == [{"is_killed": True}]

        assert State.read(key, code=row) == State.expected(point, with_code=True)
        check_sessions(NAME)
        log_in_next_time(stage, point, proof=lambda: prove_by_code(stage, UID, code))  # noqa: B023


@each(killing.SAVED, *killing.COMMIT)
def test_killed_at_confirm__of_a_registration(point: Point, field: Field, stage: Stage) -> None:
    for number in range(KILLS):
        name = f"anna{number}@example.nl"
        browser = register(stage, UID, name)
        key, row = arrival_in(browser), LinkCode.objects.latest("pk").pk
        assert field.race({**confirm(browser), "kill": point.name}) == [{"is_killed": True}]

        expected = State.expected(point, with_code=True, is_new=True)
        assert State.read(key, code=row, name=name) == expected
        check_sessions(name)
        log_in_next_time(
            stage,
            point,
            name=name,
            proof=lambda: register(stage, UID, name),  # noqa: B023
        )


@each(*killing.COMMIT, killing.INSERTED, killing.EVENT)
def test_database_gone_at_confirm(point: Point, field: Field, stage: Stage) -> None:
    add_user(NAME)
    browser = prove(stage, UID, NAME)
    key = arrival_in(browser)
    (answer,) = field.race({**confirm(browser), "lose": point.name})

    assert (answer["status"], answer["page"]) == (503, "e8")
    # The process itself goes on with the next request.
    (answer,) = field.race(visit(come_back(stage, "trein1@99aa00"), "link"))
    assert answer["status"] == 200
    assert State.read(key) == State.expected(point)
    check_sessions(NAME)
    log_in_next_time(stage, point)
