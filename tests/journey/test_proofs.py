"""Proofs of a site account: devices of every kind, how long they want to wait, and who is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.signals import user_login_failed
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from django_intergrip_link.journey import devices, limits
from django_intergrip_link.models import AccountLink, Arrival, LinkEvent
from tests.journey.walking import PASSWORD, Walker, step

Arrive = Callable[..., Walker]
MakeDevice = Callable[[Any], Any]

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def static(user: Any, name: str = "paper") -> StaticDevice:
    device = StaticDevice.objects.create(user=user, name=name)
    for token in ("abcdefg2", "abcdefg3"):
        device.token_set.create(token=token)
    return device


def phone(user: Any, name: str = "phone") -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name=name)


def mailbox(user: Any, name: str = "mail") -> EmailDevice:
    return EmailDevice.objects.create(user=user, name=name)


KINDS = [static, phone, mailbox]


def right_token(device: Any) -> str:
    """Return a token that the device accepts now; a mailed one is read from the letter."""
    if isinstance(device, StaticDevice):
        return "abcdefg2"
    if isinstance(device, TOTPDevice):
        return f"{totp(device.bin_key, device.step, device.t0, device.digits):06d}"
    found = re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))
    assert found
    return found.group()


def wrong_token(device: Any) -> str:
    return "zzzzzzzz" if isinstance(device, StaticDevice) else "12345678"


@pytest.fixture
def at_otp(arrive: Arrive, sanne: Any) -> Callable[[], Walker]:
    """Return a function that brings a browser to the step *otp*."""

    def walk() -> Walker:
        walker = arrive()
        assert walker.prove("sanne")["Location"] == step("otp")
        return walker

    return walk


def reasons() -> list[str]:
    return list(LinkEvent.objects.order_by("pk").values_list("reason", flat=True))


def failures() -> int:
    return Arrival.objects.get(closed_at=None).failures


# --- every kind of device -----------------------------------------------------------------


@pytest.mark.parametrize("make", KINDS)
def test_device__accepts_its_code_once(
    make: MakeDevice, sanne: Any, at_otp: Callable[[], Walker]
) -> None:
    device = make(sanne)
    walker = at_otp()
    if isinstance(device, EmailDevice):
        assert "We sent you a code." in walker.post("otp", send="1").content.decode()
    token = right_token(device)

    assert walker.post("otp", token=token)["Location"] == step("confirm")
    assert walker.confirm()["Location"] == step("done")
    AccountLink.objects.all().delete()
    assert at_otp().post("otp", token=token).status_code == 200


@pytest.mark.parametrize("make", KINDS)
def test_device__tells_how_long_to_wait(
    make: MakeDevice, sanne: Any, at_otp: Callable[[], Walker]
) -> None:
    """django-otp's own throttling: 1, 2, 4, 8 … seconds after wrong codes."""
    device = make(sanne)
    type(device).objects.update(
        throttling_failure_count=4, throttling_failure_timestamp=timezone.now()
    )
    walker = at_otp()

    page = walker.post("otp", token=wrong_token(device))

    assert page.status_code == 429
    assert "That was wrong too often. Wait 8 seconds. Then use a new code." in page.content.decode()
    assert reasons() == ["limit"]
    assert failures() == 0


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "Wait 1 second. Then"),
        (6, "Wait 32 seconds. Then"),
        (7, "Wait 2 minutes. Then"),
        (8, "Wait 3 minutes. Then"),
    ],
)
def test_wait__in_seconds_and_in_minutes(
    count: int, text: str, sanne: Any, at_otp: Callable[[], Walker]
) -> None:
    static(sanne)
    StaticDevice.objects.update(
        throttling_failure_count=count, throttling_failure_timestamp=timezone.now()
    )

    assert text in at_otp().post("otp", token="abcdefg2").content.decode()


