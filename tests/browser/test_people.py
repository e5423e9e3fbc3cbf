"""Whoever may come: with an OTP device, from staff, from an mbo, with an Entree-account."""

from __future__ import annotations

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    CHOOSER,
    CODE,
    CONFIRM,
    DOSSIER,
    LINK,
    LOGIN,
    confirm,
    enter_portal,
    link,
    log_in,
    press_tile,
    prove,
    school_login,
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("device", "shown_as"), [("App op mijn telefoon", "Code nu"), ("Reservecodes", "Reservecode")]
)
def test_student_with_otp__needs_a_code_once(
    visitor: Visitor, site: ExampleSite, device: str, shown_as: str
) -> None:
    enter_portal(visitor, site, school="sterrenmeer", person="Daan")
    press_tile(visitor, to=LINK)
    prove(visitor, "daan", to=CODE)

    # The address of the next step leads back here.
    visitor.open(f"{site.url}{CONFIRM}", to=CODE)
    visitor.page.get_by_label(device).check()
    visitor.fill("Code", read_code(visitor, site, shown_as))
    visitor.press("Ga verder", to=CONFIRM)
    confirm(visitor)
    visitor.open(f"{site.sandbox_url}/portal/sterrenmeer/")
    press_tile(visitor, to=DOSSIER)

    assert site.live_links() == [("daan", "Sterrenmeer Lyceum")]


def test_student_with_otp__wrong_code(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="sterrenmeer", person="Daan")
    press_tile(visitor, to=LINK)
    prove(visitor, "daan", to=CODE)

    visitor.press("Ga verder", to=CODE)
    assert visitor.focused == "Er ging iets mis. Kijk dit na:"
    assert "Vul de code in." in visitor.text

    visitor.fill("Code", "aaaaaaaa")
    visitor.press("Ga verder", to=CODE)
    assert "Deze code klopt niet. Gebruik een nieuwe code en probeer het opnieuw." in visitor.text
    assert site.live_links() == []


def test_staff__links_and_sees_their_students(visitor: Visitor, site: ExampleSite) -> None:
    link(visitor, site, school="hoogveld", person="Ineke", username="bakker")

    assert "Dit zijn de dossiers van je leerlingen." in visitor.text
    assert site.live_links() == [("bakker", "Hoogveld College")]


def test_mbo_student__is_told_that_the_names_differ(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="rivierdelta", person="Noor")
    press_tile(visitor, to=LINK)
    prove(visitor, "sanne")

    assert "De namen zijn niet hetzelfde. Kijk goed of beide van jou zijn." in visitor.text

    visitor.press("Nee, dit klopt niet", to=LINK)
    assert site.live_links() == []
    # The proof of that account is gone as well.
    visitor.open(f"{site.url}{CONFIRM}", to=LINK)
    assert visitor.heading == "Koppel je schoolaccount"


def test_mbo_student__may_have_another_name(visitor: Visitor, site: ExampleSite) -> None:
    link(visitor, site, school="rivierdelta", person="Noor", username="sanne")

    assert site.live_links() == [("sanne", "ROC Rivierdelta")]


def test_entree_account__links(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}/dossier/", to="/inloggen/")
    visitor.follow("Inloggen met je schoolaccount", to=CHOOSER)
    visitor.press("Gebruik Entree-account", to=school_login("entree-account"))
    visitor.press("Eva", to=LINK)
    prove(visitor, "fatima")
    confirm(visitor)

    assert site.live_links() == [("fatima", "Entree-account")]


def test_site_administrator__cannot_be_linked(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Joke")
    press_tile(visitor, to=LINK)
    prove(visitor, "admin")

    assert visitor.heading == "Dit Doorstroom-account kun je niet koppelen."
    assert site.live_links() == []


def test_wrong_password__says_which_password_is_meant(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    visitor.follow("Ja, ik heb al een Doorstroom-account", to=LOGIN)

    visitor.press("Inloggen en verder", to=LOGIN)
    assert visitor.focused == "Er ging iets mis. Kijk dit na:"
    visitor.page.get_by_role("link", name="Vul je wachtwoord van Doorstroom in.").click()
    assert visitor.focused == "Wachtwoord van Doorstroom"

    visitor.fill("Gebruikersnaam of e-mailadres", "sanne")
    visitor.fill("Wachtwoord van Doorstroom", "schooldemo")
    visitor.press("Inloggen en verder", to=LOGIN)
    assert "Gebruik het wachtwoord van Doorstroom, niet van school." in visitor.text
    field = visitor.page.get_by_label("Gebruikersnaam of e-mailadres")
    assert field.input_value() == "sanne"

    log_in(visitor, "sanne")


def test_too_many_tries__says_how_long_to_wait(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    visitor.follow("Ja, ik heb al een Doorstroom-account", to=LOGIN)
    # A name of its own: the server counts for a quarter of an hour, longer than this run.
    for _ in range(6):
        visitor.fill("Gebruikersnaam of e-mailadres", "niemand")
        visitor.fill("Wachtwoord van Doorstroom", "verkeerd")
        visitor.press("Inloggen en verder", to=LOGIN)

    assert "Je hebt te vaak geprobeerd. Wacht 15 minuten." in visitor.text


def read_code(visitor: Visitor, site: ExampleSite, shown_as: str) -> str:
    """Read a one-time code from the demo's home page, in another tab."""
    tab = visitor.new_tab()
    tab.open(f"{site.url}/")
    row = tab.page.locator("dl div").filter(has=tab.page.get_by_text(shown_as, exact=True))
    code = row.locator("dd").inner_text()
    tab.page.close()
    return code
