"""two-factor-auth's login wizard as the proof, with and without a device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp

from django_intergrip_link.models import AccountLink
from tests.journey.walking import PASSWORD, Walker, step

pytestmark = [pytest.mark.django_db, pytest.mark.hosts]

WIZARD = "login_view-current_step"


@pytest.fixture
def walker(arrive: Callable[..., Walker], declare: Callable[..., None]) -> Walker:
    """A student on the link page."""
    declare(LOGIN_VIEW="two_factor:login")
    return arrive()


@pytest.fixture
def device(sanne: Any) -> Any:
    """The device that two-factor-auth asks for."""
    return sanne.totpdevice_set.create(name="default", confirmed=True)


def send(walker: Walker, **fields: str) -> Any:
    address = f"{reverse('two_factor:login')}?next={step('logged_in')}"
    return walker.client.post(address, fields, secure=True)


def send_password(walker: Walker) -> Any:
    return send(walker, **{WIZARD: "auth", "auth-username": "sanne", "auth-password": PASSWORD})


def send_token(walker: Walker, device: Any) -> Any:
    token = f"{totp(device.bin_key):06d}"
    return send(walker, **{WIZARD: "token", "token-otp_token": token})


def test_without_device__then_confirm(walker: Walker, sanne: Any) -> None:
    assert f"{reverse('two_factor:login')}?next=" in walker.get("link").content.decode()

    response = send_password(walker)

    assert response["Location"] == step("logged_in")
    assert walker.get("logged_in")["Location"] == step("confirm")


def test_device__password_alone_proves_nothing(walker: Walker, device: Any) -> None:
    assert send_password(walker).status_code == 200

    assert walker.user_name == ""
    assert walker.get("logged_in")["Location"] == step("link")


def test_device__its_code_is_asked_once(walker: Walker, device: Any) -> None:
    send_password(walker)
    assert send_token(walker, device)["Location"] == step("logged_in")

    assert walker.get("logged_in")["Location"] == step("confirm")
    walker.confirm()

    assert AccountLink.objects.get().origin == AccountLink.Origin.LOGIN


def test_device__no_mark_of_it_is_left_after_linking(walker: Walker, device: Any) -> None:
    send_password(walker)
    send_token(walker, device)
    assert DEVICE_ID_SESSION_KEY in walker.client.session
    walker.get("logged_in")

    walker.confirm()

    assert walker.user_name == "sanne"
    assert DEVICE_ID_SESSION_KEY not in walker.client.session


def test_other_login_page__device_is_asked_for_by_us(
    walker: Walker, device: Any, declare: Callable[..., None]
) -> None:
    declare(LOGIN_VIEW="login")
    fields = {"username": "sanne", "password": PASSWORD}
    walker.client.post(f"/login/?next={step('logged_in')}", fields, secure=True)

    assert walker.get("logged_in")["Location"] == step("otp")
    assert walker.get("confirm")["Location"] == step("otp")
