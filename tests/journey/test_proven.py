"""A proof that is over: password, address or devices of the site account are others since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.plugins.otp_static.models import StaticDevice

from django_intergrip_link.journey import linking, school_codes
from django_intergrip_link.journey.pending import Pending
from django_intergrip_link.journey.posting import wait_for_mails
from django_intergrip_link.models import AccountLink, Arrival, LinkCode, LinkEvent, School
from tests.journey.test_mail_proof import mailed_code
from tests.journey.walking import PASSWORD, Walker, step

Prove = Callable[[], Walker]
NEW = "peer-step-34"


def yes(*, user: Any) -> bool | None:
    """Every address is known to be its user's."""
    return True


@pytest.fixture(autouse=True)
def _settings(settings: Any, fake_school: Any) -> None:
    settings.ROOT_URLCONF = "tests.urls_with_login"
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "VERIFIED_ADDRESS": f"{__name__}.yes"}


def by_password(walker: Walker, settings: Any) -> Any:
    return walker.prove("sanne")


def by_mail(walker: Walker, settings: Any) -> Any:
    walker.post("mail", login="sanne")
    wait_for_mails()
    return walker.post("mail_code", code=mailed_code())


def by_code(walker: Walker, settings: Any) -> Any:
    user, school = get_user_model()._default_manager.get(), School.objects.get()
    return walker.post("code", code=school_codes.issue(user=user, school=school, created_by=None))


def by_login(walker: Walker, settings: Any) -> Any:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "LOGIN_VIEW": "login"}
    walker.client.post("/login/", {"username": "sanne", "password": PASSWORD}, secure=True)
    return walker.get("logged_in")


WAYS = [by_password, by_mail, by_code, by_login]


@pytest.fixture(params=WAYS)
def intruder(request: Any, arrive: Callable[..., Walker], sanne: Any, settings: Any) -> Walker:
    """A browser in which the site account of Sanne was proven, before the confirmation."""
    walker = arrive()
    assert request.param(walker, settings)["Location"] == step("confirm")
    return walker


def choose_password(user: Any) -> None:
    """What every reset page does, in another browser."""
    fresh = type(user)._default_manager.get(pk=user.pk)
    fresh.set_password(NEW)
    fresh.save()


def is_open() -> bool:
    return Arrival.objects.filter(closed_at=None).exists()


def refusals() -> list[str]:
    return list(LinkEvent.objects.filter(kind="refused").values_list("reason", flat=True))


# Another password ------------------------------------------------------------------------------


def test_new_password__ends_every_proof(intruder: Walker, sanne: Any) -> None:
    choose_password(sanne)
    intruder.post("more_time", step="confirm")

    response = intruder.confirm()

    assert (response.status_code, response["Location"]) == (303, step("link"))
    assert not AccountLink.objects.exists()
    assert intruder.user_name == ""
    assert refusals() == ["arrival"]
    assert is_open()
    # It was forgotten, not only refused once; a login of the site ended with its whole session.
    pending = Pending.load(intruder.client.session)
    assert pending is None or pending.user_id == ""


@pytest.mark.parametrize("name", ["confirm", "more", "otp"])
def test_new_password__leads_back_without_an_event(
    name: str, arrive: Callable[..., Walker], sanne: Any
) -> None:
    walker = arrive()
    walker.prove("sanne")
    choose_password(sanne)

    assert walker.get(name)["Location"] == step("link")
    assert refusals() == []
    # The way on is open: the owner proves with the new password.
    assert walker.prove("sanne", NEW)["Location"] == step("confirm")
    assert walker.confirm()["Location"] == step("done")


