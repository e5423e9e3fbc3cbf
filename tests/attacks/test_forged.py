"""Forged or altered messages (SIG): nothing counts but what the hub signed, in the one shape."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives import hashes
from lxml import etree

from django_intergrip_link.testing.answer import serialize
from django_intergrip_link.testing.hub import SignedParts, create_key_pair
from tests.attacks import wrapping
from tests.attacks.bending import (
    ASSERTION,
    AUDIENCE,
    CONFIRMATION_DATA,
    NAME_ID,
    REFERENCE,
    RESPONSE,
    SIGNATURE,
    STATEMENT,
    UID_VALUE,
    Bend,
    altered,
    attribute,
    claims_victim,
    find,
    inserted,
    moved,
    says,
    signed,
    text,
    twice,
    without,
)
from tests.attacks.case import SHAPES, Act, Case, deny, each
from tests.attacks.invariants import run
from tests.attacks.sealing import Seal, rsa_signer
from tests.attacks.stage import VICTIM_UID, Stage

OTHER_ID = "_ffffffffffffffffffffffffffffffff"
XENC = 'xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"'
ENCRYPTED_DATA = (
    f"<xenc:EncryptedData {XENC}><xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue>"
    "</xenc:CipherData></xenc:EncryptedData>"
)


def by_a_foreign_key(stage: Stage) -> Any:
    """Everything right but the key, whose certificate the message brings along."""
    key, certificate = create_key_pair(common_name="engine.entree.kennisnet.nl")
    return stage.send(replace(stage.answer(), key=key, certificate=certificate).xml())


def with_another_request(stage: Stage) -> Any:
    """``InResponseTo`` of the response becomes another open request of the same browser."""
    answer = stage.answer()
    tree = answer.signed(answer.tree())
    tree.set("InResponseTo", stage.held["earlier"])
    return stage.send(serialize(tree))


def metadata_as_answer(stage: Stage) -> Any:
    """Something else that the hub really signed."""
    return stage.send(stage.school.hub.metadata(signed=True))


def old_assertion_in_a_new_envelope(stage: Stage) -> Any:
    """A signed assertion for an earlier request, in an unsigned response to the open one."""
    tree = stage.answer().tree()
    earlier = replace(stage.answer(sign="assertion"), subject_in_response_to=stage.held["earlier"])
    (place,) = find(tree, ASSERTION)
    place.getparent().replace(place, find(earlier.signed(earlier.tree()), ASSERTION)[0])
    return stage.send(serialize(tree))


def start_twice(stage: Stage) -> None:
    """Two open logins of one browser."""
    stage.held["earlier"] = stage.start()
    stage.start()


def sealed(**how: Any) -> Act:
    """The hub's own key makes a signature of another form on whatever the run signs."""

    def act(stage: Stage) -> Any:
        tree = stage.answer().tree()
        seal = Seal(**{"sign": rsa_signer(stage.school.hub.key, hashes.SHA256()), **how})
        for path in {"response": [RESPONSE], "assertion": [ASSERTION]}[stage.sign]:
            seal.put_on(find(tree, path)[0])
        return stage.send(serialize(tree))

    return act


def one_good_one_broken(broken: str) -> Act:
    """Both are signed; one of the two signatures is spoilt."""

    def spoil(tree: etree._Element) -> None:
        (value,) = find(tree, f"{broken}/ds:Signature/ds:SignatureValue")
        value.text = ("A" if value.text[0] != "A" else "B") + value.text[1:]

    return altered(spoil)


def same_id(tree: etree._Element) -> None:
    """Response and assertion bear one ID; the signatures are made over it."""
    find(tree, ASSERTION)[0].set("ID", tree.get("ID"))