@pytest.mark.parametrize("make", KINDS)
def test_wait__is_over_when_it_says_so(
    make: MakeDevice, sanne: Any, at_otp: Callable[[], Walker]
) -> None:
    device = make(sanne)
    walker = at_otp()
    if isinstance(device, EmailDevice):
        walker.post("otp", send="1")
    earlier = timezone.now() - timedelta(seconds=8.1)
    type(device).objects.update(throttling_failure_count=4, throttling_failure_timestamp=earlier)

    assert walker.post("otp", token=right_token(device))["Location"] == step("confirm")


def test_wait__does_not_count_as_another_wrong_code(
    sanne: Any, at_otp: Callable[[], Walker]
) -> None:
    """One wrong code, then eleven that the device did not look at: the arrival lives."""
    static(sanne)
    walker = at_otp()
    assert walker.post("otp", token="zzzzzzzz").status_code == 200
    StaticDevice.objects.update(
        throttling_failure_count=9, throttling_failure_timestamp=timezone.now()
    )

    assert {walker.post("otp", token="abcdefg2").status_code for _ in range(11)} == {429}
    assert failures() == 1
    StaticDevice.objects.update(throttling_failure_count=0)
    assert walker.post("otp", token="abcdefg2")["Location"] == step("confirm")


def test_wait__is_a_minute_when_a_device_does_not_say(
    sanne: Any, at_otp: Callable[[], Walker]
) -> None:
    static(sanne)
    walker = at_otp()
    with mock.patch.object(StaticDevice, "verify_is_allowed", return_value=(False, None)):
        page = walker.post("otp", token="abcdefg2").content.decode()

    assert "Wait 60 seconds." in page


# --- sending a code -----------------------------------------------------------------------


def test_send__too_soon_says_when(sanne: Any, at_otp: Callable[[], Walker]) -> None:
    """A second press sends nothing, and does not say that it did."""
    mailbox(sanne)
    walker = at_otp()
    walker.post("otp", send="1")

    page = walker.post("otp", send="1")

    assert page.status_code == 429
    assert "You can ask for a new one in 60 seconds." in page.content.decode()
    assert "We sent you a code." not in page.content.decode()
    assert len(mail.outbox) == 1


def test_send__that_fails_says_so(
    sanne: Any, at_otp: Callable[[], Walker], caplog: pytest.LogCaptureFixture
) -> None:
    mailbox(sanne)
    walker = at_otp()

    def fail(device: EmailDevice) -> None:
        raise OSError("550 sanne@example.nl unknown")

    with mock.patch.object(EmailDevice, "generate_challenge", fail):
        page = walker.post("otp", send="1").content.decode()

    assert "We could not send you a code." in page
    assert "We sent you a code." not in page
    assert "code not sent error=OSError" in caplog.text
    assert "sanne" not in caplog.text


def test_send__three_times_in_ten_minutes(
    sanne: Any, at_otp: Callable[[], Walker], settings: Any
) -> None:
    settings.OTP_EMAIL_COOLDOWN_DURATION = 0
    mailbox(sanne)
    walker = at_otp()
    pages = [walker.post("otp", send="1") for _ in range(4)]

    assert [page.status_code for page in pages] == [200, 200, 200, 429]
    assert "Wait 10 minutes." in pages[-1].content.decode()


def test_send__by_a_device_that_cannot(sanne: Any, at_otp: Callable[[], Walker]) -> None:
    static(sanne)
    page = at_otp().post("otp", send="1")

    assert "We could not send you a code." in page.content.decode()
    assert "Send me a code" not in page.content.decode()


def test_send__chooses_the_device_that_sent(sanne: Any, at_otp: Callable[[], Walker]) -> None:
    """Pressed while the paper was chosen: the mail goes out, and its code is for the mail."""
    mailed, paper = mailbox(sanne), static(sanne)
    walker = at_otp()
    page = walker.post("otp", send="1", device=paper.persistent_id).content.decode()
    chosen = re.findall(r'<input[^>]*value="([^"]+)"[^>]*checked', page)

    assert len(mail.outbox) == 1
    assert chosen == [mailed.persistent_id]
    response = walker.post("otp", token=right_token(mailed), device=chosen[0])
    assert response["Location"] == step("confirm")


# --- which device -------------------------------------------------------------------------


