"""Redirects, sessions and headers (WEB): where we send people, and what their browser keeps."""

from __future__ import annotations

import re
from http.cookies import Morsel
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from django_intergrip_link.journey.mails import make_undo_token
from django_intergrip_link.models import AccountLink, Arrival, LinkEvent
from django_intergrip_link.testing.hub import SignedParts
from tests.attacks.case import OK, Act, Case, Outcome, deny, each, lands
from tests.attacks.invariants import run
from tests.attacks.stage import (
    ATTACKER_UID,
    Stage,
    form_body,
    new_browser,
    session_of,
    step_url,
)

ATTEMPTS = "__Host-intergrip-attempts"
BINDING = "__Host-intergrip-journey"
OWN_DEFAULT = lands("/inside/")
FORMS = ("someone_else", "prove", "otp", "confirm", "stop", "not_me", "logout", "language")
ELSEWHERE = (
    "https://evil.invalid/",
    "//evil.invalid/",
    "///evil.invalid/",
    "/\\evil.invalid/",
    "\\\\evil.invalid/",
    "https:evil.invalid",
    "https:%5c%5cevil.invalid",
    "/\tevil.invalid/",
    "\t//evil.invalid/",
    "/%0d%0aLocation:https://evil.invalid/\r\n",
    "https://testserver@evil.invalid/",
    "https://testserver.evil.invalid/",
    "javascript:alert(1)",
    "data:text/html,x",
    "//testserver/inside/",
    "inside/",
    " /inside/",
    "/inside/\u2028",
    "/" + "a" * 400,
    "",
)


def wants(destination: str) -> Act:
    """Begin a login that wants to end there."""
    return lambda stage: stage.start(next=destination)


def answered(stage: Stage) -> Any:
    return stage.send(stage.answer().xml())


def relayed(state: str) -> Act:
    """The hub's form carries a RelayState, which anybody may have written."""
    return lambda stage: stage.send_body(form_body(stage.answer().xml(), RelayState=state))


DESTINATIONS = (
    *(Case(f"WEB-01-{number}", f"next is {destination[:40]!r}", answered, OWN_DEFAULT,
           scene=wants(destination))
      for number, destination in enumerate(ELSEWHERE, 1)),
    Case("WEB-01-own", "next is a path of ours", answered, lands("/a/?b=//c"),
         scene=wants("/a/?b=//c")),
    *(Case(f"WEB-01-relay-{number}", f"RelayState is {state[:40]!r}", relayed(state), OK)
      for number, state in enumerate(ELSEWHERE[:3], 1)),
)  # fmt: skip


def by_get(step: str, **query: str) -> Act:
    """Open the address of a form with its answers in the query."""
    return lambda stage: stage.open(step, None, **query)


def undo_address(stage: Stage) -> str:
    link = AccountLink.objects.get(user=stage.victim)
    return f"/school-account/undo/{make_undo_token(link)}/"


def at_confirm(stage: Stage) -> None:
    """Somebody is about to confirm."""
    stage.arrive()
    stage.prove()


READING = (
    Case("WEB-07-confirm", "yes to the confirm page by GET", by_get("confirm", confirm="yes"),
         Outcome(status=200), scene=at_confirm),
    Case("WEB-07-stop", "stop by GET", by_get("stop"), Outcome(status=200), scene=at_confirm),
    Case("WEB-07-not-me", "not me by GET", by_get("not_me"), Outcome(status=200),
         scene=at_confirm),
    Case("WEB-07-logout", "logout by GET", by_get("logout"), Outcome(status=200)),
    Case("WEB-07-undo", "undo by GET, as a mail scanner does",
         lambda stage: stage.browser.get(undo_address(stage), secure=True), Outcome(status=200)),
    Case("WEB-07-language", "the language by GET", by_get("language", language="en"),
         Outcome(status=405)),
    Case("WEB-07-acs", "an answer by GET", lambda stage: stage.enter("acs", SAMLResponse="x"),
         Outcome(status=405)),
)  # fmt: skip


@each((*DESTINATIONS, *READING))
def test_redirects(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)


@pytest.mark.parametrize("step", FORMS)
def test_form__without_a_token(step: str, stage: Stage) -> None:
    """WEB-07: every form of the journey needs the token of this browser's cookie."""

    def strictly(stage: Stage) -> Any:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = stage.browser.cookies
        fields = {"arrival": stage.held["arrival"], "confirm": "yes", "language": "en"}
        return strict.post(step_url(step), fields, secure=True)

    def scene(stage: Stage) -> None:
        at_confirm(stage)
        stage.held["arrival"] = session_of(stage.browser)["intergrip_link"]["arrival"]

    run(Case("WEB-07", "no CSRF token", strictly, deny("csrf"), scene=scene), stage)


def test_undo__without_a_token(stage: Stage) -> None:
    def strictly(stage: Stage) -> Any:
        return Client(enforce_csrf_checks=True).post(undo_address(stage), secure=True)

    run(Case("WEB-07-undo-form", "undo without CSRF token", strictly, deny("csrf")), stage)


def test_session__is_a_new_one_after_login(stage: Stage) -> None:
    """WEB-04: neither the visitor's session nor the one in between survives."""
    before = session_id(stage.browser)
    stage.log_in()

    after = session_id(stage.browser)
    assert before != after
    assert stage.user_in() == "victim"
    assert stage.user_in(browser_with({settings.SESSION_COOKIE_NAME: before})) == "-"


def test_session__is_a_new_one_at_every_step_that_changes_who_somebody_is(stage: Stage) -> None:
    seen = [session_id(stage.browser)]
    stage.arrive()
    seen.append(session_id(stage.browser))
    stage.prove()
    stage.fill_in("confirm", confirm="yes")
    seen.append(session_id(stage.browser))

    assert len(set(seen)) == 3
    assert all(stage.user_in(with_session(old)) == "-" for old in seen[:2])
    assert stage.user_in() == "visitor"


@pytest.mark.parametrize("planted", ["abcdefghijklmnopqrstuvwxyz012345", "attackers"])
def test_session__planted_one_is_not_adopted(planted: str, stage: Stage) -> None:
    """WEB-04: also when a sibling domain set it; and a real one of the attacker is left behind."""
    if planted == "attackers":
        attacker = new_browser()
        stage.arrive(attacker)
        planted = session_id(attacker)
    victim = with_session(planted)
    stage.log_in(victim)

    assert session_id(victim) != planted
    assert stage.user_in(victim) == "victim"
    assert stage.user_in(with_session(planted)) == "-"


def test_answer__while_somebody_else_is_logged_in(stage: Stage) -> None:
    """WEB-05: the old session ends first, then one question; nothing is linked."""
    old = session_id(stage.browser)
    response = stage.log_in(uid=ATTACKER_UID)

    assert response["Location"] == step_url("someone_else")
    assert stage.user_in() == "-"
    assert stage.user_in(with_session(old)) == "-"
    assert AccountLink.objects.count() == 1
    page = stage.open("someone_else").content.decode()
    assert "Viktor" in page
    assert "visitor@example.nl" not in page


def test_answer__of_a_linked_person_while_somebody_else_is_logged_in(stage: Stage) -> None:
    old = session_id(stage.browser)
    stage.log_in()

    assert stage.user_in() == "victim"
    assert stage.user_in(with_session(old)) == "-"


@pytest.mark.parametrize("name", [ATTEMPTS, BINDING])
def test_cookies__of_the_journey(name: str, stage: Stage) -> None:
    """WEB-06: open logins and journeys are known to this host over TLS only, for ten minutes."""
    stage.start()
    response = stage.enter("start") if name == ATTEMPTS else stage.log_in(uid=ATTACKER_UID)

    assert flags(response.cookies[name]) == {
        "secure": True,
        "httponly": True,
        "samesite": "Lax",
        "path": "/",
        "domain": "",
        "max-age": 600,
    }


def test_cookies__are_taken_back_when_the_last_login_is_used(stage: Stage) -> None:
    stage.start()
    response = stage.send(stage.answer().xml())

    gone = response.cookies[ATTEMPTS]
    assert (gone.value, gone["max-age"], bool(gone["secure"])) == ("", 0, True)
    assert (gone["path"], gone["domain"], gone["samesite"]) == ("/", "", "Lax")


def test_return__sets_no_cookie_of_its_own(stage: Stage) -> None:
    """The cross-site POST cannot be used to plant anything."""
    stage.start()
    returned = stage.bring(form_body(stage.answer().xml()))

    assert not returned.cookies


HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def pages(stage: Stage) -> dict[str, Any]:
    """Return one response of every page and of every kind of refusal."""
    stage.browser.get(step_url("logout"))
    found = {"start": stage.enter("start"), "acs by get": stage.enter("acs")}
    stage.start()
    found["bad answer"] = stage.send(b"<r/>")
    found["refused answer"] = stage.send(stage.answer(sign="none").xml())
    found["no journey"] = stage.open("confirm", new_browser())
    found["undo"] = stage.browser.get(undo_address(stage), secure=True)
    found["old undo"] = stage.browser.get("/school-account/undo/x/", secure=True)
    found["unknown arrival"] = stage.browser.get(
        "/saml2/kennisnet/complete/" + "0" * 32, secure=True
    )
    stage.arrive()
    for step in ("someone_else", "link", "prove", "otp", "not_me"):
        found[step] = stage.open(step)
    found["wrong password"] = stage.prove(password="wrong")
    stage.prove()
    found["confirm"] = stage.open("confirm")
    found["unconfirmed"] = stage.fill_in("confirm")
    stage.fill_in("confirm", confirm="yes")
    found["done"] = stage.open("done")
    found["logout"] = stage.open("logout")
    found["language"] = stage.fill_in("language", language="nl", next="/")
    found["logged out"] = stage.fill_in("logout")
    found["after logout"] = stage.open("logout")
    found["stop"] = stage.open("stop")
    return found


def test_headers__on_every_page(stage: Stage) -> None:
    """WEB-08: nothing is cached, framed, guessed at or told to another site."""
    for name, response in pages(stage).items():
        for header, value in HEADERS.items():
            assert value in response.get(header, ""), (name, header)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert not re.search(rb"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|javascript:",
                             response.content), name  # fmt: skip


def test_back__after_logout_shows_nothing(stage: Stage) -> None:
    """WEB-08: no page of the journey is left, and the cache is told to forget."""
    stage.arrive()
    stage.prove()
    stage.fill_in("logout")

    assert stage.open("logout")["Clear-Site-Data"] == '"cache"'
    for step in ("link", "prove", "otp", "confirm", "done"):
        assert stage.open(step).status_code == 410
    assert not Arrival.objects.filter(account__isnull=False).exists()


def test_language__leads_to_no_other_site(stage: Stage) -> None:
    for destination in ELSEWHERE[:-2]:
        response = stage.fill_in("language", language="en", next=destination)

        assert response.status_code == 302
        assert not re.match(r"[a-z]+:|//|/\\", response["Location"])
    assert not LinkEvent.objects.exists()


@pytest.mark.parametrize("header", ["evil.invalid", "testserver.evil.invalid", "evil.invalid:443"])
def test_host__is_never_believed(header: str, stage: Stage) -> None:
    """The request and our addresses in it come from the settings."""
    stage.settings.ALLOWED_HOSTS = ["*"]
    response = stage.browser.get(stage.school.url("start"), HTTP_HOST=header, secure=True)

    assert response["Location"].startswith("https://hub.school.invalid/sso?")
    metadata = stage.browser.get(stage.school.url("metadata"), HTTP_HOST=header, secure=True)
    assert b"evil" not in metadata.content


def session_id(browser: Client) -> str:
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


def with_session(key: str) -> Client:
    return browser_with({settings.SESSION_COOKIE_NAME: key})


def browser_with(cookies: dict[str, str]) -> Client:
    browser = Client()
    for name, value in cookies.items():
        browser.cookies[name] = value
    return browser


def flags(cookie: Morsel[str]) -> dict[str, Any]:
    return {
        "secure": cookie["secure"],
        "httponly": cookie["httponly"],
        "samesite": cookie["samesite"],
        "path": cookie["path"],
        "domain": cookie["domain"],
        "max-age": cookie["max-age"],
    }
