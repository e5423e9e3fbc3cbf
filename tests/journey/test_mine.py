"""S9, My school accounts: the list, removing, and taking up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.urls import path, reverse
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from django_intergrip_link.models import AccountLink, LinkEvent, School
from django_intergrip_link.testing.login import link_user
from tests.journey.walking import PASSWORD, step
from tests.urls import show_user
from tests.urls import urlpatterns as urls

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
urlpatterns = [*urls, path("choose-a-password/", show_user, name="set_password")]


@pytest.fixture(autouse=True)
def _english(settings: LazySettings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def link(sanne: Any, fake_school: Any) -> AccountLink:
    """The link of Sanne."""
    return link_user(sanne, fake_school)


@pytest.fixture
def second(sanne: Any, link: AccountLink, fake_school_factory: Any) -> AccountLink:
    """Another link of Sanne."""
    mbo = fake_school_factory(brin="99MB00", name="MBO Horizon")
    return link_user(sanne, mbo, uid="sanne0000000001@99mb00")


@pytest.fixture
def by_password(sanne: Any) -> Client:
    """Sanne, logged in with her password."""
    client = Client()
    client.force_login(sanne, backend=MODEL_BACKEND)
    return client


@pytest.fixture
def by_school(link: AccountLink, school_login: Any) -> Client:
    """Sanne, logged in through school."""
    client = Client()
    school_login(client)
    return client


@pytest.fixture
def without_password(sanne: Any) -> None:
    sanne.set_unusable_password()
    sanne.save()


def at(name: str, link: AccountLink, query: str = "") -> str:
    return reverse(f"intergrip_link:{name}", args=[link.pk]) + query


def remove(client: Client, link: AccountLink, password: str = PASSWORD, **fields: str) -> Any:
    return client.post(at("remove", link), {"password": password, **fields}, secure=True)


def resume(client: Client, link: AccountLink, password: str = PASSWORD, **fields: str) -> Any:
    return client.post(at("resume", link), {"password": password, **fields}, secure=True)


def see(client: Client, query: str = "") -> str:
    response = client.get(step("mine") + query, secure=True)
    assert response.status_code == 200
    return str(response.content.decode())


def who(client: Client) -> str:
    return str(client.get("/inside/", secure=True).content.decode())


def state_of(link: AccountLink) -> str:
    link.refresh_from_db()
    return link.state


def has_ended(response: Any, link: AccountLink) -> bool:
    is_back = response.status_code == 303 and response["Location"].startswith(step("mine"))
    return is_back and state_of(link) == "ended"


# Only for who is logged in --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mine", "remove", "resume"])
def test_visitor__is_led_to_the_login_page_and_back(link: AccountLink, name: str) -> None:
    address = step("mine") if name == "mine" else at(name, link)

    response = Client().get(address, secure=True)

    assert (response.status_code, response["Location"]) == (
        303,
        f"/accounts/login/?next={address}",
    )
    assert response["Cache-Control"] == "no-store, private"


def test_visitor__posts_nothing(link: AccountLink) -> None:
    assert remove(Client(), link)["Location"].startswith("/accounts/login/")
    assert state_of(link) == "active"


@pytest.mark.parametrize("page", ["/school-account/", "intergrip_link:mine", "no_such_name"])
def test_visitor__is_never_led_in_a_circle(
    fake_school: Any, settings: LazySettings, page: str
) -> None:
    settings.LOGIN_URL = page

    found = Client().get(step("mine"), secure=True)["Location"]

    # A word that is no URL name is a relative address to Django.
    if page != "no_such_name":
        assert found == "/saml2/kennisnet/login?next=%2Fschool-account%2F"
    assert not found.startswith("/school-account/")


# The list -------------------------------------------------------------------------------------


def test_list__without_links(by_password: Client, fake_school: Any) -> None:
    page = see(by_password)

    assert "You have not linked a school account yet." in page
    assert 'href="/saml2/kennisnet/login?next=%2Fschool-account%2F"' in page


def test_list__shows_school_dates_state_and_what_can_be_done(
    by_password: Client, link: AccountLink, second: AccountLink
) -> None:
    page = see(by_password)

    assert "Petteflat College" in page
    assert "MBO Horizon" in page
    assert page.count("Linked on") == 2
    assert page.count("In use") == 2
    assert at("remove", link) in page
    assert at("resume", link) not in page
    assert link.hint not in page


@pytest.mark.parametrize(
    ("change", "words", "actions"),
    [
        ({"state": "suspended"}, "Paused: waits for you", ["resume", "remove"]),
        ({"state": "blocked"}, "Switched off by school", []),
        ({}, "Switched off by school", ["remove"]),
    ],
    ids=["paused", "blocked", "school off"],
)
def test_list__says_the_state_in_words(
    by_password: Client, link: AccountLink, change: dict[str, str], words: str, actions: list[str]
) -> None:
    if change:
        AccountLink.objects.update(**change)
    else:
        School.objects.update(is_active=False)

    page = see(by_password)

    assert words in page
    assert "In use" not in page
    assert [n for n in ("resume", "remove") if f'href="{at(n, link)}"' in page] == actions


def test_list__shows_no_ended_and_no_foreign_links(
    by_password: Client, second: AccountLink, fake_school: Any, django_user_model: Any
) -> None:
    AccountLink.objects.update(state="ended", live_digest=None, live_school=None)
    link_user(django_user_model.objects.create_user("other"), fake_school)

    assert "You have not linked a school account yet." in see(by_password)


@pytest.mark.parametrize(
    "query", ["?removed=1", "?removed=x", "?removed=" + "9" * 30, "?resumed=²"]
)
def test_list__notice_of_a_link_that_is_not_ones_own(
    by_password: Client, linked_user: Any, query: str
) -> None:
    AccountLink.objects.update(state="ended", live_digest=None, live_school=None)

    assert 'role="status"' not in see(by_password, query)


# Removing -------------------------------------------------------------------------------------


def test_remove__asks_for_the_password_first(by_password: Client, link: AccountLink) -> None:
    page = by_password.get(at("remove", link), secure=True).content.decode()

    assert "You can no longer log in through Petteflat College." in page
    assert 'autocomplete="current-password"' in page
    assert state_of(link) == "active"


@pytest.mark.parametrize("password", ["", "niet-goed-99"])
def test_remove__without_the_right_password(
    by_password: Client, link: AccountLink, password: str
) -> None:
    response = remove(by_password, link, password)

    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()
    assert state_of(link) == "active"
    if password:
        assert password not in response.content.decode()
        assert LinkEvent.objects.get().reason == "password"


def test_remove__backend_that_finds_somebody_else(
    by_password: Client,
    link: AccountLink,
    django_user_model: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = django_user_model.objects.create_user("other", password=PASSWORD)
    authenticate = "django_intergrip_link.journey.own_links.authenticate"
    monkeypatch.setattr(authenticate, lambda *_, **__: other)

    assert remove(by_password, link).status_code == 200
    assert state_of(link) == "active"


def test_remove__ends_the_link_tells_the_owner_and_says_so(
    by_password: Client, link: AccountLink, sanne: Any
) -> None:
    response = remove(by_password, link)

    assert has_ended(response, link)
    event = LinkEvent.objects.get()
    assert (event.kind, event.reason, event.actor) == ("ended", "removed", sanne)
    assert [letter.to for letter in mail.outbox] == [["sanne@example.nl"]]
    assert event.support_code
    assert event.support_code in mail.outbox[0].body
    page = by_password.get(response["Location"], secure=True).content.decode()
    assert "The link with Petteflat College is gone." in page
    assert "Choose a new Doorstroom password now." not in page
    assert who(by_password) == "sanne"


def test_remove__what_is_not_recognised_comes_with_advice(
    by_password: Client, link: AccountLink
) -> None:
    asked = by_password.get(at("remove", link, "?unknown=1"), secure=True).content.decode()
    assert '<input type="hidden" name="unknown" value="1">' in asked

    response = remove(by_password, link, unknown="1")

    event = LinkEvent.objects.get()
    assert event.reason == "not_recognised"
    page = by_password.get(response["Location"], secure=True).content.decode()
    assert "Choose a new Doorstroom password now." in page
    assert event.support_code in page


def test_remove__own_school_session_stays_and_others_end(
    by_school: Client, link: AccountLink, school_login: Any, sanne: Any
) -> None:
    elsewhere = Client()
    school_login(elsewhere)
    before = by_school.session.session_key

    assert has_ended(remove(by_school, link), link)

    assert who(by_school) == "sanne"
    assert by_school.session["_auth_user_backend"] == MODEL_BACKEND
    assert by_school.session.session_key != before
    assert who(elsewhere) == "-"


def test_remove__session_by_password_goes_on_as_it_was(
    by_password: Client, link: AccountLink
) -> None:
    before = by_password.session.session_key

    remove(by_password, link)

    assert by_password.session.session_key == before


def test_remove__sixth_wrong_password_waits(by_password: Client, link: AccountLink) -> None:
    for _ in range(5):
        assert remove(by_password, link, "wrong").status_code == 200

    response = remove(by_password, link)

    assert response.status_code == 429
    assert "You tried too often." in response.content.decode()
    assert state_of(link) == "active"


def test_remove__right_passwords_use_nothing_up(
    by_password: Client, sanne: Any, fake_school_factory: Any, fake_school: Any
) -> None:
    for number in range(7):
        link = link_user(sanne, fake_school, uid=f"uid{number}000000@99aa00")
        assert has_ended(remove(by_password, link), link)


@pytest.mark.parametrize("name", ["remove", "resume"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_link__of_somebody_else_or_of_nobody(
    by_password: Client, linked_user: Any, name: str, method: str
) -> None:
    foreign = AccountLink.objects.get()
    AccountLink.objects.update(state="suspended")
    send = getattr(by_password, method)

    for key in (foreign.pk, foreign.pk + 1, 10**30):
        address = reverse(f"intergrip_link:{name}", args=[key])
        assert send(address, {"password": PASSWORD}, secure=True).status_code == 404
    assert state_of(foreign) == "suspended"


def test_remove__twice(by_password: Client, link: AccountLink) -> None:
    remove(by_password, link)

    assert remove(by_password, link).status_code == 404
    assert LinkEvent.objects.count() == 1


@pytest.mark.parametrize("name", ["remove", "resume"])
def test_link__that_is_blocked(by_password: Client, link: AccountLink, name: str) -> None:
    AccountLink.objects.update(state="blocked")

    response = by_password.post(at(name, link), {"password": PASSWORD}, secure=True)

    assert response.status_code == 403
    assert LinkEvent.objects.get().reason == "blocked"
    assert state_of(link) == "blocked"


@pytest.mark.parametrize("name", ["remove", "resume"])
def test_link__form_of_another_site(sanne: Any, link: AccountLink, name: str) -> None:
    AccountLink.objects.update(state="suspended")
    client = Client(enforce_csrf_checks=True)
    client.force_login(sanne, backend=MODEL_BACKEND)

    response = client.post(at(name, link), {"password": PASSWORD}, secure=True)

    assert response.status_code == 403
    assert state_of(link) == "suspended"


# With an OTP device ---------------------------------------------------------------------------


@pytest.fixture
def device(sanne: Any) -> StaticDevice:
    """A list of codes, with one on it."""
    device = StaticDevice.objects.create(user=sanne, name="paper")
    StaticToken.objects.create(device=device, token="abcdefg2")
    return device


@pytest.mark.parametrize("token", ["", "bbbbbbb2", "+12345"])
def test_otp__is_asked_beside_the_password(
    by_password: Client, link: AccountLink, device: Any, token: str
) -> None:
    page = by_password.get(at("remove", link), secure=True).content.decode()
    assert 'autocomplete="one-time-code"' in page

    assert remove(by_password, link, token=token).status_code == 200

    assert state_of(link) == "active"


def test_otp__right_code(by_password: Client, link: AccountLink, device: Any) -> None:
    assert has_ended(remove(by_password, link, token="ABCD EFG2"), link)


def test_otp__code_is_not_tried_without_the_password(
    by_password: Client, link: AccountLink, device: Any
) -> None:
    remove(by_password, link, "wrong", token="abcdefg2")

    assert StaticToken.objects.exists()
    assert has_ended(remove(by_password, link, token="abcdefg2"), link)


def test_otp__session_that_gave_a_code_needs_none(
    by_password: Client, link: AccountLink, device: Any
) -> None:
    session = by_password.session
    session["otp_device_id"] = device.persistent_id
    session.save()

    assert has_ended(remove(by_password, link), link)


def test_otp__mailed_code(by_password: Client, link: AccountLink, sanne: Any) -> None:
    device = EmailDevice.objects.create(user=sanne, name="mail")

    assert remove(by_password, link, "", send="1").status_code == 200
    assert [letter.to for letter in mail.outbox] == [["sanne@example.nl"]]
    again = remove(by_password, link, "", send="1")
    assert again.status_code in (200, 429)
    assert len(mail.outbox) == 1
    device.refresh_from_db()

    assert has_ended(remove(by_password, link, token=str(device.token)), link)


# Without a password ---------------------------------------------------------------------------


def test_no_password__last_way_in_stays(
    without_password: None, by_school: Client, link: AccountLink
) -> None:
    page = by_school.get(at("remove", link), secure=True).content.decode()
    response = remove(by_school, link, "")

    assert "First choose a password for Doorstroom." in page
    assert 'name="password"' not in page
    assert response.status_code == 403
    assert LinkEvent.objects.get().reason == "last_way"
    assert state_of(link) == "active"
    assert who(by_school) == "sanne"


def test_no_password__page_to_choose_one_is_offered(
    without_password: None, by_school: Client, link: AccountLink, settings: LazySettings
) -> None:
    settings.ROOT_URLCONF = "tests.journey.test_mine"

    page = by_school.get(at("remove", link), secure=True).content.decode()

    assert 'href="/choose-a-password/"' in page


@pytest.mark.parametrize("change", ["suspended", "blocked", "school"])
def test_no_password__other_link_that_opens_nothing_is_no_way_in(
    without_password: None, link: AccountLink, second: AccountLink, school_login: Any, change: str
) -> None:
    if change == "school":
        School.objects.filter(pk=second.school_id).update(is_active=False)
    else:
        AccountLink.objects.filter(pk=second.pk).update(state=change)
    client = Client()
    school_login(client)

    assert remove(client, link, "").status_code == 403
    assert state_of(link) == "active"


def test_no_password__other_link_and_a_fresh_school_login(
    without_password: None, link: AccountLink, second: AccountLink, by_school: Client
) -> None:
    assert has_ended(remove(by_school, second, ""), second)

    assert who(by_school) == "sanne"
    assert remove(by_school, link, "").status_code == 403


def test_no_password__older_school_login(
    without_password: None,
    link: AccountLink,
    second: AccountLink,
    by_school: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = by_school.session
    session["intergrip_link_entered_at"] -= 301
    session.save()

    page = by_school.get(at("remove", second), secure=True).content.decode()
    response = remove(by_school, second, "")

    assert "First log in through school once more." in page
    assert "fresh=1" in page
    assert response.status_code == 403
    assert state_of(second) == "active"


def test_no_password__change_is_no_new_school_login(
    without_password: None,
    link: AccountLink,
    second: AccountLink,
    by_school: Client,
    sanne: Any,
    fake_school_factory: Any,
) -> None:
    session = by_school.session
    session["intergrip_link_entered_at"] -= 200
    session.save()
    before = session["intergrip_link_entered_at"]

    remove(by_school, second, "")

    assert by_school.session["intergrip_link_entered_at"] == before


def test_no_password__login_of_the_site_is_no_fresh_school_login(
    without_password: None, second: AccountLink, sanne: Any
) -> None:
    client = Client()
    client.force_login(sanne, backend=MODEL_BACKEND)

    assert remove(client, second, "").status_code == 403
    assert state_of(second) == "active"


def test_no_password__two_tabs_leave_one_way(
    without_password: None,
    link: AccountLink,
    second: AccountLink,
    by_school: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django_intergrip_link.journey import own_links  # noqa: PLC0415

    asked = own_links.require_owner

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        proven = asked(*args, **kwargs)
        AccountLink.objects.filter(pk=link.pk).update(
            state="ended", live_digest=None, live_school=None
        )
        return proven

    monkeypatch.setattr(own_links, "require_owner", meanwhile)

    assert remove(by_school, second, "").status_code == 403
    assert state_of(second) == "active"


# Taking up again ------------------------------------------------------------------------------


def test_resume__with_the_password(
    by_password: Client, link: AccountLink, school_login: Any, sanne: Any
) -> None:
    AccountLink.objects.update(state="suspended", reason="new_password")
    assert resume(by_password, link, "wrong").status_code == 200
    assert state_of(link) == "suspended"

    response = resume(by_password, link)

    assert state_of(link) == "active"
    assert link.reason == ""
    event = LinkEvent.objects.order_by("pk").last()
    assert event is not None
    assert (event.kind, event.actor) == ("resumed", sanne)
    page = by_password.get(response["Location"], secure=True).content.decode()
    assert "You can log in through Petteflat College again." in page
    client = Client()
    school_login(client)
    assert who(client) == "sanne"


def test_resume__keeps_a_session_of_another_school(
    link: AccountLink, second: AccountLink, by_school: Client, school_login: Any
) -> None:
    AccountLink.objects.filter(pk=second.pk).update(state="suspended")
    school_login(by_school)

    resume(by_school, second)

    assert state_of(second) == "active"
    assert who(by_school) == "sanne"


def test_resume__without_a_password(
    without_password: None, link: AccountLink, second: AccountLink, school_login: Any
) -> None:
    AccountLink.objects.filter(pk=second.pk).update(state="suspended")
    client = Client()
    school_login(client)

    assert resume(client, second, "").status_code == 403
    assert state_of(second) == "suspended"


def test_resume__of_a_link_in_use(by_password: Client, link: AccountLink) -> None:
    assert resume(by_password, link).status_code == 404


def test_add__comes_back_to_the_list(
    by_password: Client, arrive: Callable[..., Any], sanne: Any, fake_school: Any
) -> None:
    walker = arrive(by_password, next=step("mine"))
    walker.post("someone_else", whose="mine")
    walker.prove("sanne")
    walker.confirm()

    assert f'href="{step("mine")}"' in walker.get("done").content.decode()
    assert "Petteflat College" in see(by_password)
