"""Linking (LNK): both accounts proven in one browser, for one arrival, and then one clear yes.

``ATTACKER_UID`` is a school account that is not linked to anybody; ``visitor`` is the site account
that it could be linked to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail, signing
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_intergrip_link.journey import limits, school_codes
from django_intergrip_link.journey.mails import make_undo_token
from django_intergrip_link.models import AccountLink, Arrival, LinkEvent, School
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.login import link_user
from django_intergrip_link.testing.school import add_school
from tests.attacks.case import Act, Case, Outcome, again, deny, each, gone, in_turn, leads, wait
from tests.attacks.invariants import run
from tests.attacks.stage import (
    ATTACKER_UID,
    GIVEN_NAME,
    PASSWORD,
    VICTIM_UID,
    Stage,
    arrival_in,
    form_body,
    new_browser,
    step_url,
)

THIRD_UID = "thi3rd33cc44dd55@99aa00"
SESSION = "sessionid"
BINDING = "__Host-intergrip-journey"
ONCE = Outcome(status=400, reason="unconfirmed")


def arrived(stage: Stage) -> None:
    """Somebody who is not linked has come back from school."""
    stage.arrive()


def proven(stage: Stage) -> None:
    """They have also given the password of ``visitor``."""
    stage.arrive()
    assert stage.prove()["Location"] == step_url("confirm")


def with_password(login: str, password: str) -> Act:
    return lambda stage: stage.prove(login, password)


def confirmed(**fields: str) -> Act:
    return lambda stage: stage.fill_in("confirm", None, **{"confirm": "yes", **fields})


def another(**changes: Any) -> Callable[[Act], Act]:
    """Change the account ``visitor`` after a scene."""

    def after(scene: Act) -> Act:
        def play(stage: Stage) -> None:
            scene(stage)
            type(stage.visitor).objects.filter(pk=stage.visitor.pk).update(**changes)

        return play

    return after


def without_password(stage: Stage) -> None:
    """``visitor`` has no password that works."""
    stage.visitor.set_unusable_password()
    stage.visitor.save()
    stage.arrive()


def arrived_long_ago(stage: Stage) -> None:
    proven(stage)
    Arrival.objects.update(expires_at=timezone.now())


def waited(stage: Stage) -> None:
    """The answer came; the browser did not go on for ten minutes."""
    stage.start()
    stage.held["complete"] = stage.bring(form_body(stage.answer().xml()))["Location"]
    Arrival.objects.update(expires_at=timezone.now())


def go_on(stage: Stage) -> Any:
    return stage.browser.get(stage.held["complete"], secure=True)


def arrived_elsewhere(stage: Stage) -> None:
    """An arrival, and its proof, in another browser."""
    other = new_browser()
    stage.arrive(other)
    stage.prove(browser=other)
    stage.held["arrival"] = arrival_in(other)


def somebody_came_before(stage: Stage) -> None:
    """Pupil A left a page open, with a password proof; then pupil B came back from school."""
    stage.held["arrival"] = stage.arrive(uid=THIRD_UID)
    stage.prove()
    stage.arrive()


def with_the_older_form(step: str, **fields: str) -> Act:
    return lambda stage: stage.fill_in(step, **{"arrival": stage.held["arrival"], **fields})


def attackers_answer(stage: Stage) -> Any:
    """The attacker's own answer, posted into this browser by a page of the attacker."""
    stage.start(new_browser())
    return stage.send(stage.answer({"uid": ATTACKER_UID}).xml())


def planted_journey(stage: Stage) -> None:
    """A sibling domain plants the attacker's session: a journey that waits for a password."""
    attacker = new_browser()
    stage.held["arrival"] = stage.arrive(attacker)
    stage.held["binding"] = attacker.cookies[BINDING].value
    stage.browser.cookies[SESSION] = attacker.cookies[SESSION].value


def with_binding(make: Callable[[Stage], str], name: str) -> Act:
    """The same, and a cookie that is to say that the journey belongs here."""

    def scene(stage: Stage) -> None:
        planted_journey(stage)
        stage.browser.cookies[name] = make(stage)

    return scene


def own_binding(stage: Stage) -> str:
    """This browser's own journey of a moment ago."""
    browser = new_browser()
    stage.arrive(browser)
    return browser.cookies[BINDING].value


def linked_meanwhile(stage: Stage) -> None:
    """The same school account was linked to somebody else in another browser."""
    proven(stage)
    link_user(stage.held["third"], stage.school, uid=ATTACKER_UID)


