"""Single sign-on at the fake hub: who is asked what, and which requests it refuses."""

from __future__ import annotations

import re
import time
import zlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from lxml import etree

from django_intergrip_link.federation.config import get_federation
from django_intergrip_link.federation.request import build_login
from django_intergrip_link.sandbox import cookies, hub, requests
from django_intergrip_link.sandbox.requests import OpenRequest
from django_intergrip_link.sandbox.views.page import last_answer
from django_intergrip_link.testing.hub import create_key_pair

from .walking import HUB, SITE, START, Browser, answer_in, attributes_in, field, status_in

CHOOSER = "Kies hieronder jouw school of gebruik Entree-account"
SSO = f"{HUB}/sandbox/hub/sso"


@pytest.fixture
def ask(browser: Browser) -> Callable[..., str]:
    """Return the address of a signed request, as our own site makes it."""

    def build(**options: Any) -> str:
        return build_login(get_federation("kennisnet"), **options).url

    return build


@pytest.fixture
def chosen(browser: Browser) -> Browser:
    """A browser that logged in as Noor at Hoogveld College, once."""
    page = browser.choose(browser.open(START), "hoogveld")
    assert "SAMLResponse" in browser.log_in(page, "noor.dejong").text
    return browser


def test_sso__unknown_browser_gets_the_chooser(browser: Browser) -> None:
    page = browser.open(START)

    assert browser.url.startswith(f"{HUB}/sandbox/hub/choose")
    assert "<h1>Inloggen met je schoolaccount</h1>" in page.text
    assert "Je wilt inloggen bij <strong>Doorstroom</strong>" in page.text
    assert CHOOSER in page.text
    assert "Zoeken" in page.text
    assert "Recent gebruikt" not in page.text
    assert "Gebruik Entree-account" in page.text


def test_sso__first_login_reaches_the_linking_page(browser: Browser) -> None:
    page = browser.choose(browser.open(START), "hoogveld")
    page = browser.log_in(page, "noor.dejong")

    sent = attributes_in(page)
    assert re.fullmatch(r"[0-9a-f]{15}@hoogveldcollege", sent.pop("uid"))
    assert sent == {
        "givenName": "Noor",
        "eduPersonAffiliation": "student",
        "nlEduPersonHomeOrganizationId": "99AB00",
        "nlEduPersonHomeOrganization": "Hoogveld College",
    }
    authority = answer_in(page).findtext(".//{*}AuthenticatingAuthority")
    assert authority == "https://hoogveld.magister.sandbox.invalid"
    assert f"form-action 'self' {SITE}" in page["Content-Security-Policy"]

    response = browser.bring_answer(page)

    assert response.status_code == 200
    assert browser.url == f"{SITE}/school-account/link/"
    assert "Hoogveld College" in response.text


def test_sso__hub_session_skips_the_chooser(chosen: Browser) -> None:
    page = chosen.open(START)

    assert attributes_in(page)["givenName"] == "Noor"


def test_sso__after_hub_logout_the_school_still_knows_you(chosen: Browser) -> None:
    chosen.submit(f"{HUB}/sandbox/hub/logout")
    page = chosen.open(START)

    assert "Recent gebruikt" in page.text
    assert attributes_in(chosen.choose(page, "hoogveld"))["givenName"] == "Noor"


def test_sso__force_authn_ignores_both_sessions(chosen: Browser, ask: Callable[..., str]) -> None:
    page = chosen.open(ask(is_fresh=True))
    assert CHOOSER in page.text

    page = chosen.choose(page, "hoogveld")
    assert "<h1>Inloggen bij Hoogveld College</h1>" in page.text

    began = time.time()
    page = chosen.log_in(page, "sem.bakker")
    assert attributes_in(page)["givenName"] == "Sem"
    instant = answer_in(page).find(".//{*}AuthnStatement").get("AuthnInstant")
    assert instant >= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began))


def test_sso__silent_login_tells_when_the_school_saw_them(chosen: Browser) -> None:
    logins = {"hoogveld": ("noor.dejong", 1_700_000_000.0)}
    chosen.jars[HUB].cookies[cookies.LOGINS] = signing.dumps(
        logins, salt=f"django_intergrip_link.sandbox.cookies.{cookies.LOGINS}"
    )

    statement = answer_in(chosen.open(START)).find(".//{*}AuthnStatement")

    assert statement.get("AuthnInstant") == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize("scope", ["sterrenmeer", "https://sterrenmeer.magister.sandbox.invalid"])
