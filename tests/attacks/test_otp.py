"""The second factor (OTP): asked when the account has a confirmed device, and never skipped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from django_intergrip_link.models import AccountLink, Arrival
from django_intergrip_link.testing.hub import SignedParts
from tests.attacks.case import Act, Case, again, deny, each, in_turn, leads, wait
from tests.attacks.invariants import run
from tests.attacks.stage import ATTACKER_UID, PASSWORD, Stage, step_url

TOKEN = "abcdefgh"
OTHER_TOKEN = "hgfedcba"


def with_device(*, is_confirmed: bool = True) -> Act:
    """``visitor`` has a device, somebody has come back from school and gave the password."""

    def scene(stage: Stage) -> None:
        device = StaticDevice.objects.create(
            user=stage.visitor, name="card", confirmed=is_confirmed
        )
        device.token_set.create(token=TOKEN)
        stage.arrive()
        stage.held["proved"] = stage.prove()["Location"]

    return scene


def and_used(stage: Stage) -> None:
    """The code of the card was used for an earlier journey."""
    with_device()(stage)
    assert stage.fill_in("otp", token=TOKEN)["Location"] == step_url("confirm")
    stage.arrive()
    stage.prove()


def and_theirs(stage: Stage) -> None:
    """The victim has a card too."""
    device = StaticDevice.objects.create(user=stage.victim, name="card", confirmed=True)
    device.token_set.create(token=OTHER_TOKEN)
    stage.held["device"] = device.persistent_id
    with_device()(stage)


def and_unconfirmed(stage: Stage) -> None:
    """``visitor`` has a second device that was never confirmed."""
    device = StaticDevice.objects.create(user=stage.visitor, name="new", confirmed=False)
    device.token_set.create(token=OTHER_TOKEN)
    stage.held["device"] = device.persistent_id
    with_device()(stage)


def token(value: str, *, device: bool = False) -> Act:
    """Send a code, perhaps for a device of one's choice."""

    def act(stage: Stage) -> Any:
        chosen = {"device": stage.held["device"]} if device else {}
        return stage.fill_in("otp", token=value, **chosen)

    return act


def with_slow_guesser(stage: Stage) -> None:
    """Five wrong codes, each when the device takes one again, each with a new arrival."""
    with_device()(stage)
    for _ in range(5):
        StaticDevice.objects.update(throttling_failure_count=0)
        assert token("zzzzzzzz")(stage).status_code == 200
        stage.arrive()
        stage.prove()
    StaticDevice.objects.update(throttling_failure_count=0)


def with_waiting_device(stage: Stage) -> None:
    """A wrong code was given a moment ago."""
    with_device()(stage)
    StaticDevice.objects.update(
        throttling_failure_count=5, throttling_failure_timestamp=timezone.now()
    )


def finish(stage: Stage) -> Any:
    return stage.fill_in("confirm", confirm="yes")


def switch_off(stage: Stage) -> None:
    type(stage.visitor).objects.filter(pk=stage.visitor.pk).update(is_active=False)


SKIPPED = (
    Case("OTP-01", "the finish called straight after the password", finish, leads("otp"),
         scene=with_device()),
    Case("OTP-01-page", "the page before it", lambda stage: stage.open("confirm"), leads("otp"),
         scene=with_device()),
    Case("OTP-01-alone", "the code before any password", token(TOKEN),
         leads("link", "arrival"),
         scene=in_turn(with_device(), lambda stage: stage.arrive())),
    Case("OTP-01-off", "an account switched off after its password", token(TOKEN),
         deny("inactive"), scene=in_turn(with_device(), switch_off)),
)  # fmt: skip

WRONG = (
    Case("OTP-02-throttled", "the right code while the device wants to wait", token(TOKEN),
         wait(), scene=with_waiting_device),
    Case("LNK-03-token", "a sixth code for an account, over several arrivals", token(TOKEN),
         wait(), scene=with_slow_guesser),
    Case("OTP-02", "a wrong code", token("zzzzzzzz"), again("token"), scene=with_device()),
    Case("OTP-04-used", "a code that was used before", token(TOKEN), again("token"),
         scene=and_used),
    Case("OTP-04-other", "a code of somebody else's device", token(OTHER_TOKEN), again("token"),
         scene=and_theirs),
    Case("OTP-04-unconfirmed", "a code of a device that was never confirmed",
         token(OTHER_TOKEN), again("token"), scene=and_unconfirmed),
    *(Case(f"OTP-05-{number}", f"a code like {value!r}", token(value), again("token"),
           scene=with_device())
      for number, value in enumerate(
          ("1", "12345", "123456789", "+123456", "1_2345_6", "\u0661\u0662\u0663\u0664\u0665\u0666",
           "12345a", "' or 1=1", "aaaaaaaa"), 1)),
)  # fmt: skip


@each((*SKIPPED, *WRONG))
def test_otp(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)


