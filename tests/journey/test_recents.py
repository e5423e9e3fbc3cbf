"""Schools that a browser remembers: after a login only, codes only, three, and only on request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client

from django_intergrip_link.journey import recents
from django_intergrip_link.models import School
from django_intergrip_link.testing.login import _post_from_elsewhere as post_answer
from django_intergrip_link.testing.login import read_request_id

CHOOSE = "/saml2/kennisnet/school"
COOKIE = "__Host-intergrip-schools"

Choose = Callable[..., Any]


def remembered(client: Client) -> list[str]:
    """Return the codes in the cookie, the latest first."""
    morsel = client.cookies.get(COOKIE)
    if morsel is None or not morsel.value:
        return []
    codes = signing.loads(morsel.value, salt="django_intergrip_link.journey.recents")
    return [brin for _, brin in codes]


def remember(client: Client, *codes: str) -> None:
    client.cookies[COOKIE] = signing.dumps(
        [("kennisnet", code) for code in codes], salt="django_intergrip_link.journey.recents"
    )


@pytest.fixture
def choose(fake_school: Any) -> Choose:
    """Return a function that chooses the school, logs in there and returns *complete*."""
    School.objects.create(federation="kennisnet", brin="99BB00", name="Sterrenmeer Lyceum")

    def choose(client: Client, **fields: str) -> Any:
        start = client.post(CHOOSE, {"school": fake_school.brin, **fields}, secure=True)
        assert start.status_code == 302
        assert remembered(client) == getattr(choose, "before", [])
        made = fake_school.answer(read_request_id(start["Location"]), {})
        returned = post_answer(client, fake_school.url("acs"), made.form_value())
        return client.get(returned["Location"], secure=True)

    return choose


def set_mode(settings: Any, mode: str) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REMEMBER_SCHOOL": mode}


@pytest.mark.parametrize(
    ("mode", "ticked", "expected"),
    [
        ("ask", True, ["99AA00"]),
        ("ask", False, []),
        ("auto", False, ["99AA00"]),
        ("off", True, []),
    ],
)
def test_remember__after_the_login_and_as_asked(
    choose: Choose, settings: Any, mode: str, ticked: bool, expected: list[str]
) -> None:
    set_mode(settings, mode)
    client = Client()

    choose(client, **({"remember": "yes"} if ticked else {}))

    assert remembered(client) == expected


def test_remember__not_for_a_login_that_was_refused(choose: Choose, fake_school: Any) -> None:
    client = Client()
    fields = {"school": fake_school.brin, "remember": "yes"}
    start = client.post(CHOOSE, fields, secure=True)
    made = fake_school.answer(read_request_id(start["Location"]), {"uid": None})

    assert post_answer(client, fake_school.url("acs"), made.form_value()).status_code == 403
    assert remembered(client) == []


def test_remember__codes_only_and_safe_flags(choose: Choose) -> None:
    client = Client()
    choose(client, remember="yes")

    morsel = client.cookies[COOKIE]
    assert signing.loads(morsel.value, salt="django_intergrip_link.journey.recents") == [
        ["kennisnet", "99AA00"]
    ]
    assert morsel["httponly"]
    assert morsel["secure"]
    assert morsel["samesite"] == "Lax"
    assert morsel["path"] == "/"
    assert morsel["max-age"] == 180 * 24 * 3600


def test_remember__moves_a_known_school_to_the_front(choose: Choose) -> None:
    client = Client()
    remember(client, "99BB00", "99AA00", "99CC00")
    choose.before = ["99BB00", "99AA00", "99CC00"]  # type: ignore[attr-defined]

    choose(client)

    assert remembered(client) == ["99AA00", "99BB00", "99CC00"]


def test_remember__at_most_three(choose: Choose) -> None:
    client = Client()
    remember(client, "99BB00", "99CC00", "99DD00")
    choose.before = ["99BB00", "99CC00", "99DD00"]  # type: ignore[attr-defined]

    choose(client, remember="yes")

    assert remembered(client) == ["99AA00", "99BB00", "99CC00"]


# The list on the page -------------------------------------------------------------------------


@pytest.fixture
def three(fake_school: Any) -> list[School]:
    """Petteflat College and two more."""
    make = School.objects.create
    return [
        fake_school.row,
        make(federation="kennisnet", brin="99BB00", name="Sterrenmeer Lyceum", place="Hoorn"),
        make(federation="kennisnet", brin="99CC00", name="Veenpolder College", is_active=False),
    ]


def section(response: Any) -> str:
    """Return the part of the page about recent schools."""
    found = re.search(r'<section class="recents".*?</section>', response.text, re.DOTALL)
    return found.group() if found else ""


def test_list__not_there_on_a_first_visit(three: Any, client: Client) -> None:
    assert section(client.get(CHOOSE, secure=True)) == ""


def test_list__closed_ones_drop_out_and_names_are_new(three: Any, client: Client) -> None:
    remember(client, "99CC00", "99BB00", "99QQ00")
    School.objects.filter(brin="99BB00").update(name="Sterrenzee Lyceum")

    text = section(client.get(CHOOSE, secure=True))

    assert "Sterrenzee Lyceum" in text
    assert "Hoorn" in text
    assert "Veenpolder" not in text
    assert re.findall(r'value="(99\w+)"', text) == ["99BB00"]


@pytest.mark.parametrize("value", ["x", "", "99AA00", "W10:1:2"])
def test_list__forged_cookie_counts_for_nothing(three: Any, client: Client, value: str) -> None:
    client.cookies[COOKIE] = value

    assert section(client.get(CHOOSE, secure=True)) == ""


def test_list__not_of_a_federation_that_left_the_settings(three: Any, client: Client) -> None:
    codes = [("gone", "99BB00"), ("kennisnet", "99BB00")]
    client.cookies[COOKIE] = signing.dumps(codes, salt="django_intergrip_link.journey.recents")
    School.objects.create(federation="gone", brin="99BB00", name="Elders")

    text = section(client.get(CHOOSE, secure=True))
    removed = client.post(f"{CHOOSE}?edit=1", {"remove": "kennisnet/99BB00"}, secure=True)

    assert "Elders" not in text
    assert "formaction" not in text
    assert "Sterrenmeer Lyceum staat niet meer in je lijst." in section(removed)
    assert signing.loads(
        client.cookies[COOKIE].value, salt="django_intergrip_link.journey.recents"
    ) == [["gone", "99BB00"]]


def test_clear__of_an_empty_list(three: Any, client: Client) -> None:
    cleared = client.post(f"{CHOOSE}?edit=1", {"clear": "1"}, secure=True)

    assert section(cleared) == ""
    assert "restore" not in cleared.text


def test_list__not_with_the_setting_off(three: Any, client: Client, settings: Any) -> None:
    set_mode(settings, "off")
    remember(client, "99BB00")

    page = client.get(CHOOSE, secure=True)

    assert section(page) == ""
    assert "Onthoud mijn school" not in page.text


def test_list__box_only_where_it_is_asked(three: Any, client: Client, settings: Any) -> None:
    assert "Onthoud mijn school" in client.get(CHOOSE, secure=True).text
    set_mode(settings, "auto")
    assert "Onthoud mijn school" not in client.get(CHOOSE, secure=True).text


def test_remove__one_and_put_back(three: Any, client: Client) -> None:
    remember(client, "99BB00", "99AA00")
    edit = client.get(CHOOSE, {"edit": "1"}, secure=True)
    assert "Verwijder Sterrenmeer Lyceum" in section(edit)

    removed = client.post(f"{CHOOSE}?edit=1", {"remove": "kennisnet/99BB00"}, secure=True)

    assert "Sterrenmeer Lyceum staat niet meer in je lijst." in section(removed)
    assert re.search(r'value="kennisnet/99AA00"[^>]* ?autofocus', section(removed))
    assert remembered(client) == ["99AA00"]
    before = re.search(r'name="restore" value="([^"]+)"', removed.text)
    assert before
    client.post(CHOOSE, {"restore": before.group(1)}, secure=True)
    assert remembered(client) == ["99BB00", "99AA00"]


def test_clear__all_and_put_back(three: Any, client: Client) -> None:
    remember(client, "99BB00", "99AA00")

    cleared = client.post(f"{CHOOSE}?edit=1", {"clear": "1"}, secure=True)

    assert "Je lijst is leeg." in section(cleared)
    assert 'id="recent-title" tabindex="-1" autofocus' in section(cleared)
    assert client.cookies[COOKIE]["max-age"] == 0
    assert client.cookies[COOKIE]["secure"]
    before = re.search(r'name="restore" value="([^"]+)"', cleared.text)
    assert before
    client.post(CHOOSE, {"restore": before.group(1)}, secure=True)
    assert remembered(client) == ["99BB00", "99AA00"]


@pytest.mark.parametrize("before", ["x", "", "\x00"])
def test_restore__nonsense_changes_nothing(three: Any, client: Client, before: str) -> None:
    remember(client, "99BB00")

    client.post(CHOOSE, {"restore": before}, secure=True)

    assert remembered(client) == ["99BB00"]


def test_remove__what_is_not_there(three: Any, client: Client) -> None:
    remember(client, "99BB00")

    client.post(CHOOSE, {"remove": "kennisnet/99QQ00"}, secure=True)

    assert remembered(client) == ["99BB00"]


def test_cookie__plain_name_without_tls(rf: Any) -> None:
    response = HttpResponse()
    seen = recents.Recents(rf.get("/"), is_https=False)
    seen.note_login("kennisnet", "99AA00", is_asked_for=True)
    seen.write(response)

    assert list(response.cookies) == ["intergrip-schools"]
    assert not response.cookies["intergrip-schools"]["secure"]
