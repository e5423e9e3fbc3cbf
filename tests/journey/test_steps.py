"""Step by step: what each page allows, refuses and forgets."""

from __future__ import annotations

import pickle
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from django_intergrip_link.backends import bind_session, links_of
from django_intergrip_link.journey import conflicts, linking
from django_intergrip_link.journey.arrivals import close_arrival
from django_intergrip_link.models import AccountLink, Arrival, LinkEvent, School, TryCount
from tests.journey.walking import PASSWORD, Walker, step

Arrive = Callable[..., Walker]


def reasons() -> list[str]:
    return list(LinkEvent.objects.order_by("pk").values_list("reason", flat=True))


@pytest.fixture
def device(sanne: Any) -> StaticDevice:
    device = StaticDevice.objects.create(user=sanne, name="paper")
    StaticToken.objects.create(device=device, token="abcdefg2")
    return device


# --- someone else -------------------------------------------------------------------------


@pytest.mark.parametrize(("whose", "leads_to"), [("mine", "prove"), ("not_mine", "link")])
def test_someone_else__is_logged_out_and_asked_about(
    arrive: Arrive, sanne: Any, whose: str, leads_to: str
) -> None:
    client = Client()
    client.force_login(sanne, backend="django.contrib.auth.backends.ModelBackend")
    before = client.session.session_key

    walker = arrive(client)

    assert walker.user_name == ""
    assert walker.client.session.session_key != before
    assert "Sanne" in walker.get("someone_else").content.decode()
    assert walker.post("someone_else", whose=whose)["Location"] == step(leads_to)
    page = walker.get("prove").content.decode()
    assert ('value="sanne"' in page) is (whose == "mine")
    assert walker.get("someone_else")["Location"] == step("link")
    assert not AccountLink.objects.exists()


# --- prove --------------------------------------------------------------------------------


def test_prove__empty_form_says_what_to_fill_in(arrive: Arrive) -> None:
    page = arrive().post("prove", login="", password="").content.decode()

    assert "Vul je gebruikersnaam of e-mailadres in." in page
    assert "Vul je wachtwoord van Doorstroom in." in page


def test_prove__wrong_password_keeps_the_name_only(arrive: Arrive, sanne: Any) -> None:
    response = arrive().prove("sanne", "niet goed")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Deze gegevens horen niet bij elkaar." in page
    assert 'value="sanne"' in page
    assert "niet goed" not in page
    assert reasons() == ["password"]


def test_prove__by_e_mail_address(arrive: Arrive, sanne: Any) -> None:
    assert arrive().prove("Sanne@Example.nl")["Location"] == step("confirm")


def test_prove__e_mail_address_of_two(arrive: Arrive, sanne: Any, django_user_model: Any) -> None:
    django_user_model.objects.create_user("other", "sanne@example.nl", PASSWORD)

    assert arrive().prove("sanne@example.nl").status_code == 200


@pytest.mark.parametrize("case", ["unknown", "inactive", "unusable", "wrong"])
def test_prove__one_answer_for_every_cause(
    arrive: Arrive, sanne: Any, django_user_model: Any, case: str
) -> None:
    if case == "inactive":
        django_user_model.objects.filter(pk=sanne.pk).update(is_active=False)
    elif case == "unusable":
        sanne.set_unusable_password()
        sanne.save()
    name = "nobody" if case == "unknown" else "sanne"
    password = "wrong" if case == "wrong" else PASSWORD

    response = arrive().prove(name, password)

    assert response.status_code == 200
    assert "Deze gegevens horen niet bij elkaar." in response.content.decode()
    assert not AccountLink.objects.exists()


