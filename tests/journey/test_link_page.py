"""The link page: three equal ways, and which of them there are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.urls import reverse

from django_intergrip_link.journey.pending import Pending
from tests.journey.walking import Walker, step

pytestmark = pytest.mark.django_db

EXISTING: Final = "/school-account/link/login/"
CODE: Final = "/school-account/link/code/"
NEW: Final = "/school-account/link/register/"


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def declare(settings: Any) -> Callable[..., None]:
    """Return a function that changes keys of ``INTERGRIP_LINK``."""

    def change(**keys: str) -> None:
        settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, **keys}

    return change


def ways(page: str) -> list[tuple[str, str]]:
    """Return class and address of the links that go on, in their order."""
    found = re.findall(r'<a class="(choice[^"]*)" href="([^"]*)">', page)
    return [(name, address.replace("&amp;", "&")) for name, address in found]


def sentences(page: str) -> list[str]:
    """Return the question and its answers as a person reads them."""
    pattern = r"<h2>(.*?)</h2>|choice-name\">(.*?)</span>|class=\"closed\">(.*?)</p>"
    found = re.findall(pattern, page, re.DOTALL)
    return [" ".join("".join(parts).split()) for parts in found]


@pytest.mark.parametrize(
    ("mode", "addresses", "words"),
    [
        (
            "ask",
            [EXISTING, CODE, NEW],
            [
                "Do you already have a Doorstroom account?",
                "Yes, I already have a Doorstroom account",
                "I have a code from school",
                "No, I am new here",
            ],
        ),
        (
            "existing_only",
            [EXISTING, CODE],
            [
                "How do you show that the Doorstroom account is yours?",
                "I log in with my Doorstroom account",
                "I have a code from school",
                "You cannot make a Doorstroom account here yourself. Ask your mentor.",
            ],
        ),
        (
            "new_only",
            [NEW],
            ["First make a Doorstroom account", "Make a Doorstroom account"],
        ),
    ],
)
def test_modes__ways_and_words(
    arrive: Callable[..., Walker],
    declare: Callable[..., None],
    mode: str,
    addresses: list[str],
    words: list[str],
) -> None:
    declare(REGISTRATION=mode)

    page = arrive().get("link").content.decode()

    # One class for all of them: no way stands out.
    assert ways(page) == [("choice", address) for address in addresses]
    assert sentences(page) == words
    assert ("I do not know" in page) is (mode == "ask")


@pytest.mark.parametrize("mode", ["ask", "existing_only", "new_only"])
def test_paused__only_the_site_account_that_there_is(
    arrive: Callable[..., Walker], declare: Callable[..., None], mode: str
) -> None:
    declare(REGISTRATION=mode)
    walker = arrive()
    session = walker.client.session
    pending = Pending.load(session)
    assert pending
    pending.save(session, relink_id=1)
    session.save()

    page = walker.get("link").content.decode()

    assert [address for _, address in ways(page)] == [EXISTING, CODE]
    assert "You chose a new password" in page
    assert 'class="closed"' not in page


def test_own_pages__lead_back_into_the_journey(
    arrive: Callable[..., Walker], declare: Callable[..., None], settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.urls_with_login"
    declare(LOGIN_VIEW="login", REGISTER_URL="/sign-up/?from=school")

    page = arrive().get("link").content.decode()

    back = "next=%2Fschool-account%2Flink%2Flogged-in%2F"
    addresses = [f"/login/?{back}", CODE, f"/sign-up/?from=school&{back}"]
    assert [address for _, address in ways(page)] == addresses
    assert reverse("intergrip_link:logged_in") == "/school-account/link/logged-in/"


def test_both_are_mine__goes_to_the_own_login_page(
    arrive: Callable[..., Walker],
    declare: Callable[..., None],
    settings: Any,
    client: Any,
    sanne: Any,
) -> None:
    settings.ROOT_URLCONF = "tests.urls_with_login"
    declare(LOGIN_VIEW="login")
    client.force_login(sanne)
    walker = arrive(client)

    response = walker.post("someone_else", whose="mine")

    assert response["Location"] == f"/login/?next={step('logged_in').replace('/', '%2F')}"
