"""The checks of :mod:`tests.browser.shape` see what is wrong: each row is one thing to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from . import shape

pytestmark = pytest.mark.browser

WHOLE = """<!doctype html><html lang="nl"><title>-</title>
<style>button, input { min-height: 44px; min-width: 44px; border: 2px solid #000 }</style>
<header>-</header><main><h1>-</h1>{}</main><footer>-</footer></html>"""
LABEL = '<label for="q" style="display: block">Zoek</label>'
FIELD = '<input id="q" autocomplete="off">'

OUTLINES = {
    "times id": '<p id="a"></p><p id="a"></p>',
    "levels of headings": "<h1>-</h1>",
    "skipped a level": "<h3>-</h3>",
    "nothing is": '<button aria-describedby="b">-</button>',
    "inside another": '<a href="#"><span><button>-</button></span></a>',
    "in a heading": "<h2><button>-</button></h2>",
    "not called what it reads": '<button aria-label="Weg">Wis</button>',
    "no label": FIELD,
    "label not above": f'<div style="display: flex">{LABEL}{FIELD}</div>',
    "placeholder": LABEL + FIELD.replace("id", 'placeholder="-" id'),
    "no autocomplete": LABEL + '<input id="q">',
    "tabindex": '<p tabindex="2">-</p>',
    "not a button in a list": '<p><button name="school">-</button></p>',
    "2 times <main>": "<main></main>",
    "meta refresh": '<meta http-equiv="refresh" content="900">',
}
BOXES = {
    "ellipsis": '<p style="text-overflow: ellipsis">-</p>',
    "px in": '<p style="width: 20px">Scholengemeenschap</p>',
    "cut off": '<p style="height: 9px; overflow: hidden">Scholengemeenschap</p>',
    "overlap": '<button>Een</button><button style="margin-left: -9px">Twee</button>',
    "by 20 px": '<button style="min-height: 20px; height: 20px">-</button>',
    "by 30 px": '<button style="min-height: 30px; height: 30px">-</button>',
}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """Give one tab for all rows."""
    tab = chromium.new_page()
    yield tab
    tab.close()


@pytest.mark.parametrize(
    ("check", "wrong", "html"),
    [(shape.check_outline, wrong, html) for wrong, html in OUTLINES.items()]
    + [(shape.check_boxes, wrong, html) for wrong, html in BOXES.items()],
    ids=[*OUTLINES, *BOXES],
)
def test_check__finds(
    page: Page, check: Callable[[Page], list[str]], wrong: str, html: str
) -> None:
    """What is wrong is found, and nothing else is."""
    page.set_content(WHOLE.replace("{}", html))
    found = check(page)

    assert found
    assert all(wrong in text for text in found), found


@pytest.mark.parametrize("check", [shape.check_outline, shape.check_boxes, shape.check_borders])
def test_check__has_nothing_against_a_good_page(
    page: Page, check: Callable[[Page], list[str]]
) -> None:
    page.set_content(WHOLE.replace("{}", f"{LABEL}{FIELD}<h2>-</h2><button>Zoek</button>"))

    assert check(page) == []


def test_check_borders__finds_a_pale_one_and_none(page: Page) -> None:
    rows = '<ul><li><button style="border-color: #ddd">-<li><button style="border: 0">-</ul>'
    page.set_content(WHOLE.replace("{}", rows))

    assert len(shape.check_borders(page)) == 2


def test_check_stillness__finds_what_moves(page: Page) -> None:
    page.set_content(WHOLE.replace("{}", '<p style="transition: color 1s">-</p>'))

    assert [text.split(":")[0] for text in shape.check_stillness(page)] == ["transition"]


@pytest.mark.parametrize("html", ["<ul><p></ul></p>", "<b>een<i>twee</b>drie</i>", "<p></span>"])
def test_check_html__finds_what_a_browser_mends(html: str) -> None:
    assert shape.check_html(WHOLE.replace("{}", html))


def test_check_html__reads_a_good_page() -> None:
    assert shape.check_html(WHOLE.replace("{}", "<ul><li>een<li>twee</ul>")) == []