def test_choice__none_with_one_device(sanne: Any, at_otp: Callable[[], Walker]) -> None:
    static(sanne)

    assert "Where do you get the code?" not in at_otp().get("otp").content.decode()


def test_choice__radios_with_their_names(sanne: Any, at_otp: Callable[[], Walker]) -> None:
    made = [static(sanne, "paper"), phone(sanne, "phone"), phone(sanne, "")]
    page = at_otp().get("otp").content.decode()
    radios = re.findall(r'<input type="radio"[^>]*>', page)

    assert "<legend>Where do you get the code?</legend>" in page
    assert len(radios) == 3
    assert [radio for radio in radios if "checked" in radio] == radios[:1]
    assert {device.persistent_id for device in made} == {
        re.findall('value="([^"]+)"', radio)[0] for radio in radios
    }
    for name in ("paper", "phone", "TOTP device"):
        assert f"<span>{name}</span>" in page


def test_choice__a_list_with_many_devices(sanne: Any, at_otp: Callable[[], Walker]) -> None:
    for number in range(5):
        static(sanne, f"paper {number}")
    page = at_otp().get("otp").content.decode()

    assert page.count("<option") == 5
    assert 'type="radio"' not in page


def test_choice__a_wrong_code_holds_up_one_device_only(
    sanne: Any, at_otp: Callable[[], Walker]
) -> None:
    """The code of another device is wrong here, whether one was chosen or none."""
    first, second = mailbox(sanne), static(sanne)
    walker = at_otp()

    assert walker.post("otp", token="abcdefg2").status_code == 200
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.throttling_failure_count, second.throttling_failure_count) == (1, 0)
    right = walker.post("otp", token="abcdefg3", device=second.persistent_id)
    assert right["Location"] == step("confirm")


def test_device__taken_away_while_the_page_was_open(
    sanne: Any, at_otp: Callable[[], Walker]
) -> None:
    """Confirmed is asked again, inside the transaction that looks at the code."""
    device = static(sanne)
    walker = at_otp()
    read = devices.confirmed_devices

    def then_unconfirmed(user: Any) -> Any:
        found = read(user)
        StaticDevice.objects.update(confirmed=False)
        return found

    with mock.patch(
        "django_intergrip_link.views.prove.devices.confirmed_devices", then_unconfirmed
    ):
        assert walker.post("otp", token="abcdefg2").status_code == 200
    device.refresh_from_db()
    assert device.token_set.count() == 2
    # Nothing is left to ask, as if the proof were given now.
    assert walker.get("otp")["Location"] == step("confirm")


@pytest.mark.parametrize(
    "token",
    [
        "12345",
        "123456789",
        "abcdefg1",
        "abcdefg",
        "１２３４５６",
        "+123456",
        "12345a",
        "0x1234",
        "",
    ],
)
def test_token__of_another_shape_reaches_no_device(token: str, sanne: Any) -> None:
    static(sanne)
    with mock.patch.object(StaticDevice, "verify_token", return_value=True):
        assert not devices.accepts_token(sanne, token)
        assert devices.accepts_token(sanne, "ABCD efg2")


# --- limits and listeners -----------------------------------------------------------------


def test_otp__sixth_wrong_code_for_an_account_waits(
    sanne: Any, at_otp: Callable[[], Walker], settings: Any
) -> None:
    """With a kind of device that does not slow guessing down, over new arrivals, after a flush."""
    settings.OTP_STATIC_THROTTLE_FACTOR = 0
    static(sanne)
    for _ in range(5):
        assert at_otp().post("otp", token="zzzzzzzz").status_code == 200
        cache.clear()

    page = at_otp().post("otp", token="abcdefg2")

    assert page.status_code == 429
    assert "You tried too often. Wait 15 minutes." in page.content.decode()
    assert StaticDevice.objects.get().token_set.count() == 2


def test_otp__right_codes_use_nothing_up(sanne: Any, at_otp: Callable[[], Walker]) -> None:
    device = static(sanne)
    for number in range(7):
        device.token_set.create(token=f"aaaaaaa{number % 6 + 2}")
        assert at_otp().post("otp", token=f"aaaaaaa{number % 6 + 2}").status_code == 303


