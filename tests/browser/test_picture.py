"""The pictures of README and documentation: on a phone, made of the pages themselves."""

from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from .looking import FOLDER
from .serving import ExampleSite
from .visitor import Visitor
from .walking import CHOOSER, DONE, LINK, enter_portal, press_tile, prove

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PHONE: ViewportSize = {"width": 360, "height": 742}
MAX_SIZE = 200 * 1024
NEXT_TIME = '<p class="next"><span>The next time: one click on the tile, straight inside</span></p>'
STYLE = """
    body { margin: 0; padding: 28px; background: #e4e9ec; color: #14252d;
           font: 600 19px/1.3 system-ui, sans-serif; width: max-content; }
    ol { display: flex; gap: 24px; margin: 0; padding: 0; list-style: none; }
    p { display: flex; gap: 10px; align-items: baseline; margin: 0 0 12px; }
    b { flex: none; width: 30px; border-radius: 15px; background: #0b6072; color: #fff;
        line-height: 30px; text-align: center; }
    img { display: block; border: 6px solid #14252d; border-radius: 22px; }
    .next { display: flex; gap: 16px; align-items: center; margin: 20px 0 0; }
    .next::before, .next::after { flex: 1; border-top: 3px dashed #0b6072; content: ""; }
    .next::after { margin-right: 6px; }
    .next span::after { content: " →"; }
"""


def test_picture__of_the_journey(visitor: Visitor, site: ExampleSite, chromium: Browser) -> None:
    """The first time, with one question."""
    visitor.page.set_viewport_size(PHONE)
    scenes = []

    def keep(caption: str) -> None:
        visitor.page.evaluate("() => document.activeElement.blur()")
        scenes.append((caption, visitor.page.screenshot()))

    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    keep("The tile in the portal")
    press_tile(visitor, to=LINK)
    keep("Who you are at school")
    prove(visitor, "sanne")
    keep("Both accounts, one yes")
    visitor.press("Ja, koppel mijn schoolaccount", to=DONE)
    keep("Linked")

    assert len(scenes) == 4
    keep_picture("journey.png", compose(chromium, scenes, below=NEXT_TIME))


def test_picture__of_choosing(visitor: Visitor, site: ExampleSite, chromium: Browser) -> None:
    """Before anything is typed, while typing, and with a typing error."""
    visitor.page.set_viewport_size(PHONE)
    scenes = []

    def keep(caption: str, query: str = "") -> None:
        visitor.open(f"{site.url}{CHOOSER}?q={query}")
        visitor.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
        scenes.append((caption, visitor.page.screenshot()))

    keep("Few schools: all of them")
    keep("A name, or a place", "gouda")
    keep("Typing errors", "hoogvelt")

    assert len(scenes) == 3
    keep_picture("chooser.png", compose(chromium, scenes))


def keep_picture(name: str, picture: bytes) -> None:
    """Put it in the artefacts; ``INTERGRIP_PICTURES=1`` also where the documentation shows it."""
    (FOLDER / name).write_bytes(picture)
    if os.environ.get("INTERGRIP_PICTURES"):
        assert len(picture) <= MAX_SIZE
        (IMAGES / name).write_bytes(picture)


def compose(chromium: Browser, scenes: list[tuple[str, bytes]], *, below: str = "") -> bytes:
    """Return a picture of the scenes beside each other, with their captions."""
    items = "".join(
        f"<li><p><b>{number}</b>{caption}</p>"
        f'<img src="data:image/png;base64,{b64encode(picture).decode()}" alt=""></li>'
        for number, (caption, picture) in enumerate(scenes, start=1)
    )
    page = chromium.new_page()
    page.set_content(f"<style>{STYLE}</style><ol>{items}</ol>{below}")
    picture = page.locator("body").screenshot()
    page.close()
    return picture