def test_scoping__one_school_skips_the_chooser(
    browser: Browser, ask: Callable[..., str], scope: str
) -> None:
    page = browser.open(ask(scope=scope))

    assert "<h1>Inloggen bij Sterrenmeer Lyceum</h1>" in page.text


def test_scoping__beats_the_hub_session(chosen: Browser, ask: Callable[..., str]) -> None:
    page = chosen.open(ask(scope="rivierdelta"))

    assert "<h1>Inloggen bij ROC Rivierdelta</h1>" in page.text


def test_scoping__shared_identity_provider_shortens_the_chooser(
    browser: Browser, ask: Callable[..., str]
) -> None:
    page = browser.open(ask(scope="https://somtoday.sandbox.invalid"))

    offered = re.findall(r'name="school" value="([^"]+)"', page.text)
    assert offered == ["veenpolder", "lindehof"]
    assert browser.choose(page, "hoogveld").status_code == 404


def test_scoping__unknown_value_ends_at_the_hub(browser: Browser, ask: Callable[..., str]) -> None:
    page = browser.open(ask(scope="https://unknown.invalid"))

    assert page.status_code == 404
    assert "Er zijn geen organisaties gevonden." in page.text
    assert "SAMLResponse" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 6),
        ("hoogveld", 1),
        ("HOOG assen", 1),
        ("99b", 2),
        ("hvc", 1),
        ("gouda", 1),
        ("nowhere", 0),
    ],
)
def test_chooser__search(browser: Browser, query: str, found: int) -> None:
    browser.open(START)
    page = browser.open(f"{browser.url}&{urlencode({'q': query})}")

    schools = page.text.split('id="search"')[1].split('class="entree"')[0]
    assert schools.count('name="school"') == found
    assert (f"Geen school gevonden met “{query}”." in page.text) is (found == 0)


def test_chooser__keeps_three_recent_schools(browser: Browser) -> None:
    for school in ("hoogveld", "sterrenmeer", "lindehof", "rivierdelta", "lindehof"):
        browser.choose(browser.open(START), school)
    page = browser.open(START)

    recent = page.text.split("Recent gebruikt")[1].split("Zoeken")[0]
    assert re.findall(r'name="school" value="([^"]+)"', recent) == [
        "lindehof",
        "rivierdelta",
        "sterrenmeer",
    ]


def test_chooser__changed_token_is_refused(browser: Browser) -> None:
    browser.open(START)

    page = browser.open(f"{browser.url}x")

    assert page.status_code == 404
    assert "Begin opnieuw bij de dienst." in page.text


def test_request__expires(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.open(START)
    monkeypatch.setattr(requests, "MAX_AGE", -1)

    assert browser.open(browser.url).status_code == 404


def test_request__of_a_service_that_left_is_refused(
    browser: Browser, sandbox_settings: Any
) -> None:
    browser.open(START)
    sandbox_settings.INTERGRIP_LINK = {**sandbox_settings.INTERGRIP_LINK, "FEDERATIONS": {}}

    page = browser.open(browser.url)

    assert (page.status_code, "Deze dienst bestaat niet meer." in page.text) == (404, True)


def bend(url: str, **changes: str | None) -> str:
    """Return ``url`` with other query values; ``None`` drops one."""
    fields = dict(parse_qsl(urlsplit(url).query)) | changes
    query = urlencode({name: value for name, value in fields.items() if value is not None})
    return f"{SSO}?{query}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SAMLRequest": None}, "leeg of te groot"),
        ({"SAMLRequest": "%%%"}, "niet leesbaar"),
        ({"SAMLRequest": "////"}, "niet leesbaar"),
        ({"RelayState": "/elsewhere"}, "handtekening"),
        ({"Signature": None}, "handtekening"),
        ({"Signature": "é"}, "handtekening"),
        ({"SigAlg": "http://www.w3.org/2000/09/xmldsig#rsa-sha1"}, "RSA-SHA256"),
    ],
)
def test_request__bent_is_refused(
    browser: Browser, ask: Callable[..., str], changes: dict[str, str | None], message: str
) -> None:
    page = browser.open(bend(ask(), **changes))

    assert page.status_code == 404
    assert message in page.text


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("<broken", "geen XML"),
        ("<!DOCTYPE x [<!ENTITY e 'e'>]><x/>", "geen AuthnRequest"),
        ("<x/>", "geen AuthnRequest"),
        ("<x>" + "y" * 70_000 + "</x>", "te groot"),
        (
            '<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"/>',
            "Deze dienst is niet bekend.",
        ),
    ],
)
def test_request__other_document_is_refused(browser: Browser, xml: str, message: str) -> None:
    page = browser.open(f"{SSO}?{urlencode({'SAMLRequest': deflate(xml)})}")

    assert page.status_code == 404
    assert message in page.text