def place_taken(stage: Stage) -> None:
    """The site account has a link at this school."""
    link_user(stage.visitor, stage.school, uid=THIRD_UID)
    proven(stage)


def place_blocked(stage: Stage) -> None:
    """The same, and the school has blocked it."""
    place_taken(stage)
    AccountLink.objects.filter(user=stage.visitor).update(state=AccountLink.State.BLOCKED)


def place_taken_and_a_code(stage: Stage) -> None:
    """Somebody who can make codes, or found one, sits at the browser with an own school account."""
    link_user(stage.visitor, stage.school, uid=THIRD_UID)
    code = school_codes.issue(user=stage.visitor, school=stage.school.row, created_by=None)
    stage.arrive()
    assert stage.fill_in("code", code=code)["Location"] == step_url("confirm")


def chosen_blindly(stage: Stage) -> None:
    """The session says "only the new one" about a link that another tab has shown."""
    place_taken(stage)
    session = stage.browser.session
    session["intergrip_link"] |= {"choice": "swap", "replaces": [0]}
    session.save()


def chosen_and_confirmed(stage: Stage) -> Any:
    """The choice and the yes in one go, without the page between."""
    stage.fill_in("more", choice="swap")
    LinkEvent.objects.filter(kind=LinkEvent.Kind.REFUSED).delete()
    return stage.fill_in("confirm", confirm="yes")


def third_person(scene: Act) -> Act:
    """There is one more site account."""

    def play(stage: Stage) -> None:
        model = type(stage.visitor)
        stage.held["third"] = model.objects.create_user("third", "third@example.nl", PASSWORD)
        scene(stage)

    return play


def stale(stage: Stage) -> Any:
    """The person of before is still logged in at the hub; nobody was asked anything."""
    stage.settings.INTERGRIP_LINK = {**stage.settings.INTERGRIP_LINK, "FRESH_LOGIN": True}
    earlier = timezone.now() - timedelta(minutes=1)
    answer = stage.answer({"uid": ATTACKER_UID}, authn_instant=earlier)
    try:
        return stage.send(answer.xml())
    finally:
        stage.settings.INTERGRIP_LINK = {**stage.settings.INTERGRIP_LINK, "FRESH_LOGIN": False}


def promoted(**rights: bool) -> Act:
    """The linked victim gets rights after the link was made, and logs in at school."""

    def act(stage: Stage) -> Any:
        victims = type(stage.victim).objects.filter(pk=stage.victim.pk)
        victims.update(**rights)
        try:
            return stage.send(stage.answer().xml())
        finally:
            victims.update(is_staff=False, is_superuser=False)

    return act


def undo_of_a_block(stage: Stage) -> Any:
    """The victim was blocked, and uses the undo address of the mail to be free to link again."""
    link = AccountLink.objects.filter(user=stage.victim)
    link.update(state=AccountLink.State.BLOCKED)
    try:
        address = f"/school-account/undo/{make_undo_token(link.get())}/"
        return new_browser().post(address, secure=True)
    finally:
        assert link.get().state == AccountLink.State.BLOCKED
        link.update(state=AccountLink.State.ACTIVE)


def old_undo(stage: Stage) -> Any:
    link = AccountLink.objects.get(user=stage.victim)
    eight_days_ago = timezone.now() - timedelta(days=8)
    with mock.patch("time.time", return_value=eight_days_ago.timestamp()):
        token = make_undo_token(link)
    return new_browser().post(f"/school-account/undo/{token}/", secure=True)


def changed_undo(stage: Stage) -> Any:
    """The address of one's own link, with the key of another one's."""
    token = make_undo_token(AccountLink.objects.get(user=stage.victim))
    forged = f"{'Mg'}{token[token.index(':') :]}"
    return new_browser().post(f"/school-account/undo/{forged}/", secure=True)


def guessed(login: str, times: int = 5, *, then: Act = lambda stage: None) -> Act:
    """Somebody is back from school and has given that many wrong passwords for a name."""

    def scene(stage: Stage) -> None:
        stage.arrive()
        for _ in range(times):
            assert stage.prove(login, "wrong").status_code == 200
        then(stage)

    return scene


def guessed_around(stage: Stage) -> None:
    """The same with ten names, so that no single account is tried too often."""
    stage.arrive()
    for number in range(limits.ARRIVAL_FAILURES):
        assert stage.prove(f"name{number}", "wrong").status_code == 200


