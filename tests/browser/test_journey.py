"""The first journey and the second one, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    CHOOSER,
    DONE,
    DOSSIER,
    LINK,
    confirm,
    enter_portal,
    link,
    press_tile,
    prove,
    school_login,
)

pytestmark = pytest.mark.browser

SCRIPTS = pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])


@SCRIPTS
def test_first_journey__from_a_portal_like_magister(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    sanne = new_visitor(has_scripts=has_scripts)
    enter_portal(sanne, site, school="hoogveld", person="Sanne")
    assert sanne.heading == "Hallo Sanne"

    press_tile(sanne, to=LINK)
    assert sanne.heading == "Koppel je schoolaccount"
    assert "Ingelogd bij school als Sanne Hoogveld College, Assen · leerling" in sanne.text

    prove(sanne, "sanne")
    assert sanne.heading == "Klopt dit?"
    assert "Sanne de Wit" in sanne.text
    assert "s•••@doorstroom.example" in sanne.text
    assert "De namen zijn niet hetzelfde" not in sanne.text

    confirm(sanne)
    assert "Hoi Sanne, dit gaat met je mee naar je nieuwe school." in sanne.text
    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_first_journey__that_begins_at_the_site(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}/")
    visitor.follow("Inloggen met je schoolaccount", to=CHOOSER)
    visitor.press("Hoogveld College", to=school_login("hoogveld"))
    visitor.fill("Gebruikersnaam", "sanne.dewit")
    visitor.fill("Wachtwoord", "schooldemo")
    visitor.press("Inloggen", to=LINK)

    prove(visitor, "sanne")
    visitor.press("Ja, koppel mijn schoolaccount", to=DONE)
    assert visitor.focused == "Gelukt! Je schoolaccount is gekoppeld."

    visitor.follow("Ga naar Doorstroom", to=DOSSIER)
    assert site.live_links() == [("sanne", "Hoogveld College")]


@SCRIPTS
def test_second_journey__one_click_in_the_portal(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    sanne = new_visitor(has_scripts=has_scripts)
    link(sanne, site, school="hoogveld", person="Sanne", username="sanne")
    tomorrow(sanne)

    sanne.open(f"{site.sandbox_url}/portal/hoogveld/")
    press_tile(sanne, to=DOSSIER)

    assert sanne.screens[-2:] == ["127.0.0.1/sandbox/school/hoogveld/login", "localhost/dossier/"]
    assert screens_of_ours(sanne) == []
    assert "Hoi Sanne" in sanne.text


@SCRIPTS
def test_both_journeys__from_a_portal_like_somtoday(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    fatima = new_visitor(has_scripts=has_scripts)
    enter_portal(fatima, site, school="veenpolder", person="Fatima")
    press_tile(fatima, to=LINK)
    prove(fatima, "fatima")
    confirm(fatima)
    tomorrow(fatima)

    fatima.open(f"{site.sandbox_url}/portal/veenpolder/")
    press_tile(fatima, to=DOSSIER)

    assert "127.0.0.1/sandbox/hub/choose" not in fatima.screens
    assert screens_of_ours(fatima) == []
    assert site.live_links() == [("fatima", "Veenpolder College")]


def test_second_journey__on_another_device(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    link(new_visitor(), site, school="hoogveld", person="Sanne", username="sanne")
    at_home = new_visitor()

    enter_portal(at_home, site, school="hoogveld", person="Sanne")
    press_tile(at_home, to=DOSSIER)

    assert screens_of_ours(at_home) == []
    assert "Hoi Sanne" in at_home.text


def tomorrow(visitor: Visitor) -> None:
    """Let the session of the site end; portal and hub still know the browser."""
    visitor.context.clear_cookies(domain="localhost")
    visitor.steps.clear()


def screens_of_ours(visitor: Visitor) -> list[str]:
    """Return what the package showed on the way."""
    return [s for s in visitor.screens if "/saml2/" in s or "/school-account/" in s]
