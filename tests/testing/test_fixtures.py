"""The fixtures log people in through the real views; the plugin costs nothing to load."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from django_intergrip_link.models import AccountLink, School
from django_intergrip_link.testing.school import FakeSchool


def logged_in(client: Client) -> Any:
    request = HttpRequest()
    request.session = client.session
    return get_user(request)


def test_plugin__loads_without_django() -> None:
    code = (
        "import sys, django_intergrip_link.testing.fixtures\n"
        "heavy = {'django', 'lxml', 'signxml', 'saml2', 'cryptography'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (0, "")


def test_fake_school__is_in_the_registry(fake_school: FakeSchool) -> None:
    row = School.objects.get(federation="kennisnet", brin="99AA00")

    assert (fake_school.row, fake_school.brin) == (row, "99AA00")
    assert fake_school.name == row.name == "Petteflat College"


def test_school_login__unlinked_account_is_asked_to_link(client: Client, school_login: Any) -> None:
    response = school_login(client)

    assert response.status_code == 303
    assert response["Location"] == reverse("intergrip_link:link")
    assert not logged_in(client).is_authenticated


def test_school_login__asks_for_a_test_database(
    request: pytest.FixtureRequest, school_login: Any
) -> None:
    # pytest-django looks at names only; without one the project's own database would be used.
    assert "db" in request.fixturenames


@pytest.mark.parametrize("sign", ["response", "assertion", "both"])
def test_school_login__linked_account_goes_in(
    client: Client, school_login: Any, linked_user: Any, sign: str
) -> None:
    response = school_login(client, next="/dossier/", bent={"sign": sign})

    assert (response.status_code, response["Location"]) == (303, "/dossier/")
    assert logged_in(client) == linked_user


def test_school_login__other_person_is_not_the_linked_user(
    client: Client, school_login: Any, linked_user: Any, fake_school: FakeSchool
) -> None:
    response = school_login(client, fake_school, uid="somebodyelse000@99aa00")

    assert response["Location"] == reverse("intergrip_link:link")


@pytest.mark.parametrize(
    ("attributes", "bent", "status"),
    [
        ({"uid": None}, {}, 403),
        ({"nlEduPersonHomeOrganizationId": "88XX00"}, {}, 403),
        ({"uid": ["one@99aa00", "two@99aa00"]}, {}, 403),
        ({}, {"sign": "none"}, 403),
        ({}, {"recipient": "https://elsewhere.invalid/acs"}, 403),
    ],
)
def test_school_login__refused_answer_is_returned_as_a_page(
    client: Client,
    school_login: Any,
    attributes: dict[str, Any],
    bent: dict[str, Any],
    status: int,
) -> None:
    response = school_login(client, bent=bent, **attributes)

    assert response.status_code == status
    assert not AccountLink.objects.exists()


def test_school_login__start_that_refuses_is_returned(
    client: Client, school_login: Any, fake_school: FakeSchool, settings: Any
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": {}}

    assert school_login(client, fake_school).status_code == 404


def test_school_login__return_carries_no_cookie(
    client: Client, school_login: Any, linked_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    original = Client.request

    def spy(self: Client, **environ: Any) -> Any:
        seen.append((environ["PATH_INFO"].split("/")[3], bool(self.cookies)))
        return original(self, **environ)

    monkeypatch.setattr(Client, "request", spy)
    school_login(client)

    assert seen == [("login", False), ("acs", False), ("complete", True)]


def test_fake_school_factory__schools_do_not_cross(
    client: Client, school_login: Any, fake_school_factory: Any, linked_user: Any
) -> None:
    other = fake_school_factory(brin="99AD00", name="Flatgebouw Lyceum")

    response = school_login(client, other, uid="qj7cks8qdz9ph54@99ad00")

    assert response["Location"] == reverse("intergrip_link:link")


def test_assert_linked__returns_the_link(
    linked_user: Any, fake_school: FakeSchool, assert_linked: Any
) -> None:
    link = assert_linked(linked_user, fake_school)

    assert link == assert_linked(linked_user, fake_school.row)
    assert link.user == linked_user


def test_assert_linked__fails_without_an_active_link(
    linked_user: Any, fake_school: FakeSchool, assert_linked: Any
) -> None:
    AccountLink.objects.update(state="ended", live_digest=None, live_school=None)

    with pytest.raises(AssertionError, match="ended"):
        assert_linked(linked_user, fake_school)
