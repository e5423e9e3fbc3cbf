"""Faults (FLT): the same moment, and what changes while somebody is on the way."""

from __future__ import annotations

from typing import Any
from unittest import mock

from django_intergrip_link.journey import linking
from django_intergrip_link.models import AccountLink, Arrival
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.login import link_user
from django_intergrip_link.testing.school import add_school
from tests.attacks.case import Act, Case, deny, each
from tests.attacks.invariants import run
from tests.attacks.stage import (
    ATTACKER_UID,
    VICTIM_UID,
    Stage,
    form_body,
    new_browser,
    step_url,
)


def came_back(stage: Stage) -> None:
    """The answer about the victim is in; the browser has yet to go on."""
    stage.start()
    stage.held["complete"] = stage.bring(form_body(stage.answer().xml()))["Location"]


def go_on(stage: Stage) -> Any:
    return stage.browser.get(stage.held["complete"], secure=True)


def while_off(person: str, act: Act) -> Act:
    """Do it while an account is switched off; on again afterwards, for the honest login."""

    def switched(stage: Stage) -> Any:
        rows = type(stage.victim).objects.filter(username=person)
        rows.update(is_active=False)
        try:
            return act(stage)
        finally:
            rows.update(is_active=True)

    return switched


def while_school_is_off(act: Act) -> Act:
    """Do it while the school is switched off."""

    def switched(stage: Stage) -> Any:
        rows = type(stage.school.row).objects.filter(pk=stage.school.row.pk)
        rows.update(is_active=False)
        try:
            return act(stage)
        finally:
            rows.update(is_active=True)

    return switched


def proven(stage: Stage) -> None:
    stage.arrive()
    assert stage.prove()["Location"] == step_url("confirm")


def deleted_after_password(stage: Stage) -> None:
    proven(stage)
    stage.visitor.delete()


def confirm(stage: Stage) -> Any:
    return stage.fill_in("confirm", confirm="yes")


SWITCHED_OFF = (
    Case("FLT-09-arrival", "switched off after the answer came in",
         while_off("victim", go_on), deny("inactive"), scene=came_back),
    Case("FLT-09-password", "switched off after the password", while_off("visitor", confirm),
         deny("inactive"), scene=proven),
    Case("FLT-09-deleted", "deleted after the password", confirm, deny("inactive"),
         scene=deleted_after_password),
    Case("FLT-10-school", "the school switched off after the answer came in",
         while_school_is_off(go_on), deny("school"), scene=came_back),
    Case("FLT-10-confirm", "the school switched off after the password",
         while_school_is_off(confirm), deny("school"), scene=proven),
    Case("FLT-10-start", "a start for a school that is switched off",
         while_school_is_off(lambda stage: stage.enter("start", school="99AA00")),
         deny("school")),
)  # fmt: skip


@each(SWITCHED_OFF)
def test_faults(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)


def test_deleted__after_the_answer_came_in(stage: Stage) -> None:
    """FLT-09: the link went with the account, so the person is asked like anybody new."""
    came_back(stage)
    stage.victim.delete()

    assert go_on(stage)["Location"] == step_url("someone_else")
    assert stage.user_in() == "-"


def test_switched_off__between_link_and_session(stage: Stage) -> None:
    """FLT-09: the link stays, nobody gets in; switched on again, the next school login does."""
    proven(stage)
    make = linking.make_link

    def then_off(**kwargs: Any) -> AccountLink:
        link = make(**kwargs)
        type(stage.visitor).objects.filter(pk=stage.visitor.pk).update(is_active=False)
        return link

    with mock.patch("django_intergrip_link.views.confirm.linking.make_link", then_off):
        response = confirm(stage)

    assert response.status_code == 403
    assert stage.user_in() == "-"
    assert AccountLink.objects.filter(user=stage.visitor).count() == 1
    type(stage.visitor).objects.update(is_active=True)
    stage.log_in(uid=ATTACKER_UID)
    assert stage.user_in() == "visitor"


def test_same_uid__from_two_hubs_at_the_same_moment(stage: Stage) -> None:
    """FLT-08: two identities; each reaches its own account, and neither takes the other's."""
    kennisnet = stage.settings.INTERGRIP_LINK["FEDERATIONS"]["kennisnet"]
    stage.settings.INTERGRIP_LINK = {
        **stage.settings.INTERGRIP_LINK,
        "FEDERATIONS": {"kennisnet": kennisnet, "tweede": kennisnet},
    }
    first, second = stage.school, add_school(federation="tweede")
    link_user(stage.visitor, second, uid=VICTIM_UID)
    browsers = {first: new_browser(), second: new_browser()}
    pages = {}
    for school, browser in browsers.items():
        stage.school = school
        stage.start(browser)
        pages[school] = stage.bring(form_body(stage.answer().xml()), browser)["Location"]
    for school, browser in browsers.items():
        assert browser.get(pages[school], secure=True).status_code == 303

    assert stage.user_in(browsers[first]) == "victim"
    assert stage.user_in(browsers[second]) == "visitor"
    assert AccountLink.objects.count() == 2
    assert not Arrival.objects.filter(account__isnull=False).exists()


def test_start__for_a_code_that_no_database_takes(stage: Stage) -> None:
    """FLT-11: our page asks for the school, as for every code that we do not know."""
    response = stage.enter("start", school="\x00\x00\x00\x00")

    assert response["Location"] == "/saml2/kennisnet/school?unknown=1"
    for query in ("\x00", "a\x00b", "\u202e", "\ud7ff" * 200):
        assert stage.enter("choose", q=query).status_code == 200
