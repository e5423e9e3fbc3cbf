"""The journey without a mouse, and without seeing where the focus is only by luck."""

from __future__ import annotations

import pytest

from .keyboard import check_tab_order, press_by_keyboard, type_by_keyboard
from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    CONFIRM,
    DONE,
    DOSSIER,
    LINK,
    LOGIN,
    PASSWORDS,
    portal,
    school_login,
)

pytestmark = pytest.mark.browser


def test_first_journey__by_keyboard_only(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.sandbox_url}/portal/hoogveld/", to=school_login("hoogveld"))
    for name, to in (
        ("Sanne", portal("hoogveld")),
        ("Doorstroom", LINK),
        ("Ja, ik heb al een Doorstroom-account", LOGIN),
    ):
        check_tab_order(visitor.page)
        press_by_keyboard(visitor, name, to=to)

    # An empty form first: the summary has the focus, its links lead to the fields.
    press_by_keyboard(visitor, "Inloggen en verder", to=LOGIN)
    assert visitor.focused == "Er ging iets mis. Kijk dit na:"
    check_tab_order(visitor.page, starts_at_top=False)
    type_by_keyboard(visitor, "Gebruikersnaam of e-mailadres", "sanne")
    type_by_keyboard(visitor, "Wachtwoord van Doorstroom", PASSWORDS["sanne"])
    visitor.arrive(lambda: visitor.page.keyboard.press("Enter"), to=CONFIRM)

    check_tab_order(visitor.page)
    visitor.page.keyboard.press("Escape")
    assert visitor.path == CONFIRM
    press_by_keyboard(visitor, "Ja, koppel mijn schoolaccount", to=DONE)

    assert visitor.focused == "Gelukt! Je schoolaccount is gekoppeld."
    check_tab_order(visitor.page, starts_at_top=False)
    press_by_keyboard(visitor, "Ga naar Doorstroom", to=DOSSIER)

    check_tab_order(visitor.page)
    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_advice__opens_by_keyboard(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.sandbox_url}/portal/veenpolder/", to=school_login("veenpolder"))
    press_by_keyboard(visitor, "Fatima", to=portal("veenpolder"))
    press_by_keyboard(visitor, "Doorstroom", to=LINK)
    assert "Maak geen tweede Doorstroom-account." not in visitor.text

    while visitor.focused != "Ik weet het niet":
        visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")

    assert "Maak geen tweede Doorstroom-account." in visitor.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/inloggen/",
        "/school-account/logout/",
        "/school-account/link/",
        "/school-account/link/stop/",
        "/school-account/link/not-me/",
        "/sandbox/",
    ],
)
def test_tab_order__of_other_pages(visitor: Visitor, site: ExampleSite, path: str) -> None:
    visitor.open(f"{site.url}{path}")

    check_tab_order(visitor.page)
    visitor.page.set_viewport_size({"width": 1280, "height": 800})
    visitor.page.reload()
    check_tab_order(visitor.page)


def test_skip_link__moves_to_the_content(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}/school-account/link/stop/")
    visitor.page.keyboard.press("Tab")
    assert visitor.focused == "Ga naar de inhoud"
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")

    assert visitor.focused == "Opnieuw beginnen"
