"""School login pages, portals, and the "Referentie" that answers as it is told."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from django_intergrip_link.models import AccountLink, Arrival, LinkEvent
from django_intergrip_link.sandbox.people import PASSWORD
from django_intergrip_link.sandbox.schools import SCHOOLS
from django_intergrip_link.sandbox.views.school import REFERENCE_ATTRIBUTES
from django_intergrip_link.testing.names import DS

from .walking import HUB, SITE, START, Browser, answer_in, attributes_in, field, status_in

SANDBOX = f"{HUB}/sandbox"


def test_login__with_password(browser: Browser) -> None:
    page = browser.choose(browser.open(START), "sterrenmeer")
    page = browser.submit(
        "", request=field(page, "request"), username=" Yara.Smit ", password=PASSWORD
    )

    assert attributes_in(page)["givenName"] == "Yara"


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "yara.smit", "password": "wrong"},
        {"username": "nobody", "password": PASSWORD},
        {"username": "", "password": ""},
        {"person": "nobody"},
        {},
    ],
)
def test_login__wrong_pair_asks_again(browser: Browser, fields: dict[str, str]) -> None:
    page = browser.choose(browser.open(START), "sterrenmeer")
    page = browser.submit("", request=field(page, "request"), **fields)

    assert page.status_code == 200
    assert "<title>Fout: Inloggen bij Sterrenmeer Lyceum" in page.text
    assert 'role="alert"' in page.text
    assert "SAMLResponse" not in page.text


@pytest.mark.parametrize("school", [school for school in SCHOOLS if school.has_portal])
def test_portal__asks_for_a_login_and_shows_the_tile(browser: Browser, school: Any) -> None:
    page = browser.open(f"{SANDBOX}/portal/{school.slug}/")
    assert f"<h1>Inloggen bij {school.name}</h1>" in page.text

    person = field(page, "person")
    page = browser.submit("", person=person)

    assert browser.url == f"{SANDBOX}/portal/{school.slug}/"
    assert f'<a href="{START}?school={school.brin}">Doorstroom</a>' in page.text


def test_portal__that_announces_itself_skips_the_chooser_once(browser: Browser) -> None:
    browser.open(f"{SANDBOX}/portal/lindehof/")
    browser.submit("", person="lotte.meijer")
    assert "ssonot" in browser.cookies(HUB)

    page = browser.open(START)
    assert attributes_in(page)["nlEduPersonHomeOrganizationId"] == "99BE00"
    assert "ssonot" not in browser.cookies(HUB)

    browser.submit(f"{SANDBOX}/hub/logout")
    assert "<h1>Inloggen met je schoolaccount</h1>" in browser.open(START).text


def test_portal__announcement_counts_with_force_authn_too(browser: Browser) -> None:
    browser.open(f"{SANDBOX}/portal/lindehof/")
    browser.submit("", person="lotte.meijer")

    page = browser.open(f"{START}?fresh=1")

    assert "<h1>Inloggen bij Scholengemeenschap Lindehof</h1>" in page.text


def test_portal__that_does_not_announce_leads_to_the_chooser(browser: Browser) -> None:
    browser.open(f"{SANDBOX}/portal/hoogveld/")
    browser.submit("", person="noor.dejong")

    page = browser.open(START)
    assert "<h1>Inloggen met je schoolaccount</h1>" in page.text
    # The school knows her already: no password again.
    assert attributes_in(browser.choose(page, "hoogveld"))["givenName"] == "Noor"


def test_portal__logout_ends_this_school_only(browser: Browser) -> None:
    for slug, person in (("hoogveld", "noor.dejong"), ("sterrenmeer", "daan.mulder")):
        browser.open(f"{SANDBOX}/portal/{slug}/")
        browser.submit("", person=person)

    browser.submit(f"{SANDBOX}/portal/hoogveld/logout")

    assert "Inloggen bij" in browser.open(f"{SANDBOX}/portal/hoogveld/").text
    assert "Hallo Daan" in browser.open(f"{SANDBOX}/portal/sterrenmeer/").text
    # The login page of a school that knows you leads straight to the portal.
    assert "Hallo Daan" in browser.open(f"{SANDBOX}/school/sterrenmeer/login").text


def test_entree_account__has_no_portal_to_go_to(browser: Browser) -> None:
    browser.open(f"{SANDBOX}/school/entree-account/login")
    browser.submit("", person="eva.prins")

    assert browser.url == f"{SANDBOX}/"


@pytest.mark.parametrize(
    "query",
    [
        {"id": "https://somtoday.sandbox.invalid", "redirectUri": "https://other.example/"},
        {"id": "https://somtoday.sandbox.invalid", "redirectUri": f"{SANDBOX}/portal/hoogveld/"},
        {"id": "https://unknown.invalid", "redirectUri": f"{SANDBOX}/portal/lindehof/"},
        {
            "id": "https://somtoday.sandbox.invalid",
            "realm": "veenpolder",
            "redirectUri": f"{SANDBOX}/portal/lindehof/",
        },
        {"redirectUri": f"{SANDBOX}/portal/lindehof/"},
        {},
    ],
)
def test_ssonot__unregistered_portal_is_refused(browser: Browser, query: dict[str, str]) -> None:
    page = browser.open(f"{SANDBOX}/hub/ssonot?{urlencode(query)}")

    assert page.status_code == 404
    assert "Dit portaal is niet aangemeld" in page.text
    assert "ssonot" not in browser.cookies(HUB)


def test_ssonot__without_realm_the_portal_tells_the_school(browser: Browser) -> None:
    query = {
        "id": "https://somtoday.sandbox.invalid",
        "redirectUri": f"{SANDBOX}/portal/veenpolder/",
    }
    browser.open(f"{SANDBOX}/hub/ssonot?{urlencode(query)}")

    assert "Inloggen bij Veenpolder College" in browser.open(START).text


def reference(browser: Browser, **fields: str) -> Any:
    """Choose "Entree Referentie" and send its form; fields not named keep what the form shows."""
    page = browser.choose(browser.open(START), "referentie")
    shown = {name: field(page, name) for name in ("request", *REFERENCE_ATTRIBUTES)}
    return browser.submit("", **(shown | {"outcome": "ok", "sign": "both"} | fields))


@pytest.mark.parametrize(
    ("sign", "signatures"),
    [("both", 2), ("response", 1), ("assertion", 1), ("nonsense", 2)],
)
def test_reference__signing_shapes_reach_the_site(
    browser: Browser, sign: str, signatures: int
) -> None:
    page = reference(browser, sign=sign)
    assert len(list(answer_in(page).iter(f"{{{DS}}}Signature"))) == signatures

    response = browser.bring_answer(page)

    assert (response.status_code, browser.url) == (200, f"{SITE}/school-account/link/")


def test_reference__sends_what_was_typed(browser: Browser) -> None:
    page = reference(browser, givenName="Zoë", eduPersonAffiliation="", uid="12345678@referentie")

    sent = attributes_in(page)
    assert (sent["givenName"], sent["uid"]) == ("Zoë", "12345678@referentie")
    assert "eduPersonAffiliation" not in sent


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("refusal", "status"),
        ("missing", "identifier"),
        ("audience", "audience"),
        ("expired", "time"),
        ("unsigned", "signature"),
    ],
)
def test_reference__bad_outcome_is_refused_by_the_site(
    browser: Browser, outcome: str, reason: str
) -> None:
    response = browser.bring_answer(reference(browser, outcome=outcome))

    assert response.status_code == 403
    assert LinkEvent.objects.get().reason == reason
    assert not AccountLink.objects.exists()
    assert not Arrival.objects.exists()


def test_reference__refusal_says_so(browser: Browser) -> None:
    assert status_in(reference(browser, outcome="refusal")) == ["Responder", "AuthnFailed"]


def test_reference__other_school_is_the_one_that_counts(browser: Browser) -> None:
    response = browser.bring_answer(reference(browser, outcome="other_school"))

    assert response.status_code == 200
    assert "Veenpolder College" in response.text
    assert "Referentie" not in response.text


def test_reference__foreign_realm_is_refused_by_the_site(browser: Browser) -> None:
    page = reference(browser, nlEduPersonHomeOrganizationId="99AB00")

    assert browser.bring_answer(page).status_code == 403
    assert LinkEvent.objects.get().reason == "school"


def test_reference__without_a_request_there_is_nothing_to_edit(browser: Browser) -> None:
    page = browser.open(f"{SANDBOX}/school/referentie/login")

    assert "Begin bij een dienst" in page.text
    assert "Fout" in browser.submit("", uid="x").text


def test_index__names_everybody(browser: Browser) -> None:
    page = browser.open(f"{SANDBOX}/")

    assert page.text.count('class="button"') == 5
    assert "noor.dejong" in page.text
    assert "onthoudt nu geen school" in page.text
    browser.log_in(browser.choose(browser.open(START), "rivierdelta"), "bilal.elamrani")
    assert "Entree onthoudt nu ROC Rivierdelta." in browser.open(f"{SANDBOX}/").text


def test_logout__asks_first(browser: Browser) -> None:
    assert "<button" in browser.open(f"{SANDBOX}/hub/logout").text
    assert "onthoudt je school niet meer" in browser.submit("").text
