"""The page where a school is chosen, in every state that it has: what holds in all of them.

Each state is looked at (see :mod:`tests.browser.looking` and :mod:`tests.browser.shape`) in Dutch
and in English, with scripts and without, 320, 768 and 1280 px wide, in light, in the dark and with
forced colours, with double letters and spaced lines. The acceptance criteria, and where they are:

====  ==========================================================================================
A01   every state here: axe, the HTML as it was sent, references and ids
A02   every state here: title, heading and language of the page
A03   every state here: outline, landmarks, schools as buttons in a list
A04   every state here: 320 by 256 px, nothing cut off; ``long_name``
A05   every state here: double letters, spaced lines
A06   every state here: contrast of letters and borders
A07   ``test_state``: what it says is text
A08   every state here: size of what is pressed
A09   every state here: names
A10   ``test_choose_keyboard.py``
A11   ``test_choose_keyboard.py``
A12   ``test_choose_keyboard.py``
A13   ``test_choose_keyboard.py``
A14   ``test_choose_typing.py``
A15   ``test_choose_typing.py``
A16   every state here: a label above the field, no placeholder
A19   ``test_choose_ways.py``
A21   ``test_choose_recents.py``, ``test_choose_keyboard.py``
A23   ``test_a23``
A24   every test here and in ``test_choose_recents.py`` with ``no_scripts``
A25   every state here: nothing moves
A30   ``test_choose_weight.py``
====  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Route

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    ANSWER,
    CHOOSER,
    LINK,
    START,
    choose,
    give_recents,
    open_chooser,
    query_in,
    school_login,
    schools_shown,
    search,
)

pytestmark = pytest.mark.browser

HOOGVELD = ("kennisnet", "99AB00")
VEENPOLDER = ("kennisnet", "99BD00")
RIVIERDELTA = ("surfconext", "99CF")
LONG_NAME = (
    "Christelijke Scholengemeenschap voor Voortgezet Onderwijs Gelderland-Overijssel-Zuidoosthoek"
)

Reach = Callable[[Visitor, ExampleSite], None]


@dataclass(frozen=True, kw_only=True)
class State:
    """One state of the page: how one gets there, and what it says."""

    reach: Reach
    dutch: str
    english: str


def change_school(site: ExampleSite, brin: str, changes: str, *values: object) -> None:
    """Change a school as an administrator would; who writes a school renews its revision."""
    changes = f"{changes}, revision = abs(random() % 1000000)"
    assert site.change(
        f"UPDATE intergrip_link_school SET {changes} WHERE brin = ?",  # noqa: S608
        *values,
        brin,
    )


def first_visit(visitor: Visitor, site: ExampleSite) -> None:
    site.fill()
    open_chooser(visitor, site)


def short_list(visitor: Visitor, site: ExampleSite) -> None:
    open_chooser(visitor, site)


def found(text: str, *, is_full: bool = False) -> Reach:
    def reach(visitor: Visitor, site: ExampleSite) -> None:
        if is_full:
            site.fill()
        open_chooser(visitor, site)
        search(visitor, text)

    return reach


def more(visitor: Visitor, site: ExampleSite) -> None:
    found("college", is_full=True)(visitor, site)
    visitor.page.locator("[data-more]").click()
    visitor.page.wait_for_url("**shown=40**")


def recents(visitor: Visitor, site: ExampleSite) -> None:
    give_recents(visitor, site, HOOGVELD, VEENPOLDER, RIVIERDELTA)
    open_chooser(visitor, site)


def recents_edit(visitor: Visitor, site: ExampleSite) -> None:
    recents(visitor, site)
    press_link(visitor, ".recents a")


def recents_removed(visitor: Visitor, site: ExampleSite) -> None:
    recents_edit(visitor, site)
    submit(visitor, f"button[name=remove][value$='{VEENPOLDER[1]}']")


def recents_restored(visitor: Visitor, site: ExampleSite) -> None:
    recents_removed(visitor, site)
    submit(visitor, "button[name=restore]")


def recents_cleared(visitor: Visitor, site: ExampleSite) -> None:
    recents_edit(visitor, site)
    submit(visitor, "button[name=clear]")


def unknown_link(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}{START}?school=00XX00", to=CHOOSER)


def closed_school(visitor: Visitor, site: ExampleSite) -> None:
    change_school(site, "99AB00", "is_active = 0")
    found("hoogveld")(visitor, site)


def closed_school_with_message(visitor: Visitor, site: ExampleSite) -> None:
    message = "Vanaf 1 maart kun je hier inloggen."
    change_school(site, "99AB00", "is_active = 0, message = ?", message)
    found("hoogveld")(visitor, site)
    assert message in visitor.text


def closed_school_by_link(visitor: Visitor, site: ExampleSite) -> None:
    change_school(site, "99AB00", "is_active = 0")
    visitor.page.goto(f"{site.url}{START}?school=99AB00")
    assert visitor.steps[-1].status == 403


def unanswered(visitor: Visitor, site: ExampleSite) -> None:
    open_chooser(visitor, site)
    choose(visitor, "99AB00", to=school_login("hoogveld"))
    open_chooser(visitor, site)


def framed(visitor: Visitor, site: ExampleSite) -> None:
    # What a frame gets, in a tab of its own, so that it can be looked at.
    def give(route: Route) -> None:
        headers = {**route.request.headers, "sec-fetch-dest": "iframe"}
        route.fulfill(response=route.fetch(headers=headers))

    visitor.page.route(f"**{CHOOSER}", give)
    visitor.page.goto(f"{site.url}{CHOOSER}")
    visitor.page.unroute_all()


def other_school(visitor: Visitor, site: ExampleSite) -> None:
    open_chooser(visitor, site)
    choose(visitor, "99ZZ00", to=school_login("referentie"))
    visitor.page.locator("select[name=outcome]").select_option(index=other_school_option(visitor))
    visitor.press("Versturen", to="/saml2/kennisnet/*")


def other_school_option(visitor: Visitor) -> int:
    options = visitor.page.locator("select[name=outcome] option").all_inner_texts()
    return options.index("Andere school dan gekozen")


def other_federation(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}/saml2/surfconext/school")


def no_guests(visitor: Visitor, site: ExampleSite) -> None:
    change_school(site, "ENTR", "listed = 0")
    open_chooser(visitor, site)


def long_name(visitor: Visitor, site: ExampleSite) -> None:
    assert len(LONG_NAME) >= 90
    change_school(site, "99AB00", "name = ?", LONG_NAME)
    give_recents(visitor, site, HOOGVELD)
    found("gelderland")(visitor, site)


def press_link(visitor: Visitor, selector: str) -> None:
    """Follow a link that comes back to this page."""
    with visitor.page.expect_navigation(wait_until="load"):
        visitor.page.locator(selector).click()


def submit(visitor: Visitor, selector: str) -> None:
    """Press a button that comes back to this page."""
    with visitor.page.expect_navigation(wait_until="load"):
        visitor.page.locator(selector).first.click()


STATES = {
    "first_visit": State(
        reach=first_visit,
        dutch="Typ de naam of de plaats. Een paar letters is genoeg. De lijst verandert terwijl je",
        english="Type the name or the place. A few letters are enough. The list changes while you",
    ),
    "short_list": State(
        reach=short_list, dutch="Deze scholen doen mee", english="These schools take part"
    ),
    "one": State(reach=found("hoogveld"), dutch="1 school gevonden.", english="1 school found."),
    "too_many": State(
        reach=found("college", is_full=True),
        dutch="scholen gevonden. Je ziet de eerste 20. Typ meer letters.",
        english="schools found. You see the first 20. Type more letters.",
    ),
    "more": State(reach=more, dutch="Je ziet de eerste 40.", english="You see the first 40."),
    "none": State(
        reach=found("qqqqqq"),
        dutch='We vinden geen school met "qqqqqq". Kijk of je het goed typt.',
        english='We cannot find a school with "qqqqqq". Check your spelling.',
    ),
    "typo": State(
        reach=found("hogevled"),
        dutch='We vinden geen school met "hogevled". Bedoel je een van deze scholen?',
        english='We cannot find a school with "hogevled". Do you mean one of these?',
    ),
    "recents": State(reach=recents, dutch="Recent gebruikt", english="Recently used"),
    "recents_edit": State(
        reach=recents_edit,
        dutch="Verwijder Veenpolder College",
        english="Remove Veenpolder College",
    ),
    "recents_removed": State(
        reach=recents_removed,
        dutch="Veenpolder College staat niet meer in je lijst. Zet terug",
        english="Veenpolder College is no longer in your list. Put back",
    ),
    "recents_restored": State(
        reach=recents_restored,
        dutch="Verwijder Veenpolder College",
        english="Remove Veenpolder College",
    ),
    "recents_cleared": State(
        reach=recents_cleared, dutch="Je lijst is leeg.", english="Your list is empty."
    ),
    "unknown_link": State(
        reach=unknown_link,
        dutch="We kennen deze link niet. Kies zelf je school.",
        english="We do not know this link. Choose your school yourself.",
    ),
    "closed_school": State(
        reach=closed_school,
        dutch="Deze school heeft Doorstroom nog niet aangezet. Vraag het aan je mentor.",
        english="This school has not switched Doorstroom on yet. Ask your mentor.",
    ),
    "closed_school_with_message": State(
        reach=closed_school_with_message, dutch="Vanaf 1 maart", english="Vanaf 1 maart"
    ),
    "closed_school_by_link": State(
        reach=closed_school_by_link,
        dutch="Jouw school heeft Doorstroom nog niet aangezet. Jij kunt hier niets aan doen.",
        english="Your school has not switched Doorstroom on yet. You cannot change this.",
    ),
    "unanswered": State(
        reach=unanswered,
        dutch="Lukte het inloggen bij Hoogveld College niet? Log in bij Hoogveld College Kies",
        english="Did logging in at Hoogveld College not work? Log in at Hoogveld College Choose",
    ),
    "framed": State(
        reach=framed,
        dutch="Dit werkt niet in dit venster. Open in een nieuw tabblad",
        english="This does not work in this window. Open in a new tab",
    ),
    "other_school": State(
        reach=other_school,
        dutch="Maar je bent ingelogd bij Veenpolder College. Er is nu niets veranderd.",
        english="But you are logged in at Veenpolder College. Nothing has changed now.",
    ),
    "other_federation": State(
        reach=other_federation, dutch="Gebruik Entree-account", english="Use Entree-account"
    ),
    "no_guests": State(
        reach=no_guests, dutch="Kies hieronder jouw school", english="Choose your school below"
    ),
    "long_name": State(reach=long_name, dutch=LONG_NAME, english=LONG_NAME),
}
READERS = {
    "nl": ("nl-NL", True),
    "nl_no_scripts": ("nl-NL", False),
    "en": ("en-GB", True),
    "en_no_scripts": ("en-GB", False),
}
ONLY_WITH_ALL = ("short_list", "none", "recents_removed")
"""English without scripts adds nothing to the others in more states than these."""

CASES = [
    pytest.param(name, reader, id=f"{name}-{reader}")
    for name in STATES
    for reader in READERS
    if reader != "en_no_scripts" or name in ONLY_WITH_ALL
]


@pytest.mark.parametrize(("name", "reader"), CASES)
def test_state(
    new_visitor: Callable[..., Visitor], site: ExampleSite, name: str, reader: str
) -> None:
    """A01–A09, A16, A24, A25: reached, looked at, and it says in words what it is."""
    language, has_scripts = READERS[reader]
    visitor = new_visitor(language=language, has_scripts=has_scripts)
    state = STATES[name]

    state.reach(visitor, site)

    visitor.look(name)
    assert (state.english if language == "en-GB" else state.dutch) in visitor.text


def test_schools_in_full_list__have_a_second_line_that_tells_them_apart(
    visitor: Visitor, site: ExampleSite
) -> None:
    found("college", is_full=True)(visitor, site)

    rows = visitor.page.locator("#results li button").all_inner_texts()

    assert len(rows) == 20
    assert all("\n" in row for row in rows), rows
    assert len(set(rows)) == 20, rows


@pytest.mark.parametrize("reader", ["nl", "nl_no_scripts"])
def test_a24__more_twice_and_then_another_query(
    new_visitor: Callable[..., Visitor], site: ExampleSite, reader: str
) -> None:
    """A24: show more, with scripts and without, keeps what was shown and the errand."""
    site.fill()
    visitor = new_visitor(has_scripts=READERS[reader][1])
    open_chooser(visitor, site, query="next=/dossier/%3Ftab%3D2&q=college")
    first = schools_shown(visitor)
    for shown in (40, 60):
        visitor.page.locator("[data-more]").click()
        visitor.page.wait_for_url(f"**shown={shown}**")
        assert "next=" in visitor.page.url
        assert schools_shown(visitor)[:20] == first
        assert len(schools_shown(visitor)) == shown

    search(visitor, "lyceum")
    assert query_in(visitor.page.url) == "lyceum"
    assert "next=" in visitor.page.url
    assert len(schools_shown(visitor)) == 20


def test_a23__help_language_and_logo_stand_in_the_same_order(
    visitor: Visitor, site: ExampleSite
) -> None:
    """A23: on the chooser as on the page after it and on a page of refusal."""
    read = """() => [...document.querySelectorAll(
        ".brand, .language button, main, footer a")].map((e) => e.tagName === "MAIN"
        ? "main" : e.innerText.trim().split("\\n")[0])"""
    orders = []
    open_chooser(visitor, site)
    orders.append(visitor.page.evaluate(read))
    choose(visitor, "99AB00", to=school_login("hoogveld"))
    visitor.press("Sanne", to=LINK)
    orders.append(visitor.page.evaluate(read))
    visitor.open(f"{site.url}/school-account/undo/x/")
    orders.append(visitor.page.evaluate(read))

    assert orders[0] == orders[1] == orders[2]
    assert [text.split(" ")[0] for text in orders[0]] == ["Doorstroom", "NL", "EN", "main", "Hulp"]


def test_a02__two_languages(visitor: Visitor, site: ExampleSite) -> None:
    """A02, A19: the language changes, the query stays although the script put it there."""
    open_chooser(visitor, site)
    search(visitor, "hoogveld")

    visitor.press("EN", to=CHOOSER, state="one")

    assert visitor.heading == "Choose your school below or use Entree-account"
    assert visitor.page.title() == f"{visitor.heading} – Doorstroom"
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    assert visitor.page.locator("#q").input_value() == "hoogveld"
    assert schools_shown(visitor) == ["Hoogveld College"]
    assert ANSWER not in visitor.path
