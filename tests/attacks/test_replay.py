"""Replay and browser binding (RPL): one answer, once, for one open login of this very browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

from django.core import signing
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_intergrip_link.federation import config
from django_intergrip_link.federation.request import new_request_id
from django_intergrip_link.journey.arrivals import TOMBSTONE, purge_arrivals
from django_intergrip_link.journey.limits import REFUSALS
from django_intergrip_link.models import Arrival, LinkEvent
from django_intergrip_link.testing.hub import SignedParts
from tests.attacks.bending import says
from tests.attacks.case import OK, SHAPES, Act, Case, deny, each, gone
from tests.attacks.invariants import run
from tests.attacks.stage import Stage, form_body, new_browser

COOKIE = "__Host-intergrip-attempts"
TEN_MINUTES = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


def be_in(stage: Stage) -> None:
    """The honest answer was delivered, and the victim is in."""
    stage.start()
    answer = stage.answer()
    stage.held.update(answer=answer, xml=answer.xml())
    returned = stage.bring(form_body(stage.held["xml"]))
    stage.held["complete"] = returned["Location"]
    assert stage.browser.get(returned["Location"], secure=True).status_code == 303


def be_in_and_on(stage: Stage) -> None:
    """The victim is in, and a next login was begun."""
    be_in(stage)
    stage.start()


def same_message(stage: Stage) -> Any:
    return stage.send(stage.held["xml"])


def same_page(stage: Stage) -> Any:
    return stage.browser.get(stage.held["complete"], secure=True)


def second_answer(stage: Stage) -> Any:
    """The hub answers the same request once more."""
    return stage.send(stage.answer().xml())


def second_request(stage: Stage) -> Any:
    """The same assertion ID in the answer to another request."""
    return stage.send(stage.answer(assertion_id=stage.held["answer"].assertion_id).xml())


def after_restart(stage: Stage) -> Any:
    """New processes, an empty cache, and a purge in between."""
    cache.clear()
    config._build.cache_clear()
    config._hub_in_file.cache_clear()
    call_command("intergrip_purge", verbosity=0)
    return same_message(stage)


def waiting_elsewhere(stage: Stage) -> None:
    """The login was begun in another browser; this one has one of its own."""
    stage.start()
    stage.held["own"] = stage.request_id
    stage.start(new_browser())


def in_this_browser(stage: Stage) -> Any:
    """The answer for the other browser is delivered here."""
    return stage.send(stage.answer().xml())


def complete_of_another(stage: Stage) -> Any:
    """The other browser brings its answer; its next address is opened here."""
    returned = stage.bring(form_body(stage.answer().xml()), new_browser())
    return stage.browser.get(returned["Location"], secure=True)


def for_both(stage: Stage) -> Any:
    """The response answers this browser's request, the assertion another one's."""
    return stage.send(
        stage.answer(request_id=stage.held["own"], subject_in_response_to=stage.request_id).xml()
    )


def with_id(make: Any) -> Act:
    """An answer to a request with another id."""

    def act(stage: Stage) -> Any:
        request_id = make(stage)
        bent = replace(stage.answer(), request_id=request_id, subject_in_response_to=request_id)
        return stage.send(bent.xml())

    return act


def wrong_mac(stage: Stage) -> str:
    last = stage.request_id[-1]
    return stage.request_id[:-1] + ("0" if last != "0" else "1")


def later_time(stage: Stage) -> str:
    """The time in the id moved on by an hour, to make an old login young again."""
    nonce, moment, mac = (stage.request_id[a:b] for a, b in ((1, 33), (33, 43), (43, None)))
    return f"_{nonce}{int(moment, 16) + 3600:010x}{mac}"


def begun(ago: timedelta) -> Act:
    return lambda stage: stage.start(ago=ago)


def cookie_too_old(stage: Stage) -> Any:
    """The answer came in time; the browser went on ten minutes after it began."""
    returned = stage.bring(form_body(stage.answer().xml()))
    later = timezone.now() + SECOND * 20
    with mock.patch("time.time", return_value=later.timestamp()):
        return stage.browser.get(returned["Location"], secure=True)


def begin(number: int) -> Act:
    """So many open logins in one browser; the answer is for the first of them."""

    def scene(stage: Stage) -> None:
        begun = [stage.start() for _ in range(number)]
        stage.request_id = begun[0]

    return scene


def planted(value: Any, name: str = COOKIE) -> Act:
    """A login of the attacker, and a cookie of the attacker's making in this browser."""

    def scene(stage: Stage) -> None:
        attacker = new_browser()
        stage.start(attacker)
        stage.browser.cookies[name] = value(stage, attacker)

    return scene


def signed_by_another_site(stage: Stage, attacker: Client) -> str:
    """The attacker's login, signed with a key of the attacker's own."""
    row = {"request_id": stage.request_id, "next": "/", "began": 1_900_000_000}
    salt = "django_intergrip_link.journey.attempts"
    return signing.dumps([row], key="the attacker's", salt=salt, compress=True)


def signed_for_something_else(stage: Stage, attacker: Client) -> str:
    """The attacker's login, signed by this site with another purpose."""
    row = {"request_id": stage.request_id, "next": "/", "began": 1_900_000_000}
    return signing.dumps([row], salt="something else", compress=True)


def of_the_attacker(stage: Stage, attacker: Client) -> str:
    """The attacker's whole cookie, good in itself."""
    return attacker.cookies[COOKIE].value


