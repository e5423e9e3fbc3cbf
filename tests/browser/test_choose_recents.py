"""Recently used schools: remembered after a login only, and only for who asked; edited by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    CHOOSER,
    LINK,
    RECENTS,
    choose,
    give_recents,
    open_chooser,
    recents_shown,
    school_login,
)

pytestmark = pytest.mark.browser

SCRIPTS = pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])
THREE = (("kennisnet", "99AB00"), ("kennisnet", "99BD00"), ("surfconext", "99CF"))
LOGINS = (
    ("99AB00", "hoogveld", "Sanne"),
    ("99BD00", "veenpolder", "Fatima"),
    ("99BE00", "lindehof", "Lotte"),
    ("99CF", "rivierdelta", "Noor"),
)


@SCRIPTS
def test_recents__after_a_login_never_after_a_click(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    """A24: a click and Back leave nothing behind; a login with the box ticked does."""
    visitor = new_visitor(has_scripts=has_scripts)
    open_chooser(visitor, site)
    assert not visitor.page.locator("#remember").is_checked()
    choose(visitor, "99AB00", to=school_login("hoogveld"), remembers=True)
    visitor.go_back()
    assert visitor.path == CHOOSER
    assert recents_shown(visitor) == []

    open_chooser(visitor, site)
    assert recents_shown(visitor) == []
    choose(visitor, "99AB00", to=school_login("hoogveld"), remembers=True)
    visitor.press("Sanne", to=LINK)
    open_chooser(visitor, site)

    assert recents_shown(visitor) == ["Hoogveld College"]
    # One click goes there again; no box has to be ticked for it.
    choose(visitor, "99AB00", to=LINK)


def test_recents__not_without_the_box(visitor: Visitor, site: ExampleSite) -> None:
    """Whoever says nothing is not remembered; the cookie is not there at all."""
    open_chooser(visitor, site)
    choose(visitor, "99AB00", to=school_login("hoogveld"))
    visitor.press("Sanne", to=LINK)
    open_chooser(visitor, site)

    assert recents_shown(visitor) == []
    assert RECENTS not in {cookie["name"] for cookie in visitor.context.cookies()}


def test_recents__three_at_most_and_the_latest_first(visitor: Visitor, site: ExampleSite) -> None:
    """The fourth school pushes the first one out; no script reads the cookie."""
    for brin, slug, person in LOGINS:
        open_chooser(visitor, site)
        choose(visitor, brin, to=school_login(slug), remembers=True)
        visitor.press(person, to=LINK)
    open_chooser(visitor, site)

    assert recents_shown(visitor) == [
        "ROC Rivierdelta",
        "Scholengemeenschap Lindehof",
        "Veenpolder College",
    ]
    cookie = next(c for c in visitor.context.cookies() if c["name"] == RECENTS)
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert RECENTS not in visitor.page.evaluate("() => document.cookie")


def test_recents__a_closed_school_drops_out_and_a_renamed_one_is_renamed(
    visitor: Visitor, site: ExampleSite
) -> None:
    """Without a word: the list is of what one can choose now."""
    give_recents(visitor, site, *THREE)
    site.change("UPDATE intergrip_link_school SET is_active = 0 WHERE brin = '99BD00'")
    site.change("UPDATE intergrip_link_school SET name = 'Het Hoogveld' WHERE brin = '99AB00'")
    open_chooser(visitor, site)

    assert recents_shown(visitor) == ["Het Hoogveld", "ROC Rivierdelta"]


@SCRIPTS
def test_a21__remove_put_back_clear(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    """A21, A24: reading goes on at the next school, or at the heading when there is none."""
    visitor = new_visitor(has_scripts=has_scripts)
    give_recents(visitor, site, *THREE)
    open_chooser(visitor, site, query="next=/dossier/%3Ftab%3D2")
    visitor.follow("Lijst aanpassen", to=CHOOSER, state="recents_edit")

    visitor.press("Verwijder Veenpolder College", to=CHOOSER, state="recents_removed")
    assert_focused(visitor, "Verwijder ROC Rivierdelta")
    visitor.press("Verwijder ROC Rivierdelta", to=CHOOSER, state="recents_removed_last")
    assert_focused(visitor, "Recent gebruikt")
    assert "ROC Rivierdelta staat niet meer in je lijst. Zet terug" in visitor.text
    visitor.press("Zet terug", to=CHOOSER, state="recents_put_back")
    assert recents_shown(visitor) == ["Verwijder Hoogveld College", "Verwijder ROC Rivierdelta"]
    assert_focused(visitor, "Recent gebruikt")

    visitor.press("Wis de hele lijst", to=CHOOSER, state="recents_cleared")
    assert_focused(visitor, "Recent gebruikt")
    assert "Je lijst is leeg." in visitor.text
    visitor.press("Zet terug", to=CHOOSER, state="recents_put_back")
    assert len(recents_shown(visitor)) == 2
    visitor.press("Wis de hele lijst", to=CHOOSER, state="recents_cleared")
    visitor.follow("Klaar", to=CHOOSER)

    assert "Recent gebruikt" not in visitor.text
    assert "next=" in visitor.page.url
    open_chooser(visitor, site)
    assert recents_shown(visitor) == []


def assert_focused(visitor: Visitor, name: str) -> None:
    """Wait for what the page gives the focus to, and compare its first line."""
    visitor.page.locator("[data-focus]:focus").wait_for()
    assert visitor.focused == name
