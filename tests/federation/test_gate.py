"""The gate's bounds one by one: each holds alone, also where another one stands before it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from lxml import etree

from django_intergrip_link.errors import MalformedAnswer, WrongStructure
from django_intergrip_link.federation import gate, names
from django_intergrip_link.testing.hub import FakeHub

ROOT = f"<p:Response xmlns:p='{names.SAMLP}'%s>%s</p:Response>"


@pytest.fixture(scope="module")
def honest() -> bytes:
    """One honest answer; the gate asks for no key and no time."""
    hub = FakeHub.create(entity_id="https://hub.invalid/", sso_url="https://hub.invalid/sso")
    return hub.answer(
        request_id="_x", acs_url="https://us.invalid/acs", audience="us", attributes={"uid": ["a"]}
    ).xml()


def form(xml: bytes) -> bytes:
    return b"SAMLResponse=" + quote_plus(b64encode(xml)).encode()


def test_field__is_the_document(honest: bytes) -> None:
    assert gate.read_field(form(honest)) == honest
    assert gate.read_field(form(honest) + b"&RelayState=x") == honest


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"SAMLResponse=" + b"A" * gate.MAX_BODY, "body too large"),
        (b"RelayState=" + b"A" * gate.MAX_BODY, "body too large"),
        (b"SAMLResponse=" + b"A" * (gate.MAX_FIELD + 4), "field too large"),
        (b"SAMLResponse=PGEvPg==" + b"&a=1" * 8, "not a form"),
        (b"SAMLResponse=\xff", "not a form"),
        (b"SAMLResponse=PGEvPg==&SAMLResponse=PGEvPg==", "2 SAMLResponse fields"),
        (b"samlresponse=PGEvPg==", "0 SAMLResponse fields"),
        (b"SAMLResponse=PGEv*Pg==", "not base64"),
        (b"SAMLResponse=PGEv+Pg==", "not base64"),
        (b"SAMLResponse=PGEvPg", "not base64"),
        (b"SAMLResponse=PGEvPh==", "not canonical base64"),
    ],
)
def test_field__is_refused_for_its_own_reason(body: bytes, why: str) -> None:
    with pytest.raises(MalformedAnswer, match=f"^{why}$"):
        gate.read_field(body)


def with_content(attributes: str = "", content: str = "") -> bytes:
    return (ROOT % (attributes, content)).encode()


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (b"\xff", "not UTF-8"),
        ("<a/>".encode("utf-16-le"), "not XML"),
        (b"", "not XML"),
        (b"a<b/>", "not XML"),
        (b"<a>\x00</a>", "not XML"),
        (b"<!DOCTYPE a><a/>", "markup declaration or processing instruction"),
        (b"<a><!-- --></a>", "markup declaration or processing instruction"),
        (b"<a><?x?></a>", "markup declaration or processing instruction"),
        (b"<?xml version='1.1'?><a/>", "markup declaration or processing instruction"),
        (b"<?xml version='1.0' encoding='latin-1'?><a/>", "markup declaration or processing"),
        (b"<" * (2 * gate.MAX_ELEMENTS + 1), "too many elements"),
        (b"<a " + b"xmlns" * (gate.MAX_NAMESPACES + 1), "too many namespaces"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a>&b;</a>", "not well-formed"),
        (with_content(content="<a/>" * gate.MAX_ELEMENTS), "too many elements"),
        (with_content("".join(f" a{n}=''" for n in range(gate.MAX_ATTRIBUTES + 1))), "too many"),
        (with_content(content="<a>" * gate.MAX_DEPTH + "</a>" * gate.MAX_DEPTH), "too deep"),
    ],
)
def test_document__is_malformed_for_its_own_reason(xml: bytes, why: str) -> None:
    with pytest.raises(MalformedAnswer, match=why):
        gate.open_gate(xml)


@pytest.mark.parametrize(
    "bend",
    [
        lambda xml: xml,
        lambda xml: xml.partition(b"?>\n")[2],
        lambda xml: xml + b"\r\n\t ",
        lambda xml: xml.replace(b"<saml:AttributeValue ", b"<saml:AttributeValue\n "),
    ],
)
def test_document__honest_one_passes(bend: Callable[[bytes], bytes], honest: bytes) -> None:
    root = gate.open_gate(bend(honest))

    assert root.tag == names.RESPONSE
    assert gate.the_assertion(root).tag == names.ASSERTION


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"samlp:Response", b"samlp:LogoutResponse", "root is not a Response"),
        (b"<saml:Subject>", b"<saml:Advice/><saml:Subject>", "Advice"),
        (b"<samlp:Status>", b"<samlp:Extensions/><samlp:Status>", "Extensions"),
        (b"</samlp:Status>", b"<samlp:StatusDetail/></samlp:Status>", "StatusDetail"),
        (b"</ds:KeyInfo>", b"</ds:KeyInfo><ds:Object/>", "Object"),
        (b"</ds:KeyInfo>", b"<ds:Manifest/></ds:KeyInfo>", "Manifest"),
        (b"</ds:KeyInfo>", b"<ds:RetrievalMethod/></ds:KeyInfo>", "RetrievalMethod"),
        (b"<saml:Subject>", b"<saml:Subject xml:id='_x'>", "foreign ID attribute"),
        (b"<ds:SignedInfo>", b"<ds:SignedInfo ID='_x'>", "foreign ID attribute"),
        (b"<ds:SignedInfo>", b"<ds:SignedInfo Id='_x'><ds:Object Id='_x'/>", "Object"),
        (b"<saml:Subject>", b"<saml:Subject Odd=''>", "schema"),
    ],
)
def test_document__is_refused_for_its_own_reason(
    old: bytes, new: bytes, why: str, honest: bytes
) -> None:
    count = -1 if b"Response" in old else 1
    with pytest.raises(WrongStructure, match=f"^{why}$"):
        gate.open_gate(honest.replace(old, new, count))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"<saml:Subject>", b"<saml:Subject><ds:Signature xmlns:ds='%s'/>" % names.DS.encode(),
         "signature in a strange place"),
        (b"<saml:Issuer>", b"<saml:Issuer/><saml:Issuer>", "signature not after Issuer"),
        (b"</ds:Reference>", b"</ds:Reference><ds:Reference/>", "2 references"),
        (b'URI="#_', b'URI="#x', "reference to something else"),
        (b'URI="#_', b'URI="_', "reference to something else"),
    ],
)  # fmt: skip
def test_signature__is_refused_for_its_own_reason(
    old: bytes, new: bytes, why: str, honest: bytes
) -> None:
    with pytest.raises(WrongStructure, match=f"^{why}$"):
        gate.open_gate(honest.replace(old, new, 1))


def test_signature__twice_on_one_element(honest: bytes) -> None:
    start, end = honest.index(b"<ds:Signature "), honest.index(b"</ds:Signature>") + 15
    signature = honest[start:end]

    with pytest.raises(WrongStructure, match="two signatures on one element"):
        gate.open_gate(honest[:end] + signature + honest[end:])


def test_names__node_that_is_no_element() -> None:
    """Whatever the bytes said, the tree holds elements only."""
    tree = etree.fromstring(with_content())
    tree.append(etree.Comment("x"))

    with pytest.raises(MalformedAnswer, match="not an element"):
        gate._check_names(tree)


@pytest.mark.parametrize("number", [0, 2])
def test_assertion__is_one(number: int, honest: bytes) -> None:
    start, end = assertion_in(honest)
    bent = honest[:start] + honest[start:end] * number + honest[end:]

    with pytest.raises(WrongStructure, match=f"{number} assertions"):
        gate.the_assertion(etree.fromstring(bent))


def test_assertion__is_a_child_of_the_root(honest: bytes) -> None:
    start, end = assertion_in(honest)
    inner = b"<samlp:Status>" + honest[start:end] + b"</samlp:Status>"

    with pytest.raises(WrongStructure, match="1 assertions"):
        gate.the_assertion(etree.fromstring(honest[:start] + inner + honest[end:]))


def assertion_in(xml: bytes) -> tuple[int, int]:
    return xml.index(b"<saml:Assertion "), xml.index(b"</saml:Assertion>") + 17
