"""The project's own login page as the proof: Django's ``LoginView``, and nothing installed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from django.contrib.auth import HASH_SESSION_KEY, get_user_model, login
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.template import engines
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice

from django_intergrip_link.journey import host_login
from django_intergrip_link.journey.entering import BACKEND
from django_intergrip_link.journey.pending import Pending
from django_intergrip_link.models import AccountLink, Arrival
from django_intergrip_link.testing.login import link_user
from tests.journey.walking import PASSWORD, Walker, step

pytestmark = pytest.mark.django_db

LOGIN: Final = {"LOGIN_VIEW": "login"}


@pytest.fixture(autouse=True)
def _own_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.urls_with_login"


@pytest.fixture
def declare(settings: Any) -> Callable[..., None]:
    """Return a function that changes keys of ``INTERGRIP_LINK``."""

    def change(**keys: str) -> None:
        settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, **keys}

    return change


@pytest.fixture
def walker(arrive: Callable[..., Walker], declare: Callable[..., None]) -> Walker:
    """A student on the link page of a project with its own login page."""
    declare(**LOGIN)
    return arrive()


@pytest.fixture
def daan(django_user_model: Any) -> Any:
    """Another student."""
    return django_user_model.objects.create_user("daan", "daan@example.nl", PASSWORD)


def come_back(walker: Walker, name: str = "sanne") -> None:
    """Log in and follow the way back into the journey."""
    log_in(walker, name)
    assert walker.get("logged_in")["Location"] == step("confirm")


def log_in(walker: Walker, name: str = "sanne", *, to: str = "logged_in") -> Any:
    """Fill in the login page of the project, as the link page leads there."""
    address = f"/login/?next={step(to)}"
    fields = {"username": name, "password": PASSWORD}
    return walker.client.post(address, fields, secure=True)


def pending_of(walker: Walker) -> Pending | None:
    return Pending.load(walker.client.session)


def banner(walker: Walker, query: str = "") -> str:
    return str(walker.client.get(f"/news/{query}", secure=True).content.decode())


def test_own_login__then_confirm_then_linked(walker: Walker, sanne: Any) -> None:
    response = log_in(walker)
    assert response["Location"] == step("logged_in")
    assert walker.get("logged_in")["Location"] == step("confirm")
    # The login alone links nothing.
    assert not AccountLink.objects.exists()
    assert "Sanne de Wit" in walker.get("confirm").content.decode()

    assert walker.confirm()["Location"] == step("done")

    link = AccountLink.objects.get()
    assert (link.user, link.origin) == (sanne, AccountLink.Origin.LOGIN)
    assert walker.user_name == "sanne"


def test_own_login__wrong_password_proves_nothing(walker: Walker, sanne: Any) -> None:
    walker.client.post("/login/", {"username": "sanne", "password": "x"}, secure=True)

    assert walker.get("logged_in")["Location"] == step("link")
    assert walker.get("confirm")["Location"] == step("link")


def test_own_login__must_be_named_in_the_settings(
    arrive: Callable[..., Walker], sanne: Any
) -> None:
    walker = arrive()

    log_in(walker)

    assert walker.user_name == "sanne"
    assert walker.get("logged_in")["Location"] == step("link")
    assert walker.get("confirm")["Location"] == step("link")


@pytest.mark.parametrize(
    ("keys", "counts"),
    [
        ({"LOGIN_VIEW": "login"}, True),
        ({"LOGIN_VIEW": "login", "REGISTRATION": "existing_only"}, True),
        ({"LOGIN_VIEW": "login", "REGISTRATION": "new_only"}, False),
        ({"LOGIN_VIEW": "login", "REGISTER_URL": "sign_up", "REGISTRATION": "new_only"}, False),
        ({"REGISTER_URL": "sign_up"}, False),
        ({"REGISTER_URL": "sign_up", "REGISTRATION": "new_only"}, False),
        ({"REGISTER_URL": "sign_up", "REGISTRATION": "existing_only"}, False),
    ],
)
def test_own_login__counts_where_that_way_is_open(
    arrive: Callable[..., Walker],
    declare: Callable[..., None],
    sanne: Any,
    keys: dict[str, str],
    counts: bool,
) -> None:
    declare(**keys)
    walker = arrive()

    log_in(walker)

    assert walker.get("logged_in")["Location"] == step("confirm" if counts else "link")
    assert walker.get("confirm").status_code == (200 if counts else 303)


def test_login_from_before__does_not_count(
    arrive: Callable[..., Walker], declare: Callable[..., None], client: Client, sanne: Any
) -> None:
    declare(**LOGIN)
    client.force_login(sanne)
    walker = arrive(client)

    assert walker.user_name == ""
    assert walker.get("logged_in")["Location"] == step("link")
    assert walker.get("confirm")["Location"] == step("link")


def test_school_login_of_another_tab__proves_nothing(
    walker: Walker, sanne: Any, daan: Any, school_login: Any, fake_school: Any
) -> None:
    link_user(daan, fake_school, uid="d4an@99aa00")

    school_login(walker.client, uid="d4an@99aa00")

    assert walker.user_name == "daan"
    assert pending_of(walker) is None


def test_school_backend__its_login_proves_nothing(walker: Walker, sanne: Any) -> None:
    request = HttpRequest()
    request.session = walker.client.session
    request.COOKIES = {name: morsel.value for name, morsel in walker.client.cookies.items()}

    login(request, sanne, backend=BACKEND)

    pending = Pending.load(request.session)
    assert pending is not None
    assert not pending.has_proof


def test_linked_already__login_changes_nothing(walker: Walker, sanne: Any) -> None:
    session = walker.client.session
    pending = pending_of(walker)
    assert pending
    linked = pending.save(session, link_id=1)
    session.save()

    log_in(walker)

    assert pending_of(walker) == linked


def test_somebody_else_logs_in__nothing_is_left(walker: Walker, sanne: Any, daan: Any) -> None:
    log_in(walker)

    log_in(walker, "daan")

    assert walker.user_name == "daan"
    for name in ("logged_in", "confirm", "link"):
        response = walker.get(name)
        assert response.status_code == 410
        assert "De tijd is om" in response.content.decode()
    assert not AccountLink.objects.exists()


def test_somebody_else_logs_in__proof_of_the_first_ends(
    arrive: Callable[..., Walker], sanne: Any, daan: Any
) -> None:
    walker = arrive()
    walker.prove("sanne")

    log_in(walker, "daan")

    assert walker.get("confirm")["Location"] == step("link")


def test_same_person_logs_in__proof_stays(arrive: Callable[..., Walker], sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")

    log_in(walker)

    assert walker.get("confirm").status_code == 200


def test_planted_session__login_proves_nothing(walker: Walker, sanne: Any) -> None:
    del walker.client.cookies["__Host-intergrip-journey"]

    log_in(walker)

    pending = pending_of(walker)
    assert pending is not None
    assert not pending.has_proof


def test_left_open__a_login_for_another_page_is_no_proof(walker: Walker, sanne: Any) -> None:
    """A pupil leaves an arrival; the next one logs in to the site, the first comes back."""
    response = walker.client.post(
        "/login/?next=/inside/", {"username": "sanne", "password": PASSWORD}, secure=True
    )
    assert response["Location"] == "/inside/"

    assert walker.get("confirm")["Location"] == step("link")
    assert walker.confirm()["Location"] == step("link")
    assert not AccountLink.objects.exists()


@pytest.mark.parametrize(("seconds", "counts"), [(20, True), (40, False)])
def test_login__counts_when_it_leads_straight_back(
    walker: Walker, sanne: Any, seconds: int, counts: bool
) -> None:
    log_in(walker)
    session = walker.client.session
    pending = pending_of(walker)
    assert pending
    pending.save(session, logged_in_at=pending.logged_in_at - seconds)
    session.save()

    page = walker.get("logged_in")

    assert page.status_code == (303 if counts else 200)
    if not counts:
        assert "sanne" in page.content.decode().lower()
        assert walker.get("confirm")["Location"] == step("link")
        assert walker.post("logged_in")["Location"].startswith("/login/?next=")
        come_back(walker)


def test_login__of_somebody_else_than_who_is_in_now(walker: Walker, sanne: Any, daan: Any) -> None:
    log_in(walker)
    session = walker.client.session
    pending = pending_of(walker)
    assert pending
    pending.save(session, logged_in_id=str(daan.pk))
    session.save()

    assert walker.get("logged_in").status_code == 200
    assert walker.get("confirm")["Location"] == step("link")


def test_password_changed_after_the_proof__asks_to_log_in_once_more(
    walker: Walker, sanne: Any
) -> None:
    """Django lets the session of who changes a password live; the proof ends all the same."""
    come_back(walker)
    sanne.set_password("peer-step-34")
    sanne.save()
    session = walker.client.session
    session[HASH_SESSION_KEY] = sanne.get_session_auth_hash()
    session.save()

    assert walker.get("logged_in")["Location"] == step("link")
    assert walker.get("logged_in").status_code == 200


def test_device__code_is_asked(walker: Walker, sanne: Any) -> None:
    device = StaticDevice.objects.create(user=sanne, name="papier")
    device.token_set.create(token="abcdefgh")
    log_in(walker)

    assert walker.get("logged_in")["Location"] == step("otp")
    assert walker.get("confirm")["Location"] == step("otp")
    assert walker.post("otp", token="abcdefgh")["Location"] == step("confirm")


def test_old_proof__asks_to_log_in_once_more(walker: Walker, sanne: Any) -> None:
    come_back(walker)
    session = walker.client.session
    pending = pending_of(walker)
    assert pending
    pending.save(session, proven_at=1)
    session.save()

    link_page = walker.get("link").content.decode()
    assert f'href="{step("logged_in")}"' in link_page
    page = walker.get("logged_in")
    assert "sanne" in page.content.decode().lower()
    response = walker.post("logged_in")

    assert response["Location"].startswith("/login/?next=")
    assert walker.user_name == ""
    log_in(walker)
    assert walker.get("logged_in")["Location"] == step("confirm")


def test_not_right__another_site_account_can_log_in(walker: Walker, sanne: Any, daan: Any) -> None:
    come_back(walker)
    walker.post("confirm", confirm="no")
    assert not AccountLink.objects.exists()

    log_in(walker, "daan")

    assert walker.get("logged_in")["Location"] == step("confirm")
    walker.confirm()
    assert AccountLink.objects.get().user == daan


def test_own_registration__new_user_confirms(
    arrive: Callable[..., Walker], declare: Callable[..., None]
) -> None:
    declare(REGISTER_URL="sign_up")
    walker = arrive()
    fields = {"name": "noor", "password": PASSWORD}

    response = walker.client.post(f"/sign-up/?next={step('logged_in')}", fields, secure=True)

    assert response["Location"] == step("logged_in")
    assert walker.get("logged_in")["Location"] == step("confirm")
    walker.confirm()
    assert AccountLink.objects.get().user == get_user_model()._default_manager.get()


def test_own_registration__too_slow_way_back_leads_to_the_link_page(
    arrive: Callable[..., Walker], declare: Callable[..., None]
) -> None:
    """Without a login page of the project there is none to send a new user to."""
    declare(REGISTER_URL="sign_up", REGISTRATION="new_only")
    walker = arrive()
    walker.client.post("/sign-up/", {"name": "noor", "password": PASSWORD}, secure=True)
    session = walker.client.session
    pending = pending_of(walker)
    assert pending
    pending.save(session, logged_in_at=1)
    session.save()

    assert walker.get("logged_in").status_code == 200
    assert walker.post("logged_in")["Location"] == step("link")
    # The new site account is the one of this journey, however often it logs in.
    come_back(walker, "noor")


def test_own_registration__user_model_that_does_not_tell_when(
    arrive: Callable[..., Walker], declare: Callable[..., None]
) -> None:
    declare(REGISTER_URL="sign_up", REGISTRATION="new_only")
    pending = pending_of(arrive())
    assert pending

    assert host_login.is_wanted(pending, SimpleNamespace(pk=1))


def test_own_registration__comes_back_through_the_banner(
    arrive: Callable[..., Walker], declare: Callable[..., None]
) -> None:
    declare(REGISTER_URL="sign_up")
    walker = arrive()
    walker.client.post("/sign-up/", {"name": "noor", "password": PASSWORD}, secure=True)

    assert f'href="{step("logged_in")}"' in banner(walker)
    assert walker.get("logged_in")["Location"] == step("confirm")


def test_banner__while_the_journey_is_open(walker: Walker) -> None:
    assert "school-link-banner" in banner(walker)
    # The page that we sent the person to needs no way back.
    assert "school-link-banner" not in banner(walker, f"?next={step('logged_in')}")

    Arrival.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert "school-link-banner" not in banner(walker)


def test_banner__gone_when_linked(walker: Walker, sanne: Any) -> None:
    come_back(walker)
    walker.confirm()

    assert "school-link-banner" not in banner(walker)


def test_banner__costs_a_visitor_no_query(
    client: Client, django_assert_num_queries: Callable[..., Any], fake_school: Any
) -> None:
    with django_assert_num_queries(0):
        page = client.get("/news/", secure=True)

    assert page.content.split() == [b"<main>", b"</main>"]


def test_banner__page_without_request() -> None:
    text = "{% load intergrip_link %}{% school_link_banner %}"

    assert "aside" not in engines["django"].from_string(text).render({})


def test_login_signal__without_request_or_session(sanne: Any, rf: Any) -> None:
    for request in (None, rf.get("/")):
        user_logged_in.send(type(sanne), request=request, user=sanne)