def test_otp__eleventh_failure_ends_the_arrival(
    sanne: Any, at_otp: Callable[[], Walker], settings: Any
) -> None:
    static(sanne)
    walker = at_otp()
    Arrival.objects.update(failures=limits.ARRIVAL_FAILURES)

    page = walker.post("otp", token="zzzzzzzz")

    assert page.status_code == 429
    assert "Then start again." in page.content.decode()
    assert Arrival.objects.get().account is None
    assert walker.post("otp", token="abcdefg2").status_code == 410


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What listeners such as django-axes hear."""
    heard: list[dict[str, Any]] = []

    def listen(sender: Any, **kwargs: Any) -> None:
        heard.append(kwargs)
        raise RuntimeError("a listener that fails")

    user_login_failed.connect(listen)
    yield heard
    user_login_failed.disconnect(listen)


def test_listeners__hear_of_a_wrong_token(
    sanne: Any, at_otp: Callable[[], Walker], told: list[dict[str, Any]]
) -> None:
    static(sanne)
    walker = at_otp()
    assert walker.post("otp", token="zzzzzzzz").status_code == 200
    assert [call["credentials"] for call in told] == [{"username": "sanne"}]
    assert told[0]["request"].path == step("otp")
    assert failures() == 1

    StaticDevice.objects.update(throttling_failure_count=0)
    walker.post("otp", token="abcdefg2")
    assert len(told) == 1


# --- the password form --------------------------------------------------------------------


def test_prove__says_the_minutes_that_are_left(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    for _ in range(6):
        walker.prove("sanne", "wrong")
    later = timezone.now() + timedelta(minutes=11)
    clock = mock.Mock(time=later.timestamp)
    with mock.patch("django_intergrip_link.journey.counting.time", clock):
        page = walker.prove("sanne").content.decode()

    assert "Wait 4 minutes." in page


def test_prove__ways_on_without_the_password(arrive: Arrive, sanne: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.urls_with_reset"
    page = arrive().get("prove").content.decode()

    assert re.search(
        r'<a class="text-action" href="[^"]*reset[^"]*">Forgot your password\?</a>', page
    )
    assert f'<a class="text-action" href="{step("mail")}">Get a code by e-mail</a>' in page


def test_prove__code_by_mail_without_a_reset_page(arrive: Arrive, sanne: Any) -> None:
    page = arrive().get("prove").content.decode()

    assert "Forgot your password?" not in page
    assert "Get a code by e-mail" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_prove__is_no_second_door_beside_the_login_page_of_the_project(
    method: str, arrive: Arrive, sanne: Any, settings: Any
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "LOGIN_VIEW": "/accounts/login/"}
    walker = arrive()

    response = walker.get("prove") if method == "get" else walker.prove("sanne")

    assert response.status_code == 303
    assert response["Location"].startswith("/accounts/login/?next=")
    assert walker.get("confirm")["Location"] == step("link")
    assert failures() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_prove__where_only_new_site_accounts_may_link(
    method: str, arrive: Arrive, sanne: Any, settings: Any
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REGISTRATION": "new_only"}
    walker = arrive()

    response = walker.get("prove") if method == "get" else walker.prove("sanne")

    assert response.status_code == 403
    assert reasons() == ["closed"]


def test_prove__a_paused_link_is_taken_up_with_new_accounts_only(
    arrive: Arrive, sanne: Any, settings: Any
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REGISTRATION": "new_only"}
    walker = arrive()
    session = walker.client.session
    session["intergrip_link"] = {**session["intergrip_link"], "relink_id": 7}
    session.save()

    assert walker.prove("sanne", PASSWORD)["Location"] == step("confirm")


def test_otp__code_without_a_proof_loses_nothing(arrive: Arrive, sanne: Any) -> None:
    static(sanne)
    walker = arrive()

    assert walker.get("otp")["Location"] == step("link")
    assert reasons() == []
    assert walker.post("otp", token="abcdefg2")["Location"] == step("link")
    assert reasons() == ["arrival"]
    assert walker.prove("sanne")["Location"] == step("otp")