def class_guessed(stage: Stage) -> None:
    """From one address came as many tries as one address has."""
    stage.arrive()
    for _ in range(limits.NETWORK.ceiling):
        limits.count(limits.NETWORK, "127.0.0.1")


def empty_cache(stage: Stage) -> None:
    cache.clear()


PASSWORDS = (
    Case("LNK-02-wrong", "a wrong password", with_password("visitor", "wrong"),
         again("password"), scene=arrived),
    Case("LNK-02-unknown", "a name that nobody has", with_password("nobody", PASSWORD),
         again("password"), scene=arrived),
    Case("LNK-02-inactive", "an account that is switched off",
         with_password("visitor", PASSWORD), again("password"),
         scene=another(is_active=False)(arrived)),
    Case("LNK-02-unusable", "an account without a password", with_password("visitor", PASSWORD),
         again("password"), scene=without_password),
    Case("LNK-02-mail", "a mail address that nobody has",
         with_password("nobody@example.nl", PASSWORD), again("password"), scene=arrived),
    Case("LNK-02-folded", "a mail address in look-alike letters",
         with_password("v\u0131s\u0131tor@example.nl", PASSWORD), again("password"),
         scene=arrived),
)  # fmt: skip

# The account that is guessed is the victim's; that its owner still gets in by school is I5.
TRIES = (
    Case("LNK-03-account", "a sixth try for an account, with the right password",
         with_password("victim", PASSWORD), wait(), scene=guessed("victim")),
    Case("LNK-03-nobody", "a sixth try for a name that nobody has",
         with_password("nobody", PASSWORD), wait(), scene=guessed("nobody")),
    Case("LNK-03-arrivals", "the same with a new arrival", with_password("victim", PASSWORD),
         wait(), scene=guessed("victim", then=arrived)),
    Case("LNK-03-emptied", "the same after the cache was emptied; the right password is refused",
         with_password("victim", PASSWORD), again("password"),
         scene=guessed("victim", then=empty_cache)),
    Case("LNK-03-arrival", "an eleventh wrong password for an arrival",
         with_password("name10", "wrong"), Outcome(status=429, reason="limit"),
         scene=guessed_around),
    Case("LNK-03-void", "one more for the arrival that this closed",
         with_password("visitor", PASSWORD), gone("replay"),
         scene=in_turn(guessed_around, with_password("name10", "wrong"))),
    Case("LNK-03-address", "a 300th try from one address", with_password("visitor", PASSWORD),
         wait(), scene=class_guessed),
)  # fmt: skip

ARRIVALS = (
    Case("LNK-05-old", "an arrival that is ten minutes old", confirmed(), gone("arrival"),
         scene=arrived_long_ago),
    Case("LNK-05-waited", "an answer that nobody came for in ten minutes", go_on,
         gone("arrival"), scene=waited),
    Case("LNK-05-form", "the form of an arrival in another browser",
         with_the_older_form("confirm", confirm="yes"), gone("arrival"),
         scene=arrived_elsewhere),
    Case("LNK-05-other", "the same while this browser has an arrival of its own",
         with_the_older_form("confirm", confirm="yes"), gone("arrival"),
         scene=in_turn(arrived_elsewhere, proven)),
    *(Case(f"LNK-06-{step}", f"the {step} form that an earlier pupil left open",
           with_the_older_form(step, **fields), gone("arrival"), scene=somebody_came_before)
      for step, fields in (
          ("prove", {"login": "visitor", "password": PASSWORD}),
          ("otp", {"token": "123456"}),
          ("confirm", {"confirm": "yes"}),
          ("someone_else", {"whose": "mine"}),
          ("not_me", {}))),
    Case("LNK-06-proof", "the proof of an earlier pupil for the arrival of this one",
         confirmed(), leads("link", "arrival"), scene=somebody_came_before),
    Case("LNK-05-nul", "a key that no database takes", with_the_older_form("prove"),
         gone("arrival"), scene=lambda stage: stage.held.update(arrival="\x00" * 32)),
    Case("LNK-05-page", "an address that no database takes",
         lambda stage: stage.browser.get("/saml2/kennisnet/complete/%00%00", secure=True),
         gone("arrival")),
)  # fmt: skip

