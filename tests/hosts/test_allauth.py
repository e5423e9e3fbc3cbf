"""allauth's pages as the proof: logging in, registering, and its checks of the e-mail address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from django_intergrip_link.models import AccountLink
from tests.journey.walking import PASSWORD, Walker, step

pytestmark = [pytest.mark.django_db, pytest.mark.hosts]

KEYS = {"LOGIN_VIEW": "account_login", "REGISTER_URL": "account_signup"}


@pytest.fixture
def walker(arrive: Callable[..., Walker], declare: Callable[..., None]) -> Walker:
    """A student on the link page."""
    declare(**KEYS)
    return arrive()


@pytest.fixture
def verified(sanne: Any) -> Any:
    """A student whose address allauth has verified."""
    sanne.emailaddress_set.create(email=sanne.email, verified=True, primary=True)
    return sanne


def way(walker: Walker, page: str) -> str:
    """Return the address of a page of allauth as the link page gives it."""
    found = re.search(rf'href="({reverse(page)}[^"]*)"', walker.get("link").content.decode())
    assert found
    return found.group(1).replace("&amp;", "&")


def log_in(walker: Walker, name: str = "sanne", password: str = PASSWORD) -> Any:
    fields = {"login": name, "password": password}
    return walker.client.post(way(walker, "account_login"), fields, secure=True)


def sign_up(walker: Walker, address: str) -> Any:
    fields = {"username": "noor", "email": "noor@example.nl", "password1": PASSWORD}
    return walker.client.post(address, fields, secure=True)


def last_mail() -> str:
    return str(mail.outbox[-1].body)


def test_login__then_confirm_then_linked(walker: Walker, verified: Any) -> None:
    response = log_in(walker)

    assert response["Location"] == step("logged_in")
    assert walker.get("logged_in")["Location"] == step("confirm")
    assert not AccountLink.objects.exists()
    walker.confirm()
    link = AccountLink.objects.get()
    assert (link.user, link.origin) == (verified, AccountLink.Origin.LOGIN)
    assert walker.user_name == "sanne"


def test_login__page_carries_the_way_back(walker: Walker) -> None:
    page = walker.client.get(way(walker, "account_login"), secure=True).content.decode()

    assert f'name="next" value="{step("logged_in")}"' in page


def test_login__wrong_password(walker: Walker, verified: Any) -> None:
    assert log_in(walker, password="x").status_code == 200
    assert walker.get("logged_in")["Location"] == step("link")


def test_login__address_not_verified_yet(walker: Walker, sanne: Any) -> None:
    response = log_in(walker)
    assert response["Location"] == reverse("account_email_verification_sent")
    # Allauth has not let anybody in, so nothing is proven.
    assert walker.user_name == ""
    assert walker.get("logged_in")["Location"] == step("link")

    _follow_the_mail(walker)
    assert log_in(walker)["Location"] == step("logged_in")

    assert walker.get("logged_in")["Location"] == step("confirm")


def test_login__somebody_is_logged_in_already(
    walker: Walker, verified: Any, django_user_model: Any
) -> None:
    daan = django_user_model.objects.create_user("daan", "daan@example.nl", PASSWORD)
    daan.emailaddress_set.create(email=daan.email, verified=True, primary=True)
    log_in(walker)
    walker.get("logged_in")
    walker.post("confirm", confirm="no")

    # Allauth shows its form again; somebody who is logged in would be sent away from it.
    log_in(walker, "daan")

    assert walker.get("logged_in")["Location"] == step("confirm")
    walker.confirm()
    assert AccountLink.objects.get().user == daan


def test_registration__address_is_verified_by_a_link(walker: Walker) -> None:
    response = sign_up(walker, way(walker, "account_signup"))
    assert response["Location"] == reverse("account_email_verification_sent")
    assert walker.get("logged_in")["Location"] == step("link")

    # Allauth forgets where the person came from, and asks to log in.
    response = _follow_the_mail(walker)
    assert response["Location"] == reverse("account_login")
    fields = {"login": "noor", "password": PASSWORD}
    walker.client.post(response["Location"], fields, secure=True)

    page = walker.client.get("/news/", secure=True).content.decode()
    assert f'href="{step("logged_in")}"' in page
    assert walker.get("logged_in")["Location"] == step("confirm")
    walker.confirm()
    assert AccountLink.objects.get().user.username == "noor"


def test_registration__link_in_the_mail_logs_in(walker: Walker, settings: Any) -> None:
    settings.ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
    sign_up(walker, way(walker, "account_signup"))

    response = _follow_the_mail(walker)

    assert response["Location"] == step("logged_in")
    assert walker.get("logged_in")["Location"] == step("confirm")


def test_registration__address_is_verified_by_a_code(walker: Walker, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    response = sign_up(walker, way(walker, "account_signup"))
    assert walker.get("logged_in")["Location"] == step("link")
    found = re.search(r"^([A-Z0-9-]{6,9})$", last_mail(), re.MULTILINE)
    assert found, last_mail()

    response = walker.client.post(response["Location"], {"code": found.group(1)}, secure=True)

    assert response["Location"] == step("logged_in")
    assert walker.get("logged_in")["Location"] == step("confirm")


def test_registration__without_verification(walker: Walker, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"

    response = sign_up(walker, way(walker, "account_signup"))

    assert response["Location"] == step("logged_in")
    assert walker.get("logged_in")["Location"] == step("confirm")


def test_login_by_code__counts(walker: Walker, verified: Any) -> None:
    asked = f"{reverse('account_request_login_code')}?next={step('logged_in')}"
    response = walker.client.post(asked, {"email": verified.email}, secure=True)
    found = re.search(r"^([A-Z0-9-]{6,9})$", last_mail(), re.MULTILINE)
    assert found, last_mail()
    assert walker.get("logged_in")["Location"] == step("link")

    response = walker.client.post(response["Location"], {"code": found.group(1)}, secure=True)

    assert response["Location"] == step("logged_in")
    assert walker.get("logged_in")["Location"] == step("confirm")


def _follow_the_mail(walker: Walker) -> Any:
    found = re.search(r"https?://[^/]+(/allauth/confirm-email/\S+)", last_mail())
    assert found, last_mail()
    return walker.client.post(found.group(1), secure=True)
