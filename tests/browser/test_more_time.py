"""The end of the time: told before, put off as often as ten times, and calm when it comes (A20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .looking import FOLDER, NARROW, _check_width, _run_axe
from .serving import ExampleSite
from .visitor import Visitor
from .walking import LINK, LOGIN, enter_portal, press_tile

pytestmark = pytest.mark.browser

FIELD = "Gebruikersnaam of e-mailadres"
NOTICE = ".time-notice"


def come_to_login(visitor: Visitor, site: ExampleSite) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    visitor.follow("Ja, ik heb al een Doorstroom-account", to=LOGIN)


def wait(visitor: Visitor, seconds: int) -> None:
    """Let time pass in the browser; the server's clock stands still."""
    visitor.page.clock.fast_forward(seconds * 1000)
    visitor.page.clock.run_for(1100)


def expire(site: ExampleSite) -> None:
    site.change("UPDATE intergrip_link_arrival SET expires_at = '2026-01-01 00:00:00'")


def test_notice__comes_at_two_minutes_and_leaves_the_typing_alone(
    visitor: Visitor, site: ExampleSite
) -> None:
    visitor.page.clock.install()
    visitor.page.set_viewport_size({"width": NARROW, "height": 700})
    come_to_login(visitor, site)
    notice = visitor.page.locator(NOTICE)
    visitor.page.get_by_label(FIELD).press_sequentially("san")
    wait(visitor, 7 * 60)
    assert notice.is_hidden()

    wait(visitor, 60)
    visitor.page.keyboard.type("ne")

    assert notice.is_visible()
    assert "Je hebt nog 2 minuten. Wil je meer tijd?" in visitor.text_of(NOTICE)
    assert visitor.focused == FIELD
    assert visitor.page.get_by_label(FIELD).input_value() == "sanne"
    box = notice.bounding_box()
    size = visitor.page.viewport_size
    assert box
    assert size
    assert 0 <= box["y"] <= size["height"] - box["height"], "out of sight"
    field = visitor.page.get_by_label(FIELD).bounding_box()
    assert field
    assert 0 <= field["y"] <= box["y"] - field["height"], "the notice lies over the field"
    look_closely(visitor, "more-time-notice")

    wait(visitor, 60)
    assert "Je hebt nog 1 minuut. Wil je meer tijd?" in visitor.text_of(NOTICE)


def test_more_time__ten_times_without_losing_what_is_typed(
    visitor: Visitor, site: ExampleSite
) -> None:
    visitor.page.clock.install()
    come_to_login(visitor, site)
    visitor.fill(FIELD, "sanne")
    visitor.page.get_by_label(FIELD).focus()
    notice = visitor.page.locator(NOTICE)
    for _ in range(10):
        wait(visitor, 8 * 60)
        assert notice.is_visible()
        with visitor.page.expect_response("**/link/time/") as answer:
            notice.get_by_role("button", name="Ja, ik wil meer tijd").click()
        assert answer.value.status == 200
        notice.wait_for(state="hidden")
        assert visitor.focused == FIELD

    assert visitor.path == LOGIN
    assert visitor.page.get_by_label(FIELD).input_value() == "sanne"
    assert len([step for step in visitor.steps if step.path == LOGIN]) == 1


def test_more_time__tells_the_new_end(visitor: Visitor, site: ExampleSite) -> None:
    come_to_login(visitor, site)
    visitor.fill(FIELD, "sanne")
    # As if nine minutes have passed: the page tells a time that the answer brings up to date.
    visitor.page.evaluate(
        "document.querySelector('[data-until] p').textContent = 'Je hebt tot 0:00 de tijd.'"
    )
    with visitor.page.expect_response("**/link/time/"):
        visitor.find("Ik wil meer tijd", "button").click()
    visitor.page.get_by_text("Je hebt tot 0:00 de tijd.").wait_for(state="detached")

    assert "Je hebt tot" in visitor.text_of(".deadline [role=status]")
    assert visitor.page.get_by_label(FIELD).input_value() == "sanne"


def test_more_time__is_sent_as_a_form_when_the_script_cannot(
    visitor: Visitor, site: ExampleSite
) -> None:
    come_to_login(visitor, site)
    visitor.page.evaluate("() => { window.fetch = () => Promise.reject(new Error('no network')); }")
    visitor.press("Ik wil meer tijd", to=LOGIN)

    assert [step.status for step in visitor.steps[-2:]] == [303, 200]


def test_end__is_told_calmly_and_nothing_moves(visitor: Visitor, site: ExampleSite) -> None:
    visitor.page.clock.install()
    come_to_login(visitor, site)
    visitor.fill(FIELD, "sanne")
    before = len(visitor.steps)
    wait(visitor, 10 * 60)

    assert "De tijd is om. Er is niets gekoppeld." in visitor.text_of(NOTICE)
    assert visitor.page.get_by_label(FIELD).input_value() == "sanne"
    assert len(visitor.steps) == before
    look_closely(visitor, "more-time-over")
    start = visitor.page.locator(NOTICE).get_by_role("link", name="Opnieuw beginnen")
    assert start.is_visible()
    assert visitor.page.locator(NOTICE).get_by_role("button").count() == 0


def test_more_time__too_late_ends_on_the_page_that_says_so(
    visitor: Visitor, site: ExampleSite
) -> None:
    come_to_login(visitor, site)
    expire(site)
    visitor.press("Ik wil meer tijd", to="/school-account/link/time/")

    assert visitor.heading == "De tijd is om."
    assert visitor.steps[-1].status == 410
    # Chromium tells of the refusal that the script met first.
    [refusal] = visitor.complaints
    assert "410" in refusal
    visitor.complaints.clear()


@pytest.mark.parametrize("page", [LINK, LOGIN])
def test_more_time__without_scripts(
    new_visitor: Callable[..., Visitor], site: ExampleSite, page: str
) -> None:
    visitor = new_visitor(has_scripts=False)
    come_to_login(visitor, site)
    visitor.open(f"{site.url}{page}")
    site.change("UPDATE intergrip_link_arrival SET expires_at = datetime('now', '+60 seconds')")
    before = site.ask("SELECT expires_at FROM intergrip_link_arrival")
    assert "Je hebt tot" in visitor.text
    assert visitor.page.locator(NOTICE).is_hidden()
    for _ in range(2):
        visitor.press("Ik wil meer tijd", to=page)

    assert site.ask("SELECT expires_at FROM intergrip_link_arrival") > before


def look_closely(visitor: Visitor, name: str) -> None:
    """Look at a page whose notice lies over the rest, which the usual look takes for a fault."""
    page = visitor.page
    before = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 700})
    wrong = _check_width(page)
    page.screenshot(path=FOLDER / f"{name}-{NARROW}.png")
    page.set_viewport_size(before or {"width": NARROW, "height": 700})
    page.clock.resume()
    assert wrong + _run_axe(page, in_the_dark=True) == []
