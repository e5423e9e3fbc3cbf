"""What does not work ends on one calm page: what happened, whose fault, what now, a code."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    ANSWER,
    CHOOSER,
    COMPLETE,
    CONFIRM,
    DOSSIER,
    LINK,
    START,
    confirm,
    enter_portal,
    link,
    press_tile,
    prove,
    school_login,
)

pytestmark = pytest.mark.browser

CODE_FOR_HELP = re.compile(r"Code voor hulp: [A-Z0-9]{3}-[A-Z0-9]{3}\b")
OUTCOMES = {
    "School weigert (AuthnFailed)": "Inloggen bij je school is niet gelukt.",
    "Attribuut uid ontbreekt": "Je school stuurt te weinig gegevens.",
    "Voor een andere dienst (Audience)": "Er ging iets mis bij ons.",
    "Verlopen": "Er ging iets mis bij ons.",
    "Niet ondertekend": "Er ging iets mis bij ons.",
}


@pytest.mark.parametrize(("outcome", "heading"), OUTCOMES.items())
def test_refused_answer(visitor: Visitor, site: ExampleSite, outcome: str, heading: str) -> None:
    open_reference(visitor, site)
    visitor.page.get_by_label("Uitkomst").select_option(outcome)
    visitor.press("Versturen", to=ANSWER)

    assert visitor.heading == heading
    assert visitor.steps[-1].status == 403
    assert CODE_FOR_HELP.search(visitor.text)
    assert site.ask("SELECT COUNT(*) FROM intergrip_link_arrival") == [0]

    # The browser remembers which school was asked; it can be tried again without a search.
    visitor.follow("Opnieuw beginnen", to=CHOOSER, state="unanswered_by_reference")
    visitor.follow("Log in bij Entree Referentie", to=school_login("referentie"))


@pytest.mark.parametrize("signed", ["Alleen Response", "Alleen Assertion"])
def test_either_signature_is_enough(visitor: Visitor, site: ExampleSite, signed: str) -> None:
    open_reference(visitor, site)
    visitor.page.get_by_label("Handtekening").select_option(signed)
    visitor.press("Versturen", to=LINK)

    assert "Ingelogd bij school als Robin Entree Referentie · leerling" in visitor.text


def test_another_school_answers_than_was_chosen(visitor: Visitor, site: ExampleSite) -> None:
    open_reference(visitor, site)
    visitor.page.get_by_label("Uitkomst").select_option("Andere school dan gekozen")
    visitor.press("Versturen", to=COMPLETE)

    assert visitor.heading == "Je bent ingelogd bij een andere school."
    assert "Je koos Entree Referentie." in visitor.text
    assert "Maar je bent ingelogd bij Veenpolder College." in visitor.text


def test_school_that_is_switched_off(visitor: Visitor, site: ExampleSite) -> None:
    site.change("UPDATE intergrip_link_school SET is_active = 0 WHERE brin = '99AB00'")
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=START)

    assert visitor.heading == "Jouw school heeft Doorstroom nog niet aangezet."
    assert "Jij kunt hier niets aan doen. Vraag het aan je mentor." in visitor.text


@pytest.mark.parametrize(
    ("table", "change", "heading"),
    [
        ("auth_user", "is_active = 0", "Je Doorstroom-account staat uit."),
        ("intergrip_link_accountlink", "state = 'blocked'", "Deze koppeling staat uit."),
    ],
)
def test_second_journey__of_an_account_that_is_switched_off(
    visitor: Visitor, site: ExampleSite, table: str, change: str, heading: str
) -> None:
    link(visitor, site, school="hoogveld", person="Sanne", username="sanne")
    site.change(f"UPDATE {table} SET {change}")  # noqa: S608
    visitor.open(f"{site.url}{DOSSIER}", to="/inloggen/")

    visitor.open(f"{site.sandbox_url}/portal/hoogveld/")
    visitor.follow("Doorstroom", to=COMPLETE)

    assert visitor.heading == heading


def test_undo__of_an_unknown_link(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}/school-account/undo/x/")

    assert visitor.heading == "Deze link is te oud."
    assert visitor.steps[-1].status == 410


def test_school_account_of_somebody_else(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    # Two browsers with the same school account, both as far as the confirmation.
    first, second = new_visitor(), new_visitor()
    for visitor, username in ((first, "sanne"), (second, "fatima")):
        enter_portal(visitor, site, school="hoogveld", person="Noor")
        press_tile(visitor, to=LINK)
        prove(visitor, username)
    confirm(first)

    second.press("Ja, koppel mijn schoolaccount", to=CONFIRM)

    assert second.heading == "Dit schoolaccount is al gekoppeld"
    assert "Sanne" not in second.text
    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_second_school_account_of_one_school(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    first, second = new_visitor(), new_visitor()
    for visitor, person in ((first, "Noor"), (second, "Sem")):
        enter_portal(visitor, site, school="hoogveld", person=person)
        press_tile(visitor, to=LINK)
        prove(visitor, "sanne")
    confirm(first)

    # What was not there when the page was made is asked about first.
    second.press("Ja, koppel mijn schoolaccount", to="/school-account/link/more/")

    assert second.heading == "Je hebt al een schoolaccount gekoppeld"
    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_replay__back_to_the_page_of_the_hub(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    # Without scripts the hub's page stays in the history.
    visitor = new_visitor(has_scripts=False)
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    visitor.go_back()
    visitor.press("Ga verder", to=ANSWER)

    assert visitor.heading == "Deze pagina was al gebruikt."
    assert visitor.steps[-1].status == 410

    # Which school it was is not told to a page that another site may open.
    visitor.follow("Opnieuw beginnen", to=CHOOSER)


def test_replay__the_address_of_the_return(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    address = next(step.path for step in visitor.steps if "/complete/" in step.path)

    visitor.open(f"{site.url}{address}")
    assert visitor.heading == "Deze pagina was al gebruikt."
    visitor.page.reload()
    assert visitor.heading == "Deze pagina was al gebruikt."
    # Nothing is lost: the journey goes on where it was.
    visitor.open(f"{site.url}{LINK}")
    assert visitor.heading == "Koppel je schoolaccount"


def test_no_cookies__the_return_in_another_browser(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    address = stolen_return(new_visitor(), site)
    thief = new_visitor()

    thief.open(address)

    assert thief.heading == "Je browser onthoudt niet dat je bezig was."
    assert thief.steps[-1].status == 403
    assert site.ask("SELECT claimed_at FROM intergrip_link_arrival") == [None]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_time_is_up(new_visitor: Callable[..., Visitor], site: ExampleSite, scripts: bool) -> None:
    visitor = new_visitor(has_scripts=scripts)
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    prove(visitor, "sanne")
    site.change("UPDATE intergrip_link_arrival SET expires_at = '2026-01-01 00:00:00'")

    visitor.press("Ja, koppel mijn schoolaccount", to=CONFIRM)

    assert visitor.heading == "De tijd is om."
    assert visitor.text.startswith("De tijd is om. Er is niets gekoppeld. Opnieuw beginnen")
    assert site.live_links() == []
    visitor.follow("Opnieuw beginnen", to=LINK)


def open_reference(visitor: Visitor, site: ExampleSite) -> None:
    """Go from the site to the school whose answer can be edited."""
    visitor.open(f"{site.url}/")
    visitor.follow("Inloggen met je schoolaccount", to=CHOOSER)
    visitor.press("Entree Referentie", to=school_login("referentie"))


def stolen_return(visitor: Visitor, site: ExampleSite) -> str:
    """Return the address that brings this visitor back, before the visitor could open it."""
    found: list[str] = []

    def take(route: Route) -> None:
        found.append(route.fetch(max_redirects=0).headers["location"])
        route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html")

    visitor.page.route(f"**{ANSWER}", take)
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    visitor.find("Doorstroom", "link").click()
    visitor.page.wait_for_url(f"**{ANSWER}")
    return f"{site.url}{found[0]}"
