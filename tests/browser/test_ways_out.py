"""Ways out and back: stop, undo, log out, another language, and pressing twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    CONFIRM,
    DONE,
    DOSSIER,
    LINK,
    LOGOUT,
    STOP,
    enter_portal,
    link,
    press_tile,
    prove,
)

pytestmark = pytest.mark.browser


def test_stop__links_nothing(visitor: Visitor, site: ExampleSite) -> None:
    start(visitor, site)
    visitor.press("Niet koppelen en stoppen", to=STOP)
    assert visitor.heading == "Je bent gestopt."

    visitor.open(f"{site.url}{LINK}")
    assert visitor.heading == "De tijd is om."
    visitor.open(f"{site.url}{STOP}")
    visitor.follow("Ga naar Doorstroom", to="/")


def test_i_do_not_know__opens_advice(visitor: Visitor, site: ExampleSite) -> None:
    start(visitor, site)
    visitor.page.get_by_text("Ik weet het niet").click()

    assert "Maak geen tweede Doorstroom-account." in visitor.text


def test_undo__from_the_done_page(visitor: Visitor, site: ExampleSite) -> None:
    finish(visitor, site)
    address = visitor.find("Toch niet goed? Maak het ongedaan", "link").get_attribute("href")
    assert address

    visitor.follow("Toch niet goed? Maak het ongedaan", to=address)
    assert site.live_links() == [("sanne", "Hoogveld College")]
    visitor.press("Koppeling verwijderen", to=address)

    assert visitor.heading == "De koppeling is weg."
    assert visitor.focused == "De koppeling is weg."
    assert site.live_links() == []
    # The session that the link opened is over, and the school account is free again.
    visitor.open(f"{site.url}{DOSSIER}", to="/inloggen/")
    visitor.open(f"{site.sandbox_url}/portal/hoogveld/")
    press_tile(visitor, to=LINK)


def test_logout__and_back_shows_nothing(visitor: Visitor, site: ExampleSite) -> None:
    link(visitor, site, school="hoogveld", person="Sanne", username="sanne")
    visitor.follow("Uitloggen", to=LOGOUT)
    assert visitor.heading == "Wil je uitloggen bij Doorstroom?"
    visitor.press("Uitloggen", to=LOGOUT)
    assert visitor.heading == "Je bent uitgelogd bij Doorstroom"
    assert "Is dit een gedeeld apparaat? Log dan ook uit bij school." in visitor.text

    for _ in range(4):
        visitor.go_back()
        assert "Hoi Sanne" not in visitor.text
        assert "Verpleegkundige" not in visitor.text


def test_language__changes_and_stays(visitor: Visitor, site: ExampleSite) -> None:
    start(visitor, site)
    visitor.press("EN", to=LINK)
    assert visitor.heading == "Link your school account"
    assert visitor.page.locator("html").get_attribute("lang") == "en"

    visitor.follow("Yes, I already have a Doorstroom account", to="/school-account/link/login/")
    visitor.fill("User name or e-mail address", "sanne")
    visitor.fill("Doorstroom password", "Appel-Fiets-12")
    visitor.press("Log in and continue", to=CONFIRM)
    visitor.press("Yes, link my school account", to=DONE)
    assert visitor.heading == "Done! Your school account is linked."

    visitor.press("NL", to=DONE)
    assert visitor.heading == "Gelukt! Je schoolaccount is gekoppeld."


def test_language__follows_the_browser(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    visitor = new_visitor(language="en-GB")
    start(visitor, site)

    assert visitor.heading == "Link your school account"


@pytest.mark.parametrize("pause", [10, 60, 250], ids=lambda pause: f"{pause}_ms")
def test_double_click__makes_one_link(visitor: Visitor, site: ExampleSite, pause: int) -> None:
    start(visitor, site)
    prove(visitor, "sanne")
    button = visitor.find("Ja, koppel mijn schoolaccount", "button")
    # With a timer of the page, which ends with it: the second click never hits the next page.
    twice = "(e, pause) => { e.click(); setTimeout(() => e.click(), pause); }"
    visitor.arrive(lambda: button.evaluate(twice, pause), to=DONE)

    assert visitor.heading == "Gelukt! Je schoolaccount is gekoppeld."
    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_double_click__without_scripts_is_told_the_truth(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    visitor = new_visitor(has_scripts=False)
    start(visitor, site)
    prove(visitor, "sanne")
    box = visitor.find("Ja, koppel mijn schoolaccount", "button").bounding_box()
    assert box
    for _ in range(2):
        visitor.page.mouse.click(box["x"] + 20, box["y"] + 20)
    visitor.page.get_by_role("heading", name="Klopt dit?").wait_for(state="detached")

    # The browser may drop the first answer, and with it the session of somebody who is inside.
    assert visitor.heading in (
        "Deze pagina was al gebruikt.",
        "Gelukt! Je schoolaccount is gekoppeld.",
    )
    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_back__after_linking_leads_to_done(visitor: Visitor, site: ExampleSite) -> None:
    finish(visitor, site)
    visitor.go_back()

    assert visitor.path == DONE
    assert visitor.heading == "Gelukt! Je schoolaccount is gekoppeld."


def start(visitor: Visitor, site: ExampleSite) -> None:
    """Come as far as the link page."""
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)


def finish(visitor: Visitor, site: ExampleSite) -> None:
    """Come as far as the done page."""
    start(visitor, site)
    prove(visitor, "sanne")
    visitor.press("Ja, koppel mijn schoolaccount", to=DONE)
