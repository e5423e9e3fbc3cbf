"""Unlinking (ADM-01 to 03) and what a new password does to links (ADM-08).

``victim`` is linked; on the browser ``visitor`` is logged in with the password of the site.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from django_intergrip_link.models import AccountLink, LinkEvent
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.login import link_user
from tests.attacks.case import Act, Case, Outcome, again, deny, each
from tests.attacks.invariants import run
from tests.attacks.stage import (
    ATTACKER_UID,
    PASSWORD,
    VICTIM_UID,
    Stage,
    new_browser,
    step_url,
)

NOT_FOUND = Outcome(status=404)
NEW_PASSWORD = "peer-step-34"


def own_link(stage: Stage) -> None:
    """The visitor is linked, too, and logged in with the password of the site."""
    stage.held["link"] = link_user(stage.visitor, stage.school, uid=ATTACKER_UID)


def foreign_link(stage: Stage) -> None:
    """The visitor knows the number of the victim's link."""
    stage.held["link"] = AccountLink.objects.get(user=stage.victim)


def paused_foreign_link(stage: Stage) -> None:
    """The same, and a link of the victim's at another school is paused."""
    stage.held["link"] = link_user(stage.victim, other_school(), uid="victim000000001@99zz00")
    AccountLink.objects.filter(pk=stage.held["link"].pk).update(state="suspended")


def only_way_in(stage: Stage) -> None:
    """The visitor has no password, and this is the only link."""
    own_link(stage)
    type(stage.visitor).objects.filter(pk=stage.visitor.pk).update(password="!")
    stage.visitor.refresh_from_db()
    stage.browser.force_login(stage.visitor, "django.contrib.auth.backends.ModelBackend")


def other_school() -> Any:
    from django_intergrip_link.testing.school import add_school  # noqa: PLC0415

    return add_school(brin="99ZZ00", name="Zeecollege")


def sent(name: str, **fields: str) -> Act:
    """Send the form of one link."""

    def act(stage: Stage) -> Any:
        address = reverse(f"intergrip_link:{name}", args=[stage.held["link"].pk])
        return stage.browser.post(address, fields, secure=True)

    return act


def opened(name: str) -> Act:
    """Open the page of one link."""

    def act(stage: Stage) -> Any:
        address = reverse(f"intergrip_link:{name}", args=[stage.held["link"].pk])
        return stage.browser.get(address, secure=True)

    return act


ROWS = (
    Case("ADM-01-asked", "opening the page of one's own link", opened("remove"),
         Outcome(status=200), scene=own_link),
    Case("ADM-01-none", "the form without a password", sent("remove"),
         Outcome(status=200), scene=own_link),
    Case("ADM-01-wrong", "the form with a wrong password", sent("remove", password="wrong"),
         again("password"), scene=own_link),
    Case("ADM-02-open", "the page of another person's link", opened("remove"), NOT_FOUND,
         scene=foreign_link),
    Case("ADM-02-other", "the form of another person's link, with one's own password",
         sent("remove", password=PASSWORD), NOT_FOUND, scene=foreign_link),
    Case("ADM-02-resume", "another person's paused link taken up",
         sent("resume", password=PASSWORD), NOT_FOUND, scene=paused_foreign_link),
    Case("ADM-02-last", "the last way in", sent("remove", password=PASSWORD),
         deny("last_way"), scene=only_way_in),
)  # fmt: skip


@each(ROWS)
def test_unlinking(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)


def test_own_link__ends_with_its_sessions_a_mail_and_an_event(stage: Stage) -> None:
    """ADM-01: with the password of the site."""
    own_link(stage)
    at_school = new_browser()
    stage.log_in(at_school, uid=ATTACKER_UID)
    assert stage.user_in(at_school) == "visitor"

    response = sent("remove", password=PASSWORD)(stage)

    assert response["Location"].startswith(step_url("mine"))
    stage.held["link"].refresh_from_db()
    assert stage.held["link"].state == AccountLink.State.ENDED
    assert stage.user_in(at_school) == "-"
    assert stage.user_in() == "visitor"
    assert [letter.to for letter in mail.outbox] == [["visitor@example.nl"]]
    event = LinkEvent.objects.get()
    assert (event.kind, event.actor) == (LinkEvent.Kind.ENDED, stage.visitor)
    assert event.support_code in mail.outbox[0].body


