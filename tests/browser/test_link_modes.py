"""The link page where the site leaves one way only: existing site accounts, or new ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .serving import ExampleSite
from .test_register import REGISTER
from .visitor import Visitor
from .walking import LINK, LOGIN, enter_portal

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["existing_only", "new_only"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ExampleSite]:
    """Serve the example with one value of ``REGISTRATION``."""
    settings = f"tests.browser.settings_{request.param}"
    site = ExampleSite(tmp_path_factory.mktemp(request.param), settings=settings)
    yield site
    site.stop()


def test_link__shows_the_only_way(
    visitor: Visitor, site: ExampleSite, request: pytest.FixtureRequest
) -> None:
    mode = request.node.callspec.params["served"]
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    visitor.follow("Doorstroom", to=LINK, state=mode)
    if mode == "existing_only":
        assert "Je kunt hier zelf geen Doorstroom-account maken." in visitor.text
        visitor.open(f"{site.url}{REGISTER}", state=mode)
        assert visitor.steps[-1].status >= 400
        assert visitor.find("Opnieuw beginnen", "link").is_visible()
    else:
        visitor.open(f"{site.url}{LOGIN}", state=mode)
        assert visitor.steps[-1].status >= 400
        visitor.open(f"{site.url}{LINK}", state=mode)
        visitor.follow("Maak een Doorstroom-account", to=REGISTER)
