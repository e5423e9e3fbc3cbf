"""The password is forgotten: a new one in the same browser and back, or a code by e-mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import CONFIRM, LINK, LOGIN, confirm, enter_portal, press_tile

pytestmark = pytest.mark.browser

MAIL: Final = "/school-account/link/mail/"
MAIL_CODE: Final = "/school-account/link/mail/code/"
RESET: Final = "/wachtwoord/"
LETTER: Final = "/sandbox/outbox/*/"
NEW_PASSWORD: Final = "Peer-Trein-34"


def come_from_school(visitor: Visitor, site: ExampleSite) -> None:
    """Stand before the password of the site account, and not know it."""
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    visitor.follow("Ja, ik heb al een Doorstroom-account", to=LOGIN)


def open_newest_mail(visitor: Visitor, site: ExampleSite) -> Visitor:
    """Look into the mailbox of the demo, in another tab."""
    tab = visitor.new_tab()
    tab.open(f"{site.sandbox_url}/outbox/")
    tab.arrive(tab.page.locator(".cards a").first.click, to=LETTER)
    return tab


def read_code(visitor: Visitor, site: ExampleSite) -> str:
    """Read the code in the newest mail, as text and as the page that the mail shows."""
    tab = open_newest_mail(visitor, site)
    (code,) = re.findall(r"\b[0-9]{4} [0-9]{4}\b", tab.text_of(".letter"))
    assert tab.page.frame_locator("iframe").locator("strong").inner_text() == code
    tab.page.close()
    return str(code)


def test_new_password__and_back_to_linking(visitor: Visitor, site: ExampleSite) -> None:
    come_from_school(visitor, site)
    visitor.follow("Wachtwoord vergeten?", to=RESET)
    visitor.fill("E-mailadres", "sanne@doorstroom.example")
    visitor.press("Stuur mij een link", to="/wachtwoord/verstuurd/")

    tab = open_newest_mail(visitor, site)
    tab.arrive(tab.page.locator(".letter a").first.click, to="/wachtwoord/*/set-password/")
    tab.fill("Nieuw wachtwoord", NEW_PASSWORD)
    tab.fill("Nog een keer hetzelfde wachtwoord", NEW_PASSWORD)
    tab.press("Bewaar dit wachtwoord", to="/wachtwoord/klaar/")
    assert site.live_links() == []

    tab.follow("Ga verder met koppelen", to=LINK)
    tab.follow("Ja, ik heb al een Doorstroom-account", to=LOGIN)
    tab.fill("Gebruikersnaam of e-mailadres", "sanne")
    tab.fill("Wachtwoord van Doorstroom", NEW_PASSWORD)
    tab.press("Inloggen en verder", to=CONFIRM)
    confirm(tab)

    assert site.live_links() == [("sanne", "Hoogveld College")]


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_code_by_mail__proves_the_site_account(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    visitor = new_visitor(has_scripts=has_scripts)
    come_from_school(visitor, site)
    visitor.follow("Krijg een code per mail", to=MAIL)
    visitor.press("Stuur mij een code", to=MAIL)
    assert "Vul je gebruikersnaam of e-mailadres in." in visitor.text
    visitor.fill("Gebruikersnaam of e-mailadres", "sanne")
    visitor.press("Stuur mij een code", to=MAIL_CODE)

    visitor.press("Stuur mij een nieuwe code", to=MAIL_CODE)
    assert "Wacht 1 minuut." in visitor.text
    visitor.fill("Code uit de mail", "0000 0000")
    visitor.press("Ga verder", to=MAIL_CODE)
    assert "Deze code klopt niet." in visitor.text
    visitor.fill("Code uit de mail", read_code(visitor, site))
    visitor.press("Ga verder", to=CONFIRM)
    confirm(visitor)

    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_code_by_mail__nobody_can_tell_that_none_was_sent(
    visitor: Visitor, site: ExampleSite
) -> None:
    come_from_school(visitor, site)
    visitor.follow("Krijg een code per mail", to=MAIL)
    visitor.fill("Gebruikersnaam of e-mailadres", "admin")
    visitor.press("Stuur mij een code", to=MAIL_CODE)

    assert "Dan krijg je een mail met een code." in visitor.text
    assert "admin@" not in site.read_log()
    visitor.follow("Gebruik een andere naam", to=MAIL)
