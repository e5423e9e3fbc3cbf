"""Searching while typing: what moves and what does not, what is said, late and failing answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Route

from .serving import ExampleSite
from .visitor import Visitor
from .walking import CHOOSER, open_chooser, query_in, schools_shown, search

pytestmark = pytest.mark.browser

FRAGMENTS = "**part=results**"
SAID_WITHIN = 1_000
LEAST_BETWEEN = 1_000
LATE = 250
"""Milliseconds; the last one is what a busy machine may be late."""
FAILED = "Failed to load resource"

LISTEN = """() => {
    const status = document.querySelector("[data-status]");
    window.said = [];
    window.typedAt = 0;
    document.querySelector("#q").addEventListener(
        "input", () => { window.typedAt = performance.now(); });
    new MutationObserver(() => window.said.push([performance.now(), status.textContent]))
        .observe(status, { childList: true, characterData: true, subtree: true });
}"""
CARET = "() => [document.activeElement.id, document.querySelector('#q').selectionStart]"


@contextmanager
def held(visitor: Visitor, text: str) -> Iterator[list[Route]]:
    """Keep the answers to this query back; the list gets the questions as they come."""
    kept: list[Route] = []

    def is_it(url: str) -> bool:
        return "part=results" in url and query_in(url) == text

    def keep(route: Route) -> None:
        kept.append(route)

    visitor.page.route(is_it, keep)
    yield kept
    visitor.page.unroute(is_it)


def focused(visitor: Visitor) -> str:
    """Return the id of the element with the focus, or its text."""
    found: str = visitor.page.evaluate(
        "() => document.activeElement.id || document.activeElement.innerText.split('\\n')[0].trim()"
    )
    return found


def failed(visitor: Visitor) -> bool:
    """Whether the browser complained of the failed search, and of nothing else; forget that."""
    complaints = list(visitor.complaints)
    visitor.complaints.clear()
    return bool(complaints) and all(FAILED in text for text in complaints)


def test_a14__typing_never_navigates_and_leaves_focus_and_caret(
    visitor: Visitor, site: ExampleSite
) -> None:
    """A14: focusing and typing never navigate; the caret stays where it was, also in the middle."""
    open_chooser(visitor, site)
    answers = len(visitor.steps)
    visitor.page.locator("#q").focus()
    visitor.page.keyboard.type("hooveld")
    for _ in range(4):
        visitor.page.keyboard.press("ArrowLeft")
    visitor.page.keyboard.type("g")
    visitor.page.wait_for_url(lambda url: query_in(url) == "hoogveld")

    assert schools_shown(visitor) == ["Hoogveld College"]
    assert visitor.page.evaluate(CARET) == ["q", 4]
    for button in visitor.page.locator("main button").all():
        button.focus()
    assert len(visitor.steps) == answers
    assert visitor.path == CHOOSER


def test_a14__enter_on_an_empty_query_changes_nothing(visitor: Visitor, site: ExampleSite) -> None:
    """A14: no request, no other list, no other focus."""
    open_chooser(visitor, site)
    before, answers = schools_shown(visitor), len(visitor.steps)
    visitor.page.locator("#q").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.type("  ")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_timeout(400)

    assert focused(visitor) == "q"
    assert schools_shown(visitor) == before
    assert len(visitor.steps) == answers


def test_a14__enter_on_an_empty_query_without_scripts(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    """A14, A24: the same page comes back."""
    visitor = new_visitor(has_scripts=False)
    open_chooser(visitor, site)
    before = schools_shown(visitor)
    search(visitor, "")

    assert visitor.path == CHOOSER
    assert schools_shown(visitor) == before


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])
def test_a14__enter_searches_and_never_chooses(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    """A14: one hit or many, Enter shows them, and reading goes on at their heading."""
    visitor = new_visitor(has_scripts=has_scripts)
    open_chooser(visitor, site)
    visitor.page.locator("#q").focus()
    visitor.page.keyboard.type("hoogveld")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(lambda url: query_in(url) == "hoogveld")
    visitor.page.locator("#found:focus").wait_for()

    assert visitor.path == CHOOSER
    assert focused(visitor) == "found"
    assert visitor.focused == "1 school gevonden."
    # Once more, with what is there already.
    visitor.page.locator("#q").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#found:focus").wait_for()
    assert visitor.path == CHOOSER


def test_a14__one_letter_waits_for_enter(visitor: Visitor, site: ExampleSite) -> None:
    """Type-ahead begins at two letters; who asks for one letter gets an answer."""
    open_chooser(visitor, site)
    visitor.page.locator("#q").focus()
    visitor.page.keyboard.type("g")
    visitor.page.wait_for_timeout(400)
    assert query_in(visitor.page.url) == ""
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(lambda url: query_in(url) == "g")
    visitor.page.locator("#found:focus").wait_for()

    assert visitor.focused == 'We vinden geen school met "g".'


def test_a14__arrows_and_escape(visitor: Visitor, site: ExampleSite) -> None:
    """A10, A14: ↓ goes into the list, ↑ on the first comes back, Esc empties, and sends nothing."""
    open_chooser(visitor, site)
    search(visitor, "college")
    names = schools_shown(visitor)
    assert len(names) == 2
    press, answers = visitor.page.keyboard.press, len(visitor.steps)
    visitor.page.locator("#q").focus()
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        press(key)
        seen.append(focused(visitor))
    assert seen == [names[0], names[1], names[1], names[0], "q"]

    press("ArrowDown")
    press("Escape")
    assert len(visitor.steps) == answers
    press("ArrowUp")
    press("Escape")
    visitor.page.wait_for_url(lambda url: query_in(url) == "")
    assert visitor.page.locator("#q").input_value() == ""
    assert focused(visitor) == "q"
    assert len(schools_shown(visitor)) == 6
    press("Escape")
    assert len(visitor.steps) == answers


def test_clear__empties_and_keeps_the_focus_in_the_field(
    visitor: Visitor, site: ExampleSite
) -> None:
    """The cross is there as long as there is text."""
    open_chooser(visitor, site)
    cross = visitor.page.get_by_role("button", name="Wis je tekst")
    assert not cross.is_visible()
    search(visitor, "hoogveld")
    cross.click()
    visitor.page.wait_for_url(lambda url: query_in(url) == "")

    assert focused(visitor) == "q"
    assert not cross.is_visible()


def test_a15__one_empty_status_in_the_first_html(site: ExampleSite) -> None:
    """A15: an empty live region that is there from the start is read most reliably."""
    with urlopen(f"{site.url}{CHOOSER}", timeout=10) as response:
        html = response.read().decode()

    assert html.count('role="status"') == 1
    assert '<p class="visually-hidden" role="status" data-status></p>' in html
    assert "aria-live" not in html


@pytest.mark.parametrize(
    ("text", "said"),
    [("hoogveld", "1 school gevonden."), ("qqqqqq", 'We vinden geen school met "qqqqqq".')],
    ids=["one", "none"],
)
def test_a15__says_how_many_once_typing_has_stopped(
    visitor: Visitor, site: ExampleSite, text: str, said: str
) -> None:
    """A15: within a second, once, the count or that there is nothing, never the list."""
    open_chooser(visitor, site)
    visitor.page.evaluate(LISTEN)
    visitor.page.locator("#q").press_sequentially(text, delay=90)
    visitor.page.wait_for_timeout(SAID_WITHIN + LATE)
    spoken, typed_at = read_spoken(visitor)

    assert [words for _, words in spoken] == [said]
    assert spoken[0][0] - typed_at <= SAID_WITHIN + LATE


def test_a15__never_says_more_than_one_thing_a_second(visitor: Visitor, site: ExampleSite) -> None:
    """A15: not for who types slowly either."""
    open_chooser(visitor, site)
    visitor.page.evaluate(LISTEN)
    visitor.page.locator("#q").press_sequentially("hoogve", delay=850)
    visitor.page.wait_for_timeout(SAID_WITHIN + LATE)
    spoken, typed_at = read_spoken(visitor)

    moments = [moment for moment, _ in spoken]
    assert len(moments) >= 2, spoken
    for one, other in pairwise(moments):
        assert other - one >= LEAST_BETWEEN - 20, spoken
    assert moments[-1] - typed_at <= SAID_WITHIN + LATE
    assert spoken[-1][1] == "1 school gevonden."


def read_spoken(visitor: Visitor) -> tuple[list[tuple[float, str]], float]:
    """Return what the status said and when, and when the last letter was typed."""
    found: dict[str, Any] = visitor.page.evaluate("() => ({ said, typedAt })")
    return [tuple(entry) for entry in found["said"]], found["typedAt"]


def test_late_answer__never_replaces_a_newer_one(visitor: Visitor, site: ExampleSite) -> None:
    """The answer to an older question comes last, and is ignored."""
    open_chooser(visitor, site)
    with held(visitor, "college") as kept:
        visitor.page.locator("#q").fill("college")
        visitor.page.wait_for_timeout(350)
        assert len(kept) == 1
        search(visitor, "hoogveld")
        # It was called off, which spares the server; where that comes too late, it is ignored.
        assert kept[0].request.failure
        kept[0].continue_()
        visitor.page.wait_for_timeout(300)

    assert schools_shown(visitor) == ["Hoogveld College"]
    assert query_in(visitor.page.url) == "hoogveld"


def test_late_answer__of_what_was_typed_and_taken_back(visitor: Visitor, site: ExampleSite) -> None:
    """The list is always that of the words in the field."""
    open_chooser(visitor, site)
    search(visitor, "college")
    with held(visitor, "college a") as kept:
        visitor.page.locator("#q").fill("college a")
        visitor.page.wait_for_timeout(350)
        search(visitor, "college")
        visitor.page.wait_for_timeout(350)
        kept[0].continue_()
        visitor.page.wait_for_timeout(300)

    assert query_in(visitor.page.url) == "college"
    assert len(schools_shown(visitor)) == 2


def test_slow__says_so_and_keeps_the_list(visitor: Visitor, site: ExampleSite) -> None:
    """After a second without an answer; the list stays until there is another one."""
    open_chooser(visitor, site)
    before = schools_shown(visitor)
    visitor.page.evaluate(LISTEN)
    with held(visitor, "hoogveld") as kept:
        visitor.page.locator("#q").fill("hoogveld")
        visitor.page.wait_for_timeout(900)
        assert not visitor.page.locator("[data-slow]").is_visible()
        visitor.page.locator("[data-slow]").wait_for()
        visitor.look("slow")
        assert "Zoeken duurt wat langer. Wacht even." in visitor.text
        assert schools_shown(visitor) == before
        kept[0].continue_()
        visitor.page.wait_for_url(lambda url: query_in(url) == "hoogveld")

    assert not visitor.page.locator("[data-slow]").is_visible()
    assert schools_shown(visitor) == ["Hoogveld College"]
    assert read_spoken(visitor)[0][0][1] == "Zoeken duurt wat langer. Wacht even."


@pytest.mark.parametrize("how", ["offline", "server_error"])
@pytest.mark.parametrize("language", ["nl-NL", "en-GB"])
def test_offline__says_so_and_the_plain_button_works(
    new_visitor: Callable[..., Visitor], site: ExampleSite, how: str, language: str
) -> None:
    """The list stays; when the network is back, the button searches as it does without scripts."""
    visitor = new_visitor(language=language)
    open_chooser(visitor, site)
    before = schools_shown(visitor)
    visitor.page.route(
        FRAGMENTS,
        lambda route: route.abort() if how == "offline" else route.fulfill(status=503),
    )
    visitor.page.locator("#q").fill("hoogveld")
    visitor.page.locator("[data-offline]").wait_for()
    visitor.look("offline")
    words = {
        "nl-NL": "Zoeken lukt nu niet. Kijk of je internet hebt. Kies dan Zoek.",
        "en-GB": "Search does not work now. Check your internet. Then choose Find.",
    }
    assert words[language] in visitor.text
    assert schools_shown(visitor) == before
    assert failed(visitor)

    visitor.page.locator("[data-search] button[type=submit]").click()
    visitor.page.wait_for_load_state()
    visitor.page.wait_for_url(lambda url: query_in(url) == "hoogveld")

    assert visitor.steps[-1].method == "GET"
    assert schools_shown(visitor) == ["Hoogveld College"]
    assert focused(visitor) == "found"


def test_offline__typing_on_finds_again(visitor: Visitor, site: ExampleSite) -> None:
    """The network comes back while somebody types."""
    open_chooser(visitor, site)
    visitor.page.route(FRAGMENTS, lambda route: route.abort())
    visitor.page.locator("#q").fill("hoog")
    visitor.page.locator("[data-offline]").wait_for()
    assert failed(visitor)
    visitor.page.unroute(FRAGMENTS)
    search(visitor, "hoogveld")

    assert not visitor.page.locator("[data-offline]").is_visible()
    assert schools_shown(visitor) == ["Hoogveld College"]
