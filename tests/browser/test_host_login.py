"""The login page of the project as the proof: the example site with allauth in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from .serving import ExampleSite
from .visitor import Visitor
from .walking import CONFIRM, DOSSIER, LINK, PASSWORDS, confirm, enter_portal, press_tile

pytestmark = pytest.mark.browser

LOGIN = "/allauth/login/"
SIGN_UP = "/allauth/signup/"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleSite]:
    """Serve the example with allauth for the tests of this file."""
    folder = tmp_path_factory.mktemp("allauth")
    site = ExampleSite(folder, settings="tests.hosts.settings_allauth")
    yield site
    site.stop()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])
def test_login__on_allauths_page(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    sanne = new_visitor(has_scripts=has_scripts)
    enter_portal(sanne, site, school="hoogveld", person="Sanne")
    press_tile(sanne, to=LINK)

    sanne.follow("Ja, ik heb al een Doorstroom-account", to=LOGIN)
    sanne.page.locator("[name=login]").fill("sanne")
    sanne.page.locator("[name=password]").fill(PASSWORDS["sanne"])
    sanne.arrive(sanne.page.locator("main [type=submit]").click, to=CONFIRM)

    # Logging in has linked nothing; the person decides.
    assert site.live_links() == []
    assert sanne.heading == "Klopt dit?"
    assert "Sanne de Wit" in sanne.text
    confirm(sanne)
    assert site.live_links() == [("sanne", "Hoogveld College")]


def test_registration__leaves_the_page_and_comes_back_through_the_banner(
    visitor: Visitor, site: ExampleSite
) -> None:
    enter_portal(visitor, site, school="hoogveld", person="Sanne")
    press_tile(visitor, to=LINK)
    visitor.follow("Nee, ik ben nieuw hier", to=SIGN_UP)

    visitor.open(f"{site.url}{SIGN_UP}", state="address typed anew")
    assert "school-link-banner" in visitor.page.content()
    visitor.page.locator("[name=username]").fill("sanne.nieuw")
    visitor.page.locator("[name=email]").fill("sanne.nieuw@doorstroom.example")
    visitor.page.locator("[name=password1]").fill("Wolken-Trein-57")
    visitor.arrive(visitor.page.locator("main [type=submit]").click, to=DOSSIER, state="waiting")

    visitor.arrive(visitor.page.locator(".school-link-banner a").click, to=CONFIRM)
    confirm(visitor)
    assert site.live_links() == [("sanne.nieuw", "Hoogveld College")]
    assert "school-link-banner" not in visitor.page.content()