def deflate(xml: str) -> str:
    """Return a message as the Redirect binding writes it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return b64encode(packer.compress(xml.encode()) + packer.flush()).decode()


@pytest.mark.parametrize(
    ("field_name", "value", "message"),
    [
        ("destination", "https://other.example/sso", "andere hub"),
        ("acs_url", "https://other.example/acs", "Het antwoordadres"),
    ],
)
def test_request__signed_for_another_address_is_refused(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, field_name: str, value: str, message: str
) -> None:
    federation = get_federation("kennisnet")
    if field_name == "destination":
        other = replace(federation.hub(), sso_url=value)
        federation = replace(federation, read_hub=lambda: other)
    else:
        federation = replace(federation, acs_url=value)
    query = urlsplit(build_login(federation).url).query

    page = browser.open(f"{SSO}?{query}")

    assert page.status_code == 404
    assert message in page.text


def test_request__own_key_of_the_site_is_used(
    sandbox_settings: Any, db: None, tmp_path: Path
) -> None:
    key, certificate = create_key_pair(common_name="own")
    (tmp_path / "key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (tmp_path / "cert").write_bytes(certificate.public_bytes(Encoding.PEM))
    entry = {
        "preset": "sandbox",
        "base_url": SITE,
        "key_file": str(tmp_path / "key"),
        "cert_file": str(tmp_path / "cert"),
    }
    sandbox_settings.INTERGRIP_LINK = {
        **sandbox_settings.INTERGRIP_LINK,
        "FEDERATIONS": {"kennisnet": entry},
    }

    assert CHOOSER in Browser().open(START).text


def test_relay_state__comes_back(browser: Browser, ask: Callable[..., str]) -> None:
    pending = OpenRequest(
        federation="kennisnet",
        request_id="_1",
        relay_state="opaque",
        is_fresh=False,
        slugs=(),
        at=time.time(),
    )
    page = browser.open(f"{HUB}/sandbox/hub/choose?request={quote(pending.token())}")
    page = browser.log_in(browser.choose(page, "hoogveld"), "noor.dejong")

    assert field(page, "RelayState") == "opaque"
    assert status_in(page) == ["Success"]


def test_metadata__is_what_the_site_trusts(browser: Browser) -> None:
    page = browser.open(f"{HUB}/sandbox/hub/metadata")
    entity = etree.fromstring(page.content)

    assert page.content == hub.hub_metadata(base_url=SITE)
    assert entity.get("entityID") == f"{HUB}/sandbox/hub/metadata"
    assert hub.get_hub("kennisnet").sso_url == SSO
    assert get_federation("kennisnet").hub().entity_id == entity.get("entityID")


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("http://localhost:8000", "http://127.0.0.1:8000"),
        ("http://localhost", "http://127.0.0.1"),
        ("http://site.test:9000", "http://127.0.0.1:9000"),
        ("https://localhost:8443", "https://127.0.0.1:8443"),
    ],
)
def test_sandbox_origin(base_url: str, origin: str) -> None:
    assert hub.sandbox_origin(base_url) == origin


def test_hub__without_urls_says_what_to_add(sandbox_settings: Any) -> None:
    sandbox_settings.ROOT_URLCONF = "django_intergrip_link.urls"

    with pytest.raises(ImproperlyConfigured, match=r"sandbox\.urls"):
        hub.hub_metadata(base_url=SITE)


def test_last_answer__shows_the_message(browser: Browser) -> None:
    last_answer.clear()
    assert "nog niets verstuurd" in browser.open(f"{HUB}/sandbox/hub/last").text

    page = browser.choose(browser.open(START), "entree-account")
    browser.log_in(page, "eva.prins")

    shown = browser.open(f"{HUB}/sandbox/hub/last")
    assert "&lt;saml:AttributeValue" in shown.text
    assert "Eva" in shown.text
