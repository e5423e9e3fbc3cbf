"""One student leaves the tab open, another one logs in on the same browser (LNK-06)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    CONFIRM,
    DOSSIER,
    LINK,
    LOGIN,
    PASSWORDS,
    STOP,
    confirm,
    enter_portal,
    link,
    press_tile,
    prove,
)

pytestmark = pytest.mark.browser

HEADING = "Deze pagina doet het niet meer."
TOLD = "Iemand heeft daarna op dit apparaat ingelogd. Er is nu niets veranderd."
FATIMA = [("fatima", "Veenpolder College")]


def noor_comes(visitor: Visitor, site: ExampleSite, *, as_far_as: str) -> None:
    """Noor links as far as this page, and walks away from the computer."""
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)
    if as_far_as == LOGIN:
        visitor.follow("Ja, ik heb al een Doorstroom-account", to=LOGIN)
        visitor.fill("Gebruikersnaam of e-mailadres", "sanne")
        visitor.fill("Wachtwoord van Doorstroom", PASSWORDS["sanne"])
    if as_far_as == CONFIRM:
        prove(visitor, "sanne")


def fatima_comes(visitor: Visitor, site: ExampleSite, *, links: bool) -> Visitor:
    """Fatima opens a tab of her own on the same computer."""
    fatima = visitor.new_tab()
    enter_portal(fatima, site, school="veenpolder", person="Fatima")
    press_tile(fatima, to=LINK)
    if links:
        prove(fatima, "fatima")
        confirm(fatima)
    return fatima


def is_told(visitor: Visitor) -> None:
    """Read that nothing was done, and how to go on."""
    assert visitor.heading == HEADING
    assert TOLD in visitor.text
    assert visitor.steps[-1].status == 410
    assert "fatima" not in visitor.text.casefold()
    assert visitor.find("Opnieuw beginnen", "link").is_visible()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])
@pytest.mark.parametrize(
    ("page", "button"),
    [(LOGIN, "Inloggen en verder"), (CONFIRM, "Ja, koppel mijn schoolaccount")],
    ids=["login", "confirm"],
)
def test_form__after_another_student_has_linked(
    new_visitor: Callable[..., Visitor],
    site: ExampleSite,
    page: str,
    button: str,
    has_scripts: bool,
) -> None:
    noor = new_visitor(has_scripts=has_scripts)
    noor_comes(noor, site, as_far_as=page)
    fatima = fatima_comes(noor, site, links=True)
    noor.press(button, to=page)

    is_told(noor)
    assert site.live_links() == FATIMA
    fatima.open(f"{site.url}{DOSSIER}")
    assert "Hoi Fatima" in fatima.text


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])
def test_form__while_another_student_links(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    noor = new_visitor(has_scripts=has_scripts)
    noor_comes(noor, site, as_far_as=CONFIRM)
    fatima = fatima_comes(noor, site, links=False)
    noor.press("Ja, koppel mijn schoolaccount", to=CONFIRM)

    is_told(noor)
    assert site.live_links() == []
    prove(fatima, "fatima")
    confirm(fatima)
    assert site.live_links() == FATIMA


def test_form__after_a_student_who_had_linked_long_ago(visitor: Visitor, site: ExampleSite) -> None:
    link(visitor, site, school="veenpolder", person="Fatima", username="fatima")
    visitor.context.clear_cookies()
    noor_comes(visitor, site, as_far_as=CONFIRM)
    fatima = visitor.new_tab()
    enter_portal(fatima, site, school="veenpolder", person="Fatima")
    press_tile(fatima, to=DOSSIER)
    visitor.press("Ja, koppel mijn schoolaccount", to=CONFIRM)

    is_told(visitor)
    assert site.live_links() == FATIMA


def test_stop__on_the_older_page_stops_nobody_else(visitor: Visitor, site: ExampleSite) -> None:
    noor_comes(visitor, site, as_far_as=LINK)
    fatima = fatima_comes(visitor, site, links=False)
    visitor.press("Niet koppelen en stoppen", to=STOP)

    is_told(visitor)
    prove(fatima, "fatima")
    confirm(fatima)
    assert site.live_links() == FATIMA


def test_older_page__reloaded_shows_who_is_there_now(visitor: Visitor, site: ExampleSite) -> None:
    noor_comes(visitor, site, as_far_as=LINK)
    fatima_comes(visitor, site, links=False)
    visitor.open(f"{site.url}{LINK}")

    assert "Ingelogd bij school als Fatima" in visitor.text
    assert "Noor" not in visitor.text
