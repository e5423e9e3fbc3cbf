"""The Tab key: where it stops, in which order, and whether one can see that."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from playwright.sync_api import Page

from .visitor import Visitor

MAX_STOPS: Final = 80
MIN_RING: Final = 2
"""CSS pixels."""
MIN_CONTRAST: Final = 3
SKIP_LINKS: Final = {"Ga naar de inhoud", "Naar de inhoud"}

READ_STOP: Final = """() => {
    const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const light = (text) => {
        const [r, g, b] = rgb(text).map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let e = element.parentElement; e; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (rgb(colour)[3] !== 0) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const first = element.getClientRects()[0];
    const hit = document.elementFromPoint(
        first.left + first.width / 2, first.top + first.height / 2);
    const [a, b] = [light(style.outlineColor), light(behind(element))].sort((x, y) => y - x);
    return {
        index: [...document.querySelectorAll("*")].indexOf(element),
        name: ((element.labels ?? [])[0] ?? element).innerText.trim().split("\\n")[0],
        top: box.top + scrollY, bottom: box.bottom + scrollY, left: box.left,
        ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        contrast: (a + 0.05) / (b + 0.05),
        is_covered: !hit || !(element.contains(hit) || hit.contains(element)),
    };
}"""
COUNT_STOPS: Final = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, summary, textarea, [tabindex='0']",
)].filter((e) => !e.disabled && e.checkVisibility({visibilityProperty: true})).length"""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One place where Tab stops; lengths in CSS pixels from the top left of the document."""

    index: int
    name: str
    top: float
    bottom: float
    left: float
    ring: float
    contrast: float
    is_covered: bool

    def is_before(self, other: Stop) -> bool:
        """Whether people read this one first: it ends above the other, or is left of it."""
        if self.bottom <= other.top + 1:
            return True
        return self.left < other.left and other.bottom > self.top


def check_tab_order(page: Page, *, starts_at_top: bool = True) -> None:
    """Walk all stops with Tab, and back with Shift+Tab.

    Args:
        starts_at_top: nothing on this page takes the focus by itself, so that the skip link is
            the first stop.

    Raises:
        AssertionError: order, trap, missing stop, or a focus that cannot be seen.
    """
    stops = _walk(page, "Tab")
    names = [stop.name for stop in stops]
    if not starts_at_top:
        first = next(i for i, name in enumerate(names) if name in SKIP_LINKS)
        stops = [*stops[first:], *stops[:first]]
        names = [stop.name for stop in stops]
    assert names[0] in SKIP_LINKS, names
    assert len(stops) == page.evaluate(COUNT_STOPS), names
    # The skip link lies over the header while it has the focus.
    for one, next_one in pairwise(stops[1:]):
        assert one.is_before(next_one), f"{one} before {next_one}"
    for stop in stops:
        assert stop.ring >= MIN_RING, stop
        assert stop.contrast >= MIN_CONTRAST, stop
        assert not stop.is_covered, stop
    back = _walk(page, "Shift+Tab")
    assert {stop.index for stop in back} == {stop.index for stop in stops}


def press_by_keyboard(visitor: Visitor, name: str, *, to: str) -> None:
    """Tab to the element with this name and press Enter."""
    _tab_to(visitor, name)
    visitor.arrive(lambda: visitor.page.keyboard.press("Enter"), to=to)


def type_by_keyboard(visitor: Visitor, label: str, text: str) -> None:
    """Tab to the field with this label and type."""
    _tab_to(visitor, label)
    visitor.page.keyboard.type(text)


def _tab_to(visitor: Visitor, name: str) -> None:
    for _ in range(MAX_STOPS):
        visitor.page.keyboard.press("Tab")
        if visitor.focused == name:
            return
    raise AssertionError(f"Tab never reaches {name} on {visitor.page.url}")


def _walk(page: Page, key: str) -> list[Stop]:
    """Press the key until it comes round; between the last stop and the first there is none."""
    stops: list[Stop] = []
    for _ in range(MAX_STOPS):
        page.keyboard.press(key)
        found: dict[str, Any] | None = page.evaluate(READ_STOP)
        if found is None:
            continue
        stop = Stop(**found)
        if stops and stop.index == stops[0].index:
            return stops
        stops.append(stop)
    raise AssertionError(f"{key} does not come round: {[stop.name for stop in stops]}")
