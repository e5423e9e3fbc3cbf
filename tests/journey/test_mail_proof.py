"""Who forgot the password: a code by e-mail, or a new password in the same browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.plugins.otp_static.models import StaticDevice

from django_intergrip_link.journey.addresses import default_verified_address, digest_address
from django_intergrip_link.journey.posting import wait_for_mails
from django_intergrip_link.models import AccountLink, LinkCode
from django_intergrip_link.testing.login import link_user
from tests.journey.walking import PASSWORD, Walker, step

Arrive = Callable[..., Walker]
NEW_PASSWORD = "peer-trein-34"


def yes(*, user: Any) -> bool | None:
    """Every address is known to be its user's."""
    return True


@pytest.fixture
def verified(settings: Any, fake_school: Any) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "VERIFIED_ADDRESS": f"{__name__}.yes"}


def ask(walker: Walker, login: str = "sanne") -> Any:
    """Ask for a code and wait for the mail."""
    response = walker.post("mail", login=login)
    wait_for_mails()
    return response


def mailed_code() -> str:
    found = re.search(r"^([0-9]{4} [0-9]{4})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def wrong_code() -> str:
    return f"{(int(mailed_code().replace(' ', '')) + 1) % 10**8:08d}"


def forget_cool_down() -> None:
    cache.clear()


# The code ---------------------------------------------------------------------------------------


def test_code__proves_and_links(
    arrive: Arrive, sanne: Any, verified: None, django_capture_on_commit_callbacks: Any
) -> None:
    walker = arrive()

    assert ask(walker)["Location"] == step("mail_code")
    assert walker.post("mail_code", code=mailed_code())["Location"] == step("confirm")
    with django_capture_on_commit_callbacks(execute=True):
        assert walker.confirm()["Location"] == step("done")

    link = AccountLink.objects.get()
    assert (link.user, link.origin) == (sanne, "mail")
    assert walker.user_name == "sanne"
    code = LinkCode.objects.get()
    assert (code.link, code.details) == (link, None)
    assert code.used_at is not None


def test_code__goes_to_the_address_of_the_account(
    arrive: Arrive, sanne: Any, verified: None
) -> None:
    ask(arrive(), " Sanne@Example.NL ")

    assert mail.outbox[0].to == ["sanne@example.nl"]
    assert "Petteflat College" in str(mail.outbox[0].body)


@pytest.mark.parametrize("typed", ["{0}{1}", "{0}-{1}", " {0} {1} "])
def test_code__may_be_typed_with_spaces_and_dashes(
    arrive: Arrive, sanne: Any, verified: None, typed: str
) -> None:
    walker = arrive()
    ask(walker)

    response = walker.post("mail_code", code=typed.format(*mailed_code().split()))

    assert response["Location"] == step("confirm")


@pytest.mark.parametrize("code", ["", "1234567", "123456789", "١٢٣٤٥٦٧٨", "1234567a"])
def test_code__of_another_shape_is_asked_again(
    arrive: Arrive, sanne: Any, verified: None, code: str
) -> None:
    walker = arrive()
    ask(walker)

    response = walker.post("mail_code", code=code)

    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()
    assert LinkCode.objects.get().failures == 0


def test_code__of_an_account_with_a_device_leads_to_otp(
    arrive: Arrive, sanne: Any, verified: None
) -> None:
    StaticDevice.objects.create(user=sanne, name="spare").token_set.create(token="abcdefg2")
    walker = arrive()
    ask(walker)

    assert walker.post("mail_code", code=mailed_code())["Location"] == step("otp")
    assert walker.confirm()["Location"] == step("otp")
    assert not AccountLink.objects.exists()


def test_code__five_wrong_ones_end_it(arrive: Arrive, sanne: Any, verified: None) -> None:
    walker = arrive()
    ask(walker)
    for _ in range(5):
        assert walker.post("mail_code", code=wrong_code()).status_code == 200

    response = walker.post("mail_code", code=mailed_code())

    assert response.status_code == 200
    assert not walker.client.session["intergrip_link"]["user_id"]


def test_code__is_over_after_ten_minutes(arrive: Arrive, sanne: Any, verified: None) -> None:
    walker = arrive()
    ask(walker)
    lifetime = LinkCode.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=9) < lifetime <= timedelta(minutes=10)
    LinkCode.objects.update(expires_at=timezone.now())

    assert walker.post("mail_code", code=mailed_code()).status_code == 200