def test_prove__sixth_failure_of_an_account_waits(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    for _ in range(5):
        assert walker.prove("sanne", "wrong").status_code == 200

    response = walker.prove("sanne")

    assert response.status_code == 429
    assert "15" in response.content.decode()
    assert reasons()[-1] == "limit"
    cache.clear()
    TryCount.objects.update(ends_at=timezone.now())
    assert walker.prove("sanne").status_code == 303


def test_prove__eleventh_failure_ends_the_arrival(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    for number in range(10):
        assert walker.prove(f"name{number}", "wrong").status_code == 200

    assert walker.prove("name10", "wrong").status_code == 429
    assert Arrival.objects.get().account is None
    assert walker.prove("sanne").status_code == 410


def test_prove__whole_class_behind_one_address(arrive: Arrive, sanne: Any, settings: Any) -> None:
    from django_intergrip_link.journey import limits  # noqa: PLC0415

    for _ in range(limits.NETWORK.ceiling):
        limits.count(limits.NETWORK, "127.0.0.1")

    assert arrive().prove("sanne").status_code == 429


def test_prove__offers_the_projects_password_reset(arrive: Arrive, settings: Any) -> None:
    walker = arrive()
    assert "/reset/" not in walker.get("prove").content.decode()

    settings.ROOT_URLCONF = "tests.urls_with_reset"

    assert 'href="/reset/"' in walker.get("prove").content.decode()


# --- otp ----------------------------------------------------------------------------------


def test_otp__password_alone_is_not_enough(arrive: Arrive, sanne: Any, device: Any) -> None:
    walker = arrive()

    assert walker.prove("sanne")["Location"] == step("otp")
    assert walker.get("confirm")["Location"] == step("otp")
    assert walker.confirm()["Location"] == step("otp")
    assert not AccountLink.objects.exists()
    assert walker.post("otp", token="ABCD EFG2")["Location"] == step("confirm")
    assert walker.get("otp")["Location"] == step("confirm")
    assert walker.confirm()["Location"] == step("done")


@pytest.mark.parametrize(
    "token", ["222222", "abcdefg3", "'; --", "１２３４５６", "+12345", "x" * 16]
)
def test_otp__wrong_token_stays(arrive: Arrive, sanne: Any, device: Any, token: str) -> None:
    walker = arrive()
    walker.prove("sanne")

    response = walker.post("otp", token=token)

    assert response.status_code == 200
    assert "Deze code klopt niet" in response.content.decode()
    assert Arrival.objects.get().failures == 1
    assert reasons() == ["token"]


def test_otp__empty_token(arrive: Arrive, sanne: Any, device: Any) -> None:
    walker = arrive()
    walker.prove("sanne")

    assert "Vul de code in." in walker.post("otp", token="").content.decode()


def test_otp__needs_the_password_first(arrive: Arrive, sanne: Any, device: Any) -> None:
    assert arrive().get("otp")["Location"] == step("link")


def test_otp__unconfirmed_device_is_not_asked(arrive: Arrive, sanne: Any, device: Any) -> None:
    device.confirmed = False
    device.save()

    assert arrive().prove("sanne")["Location"] == step("confirm")


def test_otp__choice_of_device(arrive: Arrive, sanne: Any, device: Any) -> None:
    mailed = EmailDevice.objects.create(user=sanne, name="mail")
    walker = arrive()
    walker.prove("sanne")
    assert "paper" in walker.get("otp").content.decode()

    wrong = walker.post("otp", token="abcdefg2", device=mailed.persistent_id)
    right = walker.post("otp", token="abcdefg2", device=device.persistent_id)

    assert (wrong.status_code, right.status_code) == (200, 303)


def test_otp__mailed_code(arrive: Arrive, sanne: Any) -> None:
    device = EmailDevice.objects.create(user=sanne, name="mail")
    walker = arrive()
    walker.prove("sanne")

    assert walker.post("otp", send="1").status_code == 200
    assert mail.outbox[0].to == ["sanne@example.nl"]
    device.refresh_from_db()
    assert walker.post("otp", token=device.token)["Location"] == step("confirm")


# --- confirm ------------------------------------------------------------------------------


def test_confirm__without_an_answer(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")

    assert walker.post("confirm").status_code == 400
    assert not AccountLink.objects.exists()
    assert walker.confirm()["Location"] == step("done")


def test_confirm__no_forgets_the_proof(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")

    assert walker.post("confirm", confirm="no")["Location"] == step("link")
    assert walker.get("confirm")["Location"] == step("link")


def test_confirm__reading_the_page_links_nothing(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")

    walker.client.get(f"{step('confirm')}?confirm=yes", secure=True)

    assert not AccountLink.objects.exists()


def test_confirm__names_that_differ_are_pointed_out(arrive: Arrive, sanne: Any) -> None:
    walker = arrive(givenName="Mohammed")
    walker.prove("sanne")

    assert "De namen zijn niet hetzelfde." in walker.get("confirm").content.decode()


@pytest.mark.parametrize("given_name", ["Sanne", "SANNE", "Sanne Maria", ""])
def test_confirm__names_that_agree(arrive: Arrive, sanne: Any, given_name: str) -> None:
    walker = arrive(givenName=given_name)
    walker.prove("sanne")

    assert "De namen zijn niet hetzelfde." not in walker.get("confirm").content.decode()


def test_confirm__twice_leads_to_done(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    key = walker.key
    walker.confirm()

    assert walker.post("confirm", confirm="yes", arrival=key)["Location"] == step("done")
    assert AccountLink.objects.count() == 1


def test_confirm__double_click_without_the_new_session(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    key = walker.key
    old = Client()
    walker.confirm()

    response = old.post(step("confirm"), {"arrival": key, "confirm": "yes"}, secure=True)

    assert response.status_code == 410
    assert "Deze pagina was al gebruikt." in response.content.decode()


def test_confirm__double_click_before_the_new_session(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    close_arrival(walker.key)

    response = walker.confirm()

    assert response.status_code == 410
    assert "Deze pagina was al gebruikt." in response.content.decode()


def test_confirm__double_click_at_the_same_moment(
    arrive: Arrive, sanne: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = arrive()
    walker.prove("sanne")
    old = arrive(uid="another000000001@99aa00")
    old.prove("sanne")
    walker.confirm()
    # The other request took the place and closed the arrival after this one had looked.
    monkeypatch.setattr(conflicts, "find_conflict", lambda **_: None)
    monkeypatch.setattr(linking, "close_arrival", lambda key: False)

    response = old.confirm()

    assert response.status_code == 410
    assert "Deze pagina was al gebruikt." in response.content.decode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("staff", "privileged"),
        ("superuser", "privileged"),
        ("inactive", "inactive"),
        ("deleted", "inactive"),
        ("school", "school"),
    ],
)
def test_confirm__what_changed_since_the_password(
    arrive: Arrive, sanne: Any, change: str, reason: str
) -> None:
    walker = arrive()
    walker.prove("sanne")
    if change == "deleted":
        sanne.delete()
    elif change == "school":
        School.objects.update(is_active=False)
    else:
        field = {"staff": "is_staff", "superuser": "is_superuser", "inactive": "is_active"}[change]
        setattr(sanne, field, change != "inactive")
        sanne.save()

    response = walker.confirm()

    assert response.status_code == 403
    assert reasons() == [reason]
    assert not AccountLink.objects.exists()


def test_confirm__role_that_may_not_link(arrive: Arrive, sanne: Any) -> None:
    walker = arrive(eduPersonAffiliation="affiliate")
    walker.prove("sanne")

    assert walker.get("confirm").status_code == 403
    assert reasons() == ["role"]


def refuse_everybody(**kwargs: Any) -> str:
    """A project's own policy."""
    return "not_this_region"


def test_confirm__policy_of_the_project(arrive: Arrive, sanne: Any, settings: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    settings.INTERGRIP_LINK = {
        **settings.INTERGRIP_LINK,
        "LINK_POLICY": "tests.journey.test_steps.refuse_everybody",
    }

    response = walker.confirm()

    assert response.status_code == 403
    assert reasons() == ["not_this_region"]


def test_confirm__school_account_taken_meanwhile(
    arrive: Arrive, sanne: Any, django_user_model: Any
) -> None:
    first, second = arrive(), arrive()
    other = django_user_model.objects.create_user("other", password=PASSWORD)
    first.prove("sanne")
    second.prove("other")
    first.confirm()

    response = second.confirm()

    page = response.content.decode()
    assert response.status_code == 403
    assert "anne" not in page
    assert AccountLink.objects.get().user == sanne
    assert AccountLink.objects.filter(user=other).count() == 0
    assert reasons() == ["", "taken"]


def test_confirm__place_at_this_school_is_taken(arrive: Arrive, sanne: Any) -> None:
    first = arrive()
    first.prove("sanne")
    first.confirm()
    second = arrive(uid="another000000001@99aa00")
    second.prove("sanne")

    assert second.get("confirm")["Location"] == step("more")
    assert second.confirm()["Location"] == step("more")
    assert "Je hebt al een schoolaccount gekoppeld" in second.get("more").content.decode()
    assert AccountLink.objects.count() == 1


def test_confirm__place_lost_in_a_race(
    arrive: Arrive, sanne: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = arrive(), arrive(uid="another000000001@99aa00")
    first.prove("sanne")
    second.prove("sanne")
    first.confirm()
    # What the other process saw a moment before the first link was there.
    monkeypatch.setattr(conflicts, "find_conflict", lambda **_: None)

    assert second.confirm().status_code == 403

    assert reasons()[-1] == "place"
    assert AccountLink.objects.count() == 1


def test_confirm__moved_school_account_is_flagged(
    linked_user: Any, arrive: Arrive, sanne: Any
) -> None:
    AccountLink.objects.update(state="ended", live_digest=None, live_school=None)
    walker = arrive()
    walker.prove("sanne")
    walker.confirm()

    assert reasons() == ["moved"]


# --- stop, not me, logout, language ---------------------------------------------------------


def test_stop__forgets_everything(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    key = walker.key

    assert walker.post("stop")["Location"] == step("stop")

    assert Arrival.objects.get(key=key).account is None
    assert "Er is niets gekoppeld" in walker.get("stop").content.decode()
    assert walker.get("link").status_code == 410


def test_not_me__starts_again_with_force_authn(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()

    assert "Piet" in walker.get("not_me").content.decode()
    response = walker.post("not_me")

    assert response["Location"] == "/saml2/kennisnet/login?school=99AA00&fresh=1"
    assert Arrival.objects.get().account is None
    assert walker.get("link").status_code == 410


def test_not_me__after_linking_ends_the_link(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    walker.confirm()

    assert walker.get("not_me").status_code == 200
    walker.post("not_me")

    assert AccountLink.objects.get().state == "ended"
    assert walker.user_name == ""
    assert reasons() == ["", "not_me"]


def test_not_me__form_of_an_earlier_pupil(arrive: Arrive) -> None:
    walker = arrive()

    assert walker.post("not_me", arrival="0" * 32).status_code == 410
    assert walker.get("link").status_code == 200


def test_not_me__without_a_journey(client: Client, fake_school: Any) -> None:
    assert client.get(step("not_me"), secure=True).status_code == 200
    response = client.post(step("not_me"), secure=True)
    assert response["Location"] == "/saml2/kennisnet/login?fresh=1"


def test_logout__by_post_only(linked_user: Any, school_login: Any) -> None:
    client = Client()
    school_login(client)

    asked = client.get(step("logout"), secure=True)
    assert client.get("/inside/", secure=True).content == b"linked_user"
    left = client.post(step("logout"), secure=True)
    page = client.get(left["Location"], secure=True)

    assert "<form" in asked.content.decode()
    assert client.get("/inside/", secure=True).content == b"-"
    assert page["Clear-Site-Data"] == '"cache"'
    assert "Bij je school ben je misschien nog ingelogd." in page.content.decode()


def test_language__is_remembered_without_locale_middleware(arrive: Arrive, settings: Any) -> None:
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "Locale" not in m]
    walker = arrive()
    assert "Koppel je schoolaccount" in walker.get("link").content.decode()

    walker.client.post(step("language"), {"language": "en", "next": step("link")}, secure=True)

    page = walker.get("link").content.decode()
    assert "Link your school account" in page
    assert '<html lang="en"' in page


# --- time -------------------------------------------------------------------------------------


def test_arrival__is_over_after_ten_minutes(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    Arrival.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert walker.prove("sanne").status_code == 410


def test_proof__is_over_after_ten_minutes(
    arrive: Arrive, sanne: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = arrive()
    walker.prove("sanne")
    now = time.time()
    monkeypatch.setattr("django_intergrip_link.journey.pending.time.time", lambda: now + 601)

    assert walker.confirm().status_code == 410


def test_fresh_login__older_login_at_school_is_refused(
    school_login: Any, linked_user: Any, settings: Any
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FRESH_LOGIN": True}
    earlier = timezone.now() - timedelta(minutes=5)

    returning = school_login(Client(), bent={"authn_instant": earlier})
    first = school_login(Client(), bent={"authn_instant": earlier}, uid="new00000000@99aa00")

    assert returning.status_code == 303
    assert first.status_code == 403
    assert 'href="/saml2/kennisnet/login?fresh=1"' in first.text
    assert reasons() == ["stale_login"]


# --- bound to one browser ------------------------------------------------------------------------


def test_binding__planted_session_leads_nowhere(arrive: Arrive, sanne: Any) -> None:
    attacker = arrive()
    victim = Client()
    victim.cookies["sessionid"] = attacker.client.cookies["sessionid"].value

    response = Walker(victim).get("prove")

    assert response.status_code == 410
    assert attacker.get("prove").status_code == 200


def test_binding__forged_or_of_another_journey(arrive: Arrive, sanne: Any) -> None:
    walker, other = arrive(), arrive()
    name = "__Host-intergrip-journey"
    for value in ("forged", other.client.cookies[name].value):
        walker.client.cookies[name] = value
        assert walker.get("link").status_code == 410


def test_binding__cookie_is_as_strict_as_it_can_be(arrive: Arrive) -> None:
    cookie = arrive().client.cookies["__Host-intergrip-journey"]

    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", 600)


# --- forms of other sites ---------------------------------------------------------------------

POSTS = ["someone_else", "prove", "otp", "more", "confirm", "stop", "not_me", "logout", "language"]


@pytest.mark.parametrize("name", POSTS)
def test_forms__without_a_token_are_refused_with_our_page(
    school_login: Any, fake_school: Any, sanne: Any, name: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    school_login(client)
    walker = Walker(client)

    response = walker.post(name, login="sanne", password=PASSWORD, confirm="yes", language="en")

    assert response.status_code == 403
    assert "Je browser onthoudt niet dat je bezig was." in response.content.decode()
    assert reasons() == ["csrf"]
    assert walker.get("link").status_code == 200


def test_forms__with_their_token_pass(school_login: Any, fake_school: Any, sanne: Any) -> None:
    client = Client(enforce_csrf_checks=True, headers={"referer": "https://testserver/"})
    school_login(client)
    walker = Walker(client)
    page = walker.get("prove").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token

    response = walker.post(
        "prove", login="sanne", password=PASSWORD, csrfmiddlewaretoken=token.group(1)
    )

    assert response["Location"] == step("confirm")


# --- what a project may have made of its users ---------------------------------------------------


def test_users__hidden_by_the_default_manager_stay_out(
    school_login: Any, linked_user: Any, monkeypatch: pytest.MonkeyPatch, django_user_model: Any
) -> None:
    client = Client()
    school_login(client)
    assert client.get("/inside/", secure=True).content == b"linked_user"
    shown = django_user_model._default_manager.filter(date_joined__year=1999)
    monkeypatch.setattr(type(django_user_model._default_manager), "get_queryset", lambda _: shown)

    assert client.get("/inside/", secure=True).content == b"-"
    assert school_login(Client()).status_code == 403


def test_users__can_be_pickled(linked_user: Any) -> None:
    user = bind_session(links_of(linked_user.pk))

    copy = pickle.loads(pickle.dumps(user))  # noqa: S301 - our own bytes

    assert copy == user
    assert copy.get_session_auth_hash() == user.get_session_auth_hash()
    assert copy.get_session_auth_hash() != linked_user.get_session_auth_hash()


def test_session__ends_when_the_account_gets_power(school_login: Any, linked_user: Any) -> None:
    client = Client()
    school_login(client)

    linked_user.is_staff = True
    linked_user.save()

    assert client.get("/inside/", secure=True).content == b"-"


def test_session__is_another_one_after_every_school_login(
    school_login: Any, linked_user: Any
) -> None:
    client = Client()
    school_login(client)
    before = client.session.session_key
    session = client.session
    session["otp_device_id"] = "otp_static.staticdevice/1"
    session.save()

    school_login(client)

    assert client.session.session_key != before
    assert "otp_device_id" not in client.session


@pytest.mark.parametrize("destination", [None, "no_such_name"])
def test_destination__odd_setting_of_the_project(
    school_login: Any, linked_user: Any, settings: Any, destination: str | None
) -> None:
    settings.LOGIN_REDIRECT_URL = destination

    assert school_login(Client())["Location"] == "/"


def test_destination__long_and_foreign_letters_fit_the_cookie(
    school_login: Any, fake_school: Any
) -> None:
    client = Client()
    for number in range(6):
        path = "/" + "é" * 290 + str(number)
        client.get(fake_school.url("start"), {"next": path}, secure=True)

    assert len(client.cookies["__Host-intergrip-attempts"].value) < 3500


def test_update__session_of_another_release_begins_again(arrive: Arrive) -> None:
    walker = arrive()
    session = walker.client.session
    session["intergrip_link"] = {**session["intergrip_link"], "new_in_the_next_release": 1}
    session.save()

    assert walker.get("link").status_code == 410


def test_update__arrival_from_before_a_new_subject_key(
    arrive: Arrive, sanne: Any, settings: Any
) -> None:
    walker = arrive()
    declared = settings.INTERGRIP_LINK
    keys = {"new": "another secret of forty characters or so", **declared["SUBJECT_KEYS"]}
    settings.INTERGRIP_LINK = {**declared, "SUBJECT_KEYS": keys}

    assert walker.prove("sanne").status_code == 410


def test_school__deleted_meanwhile(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    School.objects.all().delete()

    assert walker.confirm().status_code == 403


def test_codes__are_sent_three_times_at_most(arrive: Arrive, sanne: Any, settings: Any) -> None:
    settings.OTP_EMAIL_COOLDOWN_DURATION = 0
    EmailDevice.objects.create(user=sanne, name="mail")
    walker = arrive()
    walker.prove("sanne")

    statuses = [walker.post("otp", send="1").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_undo__page_of_a_shared_computer_is_over_after_fifteen_minutes(
    arrive: Arrive, sanne: Any
) -> None:
    walker = arrive()
    walker.prove("sanne")
    walker.confirm()
    found = re.search(r'href="(/school-account/undo/[^"]+)"', walker.get("done").content.decode())
    assert found
    AccountLink.objects.update(linked_at=timezone.now() - timedelta(minutes=16))
    now = time.time()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: now + 16 * 60)
        late = Client().get(found.group(1), secure=True)
        walker.post("not_me")

    assert late.status_code == 410
    assert AccountLink.objects.get().state == "active"
