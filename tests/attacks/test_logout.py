"""Logout (SLO): nobody ends a session from outside; single logout is not offered at all."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from django_intergrip_link.testing import names
from django_intergrip_link.testing.answer import instant, serialize
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.signing import sign_element
from tests.attacks.case import BAD, Act, Case, Outcome, deny, each
from tests.attacks.invariants import run
from tests.attacks.stage import VICTIM_UID, Stage, new_browser, session_of, step_url
from tests.attacks.test_xml import deflated

PLACES = ("slo", "sls", "ls", "ls/post", "logout", "logout/post", "slo/redirect")


def be_in(stage: Stage) -> None:
    """The victim is in, through the school."""
    stage.log_in()
    assert stage.user_in() == "victim"


def message(
    kind: str, *, issuer: str = "", subject: str = VICTIM_UID, is_signed: bool = False
) -> Act:
    """A LogoutRequest or LogoutResponse, brought to the one address that takes messages."""
    return lambda stage: stage.send(_message(stage, kind, issuer, subject, is_signed=is_signed))


def _message(stage: Stage, kind: str, issuer: str, subject: str, *, is_signed: bool) -> bytes:
    hub = stage.school.hub
    root = etree.Element(
        f"{{{names.SAMLP}}}{kind}",
        nsmap={"samlp": names.SAMLP, "saml": names.SAML},
        attrib={
            "ID": "_0123456789abcdef0123456789abcdef",
            "Version": "2.0",
            "IssueInstant": instant(stage.answer().now) or "",
            "Destination": "https://testserver/saml2/kennisnet/acs",
            "InResponseTo": stage.request_id,
        },
    )
    etree.SubElement(root, f"{{{names.SAML}}}Issuer").text = issuer or hub.entity_id
    if kind == "LogoutRequest":
        etree.SubElement(root, f"{{{names.SAML}}}NameID").text = subject
    else:
        status = etree.SubElement(root, f"{{{names.SAMLP}}}Status")
        etree.SubElement(status, f"{{{names.SAMLP}}}StatusCode", Value=names.SUCCESS)
    if is_signed:
        root = sign_element(root, key=hub.key, certificate=hub.certificate)
    return serialize(root)


def from_elsewhere(method: str) -> Act:
    """Another site sends the browser to our logout; the Lax cookie comes along with a GET only."""

    def act(stage: Stage) -> Any:
        if method == "get":
            return stage.browser.get(
                step_url("logout"), secure=True, HTTP_REFERER="https://evil.invalid/"
            )
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = stage.browser.cookies
        return strict.post(step_url("logout"), secure=True, HTTP_ORIGIN="https://evil.invalid")

    return act


LOGOUTS = (
    Case("SLO-01-unsigned", "LogoutRequest without signature", message("LogoutRequest"),
         deny("structure"), scene=be_in),
    Case("SLO-01-signed", "LogoutRequest that the hub signed", message(
        "LogoutRequest", is_signed=True), deny("structure"), scene=be_in),
    Case("SLO-01-name", "LogoutRequest for somebody else", message(
        "LogoutRequest", subject="nobody@99aa00"), deny("structure"), scene=be_in),
    Case("SLO-01-issuer", "LogoutRequest of an unknown issuer", message(
        "LogoutRequest", issuer="https://evil.invalid/"), deny("structure"), scene=be_in),
    Case("SLO-01-junk", "junk", lambda stage: stage.send(b"junk"), BAD, scene=be_in),
    Case("SLO-02-unsigned", "LogoutResponse without signature", message("LogoutResponse"),
         deny("structure"), scene=be_in),
    Case("SLO-02-signed", "LogoutResponse that nobody asked for", message(
        "LogoutResponse", is_signed=True), deny("structure"), scene=be_in),
    Case("SLO-03-get", "our logout by GET from another site", from_elsewhere("get"),
         Outcome(status=200), scene=be_in),
    Case("SLO-03-post", "our logout by POST from another site", from_elsewhere("post"),
         deny("csrf"), scene=be_in),
)  # fmt: skip


@each(LOGOUTS)
def test_logout(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("place", PLACES)
def test_single_logout__has_no_address(method: str, place: str, stage: Stage) -> None:
    """SLO-01, XML-05: the endpoints of djangosaml2 are not there, by either binding."""
    be_in(stage)
    before = session_of(stage.browser)
    xml = _message(stage, "LogoutRequest", "", VICTIM_UID, is_signed=True)
    field = {"SAMLRequest": b64encode(deflated(xml) if method == "get" else xml).decode()}

    for folder in ("/saml2/kennisnet/", "/saml2/"):
        send = getattr(stage.browser, method)
        assert send(f"{folder}{place}", field, secure=True).status_code == 404
    assert session_of(stage.browser) == before
    assert stage.user_in() == "victim"


def test_own_metadata__offers_no_single_logout(stage: Stage) -> None:
    metadata = etree.fromstring(stage.enter("metadata", new_browser()).content)

    assert metadata.find(".//{*}AssertionConsumerService") is not None
    assert metadata.find(".//{*}SingleLogoutService") is None
    assert metadata.find(".//{*}KeyDescriptor[@use='encryption']") is None
