"""The registry in the admin: a school's card and guide, closing it, and importing a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import CHOOSER, PASSWORDS

pytestmark = pytest.mark.browser

SCHOOLS: Final = "/admin/intergrip_link/school/"
IMPORTS: Final = "/admin/intergrip_link/schoolimport/"
FILE: Final = """\
brin;name;place
99AB00;Hoogveld College;Assen
99XY00;Duinrand Lyceum;Den Helder
99X;Wrong;Nowhere
"""


@pytest.fixture
def administrator(visitor: Visitor, site: ExampleSite) -> Visitor:
    """Somebody who is logged in at the admin."""
    visitor.open(f"{site.url}/inloggen/?next={SCHOOLS}")
    visitor.fill("Gebruikersnaam", "admin")
    visitor.fill("Wachtwoord", PASSWORDS["admin"])
    visitor.press("Inloggen", to=SCHOOLS)
    return visitor


def key_of(site: ExampleSite, brin: str) -> int:
    (key,) = site.ask("SELECT id FROM intergrip_link_school WHERE brin = ?", brin)
    return int(key)


def test_card__link_qr_code_and_guides(administrator: Visitor, site: ExampleSite) -> None:
    page = f"{SCHOOLS}{key_of(site, '99AB00')}"
    administrator.open(f"{site.url}{page}/change/")
    administrator.follow("Link en QR-code", to=f"{page}/card/")

    link = f"{site.url}/saml2/kennisnet/login?school=99AB00"
    assert link in administrator.text_of("body").replace(" ", "")
    assert administrator.page.locator("svg").count()
    tries = administrator.page.get_by_role("link", name="Probeer het (in een nieuw tabblad)")
    assert tries.get_attribute("href") == link

    for language, heading in (
        ("nl", "Log in bij Doorstroom met je schoolaccount"),
        ("en", "Log in to Doorstroom with your school account"),
    ):
        administrator.open(f"{site.url}{page}/guide/{language}/")
        assert administrator.heading == heading
        assert administrator.page.locator("html").get_attribute("lang") == language


def test_close__asks_first_and_students_read_why(administrator: Visitor, site: ExampleSite) -> None:
    administrator.page.locator(f'input[value="{key_of(site, "99AB00")}"]').check()
    administrator.page.get_by_label("Actie:").select_option("close_schools")
    administrator.press("Uitvoeren", to=SCHOOLS)
    administrator.look("closing")
    assert "Hoogveld College, Assen" in administrator.text_of("#content")
    assert site.ask("SELECT is_active FROM intergrip_link_school WHERE brin = '99AB00'") == [1]

    administrator.page.get_by_label("Bericht aan leerlingen").fill("Vanaf maart kan het.")
    administrator.press("Sluiten voor leerlingen", to=SCHOOLS)
    assert site.ask("SELECT is_active FROM intergrip_link_school WHERE brin = '99AB00'") == [0]

    administrator.open(f"{site.url}{CHOOSER}?q=hoogveld")
    assert "Deze school doet nog niet mee." in administrator.text
    assert "Vanaf maart kan het." in administrator.text


def test_import__shows_first_and_writes_after_that(
    administrator: Visitor, site: ExampleSite, tmp_path: Path
) -> None:
    file = tmp_path / "scholen.csv"
    file.write_text(FILE)
    administrator.open(f"{site.url}{IMPORTS}add/")
    administrator.page.locator("input[type=file]").set_input_files(file)
    administrator.page.locator("select[name=federation]").select_option("kennisnet")
    administrator.page.locator("input[name=listed]").check()
    administrator.press("Laat zien wat er verandert", to=f"{IMPORTS}*")

    shown = administrator.text_of("#content")
    assert "er is nog niets veranderd. 1 nieuw, 0 anders, 1 gelijk, 1 fout." in shown
    assert "3 99XY00 Duinrand Lyceum" in shown
    assert "4 – Wrong De schoolcode moet er zo uitzien: 99AA of 99AA00." in shown
    assert not site.ask("SELECT 1 FROM intergrip_link_school WHERE brin = '99XY00'")

    administrator.press("Deze import uitvoeren", to=f"{IMPORTS}*")
    assert site.ask("SELECT name FROM intergrip_link_school WHERE brin = '99XY00'") == [
        "Duinrand Lyceum"
    ]
    administrator.look("applied")

    administrator.open(f"{site.url}{CHOOSER}?q=duinrand")
    assert "1 school gevonden." in administrator.text
