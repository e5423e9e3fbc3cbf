"""Shared computers: somebody else is still logged in, at school or at the site."""

from __future__ import annotations

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    CHOOSER,
    CONFIRM,
    DOSSIER,
    LINK,
    LOGIN,
    NOT_ME,
    PASSWORDS,
    SOMEONE_ELSE,
    confirm,
    enter_portal,
    link,
    log_in,
    press_tile,
    prove,
    school_login,
)

pytestmark = pytest.mark.browser


def test_not_me__starts_again_with_a_new_login_at_school(
    visitor: Visitor, site: ExampleSite
) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)

    visitor.follow("Ben jij dit niet?", to=NOT_ME)
    assert visitor.heading == "Ben jij niet Noor?"
    # The school still knows Noor, and asks nevertheless.
    visitor.press("Uitloggen en opnieuw beginnen", to=school_login("hoogveld"))
    visitor.press("Sanne", to=LINK)

    assert "Ingelogd bij school als Sanne" in visitor.text
    prove(visitor, "sanne")
    confirm(visitor)
    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_not_me__it_was_me_after_all(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)

    visitor.follow("Ben jij dit niet?", to=NOT_ME)
    visitor.follow("Ik ben wel Sanne", to=LINK)

    assert "Ingelogd bij school als Sanne" in visitor.text


def test_not_me__after_linking_ends_the_link(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)
    prove(visitor, "sanne")
    visitor.press("Ja, koppel mijn schoolaccount", to="/school-account/link/done/")

    visitor.follow("Ben jij dit niet?", to=NOT_ME)
    visitor.press("Andere school kiezen", to=CHOOSER)

    assert site.live_links() == []


@pytest.mark.parametrize("whose", ["mine", "not_mine"])
def test_somebody_is_logged_in_at_the_site(visitor: Visitor, site: ExampleSite, whose: str) -> None:
    log_in_at_site(visitor, site, "sanne")
    enter_portal(visitor, site, school="hoogveld", person="Sem")
    press_tile(visitor, to=SOMEONE_ELSE)
    assert "Op dit apparaat is Sanne ingelogd bij Doorstroom." in visitor.text
    assert "Je schoolaccount is van Sem." in visitor.text

    if whose == "mine":
        visitor.press("Ja, allebei van mij", to=LOGIN)
        field = visitor.page.get_by_label("Gebruikersnaam of e-mailadres")
        assert field.input_value() == "sanne"
        log_in(visitor, "sanne")
    else:
        visitor.press("Nee, log Sanne uit", to=LINK)
        visitor.open(f"{site.url}{DOSSIER}", to="/inloggen/")
    assert site.live_links() == []


def test_a_linked_pupil_takes_the_place_of_another(visitor: Visitor, site: ExampleSite) -> None:
    link(visitor, site, school="hoogveld", person="Sanne", username="sanne")
    log_in_at_site(visitor, site, "fatima")

    visitor.open(f"{site.sandbox_url}/portal/hoogveld/")
    press_tile(visitor, to=DOSSIER)

    assert "Hoi Sanne" in visitor.text


@pytest.mark.parametrize("has_linked", [True, False], ids=["linked", "linking"])
def test_a_form_that_an_earlier_pupil_left_open(
    visitor: Visitor, site: ExampleSite, has_linked: bool
) -> None:
    # Noor walks as far as the confirmation, and leaves the tab open.
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)
    prove(visitor, "sanne")
    # Fatima comes to the same computer.
    fatima = visitor.new_tab()
    enter_portal(fatima, site, school="veenpolder", person="Fatima")
    press_tile(fatima, to=LINK)
    if has_linked:
        prove(fatima, "fatima")
        confirm(fatima)

    visitor.press("Ja, koppel mijn schoolaccount", to=CONFIRM)

    assert visitor.steps[-1].status == 410
    assert visitor.heading == "Deze pagina doet het niet meer."
    assert site.live_links() == ([("fatima", "Veenpolder College")] if has_linked else [])


def log_in_at_site(visitor: Visitor, site: ExampleSite, username: str) -> None:
    """Log in with the site account, on the site's own page."""
    visitor.context.clear_cookies(domain="localhost")
    visitor.open(f"{site.url}/inloggen/?next={DOSSIER}")
    visitor.fill("Gebruikersnaam", username)
    visitor.fill("Wachtwoord", PASSWORDS[username])
    visitor.press("Inloggen", to=DOSSIER)
