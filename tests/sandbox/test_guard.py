"""The sandbox works in development only, on its own host only, and remembers nothing itself."""

from __future__ import annotations

import logging
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver

from django_intergrip_link.models import School
from django_intergrip_link.sandbox import hub, urls
from django_intergrip_link.sandbox.people import PEOPLE
from django_intergrip_link.sandbox.schools import SCHOOLS

from .walking import HUB, SITE, START, Browser

PATHS = [
    "",
    "portal/hoogveld/",
    "portal/hoogveld/logout",
    "hub/ssonot",
    "hub/sso",
    "hub/choose",
    "school/hoogveld/login",
    "hub/logout",
    "hub/metadata",
    "hub/last",
    "outbox/",
    "outbox/1/",
]


def test_paths__cover_every_page_of_the_sandbox() -> None:
    assert len(PATHS) == len(urls.urlpatterns)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_page__is_not_there_outside_debug(
    sandbox_settings: Any, caplog: pytest.LogCaptureFixture, path: str, method: str
) -> None:
    sandbox_settings.DEBUG = False
    client = Client(headers={"host": "127.0.0.1:8000"})

    with caplog.at_level(logging.ERROR, "django_intergrip_link"):
        response = getattr(client, method)(f"/sandbox/{path}")

    assert response.status_code == 404
    assert "works with DEBUG only" in caplog.text


def test_keys__are_refused_outside_debug(sandbox_settings: Any) -> None:
    sandbox_settings.DEBUG = False

    for ask in (
        hub.sp_key_pair,
        lambda: hub.hub_metadata(base_url=SITE),
        lambda: hub.get_hub("kennisnet"),
    ):
        with pytest.raises(ImproperlyConfigured, match="DEBUG = True"):
            ask()


@pytest.mark.parametrize("host", ["localhost:8000", "other.example:8000"])
def test_page__moves_to_its_own_host(sandbox_settings: Any, host: str) -> None:
    client = Client(headers={"host": host})

    moved = client.get("/sandbox/portal/hoogveld/?a=b")

    assert moved["Location"] == f"{HUB}/sandbox/portal/hoogveld/?a=b"
    assert client.post("/sandbox/hub/logout").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_page__has_a_strict_policy(browser: Browser, path: str) -> None:
    response = browser.open(f"{HUB}/sandbox/{path}", follow=False)

    if response.status_code in (302, 404) or path in ("hub/metadata", "portal/hoogveld/logout"):
        return
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in response.text
    assert "onclick" not in response.text
    assert 'lang="nl"' in response.text
    assert "Nagemaakt – demo" in response.text


def test_forms__need_the_csrf_token(browser: Browser) -> None:
    client = Client(headers={"host": "127.0.0.1:8000"}, enforce_csrf_checks=True)

    for path in ("school/hoogveld/login", "hub/choose", "hub/logout", "portal/hoogveld/logout"):
        assert client.post(f"/sandbox/{path}").status_code == 403


def test_cookies__live_on_the_sandbox_only(
    browser: Browser, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        page = browser.choose(browser.open(START), "veenpolder")
        browser.log_in(page, "mila.vos")

    assert set(browser.cookies(SITE)) == {"intergrip-attempts"}
    assert set(browser.cookies(HUB)) - {"csrftoken"} == {
        "sandbox_hub",
        "sandbox_recent",
        "sandbox_logins",
    }
    for name, morsel in browser.jars[HUB].cookies.items():
        if name != "csrftoken":
            assert (morsel["path"], morsel["samesite"]) == ("/sandbox/", "Lax")
            assert morsel["httponly"] or not morsel.value


def test_cookies__forged_ones_count_for_nothing(browser: Browser) -> None:
    jar = browser.jars[HUB]
    jar.cookies.load({"sandbox_hub": "hoogveld", "sandbox_logins": "x", "ssonot": "hoogveld"})

    assert "Inloggen met je schoolaccount" in browser.open(START).text
    assert "Inloggen bij Hoogveld" in browser.open(f"{HUB}/sandbox/portal/hoogveld/").text


def test_unknown_school__is_not_found(browser: Browser) -> None:
    assert browser.open(f"{HUB}/sandbox/school/nowhere/login").status_code == 404
    assert browser.open(f"{HUB}/sandbox/portal/entree-account/").status_code == 404


def test_command__writes_the_schools_twice_without_doubles(sandbox_settings: Any, db: None) -> None:
    output = StringIO()
    call_command("intergrip_demo", stdout=output)
    School.objects.filter(brin="99AB00").update(name="Old name", is_active=False)
    call_command("intergrip_demo", stdout=output)

    assert School.objects.count() == len(SCHOOLS)
    row = School.objects.get(brin="99AB00")
    # What an administrator switched off stays off.
    assert (row.name, row.realm, row.is_active) == ("Hoogveld College", "hoogveldcollege", False)
    assert output.getvalue().count("kennisnet: 7 sandbox schools are ready.") == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [({"DEBUG": False}, "DEBUG is off"), ({"INTERGRIP_LINK": None}, "preset 'sandbox'")],
)
def test_command__refuses(
    sandbox_settings: Any, db: None, change: dict[str, Any], message: str
) -> None:
    for name, value in change.items():
        setattr(sandbox_settings, name, value if value is not None else {"FEDERATIONS": {}})

    with pytest.raises(CommandError, match=message):
        call_command("intergrip_demo")
    assert not School.objects.exists()


def test_seeds__are_the_mix_a_demo_needs() -> None:
    styles = [school.style for school in SCHOOLS if school.kind == "vo"]

    assert styles.count("magister") >= 2
    assert styles.count("somtoday") >= 2
    assert [school.brin for school in SCHOOLS if school.kind == "mbo"] == ["99CF"]
    assert "ENTR" in {school.brin for school in SCHOOLS}
    for part in ("slug", "brin", "realm"):
        assert len({getattr(school, part) for school in SCHOOLS}) == len(SCHOOLS)
    assert set(PEOPLE) <= {school.slug for school in SCHOOLS}


def test_urls__are_included(sandbox_settings: Any) -> None:
    assert get_resolver(sandbox_settings.ROOT_URLCONF).namespace_dict["intergrip_sandbox"]
