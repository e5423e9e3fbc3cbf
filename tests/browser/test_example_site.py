"""The pages around the package: the example site, its admin, and the sandbox."""

from __future__ import annotations

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import DOSSIER, HUB_CHOOSER, PASSWORDS, enter_portal, link, portal, school_login

pytestmark = pytest.mark.browser


def test_site__home_and_its_own_login(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}/")
    assert visitor.heading == "Jouw stap naar het mbo"

    visitor.follow("Inloggen met je Doorstroom-account", to="/inloggen/")
    visitor.fill("Gebruikersnaam", "fatima")
    visitor.fill("Wachtwoord", "verkeerd")
    visitor.press("Inloggen", to="/inloggen/")
    visitor.fill("Wachtwoord", PASSWORDS["fatima"])
    visitor.press("Inloggen", to=DOSSIER)
    assert "Hoi Fatima" in visitor.text

    visitor.press("English", to=DOSSIER)
    assert visitor.heading == "My file"
    visitor.open(f"{site.url}/")


def test_admin__shows_links_and_events(visitor: Visitor, site: ExampleSite) -> None:
    link(visitor, site, school="hoogveld", person="Sanne", username="sanne")
    # An event with a reason, beside one without.
    visitor.open(f"{site.url}/school-account/undo/x/")
    visitor.context.clear_cookies(domain="localhost")

    visitor.open(f"{site.url}/inloggen/?next=/admin/")
    visitor.fill("Gebruikersnaam", "admin")
    visitor.fill("Wachtwoord", PASSWORDS["admin"])
    visitor.press("Inloggen", to="/admin/")
    for model in ("school", "accountlink", "linkevent"):
        visitor.open(f"{site.url}/admin/intergrip_link/{model}/")
        row = visitor.page.locator("#result_list tbody a").first
        address = row.get_attribute("href")
        assert address
        visitor.open(f"{site.url}{address}")


def test_sandbox__its_pages(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.sandbox_url}/")
    visitor.follow("Portaal van Scholengemeenschap Lindehof", to=school_login("lindehof"))
    visitor.fill("Gebruikersnaam", "lotte.meijer")
    visitor.fill("Wachtwoord", "verkeerd")
    visitor.press("Inloggen", to=school_login("lindehof"))
    visitor.press("Lotte", to=portal("lindehof"))
    visitor.press("Uitloggen bij Scholengemeenschap Lindehof", to="/sandbox/")

    visitor.follow("Laatste bericht van Entree", to="/sandbox/hub/last")
    visitor.follow("Overzicht van de demo", to="/sandbox/")
    visitor.follow("Uitloggen bij Entree", to="/sandbox/hub/logout")
    visitor.press("Uitloggen", to="/sandbox/hub/logout")
    visitor.open(f"{site.sandbox_url}/hub/choose")
    assert visitor.heading == "Inloggen lukt niet"


def test_hub_chooser__searches_and_remembers(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    visitor.open(f"{site.url}/saml2/kennisnet/login?hub=1", to=HUB_CHOOSER)
    visitor.fill("Zoek je school", "gouda")
    visitor.press("Zoek", to=HUB_CHOOSER)
    assert visitor.page.locator(".schools button").all_inner_texts() == [
        "Veenpolder College\nGouda"
    ]
    visitor.fill("Zoek je school", "bestaat niet")
    visitor.press("Zoek", to=HUB_CHOOSER)
    assert "Geen school gevonden" in visitor.text
    visitor.fill("Zoek je school", "")
    visitor.press("Zoek", to=HUB_CHOOSER)
    visitor.press("Sterrenmeer Lyceum", to=school_login("sterrenmeer"))

    visitor.open(f"{site.url}/saml2/kennisnet/login?hub=1", to=HUB_CHOOSER)
    assert "Recent gebruikt" in visitor.text
    first = visitor.page.locator(".schools button").first
    assert first.inner_text() == "Sterrenmeer Lyceum\nHoorn"