FORGED = (
    Case("SIG-01", "no signature anywhere", says(sign="none"), deny("signature")),
    Case("SIG-01-stripped", "the signatures cut out", altered(without(SIGNATURE)),
         deny("signature"), SHAPES),
    Case("SIG-02", "a key that is not in the metadata, its certificate in KeyInfo",
         by_a_foreign_key, deny("signature"), SHAPES),
    Case("SIG-03-nameid", "NameID changed after signing", altered(text(NAME_ID, VICTIM_UID)),
         deny("signature"), SHAPES),
    Case("SIG-03-uid", "uid changed after signing", altered(text(UID_VALUE, VICTIM_UID)),
         deny("signature"), SHAPES),
    Case("SIG-03-audience", "Audience changed after signing",
         altered(text(AUDIENCE, "https://elsewhere.invalid/")), deny("signature"), SHAPES),
    Case("SIG-03-request", "InResponseTo of the confirmation changed after signing",
         altered(attribute(CONFIRMATION_DATA, "InResponseTo", OTHER_ID)),
         deny("signature"), SHAPES),
    Case("SIG-03-envelope", "InResponseTo of the response changed to another open request",
         with_another_request, deny("signature"), ("response", "both"), start_twice),
    Case("SIG-05", "uid and NameID both changed after signing", altered(claims_victim),
         deny("signature"), SHAPES),
    Case("SIG-06-response", "good assertion signature, broken response signature",
         one_good_one_broken(RESPONSE), deny("signature")),
    Case("SIG-06-assertion", "good response signature, broken assertion signature",
         one_good_one_broken(ASSERTION), deny("signature")),
    Case("SIG-07", "something else that the hub signed: its metadata",
         metadata_as_answer, deny("structure")),
    Case("SIG-08", "a signed assertion for an earlier request in a new envelope",
         old_assertion_in_a_new_envelope, deny("request"), scene=start_twice),
)  # fmt: skip

ON_RESPONSE: tuple[SignedParts, ...] = ("response", "both")
ON_ASSERTION: tuple[SignedParts, ...] = ("assertion", "both")
WRAPPED = tuple(
    Case(f"SIG-04-{bend.__name__}", bend.__doc__ or "", altered(bend), deny("structure"), shapes)
    for bend, shapes in (
        (wrapping.xsw1, ON_RESPONSE),
        (wrapping.xsw2, ON_RESPONSE),
        (wrapping.xsw3, ON_ASSERTION),
        (wrapping.xsw4, ON_ASSERTION),
        (wrapping.xsw5, ON_ASSERTION),
        (wrapping.xsw6, ON_ASSERTION),
        (wrapping.xsw7, ON_ASSERTION),
        (wrapping.xsw8, ON_ASSERTION),
    )
)

NESTED: tuple[tuple[str, str, Bend], ...] = (
    ("response", "a response inside an attribute value",
     inserted(UID_VALUE, "<samlp:Response ID='_n' Version='2.0' IssueInstant='x'/>")),
    ("signature", "a second signature inside an attribute value",
     inserted(UID_VALUE, "<ds:Signature><ds:SignedInfo/></ds:Signature>")),
    ("advice", "Advice with an assertion in it",
     inserted(ASSERTION, "<saml:Advice/>", at=4)),
    ("status", "StatusDetail with content", inserted(
        f"{RESPONSE}/samlp:Status", "<samlp:StatusDetail><x/></samlp:StatusDetail>")),
)  # fmt: skip

REFERENCES = (
    Case("SIG-09-empty", "Reference with an empty URI", sealed(uri=""), deny("structure"),
         ("response", "assertion")),
    Case("SIG-09-absent", "Reference without URI", sealed(uri=None), deny("structure"),
         ("response", "assertion")),
    Case("SIG-09-xpointer", "Reference by XPointer", sealed(uri="#xpointer(/)"),
         deny("structure"), ("response", "assertion")),
    Case("SIG-09-outside", "Reference to an address elsewhere",
         sealed(uri="https://elsewhere.invalid/answer.xml"), deny("structure"),
         ("response", "assertion")),
    Case("SIG-09-two", "two References", sealed(references=2), deny("structure"),
         ("response", "assertion")),
    Case("SIG-09-none", "no Reference", sealed(references=0), deny("structure"),
         ("response", "assertion")),
    Case("SIG-09-target", "Reference to another element",
         altered(attribute(REFERENCE, "URI", OTHER_ID)), deny("structure"), SHAPES),
    Case("SIG-09-object", "ds:Object in the signature",
         altered(inserted(SIGNATURE, "<ds:Object>x</ds:Object>")), deny("structure"), SHAPES),
    Case("SIG-09-manifest", "ds:Manifest in KeyInfo",
         altered(inserted(f"{SIGNATURE}/ds:KeyInfo", "<ds:Manifest/>")), deny("structure"), SHAPES),
    Case("SIG-09-retrieval", "RetrievalMethod in KeyInfo", altered(inserted(
        f"{SIGNATURE}/ds:KeyInfo", "<ds:RetrievalMethod URI='https://elsewhere.invalid/key'/>")),
         deny("structure"), SHAPES),
    Case("SIG-09-place", "signature of the response not after its Issuer",
         altered(moved(f"{RESPONSE}/ds:Signature", RESPONSE)), deny("structure"), ("response",)),
    Case("SIG-09-first", "signature of the assertion before its Issuer",
         altered(moved(f"{ASSERTION}/ds:Signature", ASSERTION, at=0)), deny("structure"),
         ("assertion", "both")),
    Case("SIG-09-elsewhere", "signature below the Subject",
         altered(moved(f"{ASSERTION}/ds:Signature", f"{ASSERTION}/saml:Subject")),
         deny("structure"), ("assertion", "both")),
    Case("SIG-09-repeated", "the same signature twice", altered(twice(SIGNATURE)),
         deny("structure"), SHAPES),
)  # fmt: skip