@pytest.mark.parametrize(
    ("choice", "form_says"), [("device of somebody else", 200), ("device never confirmed", 200)]
)
def test_token__with_a_device_that_is_not_offered(
    choice: str, form_says: int, stage: Stage
) -> None:
    """OTP-04: naming the device does not make it count."""
    (and_theirs if "else" in choice else and_unconfirmed)(stage)
    second = StaticDevice.objects.create(user=stage.visitor, name="spare", confirmed=True)
    second.token_set.create(token="spare222")

    response = token(OTHER_TOKEN, device=True)(stage)

    assert response.status_code == form_says
    assert stage.open("confirm")["Location"] == step_url("otp")


@pytest.fixture
def atomic_requests() -> Iterator[None]:
    """``ATOMIC_REQUESTS``, as many projects have it."""
    settings = connection.settings_dict
    before = settings["ATOMIC_REQUESTS"]
    settings["ATOMIC_REQUESTS"] = True
    yield
    settings["ATOMIC_REQUESTS"] = before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", ["well", "in an error"])
def test_failure__stays_counted_under_atomic_requests(
    ends: str, transactional_db: None, stage: Stage, atomic_requests: None, monkeypatch: Any
) -> None:
    """OTP-02: the counter of the device is saved although the request ends in an error."""
    device = TOTPDevice.objects.create(user=stage.visitor, name="phone", confirmed=True)
    stage.arrive()
    stage.prove()
    if ends != "well":
        monkeypatch.setattr(
            "django_intergrip_link.views.prove.TokenView._show", lambda *args, **kwargs: 1 / 0
        )
        stage.browser.raise_request_exception = False
    status = token("000000" if right_code(device) != "000000" else "111111")(stage).status_code

    assert status == (200 if ends == "well" else 500)
    device.refresh_from_db()
    assert device.throttling_failure_count == 1
    assert Arrival.objects.filter(failures=1).count() == 1


@pytest.mark.django_db(transaction=True)
def test_code__stays_used_under_atomic_requests(
    transactional_db: None, stage: Stage, atomic_requests: None, monkeypatch: Any
) -> None:
    """OTP-04: a code that was accepted is gone, although the request ended in an error."""
    device = TOTPDevice.objects.create(user=stage.visitor, name="phone", confirmed=True)
    stage.arrive()
    stage.prove()
    with monkeypatch.context() as patch:
        patch.setattr("django_intergrip_link.views.prove.to_step", lambda name: 1 / 0)
        stage.browser.raise_request_exception = False
        assert token(right_code(device))(stage).status_code == 500

    assert token(right_code(device))(stage).status_code == 200
    assert stage.open("confirm")["Location"] == step_url("otp")


def right_code(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key, device.step, device.t0, device.digits):06d}"


def test_password__is_nowhere_in_the_next_step(stage: Stage) -> None:
    """OTP-06: not in the page, the address or the session."""
    with_device()(stage)
    page = stage.open("otp")

    assert stage.held["proved"] == step_url("otp")
    assert PASSWORD not in page.content.decode()
    assert PASSWORD not in stage.held["proved"]
    assert PASSWORD not in str(dict(stage.browser.session.items()))
    assert PASSWORD not in str(stage.browser.cookies)


@pytest.mark.urls("tests.attacks.urls")
@pytest.mark.parametrize("logs_in", ["right after linking", "later"])
def test_school_login__is_no_second_factor(logs_in: str, stage: Stage) -> None:
    """OTP-07: a page that wants a code still asks for one."""
    with_device()(stage)
    stage.fill_in("otp", token=TOKEN)
    finish(stage)
    assert AccountLink.objects.filter(user=stage.visitor).exists()
    if logs_in == "later":
        stage.browser = Client()
        stage.log_in(uid=ATTACKER_UID)

    assert stage.user_in() == "visitor"
    assert stage.browser.get("/guarded/", secure=True).status_code == 302


@pytest.mark.urls("tests.attacks.urls")
def test_second_factor__of_a_password_session_is_not_taken_along(stage: Stage) -> None:
    """OTP-07: a code given in an earlier session of the same person does not count in this one."""
    device = StaticDevice.objects.create(user=stage.victim, name="card", confirmed=True)
    browser = Client()
    browser.login(username="victim", password=PASSWORD)
    session = browser.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    assert browser.get("/guarded/", secure=True).status_code == 200

    stage.log_in(browser)

    assert stage.user_in(browser) == "victim"
    assert browser.get("/guarded/", secure=True).status_code == 302


def test_time_of_proof__is_not_renewed_by_the_code(stage: Stage) -> None:
    """A password proof lasts ten minutes, whatever follows it."""
    with_device()(stage)
    session = stage.browser.session
    pending = session["intergrip_link"]
    session["intergrip_link"] = {**pending, "proven_at": int(time.time()) - 601}
    session.save()

    assert token(TOKEN)(stage)["Location"] == step_url("link")
    assert stage.open("confirm")["Location"] == step_url("link")