PLANTED = (
    *(Case(f"LNK-09-{step}", f"the {step} form in the attacker's session, planted here",
           with_the_older_form(step, **fields), gone("arrival"), scene=planted_journey)
      for step, fields in (
          ("prove", {"login": "visitor", "password": PASSWORD}),
          ("otp", {"token": "123456"}),
          ("confirm", {"confirm": "yes"}))),
    Case("LNK-09-own", "the same beside the cookie of a journey of one's own",
         with_the_older_form("prove", login="visitor", password=PASSWORD), gone("arrival"),
         scene=with_binding(own_binding, BINDING)),
    Case("LNK-09-foreign", "the same beside a cookie that another site signed",
         with_the_older_form("prove", login="visitor", password=PASSWORD), gone("arrival"),
         scene=with_binding(lambda stage: signing.dumps(
             stage.held["arrival"], key="x", salt="django_intergrip_link.journey.binding"),
             BINDING)),
    Case("LNK-09-sibling", "the same beside a good cookie that a sibling domain could set",
         with_the_older_form("prove", login="visitor", password=PASSWORD), gone("arrival"),
         scene=with_binding(lambda stage: str(stage.held["binding"]), "intergrip-journey")),
)  # fmt: skip

CONFIRMATIONS = (
    Case("LNK-08-absent", "the confirm form without its answer", confirmed(confirm=""), ONCE,
         scene=proven),
    Case("LNK-08-other", "the confirm form with another answer", confirmed(confirm="on"), ONCE,
         scene=proven),
    Case("LNK-08-unproven", "the confirm form without any proof", confirmed(),
         leads("link", "arrival"), scene=arrived),
    Case("LNK-08-stale", "a silent login of the pupil before, where fresh ones are asked",
         stale, deny("stale_login")),
    Case("LNK-09", "the attacker's own answer in the browser of somebody who is logged in",
         attackers_answer, deny("request")),
    Case("LNK-10-taken", "a school account that was linked meanwhile", confirmed(),
         deny("taken"), scene=third_person(linked_meanwhile)),
    Case("LNK-10-place", "a site account that has its link at this school", confirmed(),
         leads("more"), scene=place_taken),
    *(Case(f"LNK-10-{name}", "the same, and " + what, chosen_and_confirmed, deny(reason),
           scene=scene)
      for name, what, reason, scene in (
          ("code", "a code from school as the proof", "place", place_taken_and_a_code),
          ("blocked", "the link that stands there is blocked", "blocked", place_blocked))),
    Case("LNK-10-unseen", "links to end that the person never saw", confirmed(),
         leads("more"), scene=chosen_blindly),
    Case("LNK-13-staff", "site staff", confirmed(), deny("privileged"),
         scene=another(is_staff=True)(proven)),
    Case("LNK-13-superuser", "a superuser", confirmed(), deny("privileged"),
         scene=another(is_superuser=True)(proven)),
    Case("LNK-13-promoted", "a linked account that became site staff", promoted(is_staff=True),
         deny("privileged")),
    Case("LNK-13-crowned", "a linked account that became superuser",
         promoted(is_superuser=True), deny("privileged")),
    Case("LNK-14-block", "undo as a way around a block", undo_of_a_block, deny("blocked")),
    Case("LNK-14-old", "an undo address of eight days ago", old_undo, gone("undo_expired")),
    Case("LNK-14-other", "an undo address with another link in it", changed_undo,
         gone("undo_expired")),
)  # fmt: skip


@each((*PASSWORDS, *TRIES, *ARRIVALS, *PLANTED, *CONFIRMATIONS))
def test_linking(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)


@pytest.mark.parametrize("password", [PASSWORD])
def test_link__after_password_and_yes(
    password: str, stage: Stage, django_capture_on_commit_callbacks: Any
) -> None:
    """LNK-01: one link, a new session, one mail with a way back, one event."""
    stage.arrive()
    before = stage.browser.session.session_key
    stage.prove(password=password)
    with django_capture_on_commit_callbacks(execute=True):
        response = stage.fill_in("confirm", confirm="yes")

    assert response["Location"] == step_url("done")
    link = AccountLink.objects.get(user=stage.visitor)
    assert (link.state, link.school) == ("active", stage.school.row)
    assert stage.browser.session.session_key != before
    assert stage.user_in() == "visitor"
    assert [letter.to for letter in mail.outbox] == [["visitor@example.nl"]]
    assert "/school-account/undo/" in mail.outbox[0].body
    assert [event.kind for event in LinkEvent.objects.all()] == [LinkEvent.Kind.LINKED]
    assert not Arrival.objects.filter(account__isnull=False).exists()