def test_password_taken_away__ends_a_proof(arrive: Callable[..., Walker], sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    sanne.set_unusable_password()
    sanne.save()

    assert walker.confirm()["Location"] == step("link")


def test_new_password__between_the_page_and_the_link(
    intruder: Walker, sanne: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at once more in the transaction; what that has done so far is undone."""
    make = linking.make_link

    def then_new(**kwargs: Any) -> AccountLink:
        choose_password(sanne)
        return make(**kwargs)

    monkeypatch.setattr(linking, "make_link", then_new)

    assert intruder.confirm()["Location"] == step("link")
    assert not AccountLink.objects.exists()
    assert refusals() == ["arrival"]
    assert is_open()
    assert not LinkCode.objects.filter(used_at__isnull=False).exists()


@pytest.mark.postgres
def test_confirm__keeps_the_password_as_it_is_until_it_is_done(
    arrive: Callable[..., Walker], sanne: Any
) -> None:
    walker = arrive()
    walker.prove("sanne")

    with CaptureQueriesContext(connection) as queries:
        walker.confirm()

    held = [
        q["sql"] for q in queries if "FOR NO KEY UPDATE" in q["sql"] and "auth_user" in q["sql"]
    ]
    assert len(held) == 1


# Another address -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prove", "target"), [(by_mail, "link"), (by_password, "done"), (by_code, "done")]
)
def test_new_address__ends_the_proof_by_mail_alone(
    prove: Any, target: str, arrive: Callable[..., Walker], sanne: Any, settings: Any
) -> None:
    walker = arrive()
    prove(walker, settings)
    sanne.email = "new@example.nl"
    sanne.save()

    assert walker.confirm()["Location"] == step(target)
    assert AccountLink.objects.exists() == (target == "done")


# Devices ---------------------------------------------------------------------------------------


def add_device(user: Any) -> None:
    StaticDevice.objects.create(user=user, name="paper").token_set.create(token="abcdefgh")


def test_device_added_later__is_asked(intruder: Walker, sanne: Any) -> None:
    add_device(sanne)

    assert intruder.get("confirm")["Location"] == step("otp")
    assert intruder.confirm()["Location"] == step("otp")
    assert not AccountLink.objects.exists()
    assert intruder.post("otp", token="abcdefgh")["Location"] == step("confirm")
    assert intruder.confirm()["Location"] == step("done")


def test_device_added__between_the_page_and_the_link(
    intruder: Walker, sanne: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = linking.make_link

    def then_safe(**kwargs: Any) -> AccountLink:
        add_device(sanne)
        return make(**kwargs)

    monkeypatch.setattr(linking, "make_link", then_safe)

    assert intruder.confirm()["Location"] == step("link")
    assert not AccountLink.objects.exists()
    assert is_open()


# Codes that wait -------------------------------------------------------------------------------


def test_new_password__withdraws_codes_from_school(
    arrive: Callable[..., Walker], sanne: Any, fake_school: Any
) -> None:
    code = school_codes.issue(user=sanne, school=fake_school.row, created_by=None)
    walker = arrive()

    choose_password(sanne)

    assert walker.post("code", code=code).status_code == 200
    assert LinkCode.objects.get().revoked_at is not None
    events = LinkEvent.objects.filter(kind=LinkEvent.Kind.CODES).order_by("-pk")
    assert events.values_list("reason", flat=True).first() == "withdrawn"


def test_new_password__withdraws_no_code_of_others(
    sanne: Any, fake_school: Any, django_user_model: Any
) -> None:
    daan = django_user_model.objects.create_user("daan", password=PASSWORD)
    school_codes.issue(user=daan, school=fake_school.row, created_by=None)

    choose_password(sanne)

    assert LinkCode.objects.get().revoked_at is None


def test_new_password__mailed_code_is_worth_nothing_and_looks_the_same(
    arrive: Callable[..., Walker], sanne: Any
) -> None:
    walker = arrive()
    walker.post("mail", login="sanne")
    wait_for_mails()
    choose_password(sanne)

    assert walker.get("mail_code").status_code == 200
    page = walker.post("mail_code", code=mailed_code())

    assert page.status_code == 200
    assert refusals() == ["code"]
    assert LinkCode.objects.get().user is None


def test_new_password__leaves_a_registration_alone(
    arrive: Callable[..., Walker], sanne: Any
) -> None:
    fields = {"email": "noor@example.nl", "first_name": "Noor", "password": "trein-fiets-56"}
    arrive().post("register", **fields)

    choose_password(sanne)

    assert LinkCode.objects.get().details is not None


# The owner keeps the way out -------------------------------------------------------------------


def test_intruder__cannot_fill_the_counter_of_the_owner(
    arrive: Callable[..., Walker], sanne: Any
) -> None:
    linked = arrive()
    linked.prove("sanne")
    linked.confirm()
    link = AccountLink.objects.get()
    walker = arrive(uid="fiets0000000009@99aa00")
    for _ in range(6):
        walker.prove("sanne", "wrong")
    owner = Client()
    assert owner.login(username="sanne", password=PASSWORD)

    response = owner.post(f"/school-account/{link.pk}/remove/", {"password": PASSWORD}, secure=True)

    assert response.status_code == 303
    link.refresh_from_db()
    assert link.state == "ended"