def test_send_again__a_new_code_replaces_the_old(
    arrive: Arrive, sanne: Any, verified: None
) -> None:
    walker = arrive()
    ask(walker)
    old = mailed_code()
    forget_cool_down()

    page = walker.post("mail_code", send="1")
    wait_for_mails()

    assert 'role="status"' in page.content.decode()
    assert walker.post("mail_code", code=old).status_code == 200
    assert walker.post("mail_code", code=mailed_code())["Location"] == step("confirm")


def test_send_again__says_how_long_to_wait(arrive: Arrive, sanne: Any, verified: None) -> None:
    walker = arrive()
    ask(walker)

    page = walker.post("mail_code", send="1")
    wait_for_mails()

    assert page.status_code == 429
    assert re.search(r"Wacht 1 minuut", page.content.decode())
    assert len(mail.outbox) == 1


def test_first_page__keeps_the_name_that_is_known(
    arrive: Arrive, sanne: Any, verified: None
) -> None:
    walker = arrive()
    ask(walker)

    page = walker.get("mail").content.decode()

    assert 'value="sanne"' in page
    assert 'autocomplete="username"' in page


def test_first_page__asks_for_a_name(arrive: Arrive) -> None:
    response = arrive().post("mail", login=" ")

    assert response.status_code == 200
    assert "Vul je gebruikersnaam of e-mailadres in." in response.content.decode()


def test_second_page__needs_the_first(arrive: Arrive) -> None:
    walker = arrive()

    assert walker.get("mail_code")["Location"] == step("mail")
    assert walker.post("mail_code", code="12345678")["Location"] == step("mail")


@pytest.mark.parametrize("name", ["mail", "mail_code"])
@pytest.mark.parametrize(
    "closed", [{"REGISTRATION": "new_only"}, {"LOGIN_VIEW": "/login/"}], ids=lambda c: next(iter(c))
)
def test_pages__are_closed_where_the_settings_say_so(
    arrive: Arrive, sanne: Any, settings: Any, name: str, closed: dict[str, str]
) -> None:
    walker = arrive()
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, **closed}

    assert walker.get(name).status_code == 403
    assert walker.post(name, login="sanne").status_code == 403
    assert not LinkCode.objects.exists()


# Whose an address is ----------------------------------------------------------------------------


def test_default__knows_nothing_of_an_ordinary_user(sanne: Any) -> None:
    assert default_verified_address(user=sanne) is None


def test_default__believes_a_registration_with_this_very_address(
    sanne: Any, fake_school: Any
) -> None:
    link = link_user(sanne, fake_school, uid="a1b2c3d4e5f6g7h8@99aa00")
    AccountLink.objects.filter(pk=link.pk).update(address_digest=digest_address(sanne.email))
    assert default_verified_address(user=sanne) is True

    sanne.email = "other@example.nl"
    assert default_verified_address(user=sanne) is None
    sanne.email = ""
    assert default_verified_address(user=sanne) is None


class AllauthRows:
    """Stands in for allauth's table of addresses, which this environment does not have."""

    def __init__(self, *rows: tuple[str, bool]) -> None:
        self.rows = [type("Row", (), {"email": e, "verified": v})() for e, v in rows]
        self._default_manager = self

    def filter(self, **lookups: Any) -> list[Any]:
        return self.rows


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("Sanne@example.nl", True)], True),
        ([("sanne@example.nl", False)], False),
        ([("other@example.nl", True)], None),
        ([("sanne@example.nl", False), ("other@example.nl", True)], False),
        ([], None),
    ],
)
@pytest.mark.parametrize("how", ["mandatory", "optional", "none", None])
def test_default__asks_allauth(
    sanne: Any,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str, bool]],
    expected: bool | None,
    how: str | None,
) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: name == "allauth.account")
    monkeypatch.setattr(apps, "get_model", lambda name: AllauthRows(*rows))
    if how:
        settings.ACCOUNT_EMAIL_VERIFICATION = how

    known = expected is True or how == "mandatory"
    assert default_verified_address(user=sanne) is (expected if known else None)