CAUSES: tuple[tuple[str, str, str], ...] = (
    ("wrong", "visitor", "wrong"),
    ("unknown", "nobody", PASSWORD),
    ("inactive", "asleep", PASSWORD),
    ("unusable", "keyless", PASSWORD),
)


def four_accounts(stage: Stage) -> None:
    create = type(stage.visitor).objects.create_user
    create("asleep", "asleep@example.nl", PASSWORD, is_active=False)
    create("keyless", "keyless@example.nl", None)


def test_password__costs_the_same_whatever_is_wrong(stage: Stage, settings: Any) -> None:
    """LNK-02, A26: one answer, one hash, the same queries; the clock is in the benchmarks."""
    four_accounts(stage)
    seen = []
    for _, login, password in CAUSES:
        browser = new_browser()
        stage.arrive(browser)
        with (
            mock.patch.object(
                MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
            ) as hashed,
            CaptureQueriesContext(connection) as queries,
        ):
            page = stage.prove(login, password, browser)
        arrival = arrival_in(browser)
        text = page.content.decode().replace(arrival, "").replace(login, "")
        # The tokens differ, and the clock may tick between two of them.
        lines = (line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)
        text = re.sub(r'data-(?:until|now)="\d+"|\d\d:\d\d', "", "".join(lines))
        seen.append((page.status_code, text, hashed.call_count, len(queries)))

    assert seen[0][2] == 1
    assert all(one == seen[0] for one in seen)


def test_tries__count_for_every_name_of_an_account(stage: Stage) -> None:
    """LNK-03: an account has five tries, by name and by mail address together."""
    stage.arrive()
    for login in ("visitor", "visitor@example.nl", "VISITOR@example.nl", " visitor ", "visitor"):
        assert stage.prove(login, "wrong").status_code == 200

    assert stage.prove("visitor").status_code == 200
    assert stage.prove("visitor@example.nl").status_code == 200
    assert stage.open("confirm")["Location"] == step_url("link")


def by_school(stage: Stage) -> bool:
    link_user(stage.visitor, stage.school, uid=THIRD_UID)
    browser = new_browser()
    stage.log_in(browser, uid=THIRD_UID)
    return stage.user_in(browser) == "visitor"


def by_own_login_page(stage: Stage) -> bool:
    return new_browser().login(username="visitor", password=PASSWORD)


def by_code_from_school(stage: Stage) -> bool:
    browser = new_browser()
    stage.arrive(browser, uid=THIRD_UID)
    code = school_codes.issue(user=stage.visitor, school=stage.school.row, created_by=None)
    response = stage.fill_in("code", browser, code=code)
    return bool(response["Location"] == step_url("confirm"))


@pytest.mark.parametrize("route", [by_school, by_own_login_page, by_code_from_school])
def test_tries__of_others_do_not_lock_the_owner_out(
    route: Callable[[Stage], bool], stage: Stage
) -> None:
    """LNK-03: the owner still gets in by every other way, from the same network."""
    guessed("visitor")(stage)
    assert stage.prove("visitor").status_code == 429

    assert route(stage)


@pytest.mark.parametrize(
    ("first", "second"),
    [("visitor", "VISITOR"), ("visitor", "visitor@example.nl"), ("visitor@example.nl", "visitor")],
)
def test_tries__that_are_used_up_do_not_tell_whose_name_it_is(
    first: str, second: str, stage: Stage
) -> None:
    """LNK-02: two names of one account run out together no sooner than two names of nobody."""

    def answers(*names: str) -> list[int]:
        browser = new_browser()
        stage.arrive(browser)
        return [stage.prove(name, "wrong", browser).status_code for name in names]

    real = answers(*[first] * 5, second)
    nobody = answers(*[f"x{first}"] * 5, f"X{second}" if second.isupper() else f"x{second}")

    assert real == nobody


def test_tries__at_the_same_moment_all_count(stage: Stage) -> None:
    """LNK-03: a try is counted before the password is looked at."""
    stage.arrive()
    others: list[int] = []

    def meanwhile(*args: Any, **kwargs: Any) -> None:
        """While one password is looked at, five others come in."""
        with mock.patch("django_intergrip_link.journey.proofs.authenticate", return_value=None):
            others.extend(stage.prove("visitor", "wrong").status_code for _ in range(5))

    with mock.patch("django_intergrip_link.journey.proofs.authenticate", meanwhile):
        stage.prove("visitor", "wrong")

    assert others == [200, 200, 200, 200, 429]