NEVER_ASKED = (
    Case("RPL-06-none", "no InResponseTo", says(request_id=None), deny("request"), SHAPES),
    Case("RPL-06-confirmation", "no InResponseTo in the confirmation",
         says(subject_in_response_to=None), deny("request"), SHAPES),
    Case("RPL-06-response", "no InResponseTo in the response",
         lambda stage: stage.send(stage.answer(
             request_id=None, subject_in_response_to=stage.request_id).xml()),
         deny("request"), SHAPES),
    Case("RPL-06-empty", "an empty InResponseTo", says(request_id=""), deny("structure")),
    Case("RPL-06-browser", "InResponseTo of another browser", in_this_browser, deny("request"),
         SHAPES, waiting_elsewhere),
    Case("RPL-06-both", "two requests of two browsers in one answer", for_both, deny("request"),
         SHAPES, waiting_elsewhere),
    Case("RPL-06-mac", "an id with another last letter", with_id(wrong_mac), deny("request")),
    Case("RPL-06-time", "an id with a later time", with_id(later_time), deny("request")),
    Case("RPL-06-capitals", "an id in capitals", with_id(
        lambda stage: "_" + stage.request_id[1:].upper()), deny("request")),
    Case("RPL-06-federation", "an id that we made for another federation", with_id(
        lambda stage: new_request_id("surfconext")), deny("request")),
    Case("RPL-06-foreign", "an id as other software makes it", with_id(
        lambda stage: "id-0123456789abcdef"), deny("request")),
    Case("RPL-06-begun", "an id of ours that no browser began with", with_id(
        lambda stage: new_request_id("kennisnet")), deny("request")),
)  # fmt: skip

REPEATED = (
    Case("RPL-01", "the same message twice", same_message, gone("replay"), SHAPES, be_in),
    Case("RPL-01-page", "the page after the message twice (Back)", same_page, gone("replay"),
         scene=be_in),
    Case("RPL-01-answer", "a second answer to the same request", second_answer, gone("replay"),
         scene=be_in),
    Case("RPL-01-assertion", "an assertion ID again, in the answer to another request",
         second_request, gone("replay"), scene=be_in_and_on),
    Case("RPL-02", "the message of another browser", in_this_browser, deny("request"),
         scene=waiting_elsewhere),
    Case("RPL-02-page", "the page after it of another browser", complete_of_another,
         deny("request"), scene=waiting_elsewhere),
    Case("RPL-08", "the same message after a restart, an emptied cache and a purge",
         after_restart, gone("replay"), scene=be_in),
)  # fmt: skip

TIMES = (
    Case("RPL-07-old", "a request of ten minutes ago", in_this_browser, gone("expired"),
         scene=begun(TEN_MINUTES + SECOND)),
    Case("RPL-07-young", "a request of almost ten minutes ago", in_this_browser, OK,
         scene=begun(TEN_MINUTES - SECOND * 15)),
    Case("RPL-07-cookie", "a browser that went on too late", cookie_too_old, deny("request"),
         scene=begun(TEN_MINUTES - SECOND * 10)),
    Case("RPL-07-ahead", "a request of the future", in_this_browser, gone("expired"),
         scene=begun(-TEN_MINUTES)),
    Case("RPL-07-fifth", "the first of five open logins", in_this_browser, OK, scene=begin(5)),
    Case("RPL-07-sixth", "the first of six open logins", in_this_browser, deny("request"),
         scene=begin(6)),
)  # fmt: skip

COOKIES = (
    Case("RPL-09-foreign", "a cookie that another site signed", in_this_browser, deny("request"),
         scene=planted(signed_by_another_site)),
    Case("RPL-09-purpose", "a cookie that this site signed for something else", in_this_browser,
         deny("request"), scene=planted(signed_for_something_else)),
    Case("RPL-09-junk", "a cookie of junk", in_this_browser, deny("request"),
         scene=planted(lambda stage, attacker: "W10:x:y")),
    Case("RPL-09-sibling", "a good cookie under a name that a sibling domain may set",
         in_this_browser, deny("request"),
         scene=planted(of_the_attacker, "intergrip-attempts")),
)  # fmt: skip


@each((*NEVER_ASKED, *REPEATED, *TIMES, *COOKIES))
def test_replay(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)


def test_one_answer__is_worth_nothing_to_who_sends_it_first(stage: Stage) -> None:
    """Who steals an answer can burn it, and no more: the owner starts again and gets in."""
    stage.start()
    xml = stage.answer().xml()
    thief = new_browser()

    assert stage.send(xml, thief).status_code == 403
    assert stage.user_in(thief) == "-"
    assert stage.send(xml).status_code == 410
    assert stage.log_in().status_code == 303
    assert stage.user_in() == "victim"


def test_replays__leave_no_rows_and_purge_removes_the_tombstone(stage: Stage) -> None:
    be_in(stage)
    for _ in range(5):
        same_message(stage)

    assert Arrival.objects.count() == 1
    assert LinkEvent.objects.filter(reason="replay").count() == 5
    assert purge_arrivals() == (0, 0)
    assert purge_arrivals(timezone.now() + TEN_MINUTES + TOMBSTONE) == (0, 1)


def test_refusals__beyond_their_limit_write_no_rows(stage: Stage) -> None:
    """RPL-08: junk cannot fill the database; each still gets a page with a code."""
    stage.start()
    for _ in range(REFUSALS.ceiling + 5):
        assert stage.send(b"<r/>").status_code == 403

    assert LinkEvent.objects.count() == REFUSALS.ceiling


def test_anonymous_start__writes_nothing(stage: Stage, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        stage.start(new_browser())
    with CaptureQueriesContext(connection) as queries:
        stage.enter("start", new_browser(), school=stage.school.brin)
        stage.enter("start", new_browser())
        stage.enter("choose", new_browser(), q="petteflat")
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []
