"""A code by e-mail as the proof: for whom none is sent, and that nobody can tell.

``visitor`` is the site account that could be proven, and its address is known to be its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import median
from threading import Event
from time import perf_counter, sleep
from typing import Any

import pytest
from django.contrib.auth.signals import user_login_failed
from django.core import mail
from django.core.cache import cache
from django.test import Client

from django_intergrip_link.journey import mailed_codes
from django_intergrip_link.journey.posting import wait_for_mails
from django_intergrip_link.models import AccountLink, Arrival, LinkCode, LinkEvent
from tests.attacks.stage import ATTACKER_UID, Stage, arrival_in, new_browser, step_url

THIRD_UID = "thi3rd33cc44dd55@99aa00"
DIFFERS = re.compile(
    r'((?:name="(?:csrfmiddlewaretoken|arrival)" value|data-until|data-now)=")[^"]*'
    r"|[0-9]{2}:[0-9]{2}"
)
SEND = "django.core.mail.backends.locmem.EmailBackend.send_messages"
ANSWERS: dict[str, bool | None] = {}


def verified(*, user: Any) -> bool | None:
    """Answer as the test wants for this user, else yes."""
    return ANSWERS.get(user.get_username(), True)


@pytest.fixture(autouse=True)
def _verified(stage: Stage) -> Any:
    stage.settings.INTERGRIP_LINK = {
        **stage.settings.INTERGRIP_LINK,
        "VERIFIED_ADDRESS": f"{__name__}.verified",
    }
    yield
    ANSWERS.clear()


def ask(stage: Stage, login: str = "visitor", browser: Client | None = None) -> Any:
    response = stage.fill_in("mail", browser, login=login)
    wait_for_mails()
    return response


def mailed_code() -> str:
    found = re.search(r"^([0-9]{4} [0-9]{4})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[1].replace(" ", "")


def changed(**changes: Any) -> Callable[[Stage], None]:
    def change(stage: Stage) -> None:
        type(stage.visitor).objects.filter(pk=stage.visitor.pk).update(**changes)

    return change


def said(answer: bool | None) -> Callable[[Stage], None]:
    def say(stage: Stage) -> None:
        ANSWERS["visitor"] = answer

    return say


def relinking(stage: Stage) -> None:
    """The school account has a paused link, and it is the victim's."""
    link = stage.victim.school_links.get()
    session = stage.browser.session
    session["intergrip_link"] = {**session["intergrip_link"], "relink_id": link.pk}
    session.save()


def full_mailbox(stage: Stage) -> None:
    """Three codes went to this account in the last hour, to three arrivals."""
    before = len(mail.outbox)
    for login in ("visitor", "VISITOR@example.nl", "visitor@example.nl"):
        assert ask_elsewhere(stage, login).status_code == 303
    assert len(mail.outbox) == before + 3


def ask_elsewhere(stage: Stage, login: str) -> Any:
    """Ask in a browser, and for an arrival, of its own."""
    browser = new_browser()
    stage.arrive(browser)
    return ask(stage, login, browser)


UNPROVABLE: dict[str, Callable[[Stage], None]] = {
    "inactive": changed(is_active=False),
    "staff": changed(is_staff=True),
    "superuser": changed(is_superuser=True),
    "no address": changed(email=""),
    "unverified": said(answer=False),
    "unknown": said(answer=None),
    "truthy is not True": said(answer="no"),  # type: ignore[arg-type]
    "paused link of another": relinking,
    "full mailbox": full_mailbox,
}


def plain(response: Any) -> str:
    return DIFFERS.sub(r"\1", response.content.decode())


@pytest.mark.parametrize("case", UNPROVABLE)
def test_no_code__for_an_account_that_a_mail_must_not_prove(stage: Stage, case: str) -> None:
    stage.arrive()
    UNPROVABLE[case](stage)
    mail.outbox.clear()

    response = ask(stage)

    assert response["Location"] == step_url("mail_code")
    assert mail.outbox == []
    assert LinkCode.objects.get(arrival=arrival_in(stage.browser)).user is None


@pytest.mark.parametrize("case", [*UNPROVABLE, "nobody"])
def test_pages__are_the_same_as_for_an_account_that_can_be_proven(stage: Stage, case: str) -> None:
    seen = []
    for is_real in (True, False):
        stage.browser = new_browser()
        stage.arrive()
        if not is_real and case != "nobody":
            UNPROVABLE[case](stage)
        login = "visitor" if is_real or case != "nobody" else "visitos"
        first = ask(stage, login)
        pages = [stage.open("mail_code"), stage.open("mail")]
        pages += [stage.fill_in("mail_code", code="00000000") for _ in range(6)]
        pages.append(stage.fill_in("mail_code", send="1"))
        seen.append(
            [first.status_code, first["Location"]]
            + [(page.status_code, plain(page).replace(login, "…")) for page in pages]
        )
        events = LinkEvent.objects.order_by("pk").values_list("kind", "reason")
        seen[-1].append(list(events)[-7:])
        cache.clear()

    assert seen[0] == seen[1]


def test_decoy__no_code_is_right(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the one that was made and never sent."""
    made: list[str] = []
    issue = mailed_codes.issue

    def overhear(**options: Any) -> str:
        made.append(issue(**options))
        return made[-1]

    monkeypatch.setattr(mailed_codes, "issue", overhear)
    stage.arrive()
    ANSWERS["visitor"] = None
    ask(stage)

    assert re.fullmatch("[0-9]{8}", made[0])
    assert stage.fill_in("mail_code", code=made[0]).status_code == 200
    assert not stage.browser.session["intergrip_link"]["user_id"]


def test_limit__names_of_one_account_do_not_share_what_is_told(stage: Stage) -> None:
    """Or the wait for one name would tell that another one is the same person's."""
    full_mailbox(stage)

    assert [ask_elsewhere(stage, "visitor@example.nl").status_code for _ in range(2)] == [303, 429]
    assert [ask_elsewhere(stage, "visitor").status_code for _ in range(3)] == [303, 303, 429]
    # And no mail beyond the third, by whatever name.
    assert len(mail.outbox) == 3


def test_code__of_another_arrival_counts_for_nothing(stage: Stage) -> None:
    stage.arrive()
    ask(stage)
    attacker = new_browser()
    stage.arrive(attacker, uid=THIRD_UID)
    ask(stage, "nobody", attacker)

    response = stage.fill_in("mail_code", attacker, code=mailed_code())

    assert response.status_code == 200
    assert stage.fill_in("confirm", attacker, confirm="yes")["Location"] == step_url("link")


def test_code__of_an_earlier_pupil_is_void_after_a_newer_arrival(stage: Stage) -> None:
    stage.arrive(uid=THIRD_UID)
    ask(stage)
    code = mailed_code()
    stage.arrive(uid=ATTACKER_UID)

    assert stage.fill_in("mail_code", code=code)["Location"] == step_url("mail")


@pytest.mark.parametrize(
    "after",
    [changed(email="new@example.nl"), changed(is_active=False), changed(is_staff=True), said(None)],
    ids=["address changed", "inactive", "staff", "no longer verified"],
)
def test_code__is_refused_when_the_account_changed_meanwhile(
    stage: Stage, after: Callable[[Stage], None]
) -> None:
    stage.arrive()
    ask(stage)
    after(stage)

    assert stage.fill_in("mail_code", code=mailed_code()).status_code == 200
    assert not stage.browser.session["intergrip_link"]["user_id"]


def test_code__is_right_once(stage: Stage) -> None:
    stage.arrive()
    ask(stage)
    assert stage.fill_in("mail_code", code=mailed_code())["Location"] == step_url("confirm")
    stage.fill_in("confirm", confirm="no")

    assert stage.fill_in("mail_code", code=mailed_code()).status_code == 200
    assert not AccountLink.objects.filter(origin="mail").exists()


def test_guesses__close_the_arrival(stage: Stage) -> None:
    key = stage.arrive()
    for _ in range(2):
        ask(stage)
        cache.clear()
        for guess in range(5):
            last = stage.fill_in("mail_code", arrival=key, code=f"{guess:08d}")
    ask(stage)
    last = stage.fill_in("mail_code", arrival=key, code="99999999")

    assert last.status_code == 429
    assert Arrival.objects.get(key=key).closed_at is not None


@pytest.mark.parametrize("login", ["visitor", "nobody"])
def test_wrong_code__is_told_to_listeners_by_the_name_that_was_typed(
    stage: Stage, login: str
) -> None:
    """django-axes and the like count it, and cannot tell whether the name is anybody's."""
    told: list[Any] = []

    def listen(credentials: Any, **kwargs: Any) -> None:
        told.append(credentials)

    user_login_failed.connect(listen)
    try:
        stage.arrive()
        ask(stage, login)
        stage.fill_in("mail_code", code="00000000")
    finally:
        user_login_failed.disconnect(listen)

    assert told == [{"username": login}]


def test_code__is_in_no_page_session_log_or_table(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.arrive()
    first = ask(stage)
    code = mailed_code()
    wrong = stage.fill_in("mail_code", code=f"{(int(code) + 1) % 10**8:08d}")
    row = LinkCode.objects.get()

    for text in (
        first.content.decode(),
        wrong.content.decode(),
        str(dict(stage.browser.session.items())),
        caplog.text,
        f"{row.digest} {row.details} {row.address_digest}",
    ):
        assert code not in text
    assert "visitor@example.nl" not in caplog.text
    assert "visitor@example.nl" not in f"{row.details}"


def test_form__of_another_arrival_is_refused(stage: Stage) -> None:
    older = stage.arrive(uid=THIRD_UID)
    stage.arrive(uid=ATTACKER_UID)

    assert stage.fill_in("mail", arrival=older, login="visitor").status_code == 410
    assert mail.outbox == []


def test_page__does_not_wait_for_the_mail_server(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Event()
    sent: list[bool] = []
    monkeypatch.setattr(SEND, lambda *a, **k: sent.append(answered.wait(timeout=10)))
    stage.arrive()

    assert stage.fill_in("mail", login="visitor").status_code == 303
    answered.set()
    wait_for_mails()

    assert sent == [True]


@pytest.mark.slow
def test_time__does_not_tell_whether_a_mail_goes_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the clock, with a mail server that takes 200 ms: medians of 200 tries each, in turn."""
    monkeypatch.setattr(SEND, lambda *a, **k: sleep(0.2))
    stage.arrive()
    times: dict[str, list[float]] = {"visitor": [], "nobody": []}

    for _ in range(200):
        for login, taken in times.items():
            cache.clear()
            begin = perf_counter()
            response = stage.fill_in("mail", login=login)
            taken.append(perf_counter() - begin)
            assert response.status_code == 303
    wait_for_mails()

    apart = abs(median(times["visitor"]) - median(times["nobody"]))
    assert apart < 0.02, f"{apart * 1000:.1f} ms"
