"""Codes from school: the strip in the hand, a phone on the table; and the sheet they come from."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import ViewportSize

from .serving import EXAMPLE, ExampleSite
from .visitor import Visitor
from .walking import CONFIRM, LINK, PASSWORDS, confirm, enter_portal, press_tile

pytestmark = pytest.mark.browser

CLASS_CODE: Final = "/school-account/link/code/"
CODES: Final = "/admin/intergrip_link/linkcode/"
SCHOOL: Final = "99AB00"
PHONE: Final = ViewportSize(width=360, height=640)


def code_for(site: ExampleSite, username: str, folder: Path) -> str:
    """Make a code by command, and read it from its file."""
    table = folder / "codes.csv"
    manage = [sys.executable, str(EXAMPLE / "manage.py"), "intergrip_codes", "make"]
    subprocess.run(
        [*manage, "--school", SCHOOL, "--class", "2B", "--accounts", "-", "--csv", str(table)],
        input=username.encode(),
        env=site._environment,
        check=True,
        capture_output=True,
    )
    (code,) = re.findall(r";([A-Z0-9]{4}-[A-Z0-9]{4});", table.read_text("utf-8-sig"))
    return str(code)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_class_code__on_a_phone(
    new_visitor: Callable[..., Visitor], site: ExampleSite, tmp_path: Path, has_scripts: bool
) -> None:
    code = code_for(site, "sanne", tmp_path)
    visitor = new_visitor(has_scripts=has_scripts)
    visitor.page.set_viewport_size(PHONE)
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    visitor.follow("Ik heb een code van school", to=CLASS_CODE)

    visitor.fill("Code van school", "CCCC-CCCC")
    visitor.press("Ga verder", to=CLASS_CODE)
    assert "Deze code werkt niet bij" in visitor.text
    assert visitor.focused.startswith("Er ging iets mis")

    visitor.fill("Code van school", code.replace("-", "").lower())
    visitor.press("Ga verder", to=CONFIRM)
    confirm(visitor)
    assert [name for name, _ in site.live_links()] == ["sanne"]
    assert len(site.ask("SELECT 1 FROM intergrip_link_linkcode WHERE used_at IS NOT NULL")) == 1


def test_sheet__made_in_the_admin(visitor: Visitor, site: ExampleSite) -> None:
    visitor.open(f"{site.url}/inloggen/?next={CODES}")
    visitor.fill("Gebruikersnaam", "admin")
    visitor.fill("Wachtwoord", PASSWORDS["admin"])
    visitor.press("Inloggen", to=CODES)
    visitor.follow("Codes maken", to=f"{CODES}make/")

    visitor.fill("School:", SCHOOL)
    visitor.fill("Klas:", "2B")
    visitor.fill("Voor wie:", "sanne\ndaan\nniemand")
    visitor.press("Codes maken", to=f"{CODES}make/", state="not found")
    assert "Regel 3, “niemand”: niet gevonden." in visitor.text_of("#content")

    visitor.page.get_by_label("Codes maken voor de anderen").check()
    visitor.press("Codes maken", to=f"{CODES}make/", state="sheet")
    codes = visitor.page.locator(".strip code").all_inner_texts()
    assert len(codes) == 2
    assert visitor.page.get_by_role("button", name="Afdrukken").is_visible()

    visitor.press("Nederlands en Engels", to=f"{CODES}sheet/", state="both")
    assert visitor.page.locator(".strip code").all_inner_texts() == codes
    with visitor.page.expect_download() as download:
        visitor.find("CSV", "button").click()
    assert codes[0] in Path(download.value.path()).read_text("utf-8-sig")