def test_tries__that_are_right_use_nothing_up(stage: Stage) -> None:
    for _ in range(7):
        browser = new_browser()
        stage.arrive(browser)
        assert stage.prove(browser=browser)["Location"] == step_url("confirm")


def test_earlier_pupil__leaves_no_arrival(stage: Stage) -> None:
    """LNK-06: when B comes back from school, the arrival of A is wiped, linked or not."""
    first = stage.arrive(uid=THIRD_UID)
    second = stage.arrive()
    open_ones = Arrival.objects.filter(closed_at=None, account__isnull=False)
    assert [arrival.key for arrival in open_ones] == [second]
    assert first != second

    stage.log_in()
    assert not Arrival.objects.filter(account__isnull=False).exists()


def test_confirm__names_both_sides_and_masks(stage: Stage) -> None:
    """LNK-08: who is at school, which school, and the site account with a masked address."""
    stage.arrive()
    stage.prove()
    page = stage.open("confirm").content.decode()

    assert GIVEN_NAME in page
    assert stage.school.name in page
    assert "v•••@example.nl" in page
    assert "visitor@example.nl" not in page
    assert ATTACKER_UID not in page


def test_fresh_login__is_off_by_default(stage: Stage) -> None:
    """LNK-08: a silent login of before leads to pages that name who it was."""
    stage.start()
    earlier = timezone.now() - timedelta(hours=1)
    response = stage.send(stage.answer({"uid": ATTACKER_UID}, authn_instant=earlier).xml())

    assert response["Location"] == step_url("someone_else")
    assert GIVEN_NAME in stage.open("link").content.decode()


def test_linked_school_account__goes_where_it_is_linked(stage: Stage) -> None:
    """LNK-10: whoever sits at the browser, and whatever proof was given just before."""
    stage.arrive()
    stage.prove()
    response = stage.log_in()

    assert response.status_code == 303
    assert stage.user_in() == "victim"
    assert stage.open("confirm").status_code == 410
    assert AccountLink.objects.count() == 1


def test_taken__says_nothing_about_the_other_account(stage: Stage) -> None:
    """LNK-10: the page is the same whoever the other is."""
    third_person(linked_meanwhile)(stage)
    page = stage.fill_in("confirm", confirm="yes").content.decode()

    assert not any(word in page for word in ("third", "Vicky", "victim"))


@pytest.mark.parametrize(
    "other",
    [
        {"brin": "99AD00", "name": "Flatgebouw Lyceum"},
        {"federation": "tweede"},
    ],
)
def test_same_uid__elsewhere_is_somebody_else(
    other: dict[str, str], stage: Stage, tmp_path: Any
) -> None:
    """LNK-12: at another school, or behind another hub."""
    School.objects.update(realm="")
    if "federation" in other:
        entry = stage.settings.INTERGRIP_LINK["FEDERATIONS"]["kennisnet"]
        stage.settings.INTERGRIP_LINK = {
            **stage.settings.INTERGRIP_LINK,
            "FEDERATIONS": {"kennisnet": entry, "tweede": entry},
        }
    stage.school = add_school(**other)
    School.objects.update(realm="")

    response = stage.log_in(uid=VICTIM_UID)

    assert response["Location"] == step_url("someone_else")
    assert stage.user_in() == "-"
    stage.prove()
    stage.fill_in("confirm", confirm="yes")
    digests = set(AccountLink.objects.values_list("live_digest", flat=True))
    assert len(digests) == 2


@pytest.mark.parametrize("spelling", [str.upper, str.title, "{} ".format, " {}".format])
def test_same_uid__in_another_spelling_is_somebody_else(
    spelling: Callable[[str], str], stage: Stage
) -> None:
    """LNK-12: a subject is compared to the letter."""
    local_part, _, realm = VICTIM_UID.partition("@")
    response = stage.log_in(uid=f"{spelling(local_part)}@{realm}")

    assert response["Location"] == step_url("someone_else")


@pytest.mark.parametrize("field", ["username", "email", "first_name"])
def test_equal_name__links_nobody(field: str, stage: Stage) -> None:
    """LNK-13: a site account with the name, or the address, of the school account."""
    same = {"username": "newcomer", "email": "n@example.nl", field: ATTACKER_UID}
    type(stage.visitor).objects.create_user(**same)
    response = stage.log_in(uid=ATTACKER_UID, mail=ATTACKER_UID)

    assert response["Location"] == step_url("someone_else")
    assert stage.user_in() == "-"
    assert AccountLink.objects.count() == 1
