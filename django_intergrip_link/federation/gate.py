"""Raw form body → one strict, bounded XML tree, or a refusal.

First of the three steps that read an answer (gate, seal, meaning). Nothing here is believed yet;
the gate only makes sure that whatever is verified next can be read in one way. Cheap checks come
first.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import parse_qsl

from lxml import etree

from django_intergrip_link.errors import (
    ForbiddenAlgorithm,
    MalformedAnswer,
    UnsupportedConstruct,
    WrongStructure,
)

from . import names
from .schemas import protocol_schema

MAX_FIELD: Final = 256 * 1024
"""Largest ``SAMLResponse`` form value, in characters of base64."""

MAX_BODY: Final = MAX_FIELD * 5 // 4
"""Largest request body in bytes: the field, its URL-escapes and a RelayState."""

MAX_DEPTH: Final = 24
MAX_ELEMENTS: Final = 2_000
MAX_ATTRIBUTES: Final = 32
MAX_NAMESPACES: Final = 256
"""Namespace declarations; a hub that repeats two with every value stays far below."""

_DECLARATION = re.compile(
    rb"<\?xml[ \t\r\n]+version=(\"1\.0\"|'1\.0')"
    rb"([ \t\r\n]+encoding=(\"utf-8\"|'utf-8'))?"
    rb"([ \t\r\n]+standalone=(\"(yes|no)\"|'(yes|no)'))?[ \t\r\n]*\?>",
    re.IGNORECASE,
)
_ENCRYPTED = frozenset(
    {"EncryptedAssertion", "EncryptedID", "EncryptedAttribute", "NewEncryptedID"}
)
_FORBIDDEN = frozenset(
    {
        f"{{{names.SAML}}}Advice",
        f"{{{names.SAMLP}}}Extensions",
        f"{{{names.SAMLP}}}StatusDetail",
        f"{{{names.DS}}}Object",
        f"{{{names.DS}}}Manifest",
        f"{{{names.DS}}}RetrievalMethod",
    }
)
_XENC = f"{{{names.XENC}}}"
_DS = f"{{{names.DS}}}"
_COUNT_ELEMENTS = etree.XPath("count(//*)")
_HAS_MANY_ATTRIBUTES = etree.XPath(f"boolean(//*[count(@*) > {MAX_ATTRIBUTES}])")
_IS_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_ID_LIKE_ATTRIBUTES = etree.XPath("//@*[translate(local-name(), 'ID', 'id') = 'id']")
_SIGNED_PARENTS = frozenset({names.RESPONSE, names.ASSERTION})


def read_field(body: bytes) -> bytes:
    """Return the XML bytes in the one ``SAMLResponse`` field of a form body.

    Args:
        body: the raw ``application/x-www-form-urlencoded`` body, at most ``MAX_BODY`` bytes.

    Raises:
        MalformedAnswer: too large, no field or several, or not strict base64.

    Source: SAML bindings 2.0, section 3.5.4; deflated bodies belong to the redirect binding only
    and are never inflated here.
    """
    if len(body) > MAX_BODY:
        raise MalformedAnswer("body too large")
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=8)
    except ValueError as error:
        raise MalformedAnswer("not a form") from error
    values = [value for name, value in fields if name == "SAMLResponse"]
    if len(values) != 1:
        raise MalformedAnswer(f"{len(values)} SAMLResponse fields")
    return _decode(values[0])


def _decode(value: str) -> bytes:
    if len(value) > MAX_FIELD:
        raise MalformedAnswer("field too large")
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedAnswer("not base64") from error
    # SECURITY: one spelling per message, so no two encodings of one answer pass as different ones.
    if base64.b64encode(raw) != value.encode("ascii", "replace"):
        raise MalformedAnswer("not canonical base64")
    return raw


def open_gate(xml: bytes) -> etree._Element:
    """Parse one response and check its shape.

    Args:
        xml: the decoded document.

    Returns:
        The ``samlp:Response`` root. Its content is **not** trusted yet.

    Raises:
        MalformedAnswer: not plain, bounded UTF-8 XML 1.0.
        WrongStructure: not the one shape of a response that we read.
        UnsupportedConstruct: something in it is encrypted.
        ForbiddenAlgorithm: a signature uses an algorithm or transform outside the allow-list.
    """
    _check_bytes(xml)
    root = _parse(xml)
    _check_bounds(root)
    _check_names(root)
    _check_ids(root)
    for signature in root.iter(names.SIGNATURE):
        _check_signature(signature)
    if not protocol_schema().validate(root):
        raise WrongStructure("schema")
    return root


def the_assertion(root: etree._Element) -> etree._Element:
    """Return the one assertion of a response that passed the gate.

    Raises:
        WrongStructure: none, several, or one outside its place directly below the root.
    """
    # SECURITY: counted in the whole tree, so that no second assertion can hide anywhere (XSW).
    assertions = list(root.iter(names.ASSERTION))
    if len(assertions) != 1 or assertions[0].getparent() is not root:
        raise WrongStructure(f"{len(assertions)} assertions")
    return assertions[0]


def _check_bytes(xml: bytes) -> None:
    try:
        xml.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedAnswer("not UTF-8") from error
    declaration = _DECLARATION.match(xml)
    content = xml[declaration.end() :] if declaration else xml
    # SECURITY: no DOCTYPE, entity, CDATA or comment ("<!"), no processing instruction and no other
    # declaration ("<?"): nothing on which two parsers could disagree, nothing to expand or to
    # fetch.
    if b"<!" in content or b"<?" in content:
        raise MalformedAnswer("markup declaration or processing instruction")
    if not content.lstrip(b" \t\r\n").startswith(b"<") or b"\x00" in content:
        raise MalformedAnswer("not XML")
    # SECURITY: a bound before parsing; every element costs one or two "<".
    if content.count(b"<") > 2 * MAX_ELEMENTS:
        raise MalformedAnswer("too many elements")
    # SECURITY: canonicalising copies namespaces in quadratic time; thousands would cost a second.
    if content.count(b"xmlns") > MAX_NAMESPACES:
        raise MalformedAnswer("too many namespaces")


def _parse(xml: bytes) -> etree._Element:
    # SECURITY: a parser for each message, with everything off that reads from elsewhere or grows.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        collect_ids=False,
    )
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise MalformedAnswer("not well-formed") from error


def _check_bounds(root: etree._Element) -> None:
    if _COUNT_ELEMENTS(root) > MAX_ELEMENTS:
        raise MalformedAnswer("too many elements")
    if _HAS_MANY_ATTRIBUTES(root):
        raise MalformedAnswer("too many attributes")
    if _IS_TOO_DEEP(root):
        raise MalformedAnswer("too deep")


def _check_names(root: etree._Element) -> None:
    if root.tag != names.RESPONSE:
        raise WrongStructure("root is not a Response")
    for tag in {element.tag for element in root.iter()}:
        if not isinstance(tag, str):
            raise MalformedAnswer("a node that is not an element")
        # SECURITY: with encryption refused there is no oracle to ask and no second hidden document.
        if tag.startswith(_XENC) or tag.rpartition("}")[2] in _ENCRYPTED:
            raise UnsupportedConstruct("encryption")
        if tag in _FORBIDDEN:
            raise WrongStructure(tag.rpartition("}")[2])


def _check_ids(root: etree._Element) -> None:
    values = _ID_LIKE_ATTRIBUTES(root)
    for value in values:
        spelling = "Id" if value.getparent().tag.startswith(_DS) else "ID"
        # SECURITY: one spelling of an ID per vocabulary; xml:id or a prefixed ID could make the
        # verifier and the reader find different elements for one reference.
        if value.attrname != spelling:
            raise WrongStructure("foreign ID attribute")
    if len(values) != len(set(values)):
        raise WrongStructure("an ID twice")


def _check_signature(signature: etree._Element) -> None:
    """Hold one ``ds:Signature`` to the only form SAML allows (SAML core 2.0, section 5.4)."""
    parent = signature.getparent()
    previous = signature.getprevious()
    # SECURITY: a signature counts only as the second child of what it signs, right after Issuer,
    # and its reference must name exactly that parent: every wrapping attack moves one of the two.
    if parent is None or parent.tag not in _SIGNED_PARENTS:
        raise WrongStructure("signature in a strange place")
    if previous is None or previous.tag != names.ISSUER or previous.getprevious() is not None:
        raise WrongStructure("signature not after Issuer")
    if len(parent.findall(names.SIGNATURE)) != 1:
        raise WrongStructure("two signatures on one element")
    references = list(signature.iter(f"{{{names.DS}}}Reference"))
    if len(references) != 1:
        raise WrongStructure(f"{len(references)} references")
    identifier = parent.get("ID")
    if not identifier or references[0].get("URI") != f"#{identifier}":
        raise WrongStructure("reference to something else")
    _check_algorithms(signature)


def _check_algorithms(signature: etree._Element) -> None:
    def algorithms(name: str) -> tuple[str | None, ...]:
        return tuple(e.get("Algorithm") for e in signature.iter(f"{{{names.DS}}}{name}"))

    # SECURITY: no SHA-1, no HMAC keyed with a public key, no transform that changes what is signed.
    allowed = (
        algorithms("CanonicalizationMethod") == (names.EXCLUSIVE_C14N,)
        and algorithms("Transform") == names.TRANSFORMS
        and set(algorithms("SignatureMethod")) <= names.SIGNATURE_METHODS
        and set(algorithms("DigestMethod")) <= names.DIGEST_METHODS
    )
    if not allowed:
        raise ForbiddenAlgorithm("outside the allow-list")
    for transform in signature.iter(f"{{{names.DS}}}Transform"):
        if any(etree.QName(child).localname != "InclusiveNamespaces" for child in transform):
            raise ForbiddenAlgorithm("a transform with content")