def test_school_login__after_unlinking_starts_anew(stage: Stage) -> None:
    """ADM-03: the link step, not the old account; another account needs its whole proof."""
    own_link(stage)
    sent("remove", password=PASSWORD)(stage)
    browser = new_browser()

    response = stage.log_in(browser, uid=ATTACKER_UID)

    assert response["Location"] == step_url("link")
    assert stage.user_in(browser) == "-"
    assert stage.open("confirm", browser)["Location"] == step_url("link")
    third = type(stage.visitor).objects.create_user("third", "third@example.nl", PASSWORD)
    stage.prove("third", browser=browser)
    assert stage.fill_in("confirm", browser, confirm="yes")["Location"] == step_url("done")
    link = AccountLink.objects.get(user=third)
    assert LinkEvent.objects.get(link=link).reason == "moved"


@pytest.fixture
def after_reset(stage: Stage) -> Stage:
    """An intruder linked a school account to the visitor; then its owner chose a new password."""
    own_link(stage)
    stage.held["intruder"] = new_browser()
    stage.log_in(stage.held["intruder"], uid=ATTACKER_UID)
    assert stage.user_in(stage.held["intruder"]) == "visitor"
    stage.visitor.refresh_from_db()
    stage.visitor.set_password(NEW_PASSWORD)
    stage.visitor.save()
    return stage


def test_new_password__ends_every_session(after_reset: Stage) -> None:
    """ADM-08: those of the password and those of the link."""
    assert after_reset.user_in() == "-"
    assert after_reset.user_in(after_reset.held["intruder"]) == "-"


@pytest.mark.parametrize("password", [PASSWORD, ""])
def test_new_password__shuts_the_intruders_link_out(after_reset: Stage, password: str) -> None:
    """ADM-08: the school login alone, and the old password with it, open nothing any more."""
    browser = new_browser()

    response = after_reset.log_in(browser, uid=ATTACKER_UID)

    assert response["Location"] == step_url("link")
    after_reset.prove(password=password, browser=browser)
    after_reset.fill_in("confirm", browser, confirm="yes")
    assert after_reset.user_in(browser) == "-"
    after_reset.held["link"].refresh_from_db()
    assert after_reset.held["link"].state == AccountLink.State.SUSPENDED


def test_new_password__intruder_cannot_take_the_link_elsewhere(after_reset: Stage) -> None:
    """ADM-08: nor may a site account of the intruder's take the paused link over."""
    type(after_reset.visitor).objects.create_user("third", "third@example.nl", PASSWORD)
    browser = new_browser()
    after_reset.log_in(browser, uid=ATTACKER_UID)
    after_reset.prove("third", browser=browser)

    assert after_reset.fill_in("confirm", browser, confirm="yes").status_code == 403
    assert AccountLink.objects.filter(user=after_reset.visitor, state="suspended").exists()
    assert AccountLink.objects.count() == 2


def test_new_password__tells_the_owner(
    stage: Stage, django_capture_on_commit_callbacks: Any
) -> None:
    """ADM-08: by mail, once, after commit."""
    own_link(stage)
    with django_capture_on_commit_callbacks(execute=True):
        stage.visitor.set_password(NEW_PASSWORD)
        stage.visitor.save()

    assert [letter.to for letter in mail.outbox] == [["visitor@example.nl"]]


def test_new_password__owner_takes_it_up_again(after_reset: Stage) -> None:
    """ADM-08: confirmed once with the new password, it works as before."""
    browser = new_browser()
    after_reset.log_in(browser, uid=ATTACKER_UID)
    after_reset.prove(password=NEW_PASSWORD, browser=browser)
    after_reset.fill_in("confirm", browser, confirm="yes")
    again_later = new_browser()
    after_reset.log_in(again_later, uid=ATTACKER_UID)

    assert after_reset.user_in(again_later) == "visitor"


def test_new_password__of_one_leaves_others(after_reset: Stage) -> None:
    """ADM-08: the victim is somebody else."""
    browser = new_browser()
    after_reset.log_in(browser, uid=VICTIM_UID)

    assert after_reset.user_in(browser) == "victim"
