"""Registration from the form to the link: form → code → confirm."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from django_intergrip_link.errors import AddressTaken
from django_intergrip_link.forms import RegistrationForm
from django_intergrip_link.journey import codes, limits, registration
from django_intergrip_link.journey.addresses import digest_address
from django_intergrip_link.models import AccountLink, LinkCode
from django_intergrip_link.signals import account_linked, account_registered
from tests.journey.walking import PASSWORD, Walker, step

Arrive = Callable[..., Walker]
ADDRESS = "noor@example.nl"
FIELDS = {"email": ADDRESS, "first_name": "Noor", "last_name": "de Jong", "password": PASSWORD}


def mailed_code() -> str:
    found = re.search(r"^\d{4} \d{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found.group()


def fill_in(walker: Walker, **changes: str) -> Any:
    response = walker.post("register", **{**FIELDS, **changes})
    assert response.status_code == 303, response.content.decode()
    assert response["Location"] == step("register_code")
    return response


def prove(arrive: Arrive, *, uid: str = "noor1234@99aa00", **changes: str) -> Walker:
    walker = arrive(uid=uid)
    fill_in(walker, **changes)
    response = walker.post("register_code", code=mailed_code())
    assert response["Location"] == step("confirm")
    return walker


@pytest.fixture
def no_pause() -> Any:
    """Let somebody ask for mails as fast as they like."""
    patient = mock.Mock(wraps=limits.take)

    def take(limit: Any, value: str) -> None:
        if limit is not limits.COOL_DOWN:
            patient(limit, value)

    with mock.patch.object(limits, "take", take):
        yield


@pytest.fixture
def mail_server_down(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """No mail goes out until the function that this returns is called."""

    def refuse(*args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError

    path = "django.core.mail.backends.locmem.EmailBackend.send_messages"
    patch = mock.patch(path, refuse)
    patch.start()
    return patch.stop


def test_register__user_link_and_signals(
    arrive: Arrive, django_user_model: Any, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[tuple[str, Any]] = []

    def registered(user: Any, **kwargs: Any) -> None:
        heard.append(("registered", user.pk))

    def linked(user: Any, **kwargs: Any) -> None:
        heard.append(("linked", user.pk))

    account_registered.connect(registered)
    account_linked.connect(linked)
    walker = prove(arrive)
    assert not django_user_model.objects.exists()
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert walker.confirm()["Location"] == step("done")
    finally:
        account_registered.disconnect(registered)
        account_linked.disconnect(linked)

    user = django_user_model.objects.get()
    link = AccountLink.objects.get()
    assert heard == [("registered", user.pk), ("linked", user.pk)]
    assert (link.user, link.origin) == (user, "registration")
    assert link.address_digest == digest_address(ADDRESS)
    assert user.check_password(PASSWORD)
    assert walker.user_name == ADDRESS
    assert LinkCode.objects.get().details is None


def test_form__knows_what_the_school_said(arrive: Arrive) -> None:
    page = arrive(givenName="Noor").get("register").content.decode()

    assert 'value="Noor"' in page


def test_code__with_spaces_and_dashes(arrive: Arrive) -> None:
    walker = arrive()
    fill_in(walker)
    code = mailed_code()

    response = walker.post("register_code", code=f" {code[:4]} - {code[4:]} ")

    assert response["Location"] == step("confirm")


def test_code__page_masks_the_address(arrive: Arrive) -> None:
    walker = arrive()
    fill_in(walker)

    page = walker.get("register_code").content.decode()

    assert "n•••@example.nl" in page
    assert ADDRESS not in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


def test_code__is_asked_for_first_when_nothing_was_filled_in(arrive: Arrive) -> None:
    assert arrive().get("register_code")["Location"] == step("register")


def test_other_address__keeps_everything_but_the_password(arrive: Arrive) -> None:
    walker = arrive()
    fill_in(walker)

    page = walker.get("register").content.decode()

    for value in (ADDRESS, "Noor", "de Jong"):
        assert f'value="{value}"' in page
    assert LinkCode.objects.get().details
    assert str((LinkCode.objects.get().details or {})["password"]) not in page
    assert PASSWORD not in page


def test_other_address__gets_the_code_then(arrive: Arrive, no_pause: None) -> None:
    walker = arrive()
    fill_in(walker)
    first = mailed_code()
    fill_in(walker, email="noor2@example.nl")

    assert mail.outbox[-1].to == ["noor2@example.nl"]
    assert walker.post("register_code", code=first).status_code == 200
    assert walker.post("register_code", code=mailed_code())["Location"] == step("confirm")


def test_resend__too_soon_tells_how_long_and_loses_nothing(arrive: Arrive) -> None:
    walker = arrive()
    fill_in(walker)
    code = mailed_code()

    response = walker.post("register_code", resend="1")

    assert response.status_code == 429
    assert "Wacht 1 minuut." in response.content.decode()
    assert len(mail.outbox) == 1
    assert walker.post("register_code", code=code)["Location"] == step("confirm")


def test_form__sent_again_too_soon_keeps_what_was_typed(arrive: Arrive) -> None:
    walker = arrive()
    fill_in(walker)

    response = walker.post("register", **FIELDS)

    assert response.status_code == 429
    assert f'value="{ADDRESS}"' in response.content.decode()
    assert len(mail.outbox) == 1


def test_form__with_a_mistyped_address_is_put_right_at_once(arrive: Arrive) -> None:
    walker = arrive()
    fill_in(walker, email="nor@example.nl")

    assert walker.post("register", **FIELDS)["Location"] == step("register_code")

    assert mail.outbox[-1].to == [ADDRESS]


def test_resend__makes_the_earlier_code_worthless(arrive: Arrive, no_pause: None) -> None:
    walker = arrive()
    fill_in(walker)
    first = mailed_code()

    assert walker.post("register_code", resend="1").status_code == 200

    assert walker.post("register_code", code=first).status_code == 200
    assert walker.post("register_code", code=mailed_code())["Location"] == step("confirm")


def test_proven__both_pages_lead_on(arrive: Arrive) -> None:
    walker = prove(arrive)

    assert walker.get("register")["Location"] == step("confirm")
    assert walker.get("register_code")["Location"] == step("confirm")


def test_no__leaves_no_user_and_another_try(
    arrive: Arrive, django_user_model: Any, no_pause: None
) -> None:
    walker = prove(arrive)
    walker.post("confirm", confirm="no")

    fill_in(walker)
    walker.post("register_code", code=mailed_code())
    walker.confirm()

    assert django_user_model.objects.count() == 1


def test_mail_server_down__says_so_and_sends_again(
    arrive: Arrive, django_user_model: Any, mail_server_down: Callable[[], None]
) -> None:
    walker = arrive()

    for _ in range(5):
        response = walker.post("register", **FIELDS)
        assert response.status_code == 200
        assert 'role="alert"' in response.content.decode()
    assert not django_user_model.objects.exists()

    mail_server_down()
    assert walker.post("register_code", resend="1").status_code == 200
    walker.post("register_code", code=mailed_code())
    walker.confirm()
    assert django_user_model.objects.get().email == ADDRESS


@pytest.mark.parametrize("name", ["register", "register_code"])
@pytest.mark.parametrize(
    "closed", [{"REGISTRATION": "existing_only"}, {"REGISTER_URL": "/inside/"}], ids=str
)
def test_closed__no_page(arrive: Arrive, settings: Any, name: str, closed: dict[str, str]) -> None:
    walker = arrive()
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, **closed}

    assert walker.get(name).status_code == 403
    assert walker.post(name, **FIELDS).status_code == 403
    assert mail.outbox == []


def test_closed__for_a_paused_link(arrive: Arrive) -> None:
    walker = arrive()
    session = walker.client.session
    session["intergrip_link"] = {**session["intergrip_link"], "relink_id": 1}
    session.save()

    assert walker.get("register").status_code == 403


def test_closed__meanwhile(arrive: Arrive, settings: Any, django_user_model: Any) -> None:
    walker = prove(arrive)
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REGISTRATION": "existing_only"}

    assert walker.confirm().status_code == 403
    assert not django_user_model.objects.exists()


def test_new_only__is_open(arrive: Arrive, settings: Any) -> None:
    walker = arrive()
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REGISTRATION": "new_only"}

    fill_in(walker)


def test_two__with_one_address(arrive: Arrive, django_user_model: Any) -> None:
    first, second = prove(arrive), prove(arrive, uid="nora5678@99aa00", email=ADDRESS.upper())

    assert first.confirm()["Location"] == step("done")
    response = second.confirm()

    assert response.status_code == 410
    assert django_user_model.objects.count() == AccountLink.objects.count() == 1


def test_save__refused_by_the_database(arrive: Arrive, django_user_model: Any) -> None:
    walker = prove(arrive)

    with mock.patch.object(RegistrationForm, "save_user", side_effect=IntegrityError):
        response = walker.confirm()

    assert response.status_code == 410
    assert walker.get("confirm").status_code == 200
    assert walker.confirm()["Location"] == step("done")


def test_save__form_that_changes_the_address(arrive: Arrive) -> None:
    walker = prove(arrive)
    code = LinkCode.objects.get()
    user = registration.unsaved_user(code.pk)
    user.email = "other@example.nl"

    with pytest.raises(AddressTaken):
        registration.save_user(user, code)
    assert walker.confirm()["Location"] == step("done")


def test_details__gone(arrive: Arrive) -> None:
    walker = prove(arrive)
    LinkCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    codes.purge_codes()

    assert walker.get("confirm").status_code == 410


def test_mails__in_the_language_of_the_visitor(arrive: Arrive) -> None:
    walker = arrive()
    walker.client.cookies["django_language"] = "en"
    fill_in(walker)

    message = mail.outbox[0]
    assert message.subject == "Your code for Doorstroom"
    assert 'lang="en"' in str(message.alternatives[0][0])  # type: ignore[attr-defined]
    assert "Noor" not in message.body
