"""A VO pupil becomes an MBO student: the same site account, through a second school."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from .serving import ExampleSite
from .test_forgotten import NEW_PASSWORD, open_newest_mail
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

MORE: Final = "/school-account/link/more/"
MINE: Final = "/school-account/"
REMOVE: Final = "/school-account/*/remove/"
RESUME: Final = "/school-account/*/resume/"
VO: Final = ("sanne", "Hoogveld College")
MBO: Final = ("sanne", "ROC Rivierdelta")
FIELD: Final = "Wachtwoord van Doorstroom"


def link_at_vo(new_visitor: Callable[..., Visitor], site: ExampleSite) -> None:
    """Have Sanne link at her VO school, in a browser that is not used again."""
    sanne = {"school": "hoogveld", "person": "Sanne", "username": "sanne"}
    site.prepare("sanne", lambda: link(new_visitor(), site, **sanne))


def come_from_mbo(visitor: Visitor, site: ExampleSite) -> None:
    """Arrive at the question, a year after the first link, with the site account of Sanne."""
    enter_portal(visitor, site, school="rivierdelta", person="Noor")
    press_tile(visitor, to=LINK)
    prove(visitor, "sanne", to=MORE)


def open_mine(visitor: Visitor, site: ExampleSite, *, state: str) -> None:
    """Open the list of whoever is logged in."""
    visitor.open(f"{site.url}{MINE}", state=state)


def school_names(visitor: Visitor) -> list[str]:
    """Return the schools in the list."""
    return visitor.page.locator(".own-links h2").all_inner_texts()


def in_card(visitor: Visitor, school: str, name: str) -> Callable[[], None]:
    """Return the click on a link in the card of a school."""
    card = visitor.page.locator(".own-links li").filter(has_text=school)
    return card.get_by_role("link", name=f"{name} {school}").click


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])
def test_use_both__and_remove_the_old_one(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    link_at_vo(new_visitor, site)
    visitor = new_visitor(has_scripts=has_scripts)
    come_from_mbo(visitor, site)
    assert "Je gebruikt nu: Hoogveld College" in visitor.text
    assert site.live_links() == [VO]
    visitor.press("Allebei gebruiken", to=CONFIRM)
    confirm(visitor)
    assert site.live_links() == [VO, MBO]

    open_mine(visitor, site, state="two")
    assert sorted(school_names(visitor)) == ["Hoogveld College", "ROC Rivierdelta"]
    visitor.arrive(in_card(visitor, VO[1], "Koppeling verwijderen"), to=REMOVE)
    assert site.live_links() == [VO, MBO]
    visitor.fill(FIELD, "verkeerd")
    visitor.press("Koppeling verwijderen", to=REMOVE, state="wrong password")
    assert "Dit wachtwoord klopt niet." in visitor.text
    visitor.fill(FIELD, PASSWORDS["sanne"])
    visitor.press("Koppeling verwijderen", to=MINE, state="removed")
    assert "De koppeling met Hoogveld College is weg." in visitor.text
    assert school_names(visitor) == ["ROC Rivierdelta"]
    assert site.live_links() == [MBO]
    visitor.open(f"{site.url}/school-account/1/remove/", to=MINE, state="one")

    visitor.open(f"{site.sandbox_url}/portal/rivierdelta/")
    press_tile(visitor, to=DOSSIER)


def test_only_the_new_one__after_a_look_at_what_stops(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    link_at_vo(new_visitor, site)
    visitor = new_visitor()
    come_from_mbo(visitor, site)
    visitor.press("Alleen het nieuwe gebruiken", to=CONFIRM, state="swap")
    assert site.live_links() == [VO]
    # Another choice is still possible.
    visitor.go_back()
    assert visitor.heading == "Je hebt al een schoolaccount gekoppeld"
    visitor.press("Alleen het nieuwe gebruiken", to=CONFIRM, state="swap")
    confirm(visitor)
    assert site.live_links() == [MBO]

    open_mine(visitor, site, state="one")
    assert school_names(visitor) == ["ROC Rivierdelta"]


def test_same_school__only_one_of_the_two_or_nothing(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    link_at_vo(new_visitor, site)
    visitor = new_visitor()
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)
    prove(visitor, "sanne", to=MORE)
    visitor.look("same school")
    assert visitor.page.get_by_role("button", name="Allebei gebruiken").count() == 0
    assert visitor.find("Alleen het nieuwe gebruiken", "button").is_visible()
    visitor.press("Niets veranderen", to=STOP)
    assert site.live_links() == [VO]


def test_mine__of_who_has_linked_nothing(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}{MINE}", to="/inloggen/")
    visitor.fill("Gebruikersnaam", "fatima")
    visitor.fill("Wachtwoord", PASSWORDS["fatima"])
    visitor.press("Inloggen", to=MINE, state="empty")
    assert "Je hebt nog geen schoolaccount gekoppeld." in visitor.text


def test_not_recognised__ends_with_what_to_do_next(visitor: Visitor, site: ExampleSite) -> None:
    link(visitor, site, school="hoogveld", person="Sanne", username="sanne")
    open_mine(visitor, site, state="one")
    visitor.arrive(in_card(visitor, VO[1], "Dit herken ik niet"), to=REMOVE, state="unknown")
    visitor.fill(FIELD, PASSWORDS["sanne"])
    visitor.press("Koppeling verwijderen", to=MINE, state="not recognised")
    assert "Was iemand anders in je Doorstroom-account?" in visitor.text
    assert "Code voor hulp:" in visitor.text
    assert site.live_links() == []


def choose_new_password(visitor: Visitor, site: ExampleSite) -> None:
    """Say that the password is forgotten, and choose another one."""
    visitor.open(f"{site.url}/wachtwoord/")
    visitor.fill("E-mailadres", "sanne@doorstroom.example")
    visitor.press("Stuur mij een link", to="/wachtwoord/verstuurd/")
    tab = open_newest_mail(visitor, site)
    tab.arrive(tab.page.locator(".letter a").first.click, to="/wachtwoord/*/set-password/")
    tab.fill("Nieuw wachtwoord", NEW_PASSWORD)
    tab.fill("Nog een keer hetzelfde wachtwoord", NEW_PASSWORD)
    tab.press("Bewaar dit wachtwoord", to="/wachtwoord/klaar/")
    tab.page.close()


@pytest.mark.parametrize("way", ["through school", "on the list"])
def test_paused_link__is_used_again(visitor: Visitor, site: ExampleSite, way: str) -> None:
    link(visitor, site, school="hoogveld", person="Sanne", username="sanne")
    choose_new_password(visitor, site)
    assert site.live_links() == []

    if way == "through school":
        visitor.open(f"{site.sandbox_url}/portal/hoogveld/")
        visitor.follow("Doorstroom", to=LINK, state="paused")
        assert "Je hebt een nieuw wachtwoord gekozen voor je Doorstroom-account." in visitor.text
        visitor.follow("Ik log in met mijn Doorstroom-account", to=LOGIN)
        visitor.fill("Gebruikersnaam of e-mailadres", "sanne")
        visitor.fill(FIELD, NEW_PASSWORD)
        visitor.press("Inloggen en verder", to=CONFIRM, state="again")
        confirm(visitor)
    else:
        visitor.open(f"{site.url}{MINE}", to="/inloggen/")
        visitor.fill("Gebruikersnaam", "sanne")
        visitor.fill("Wachtwoord", NEW_PASSWORD)
        visitor.press("Inloggen", to=MINE, state="paused")
        assert "Pauze: wacht op jou" in visitor.text
        visitor.arrive(in_card(visitor, VO[1], "Weer gebruiken"), to=RESUME)
        visitor.press("Weer gebruiken", to=RESUME, state="empty")
        visitor.fill(FIELD, NEW_PASSWORD)
        visitor.press("Weer gebruiken", to=MINE, state="resumed")
        assert "Je kunt weer inloggen via Hoogveld College." in visitor.text
    assert site.live_links() == [VO]
