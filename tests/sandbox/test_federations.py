"""Several federations beside each other, each with the schools of its own."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from django_intergrip_link.models import School
from django_intergrip_link.sandbox.schools import SCHOOLS
from django_intergrip_link.sandbox.sites import list_sites, schools_of

from .walking import SITE, Browser


def federate(settings: Any, *names: str) -> None:
    entry = {"preset": "sandbox", "base_url": SITE}
    federations = dict.fromkeys(names, entry)
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": federations}


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (("kennisnet",), (7,)),
        (("entree",), (7,)),
        (("kennisnet", "surfconext"), (6, 1)),
        (("surfconext", "entree"), (7, 0)),
    ],
)
def test_schools__of_each_federation(
    sandbox_settings: Any, names: tuple[str, ...], numbers: tuple[int, ...]
) -> None:
    federate(sandbox_settings, *names)

    assert tuple(len(schools_of(name)) for name in names) == numbers
    assert sum(numbers) == len(SCHOOLS)


def test_command__writes_each_school_once(sandbox_settings: Any, db: None) -> None:
    federate(sandbox_settings, "kennisnet", "surfconext")
    output = StringIO()

    call_command("intergrip_demo", stdout=output)

    assert "surfconext: 1 sandbox schools are ready." in output.getvalue()
    assert School.objects.get(brin="99CF").federation == "surfconext"
    assert School.objects.get(brin="ENTR").kind == "entree"
    assert School.objects.count() == len(SCHOOLS)


def test_portal__one_tile_with_the_code_of_the_school(
    sandbox_settings: Any, browser: Browser
) -> None:
    federate(sandbox_settings, "kennisnet", "surfconext")
    browser.log_in(browser.open("http://127.0.0.1:8000/sandbox/portal/rivierdelta/"), "k.willems")

    page = browser.open("http://127.0.0.1:8000/sandbox/portal/rivierdelta/")

    assert page.text.count("/login?school=") == 1
    assert f"{SITE}/saml2/surfconext/login?school=99CF" in page.text


def test_hub__offers_the_schools_of_the_federation_that_asks(
    sandbox_settings: Any, browser: Browser
) -> None:
    federate(sandbox_settings, "kennisnet", "surfconext")

    assert "ROC Rivierdelta" not in browser.open(f"{SITE}/saml2/kennisnet/login").text
    # One school only: no choosing.
    page = browser.open(f"{SITE}/saml2/surfconext/login").text
    assert "ROC Rivierdelta" in page
    assert "Inloggen met je schoolaccount" not in page


def test_site__names_its_start_address(sandbox_settings: Any) -> None:
    (site,) = list_sites()

    assert site.tile_url(SCHOOLS[0]) == f"{SITE}/saml2/kennisnet/login?school=99AB00"