def test_default__believes_our_registration_before_allauth(
    sanne: Any, fake_school: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    monkeypatch.setattr(apps, "is_installed", lambda name: name == "allauth.account")
    monkeypatch.setattr(apps, "get_model", lambda name: AllauthRows((sanne.email, False)))
    link = link_user(sanne, fake_school, uid="a1b2c3d4e5f6g7h8@99aa00")
    AccountLink.objects.filter(pk=link.pk).update(address_digest=digest_address(sanne.email))

    assert default_verified_address(user=sanne) is True


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Noor@EXAMPLE.nl", "noor@example.nl", True),
        ("noor@stra\N{LATIN SMALL LETTER SHARP S}e.example", "noor@strasse.example", False),
        ("stra\N{LATIN SMALL LETTER SHARP S}e@example.nl", "strasse@example.nl", False),
        ("noor@CAFE\N{COMBINING ACUTE ACCENT}.nl", "noor@caf\xe9.nl", True),
    ],
)
def test_digest__of_addresses_that_are_the_same(one: str, other: str, is_same: bool) -> None:
    assert (digest_address(one) == digest_address(other)) is is_same


# A new password ---------------------------------------------------------------------------------


@pytest.fixture
def with_password_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.urls_with_passwords"


def choose_new_password(client: Client, address: str) -> Any:
    """Open a reset link and choose a password, as the mail asks."""
    form = client.get(address, secure=True)["Location"]
    fields = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    response = client.post(form, fields, secure=True)
    assert response.status_code == 302, response.content.decode()
    return response


def reset_address(user: Any, prefix: str = "accounts/reset") -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"/{prefix}/{uid}/{default_token_generator.make_token(user)}/"


def test_new_password__in_the_same_browser_keeps_the_journey(
    arrive: Arrive, sanne: Any, with_password_pages: None
) -> None:
    walker = arrive()
    key = walker.key
    assert 'href="/accounts/password_reset/"' in walker.get("prove").content.decode()
    walker.client.post("/accounts/password_reset/", {"email": sanne.email}, secure=True)
    link = re.search(r"https?://testserver(/\S+)", str(mail.outbox[0].body))
    assert link

    choose_new_password(walker.client, link[1])

    assert walker.key == key
    assert walker.prove("sanne", PASSWORD).status_code == 200
    assert walker.prove("sanne", NEW_PASSWORD)["Location"] == step("confirm")
    assert walker.confirm()["Location"] == step("done")
    assert AccountLink.objects.get().user == sanne


def test_new_password__that_logs_in_links_nothing_by_itself(
    arrive: Arrive, sanne: Any, with_password_pages: None
) -> None:
    walker = arrive()
    key = walker.key

    choose_new_password(walker.client, reset_address(sanne, "in-at-once"))

    assert walker.user_name == "sanne"
    assert walker.key == key
    assert not AccountLink.objects.exists()
    # The login was no proof: the project did not say that its own login page is one.
    assert walker.confirm()["Location"] == step("link")
    assert walker.prove("sanne", NEW_PASSWORD)["Location"] == step("confirm")
    assert walker.confirm()["Location"] == step("done")


def test_new_password__in_another_browser_leaves_nothing_there(
    arrive: Arrive, sanne: Any, with_password_pages: None
) -> None:
    walker = arrive()
    phone = Client()

    choose_new_password(phone, reset_address(sanne, "in-at-once"))

    assert "intergrip_link" not in phone.session
    for name in ("link", "prove", "confirm", "mail"):
        assert phone.get(step(name), secure=True).status_code == 410
    assert walker.prove("sanne", NEW_PASSWORD)["Location"] == step("confirm")


def test_new_password__of_somebody_else_who_is_logged_in_ends_the_journey(
    arrive: Arrive, sanne: Any, django_user_model: Any, with_password_pages: None
) -> None:
    walker = arrive()
    django_user_model.objects.create_user("daan", "daan@example.nl", PASSWORD)
    assert walker.client.login(username="daan", password=PASSWORD)

    choose_new_password(walker.client, reset_address(sanne, "in-at-once"))

    assert "intergrip_link" not in walker.client.session
    assert not AccountLink.objects.exists()