IDENTIFIERS = (
    Case("SIG-10-same", "the same ID twice", signed(same_id), deny("structure"), SHAPES),
    Case("SIG-10-xml", "xml:id on the assertion",
         signed(attribute(ASSERTION, "{http://www.w3.org/XML/1998/namespace}id", "_x")),
         deny("structure"), SHAPES),
    Case("SIG-10-prefixed", "an ID with a prefix", signed(attribute(
        UID_VALUE, "{urn:x}ID", "_x")), deny("structure"), SHAPES),
    Case("SIG-10-spellings", "ID and Id on one element", signed(attribute(
        UID_VALUE, "Id", "_x")), deny("structure"), SHAPES),
    Case("SIG-10-lower", "id in small letters", signed(attribute(UID_VALUE, "id", "_x")),
         deny("structure"), SHAPES),
    Case("SIG-10-reused", "the ID of the response again, deep in the assertion",
         signed(lambda tree: find(tree, UID_VALUE)[0].set("ID", tree.get("ID"))),
         deny("structure"), SHAPES),
)  # fmt: skip

ENCRYPTED = (
    Case("SIG-11-assertion", "EncryptedAssertion in place of the assertion",
         signed(without(ASSERTION), inserted(
             RESPONSE, f"<saml:EncryptedAssertion>{ENCRYPTED_DATA}</saml:EncryptedAssertion>")),
         deny("unsupported"), ("response",)),
    Case("SIG-11-beside", "EncryptedAssertion beside the assertion",
         signed(inserted(
             RESPONSE, f"<saml:EncryptedAssertion>{ENCRYPTED_DATA}</saml:EncryptedAssertion>")),
         deny("unsupported"), SHAPES),
    Case("SIG-11-id", "EncryptedID in place of the NameID",
         signed(without(NAME_ID), inserted(
             f"{ASSERTION}/saml:Subject",
             f"<saml:EncryptedID>{ENCRYPTED_DATA}</saml:EncryptedID>", at=0)),
         deny("unsupported"), SHAPES),
    Case("SIG-11-attribute", "EncryptedAttribute", signed(inserted(
        STATEMENT, f"<saml:EncryptedAttribute>{ENCRYPTED_DATA}</saml:EncryptedAttribute>")),
         deny("unsupported"), SHAPES),
    Case("SIG-11-value", "encrypted data inside a value", signed(inserted(
        UID_VALUE, ENCRYPTED_DATA)), deny("unsupported"), SHAPES),
    Case("SIG-11-key", "an encrypted key inside KeyInfo", altered(inserted(
        f"{SIGNATURE}/ds:KeyInfo", f"<xenc:EncryptedKey {XENC}/>")), deny("unsupported"), SHAPES),
)  # fmt: skip


NESTING = tuple(
    Case(f"SIG-12-{name}", words, signed(bend), deny("structure"), SHAPES)
    for name, words, bend in NESTED
)


@each((*FORGED, *WRAPPED, *REFERENCES, *IDENTIFIERS, *ENCRYPTED, *NESTING))
def test_forged(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)
