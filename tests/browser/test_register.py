"""New here: a site account is made with a code from the mail, and the link with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import ViewportSize

from .keyboard import check_tab_order, press_by_keyboard, type_by_keyboard
from .looking import NARROW
from .serving import ExampleSite
from .test_forgotten import open_newest_mail
from .visitor import Visitor
from .walking import CONFIRM, DONE, DOSSIER, LINK, confirm, enter_portal, press_tile

pytestmark = pytest.mark.browser

REGISTER: Final = "/school-account/link/register/"
REGISTER_CODE: Final = "/school-account/link/register/code/"
NEW_HERE: Final = "Nee, ik ben nieuw hier"
PASSWORD: Final = "Wolken-Trein-57"


def come_to_register(visitor: Visitor, site: ExampleSite) -> None:
    """Stand before the form of a new site account, as Noor."""
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)
    visitor.follow(NEW_HERE, to=REGISTER)


def ask_for_code(visitor: Visitor, address: str, *, state: str = "") -> None:
    """Fill in the form; the server counts mails by address, so every test has its own."""
    visitor.fill("Je e-mailadres", address)
    visitor.fill("Kies een wachtwoord", PASSWORD)
    visitor.press("Stuur mij een code", to=REGISTER_CODE, state=state)


def read_code(visitor: Visitor, site: ExampleSite) -> str:
    """Read the code in the newest mail."""
    tab = open_newest_mail(visitor, site)
    (code,) = re.findall(r"\b[0-9]{4} ?[0-9]{4}\b", tab.text_of(".letter"))
    tab.page.close()
    return str(code)


def users(site: ExampleSite, address: str) -> list[str]:
    """Return the first names of who has this address."""
    return site.ask("SELECT first_name FROM auth_user WHERE email = ?", address)


def test_register__with_the_code_from_the_mail(visitor: Visitor, site: ExampleSite) -> None:
    address = "noor.nieuw@doorstroom.example"
    come_to_register(visitor, site)
    visitor.fill("Je e-mailadres", address)
    visitor.fill("Kies een wachtwoord", "noor")
    visitor.press("Stuur mij een code", to=REGISTER, state="short password")
    assert "Dit wachtwoord is te kort. Gebruik minstens 8 tekens." in visitor.text

    ask_for_code(visitor, address)
    assert "We hebben een mail gestuurd naar n•••@doorstroom.example." in visitor.text
    visitor.press("Stuur een nieuwe code", to=REGISTER_CODE, state="wait")
    assert "We hebben net een mail gestuurd. Wacht 1 minuut." in visitor.text
    visitor.fill("Code uit de mail", "0000 0000")
    visitor.press("Ga verder", to=REGISTER_CODE, state="wrong code")
    assert "Deze code klopt niet." in visitor.text
    assert users(site, address) == []

    visitor.fill("Code uit de mail", read_code(visitor, site))
    visitor.press("Ga verder", to=CONFIRM, state="new")
    assert "We maken nu je Doorstroom-account." in visitor.text
    assert users(site, address) == []
    confirm(visitor)
    assert users(site, address) == ["Noor"]
    assert site.live_links() == [(address, "Hoogveld College")]


def test_register__in_english_without_scripts(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    address = "noor.english@doorstroom.example"
    visitor = new_visitor(has_scripts=False, language="en-GB")
    visitor.page.set_viewport_size(ViewportSize(width=NARROW, height=256))
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)
    visitor.follow("No, I am new here", to=REGISTER)
    visitor.press("Send me a code", to=REGISTER, state="empty")
    assert visitor.focused == "Something went wrong. Please check:"

    visitor.fill("Your e-mail address", address)
    visitor.fill("Choose a password", PASSWORD)
    visitor.press("Send me a code", to=REGISTER_CODE)
    visitor.press("Continue", to=REGISTER_CODE, state="empty")
    visitor.fill("Code from the e-mail", read_code(visitor, site))
    visitor.press("Continue", to=CONFIRM, state="new")
    visitor.press("Yes, link my school account", to=DONE)
    visitor.follow("Go to Doorstroom", to=DOSSIER)
    assert site.live_links() == [(address, "Hoogveld College")]


def test_register__by_keyboard_only(visitor: Visitor, site: ExampleSite) -> None:
    address = "noor.toetsen@doorstroom.example"
    come_to_register(visitor, site)
    check_tab_order(visitor.page)
    type_by_keyboard(visitor, "Je e-mailadres", address)
    type_by_keyboard(visitor, "Kies een wachtwoord", PASSWORD)
    press_by_keyboard(visitor, "Stuur mij een code", to=REGISTER_CODE)

    check_tab_order(visitor.page)
    type_by_keyboard(visitor, "Code uit de mail", read_code(visitor, site))
    visitor.arrive(lambda: visitor.page.keyboard.press("Enter"), to=CONFIRM, state="new")
    press_by_keyboard(visitor, "Ja, koppel mijn schoolaccount", to=DONE)
    assert site.live_links() == [(address, "Hoogveld College")]


def test_register__an_address_in_use_shows_in_the_mailbox_only(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    pages = []
    for address in ("d.nieuw@doorstroom.example", "daan@doorstroom.example"):
        visitor = new_visitor()
        come_to_register(visitor, site)
        ask_for_code(visitor, address)
        pages.append(visitor.text)
        visitor.fill("Code uit de mail", "0000 0000")
        visitor.press("Ga verder", to=REGISTER_CODE, state="wrong code")
        pages.append(visitor.text)
    assert pages[:2] == pages[2:]

    letter = open_newest_mail(visitor, site)
    assert "Daarom staat er geen code in deze mail." in letter.text_of(".letter")
    letter.page.close()
    # Who reads it has a way on, in the page that stands open.
    visitor.follow("Gebruik een ander e-mailadres", to=REGISTER)
    visitor.follow("Ik heb al een Doorstroom-account", to=LINK)


def test_register__loses_nothing_on_the_way(visitor: Visitor, site: ExampleSite) -> None:
    address = "noor.heen.en.weer@doorstroom.example"
    come_to_register(visitor, site)
    visitor.fill("Je achternaam", "de Jong")
    ask_for_code(visitor, address)
    code = read_code(visitor, site)

    visitor.follow("Gebruik een ander e-mailadres", to=REGISTER, state="filled in")
    fields = visitor.page.locator("main form input:visible").evaluate_all(
        "(fields) => fields.map((field) => field.value)"
    )
    assert fields == [address, "Noor", "de Jong", ""]
    visitor.go_back()
    visitor.press("EN – English", to=REGISTER_CODE)
    visitor.press("NL – Nederlands", to=REGISTER_CODE)
    visitor.page.reload()
    visitor.fill("Code uit de mail", code)
    visitor.press("Ga verder", to=CONFIRM, state="new")
    # Back, and on again: the code is not asked twice.
    visitor.go_back()
    assert visitor.path == CONFIRM
    visitor.page.reload()
    confirm(visitor)
    assert users(site, address) == ["Noor"]


def test_register__no_after_all_makes_nobody(visitor: Visitor, site: ExampleSite) -> None:
    address = "noor.toch.niet@doorstroom.example"
    come_to_register(visitor, site)
    ask_for_code(visitor, address)
    visitor.fill("Code uit de mail", read_code(visitor, site))
    visitor.press("Ga verder", to=CONFIRM, state="new")
    visitor.press("Nee, dit klopt niet", to=LINK)
    visitor.follow(NEW_HERE, to=REGISTER)

    assert users(site, address) == []
    assert site.live_links() == []
