"""Shared computers: the page that an earlier pupil left open does nothing, and says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from django_intergrip_link.models import AccountLink, Arrival, LinkEvent
from tests.journey.walking import PASSWORD, Walker, step

OTHER = "another000000001@99aa00"
HEADING = "Deze pagina doet het niet meer."
Arrive = Callable[..., Walker]


def token_on(walker: Walker, name: str) -> str:
    """Return the CSRF token in the form of a page."""
    found = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', walker.get(name).content.decode()
    )
    assert found
    return found.group(1)


@pytest.fixture
def browser() -> Client:
    """One browser, with the CSRF check that the test client usually leaves out."""
    return Client(enforce_csrf_checks=True, headers={"referer": "https://testserver/"})


def link_now(walker: Walker, login: str) -> None:
    """Link as the pupil who is there now."""
    token = {"csrfmiddlewaretoken": token_on(walker, "prove")}
    walker.post("prove", login=login, password=PASSWORD, **token)
    token = {"csrfmiddlewaretoken": token_on(walker, "confirm")}
    assert walker.post("confirm", confirm="yes", **token)["Location"] == step("done")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("prove", {"login": "noor", "password": PASSWORD}),
        ("confirm", {"confirm": "yes"}),
        ("more_time", {"step": "prove"}),
        ("stop", {}),
        ("not_me", {}),
    ],
)
@pytest.mark.parametrize("has_linked", [True, False], ids=["linked", "linking"])
def test_form__after_somebody_else_came(
    arrive: Arrive,
    browser: Client,
    sanne: Any,
    django_user_model: Any,
    name: str,
    fields: dict[str, str],
    has_linked: bool,
) -> None:
    django_user_model.objects.create_user("noor", "noor@example.nl", PASSWORD)
    first = arrive(browser)
    old = {"arrival": first.key, "csrfmiddlewaretoken": token_on(first, "prove")}
    second = arrive(browser, uid=OTHER)
    if has_linked:
        link_now(second, "sanne")
    key = second.key
    response = first.post(name, **old, **fields)

    assert response.status_code == 410
    assert HEADING in response.content.decode()
    assert LinkEvent.objects.filter(kind=LinkEvent.Kind.REFUSED).get().reason == "arrival"
    # The pupil who is there now has lost nothing.
    assert second.key == key
    assert second.user_name == ("sanne" if has_linked else "")
    assert AccountLink.objects.count() == has_linked
    assert Arrival.objects.filter(closed_at=None).count() == (not has_linked)


def test_form__begins_again_without_the_way_of_the_other(
    arrive: Arrive, browser: Client, fake_school: Any
) -> None:
    first = arrive(browser)
    old = {"arrival": first.key, "csrfmiddlewaretoken": token_on(first, "link")}
    arrive(browser, uid=OTHER, next="/of-the-other/")
    page = first.post("prove", **old, login="noor").content.decode()

    assert "of-the-other" not in page
    assert f'href="{fake_school.url("start")}"' in page


@pytest.mark.parametrize("token", ["", "x", "x" * 64], ids=["none", "short", "of_nobody"])
def test_form__of_another_site_is_told_of_cookies(
    arrive: Arrive, browser: Client, token: str
) -> None:
    """Without a token, or from elsewhere, it is no page that was left open."""
    walker = arrive(browser)
    walker.get("link")
    fields = {"csrfmiddlewaretoken": token, "arrival": walker.key}
    foreign = {"origin": "https://attacker.example"}
    response = browser.post(step("prove"), fields, secure=True, headers=foreign)

    assert response.status_code == 403
    assert "Je browser onthoudt niet dat je bezig was." in response.content.decode()


def test_stop__own_page_still_stops(arrive: Arrive, browser: Client) -> None:
    walker = arrive(browser)
    response = walker.post("stop", csrfmiddlewaretoken=token_on(walker, "link"))

    assert response["Location"] == step("stop")
    assert not Arrival.objects.filter(closed_at=None).exists()
    assert "intergrip_link" not in walker.client.session


def test_stop__twice_is_harmless(arrive: Arrive) -> None:
    walker = arrive()
    form = {"arrival": walker.key}

    assert walker.post("stop", **form).status_code == 303
    assert walker.client.post(step("stop"), form, secure=True).status_code == 303


def test_logout__tells_what_to_do_at_school(client: Client, sanne: Any) -> None:
    client.force_login(sanne, backend="django.contrib.auth.backends.ModelBackend")
    client.post(step("logout"), secure=True)
    response = client.get(step("logout"), secure=True)
    page = " ".join(response.content.decode().split())

    assert "Is dit een gedeeld apparaat? Log dan ook uit bij school." in page
    assert "log uit op de Chromebook" in page
    assert response["Clear-Site-Data"] == '"cache"'
