"""The chooser without a mouse: order, trap, skip link, a focus that can be seen, small phones."""

from __future__ import annotations

import pytest

from .keyboard import SKIP_LINKS, check_tab_order, press_by_keyboard, type_by_keyboard
from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    CHOOSER,
    CONFIRM,
    DONE,
    LINK,
    LOGIN,
    PASSWORDS,
    give_recents,
    open_chooser,
    query_in,
    school_login,
    schools_shown,
    search,
)

pytestmark = pytest.mark.browser


def test_a10__from_the_school_to_the_end(visitor: Visitor, site: ExampleSite) -> None:
    """A10, A11, A12, A13: the whole journey with the keys alone."""
    open_chooser(visitor, site)
    check_tab_order(visitor.page)
    type_by_keyboard(visitor, "Zoek je school", "hoogveld")
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#found:focus").wait_for()
    check_tab_order(visitor.page, starts_at_top=False)
    visitor.page.locator("#found").focus()
    press_by_keyboard(visitor, "Hoogveld College", to=school_login("hoogveld"))
    press_by_keyboard(visitor, "Sanne", to=LINK)
    press_by_keyboard(visitor, "Ja, ik heb al een Doorstroom-account", to=LOGIN)
    type_by_keyboard(visitor, "Gebruikersnaam of e-mailadres", "sanne")
    type_by_keyboard(visitor, "Wachtwoord van Doorstroom", PASSWORDS["sanne"])
    visitor.arrive(lambda: visitor.page.keyboard.press("Enter"), to=CONFIRM)
    press_by_keyboard(visitor, "Ja, koppel mijn schoolaccount", to=DONE)

    assert visitor.focused == "Gelukt! Je schoolaccount is gekoppeld."
    assert site.live_links() == [("sanne", "Hoogveld College")]


@pytest.mark.parametrize("state", ["results", "unknown", "none", "edit"])
def test_a10__tab_order_of_every_kind_of_list(
    visitor: Visitor, site: ExampleSite, state: str
) -> None:
    """A10, A11, A12: on a phone whose keyboard covers the most of it, and on a wide screen."""
    give_recents(visitor, site, ("kennisnet", "99AB00"), ("surfconext", "99CF"))
    query = {"results": "q=college", "unknown": "unknown=1", "none": "q=qqqqqq", "edit": "edit=1"}
    for size in ({"width": 320, "height": 256}, {"width": 1280, "height": 800}):
        visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
        visitor.page.goto(f"{site.url}{CHOOSER}?{query[state]}")
        # What is new has the focus: Tab goes on from there, and comes round.
        has_news = visitor.page.locator("[data-focus]").count() > 0
        check_tab_order(visitor.page, starts_at_top=not has_news)


def test_a10__escape_never_submits(visitor: Visitor, site: ExampleSite) -> None:
    """A10: on nothing that can have the focus."""
    open_chooser(visitor, site)
    search(visitor, "hoogveld")
    answers = len(visitor.steps)
    for element in visitor.page.locator("main :is(a, button, input:not([type=hidden]))").all():
        element.focus()
        visitor.page.keyboard.press("Escape")
    visitor.page.wait_for_timeout(300)

    assert len(visitor.steps) == answers


def test_a13__the_skip_link_comes_first(visitor: Visitor, site: ExampleSite) -> None:
    """A13: it moves the focus to the content; the next stop is the first thing in it."""
    open_chooser(visitor, site)
    visitor.page.keyboard.press("Tab")
    assert visitor.focused in SKIP_LINKS
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("() => document.activeElement.tagName") == "MAIN"
    visitor.page.keyboard.press("Tab")

    assert visitor.focused == "Zoek je school"


def test_a21__more_moves_to_the_first_new_school(visitor: Visitor, site: ExampleSite) -> None:
    """A21: with scripts; without them the new page does the same."""
    site.fill()
    open_chooser(visitor, site)
    search(visitor, "college")
    visitor.page.locator("[data-more]").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**shown=40**")
    new = schools_shown(visitor)[20]
    visitor.page.wait_for_function(
        "() => document.activeElement.closest('#results li:nth-child(21)')"
    )
    assert visitor.focused == new

    visitor.page.goto(visitor.page.url)
    visitor.page.wait_for_function(
        "() => document.activeElement.closest('#results li:nth-child(21)')"
    )
    assert visitor.focused == new


def test_phone__the_field_stays_in_sight_while_typing(visitor: Visitor, site: ExampleSite) -> None:
    """A04, A12: 320 by 256 is what a keyboard leaves of a small phone in class."""
    site.fill()
    visitor.page.set_viewport_size({"width": 320, "height": 256})
    open_chooser(visitor, site)
    visitor.page.locator("#q").click()
    visitor.page.keyboard.type("petteflat")
    visitor.page.wait_for_url(lambda url: query_in(url) == "petteflat")
    box = visitor.page.locator("#q").bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 256

    search(visitor, "hoogveld")
    visitor.page.locator("#q").focus()
    visitor.page.keyboard.press("ArrowDown")
    first = visitor.page.locator("#results li button").first.bounding_box()
    assert first
    assert first["y"] >= 0
    assert first["y"] + first["height"] <= 256 + 1
    visitor.arrive(lambda: visitor.page.keyboard.press("Enter"), to=school_login("hoogveld"))
