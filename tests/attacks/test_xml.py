"""XML and transport (XML): one strict, bounded spelling, read by one parser, fetching nothing.

Bytes are bent before base64, after it, or in the form around it; nothing here gets as far as a
signature, so one signing shape is enough.
"""

from __future__ import annotations

import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import quote_plus

from django.test import Client

from django_intergrip_link.federation.gate import MAX_FIELD
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.login import FORM
from tests.attacks.bending import posted, says, spelled
from tests.attacks.case import BAD, OK, Act, Case, Outcome, deny, each
from tests.attacks.invariants import run
from tests.attacks.measures import MIB, trap
from tests.attacks.stage import VICTIM_UID, Stage, form_body

DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"
UID = VICTIM_UID.encode()
NOT_ALLOWED = Outcome(status=405)
NO_REQUEST = deny("request")


def prefixed(doctype: str, uid: str = VICTIM_UID) -> Act:
    """A document type declaration before the root, and perhaps an entity in place of the uid."""
    start = DECLARATION + doctype.encode()
    return spelled(lambda xml: xml.replace(DECLARATION, start).replace(UID, uid.encode()))


def calling(doctype: str, uid: str = VICTIM_UID) -> Act:
    """A declaration that names an address; nobody may call there."""

    def act(stage: Stage) -> Any:
        with trap() as (address, callers):
            response = prefixed(doctype.replace("ADDRESS", address), uid)(stage)
        assert callers == [], "I8: a library called"
        return response

    return act


def schema_hint(stage: Stage) -> Any:
    """``xsi:schemaLocation`` in the unsigned root names an address; nobody may call there."""
    with trap() as (address, callers):
        hint = (
            "<samlp:Response xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
            f"xsi:schemaLocation='urn:x {address}/x.xsd' "
        )
        answer = stage.answer(sign="assertion").xml()
        response = stage.send(answer.replace(b"<samlp:Response ", hint.encode()))
    assert callers == [], "I8: a library called"
    return response


def in_uid(middle: bytes) -> Act:
    """Something in the middle of uid and NameID that some readers skip and others stop at."""
    return spelled(lambda xml: xml.replace(UID, UID[:6] + middle + UID[6:]))


def instead(document: bytes) -> Act:
    """Another document altogether."""
    return spelled(lambda xml: document)


def nested(depth: int) -> Act:
    """A uid this deep."""
    return spelled(lambda xml: xml.replace(UID, b"<a>" * depth + UID + b"</a>" * depth))


def in_root(filling: Callable[[int], str], number: int) -> Act:
    """This many of something in the start tag of the unsigned root."""
    filled = "".join(map(filling, range(number)))

    def act(stage: Stage) -> Any:
        answer = stage.answer(sign="assertion").xml()
        start = f"<samlp:Response {filled}".encode()
        return stage.send(answer.replace(b"<samlp:Response ", start))

    return act


def recoded(recode: Callable[[bytes], str]) -> Act:
    """Another spelling of base64."""

    def act(stage: Stage) -> Any:
        value = quote_plus(recode(stage.answer().xml()))
        return stage.send_body(f"SAMLResponse={value}".encode())

    return act


def with_spare_bits(xml: bytes) -> str:
    """Base64 whose last letter holds bits that say nothing."""
    padded = xml + b"\n" * ((1 - len(xml)) % 3)
    value = b64encode(padded).decode()
    assert value.endswith("==")
    return value[:-3] + chr(ord(value[-3]) + 1) + "=="


def deflated(xml: bytes) -> bytes:
    """The bytes of the redirect binding."""
    press = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return press.compress(xml) + press.flush()


@cache
def bomb() -> bytes:
    """As much of 400 deflated MiB as fits into the field."""
    press = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    pressed = b"".join(press.compress(b" " * MIB) for _ in range(400)) + press.flush()
    return pressed[: MAX_FIELD * 3 // 4 - 3]


def light(stage: Stage) -> None:
    """Make the bomb before the clock runs."""
    bomb()
    stage.start()


def in_chunks(stage: Stage) -> Any:
    """A body of which no header tells the length."""
    body = BytesIO(form_body(stage.answer().xml()))
    extra: dict[str, Any] = {"wsgi.input": body, "HTTP_TRANSFER_ENCODING": "chunked"}
    return Client().generic("POST", stage.school.url("acs"), b"", FORM, secure=True, **extra)


def by_redirect(stage: Stage) -> Any:
    """A deflated answer in the address, as the redirect binding has it."""
    packed = b64encode(deflated(stage.answer().xml())).decode()
    return stage.enter("acs", SAMLResponse=packed)


def reencoded(codec: str) -> Callable[[bytes], bytes]:
    """The same document in another character encoding, and saying so."""
    return lambda xml: xml.decode().replace("UTF-8", codec).encode(codec)


def junk(size: int) -> Callable[[bytes], bytes]:
    """A form with a field of this size."""
    return lambda body: b"SAMLResponse=" + b"A" * size


EXTERNAL = "<!DOCTYPE r [<!ENTITY who SYSTEM '{}'>]>"
NESTED_ENTITIES = (
    "<!DOCTYPE r [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)

DECLARATIONS = (
    Case("XML-01-empty", "empty DOCTYPE", prefixed("<!DOCTYPE r>"), BAD),
    Case("XML-01-attlist", "DOCTYPE that makes another attribute an ID", prefixed(
        "<!DOCTYPE r [<!ATTLIST AttributeValue type ID #IMPLIED>]>"), BAD),
    Case("XML-01-default", "DOCTYPE that adds an attribute", prefixed(
        "<!DOCTYPE r [<!ATTLIST AudienceRestriction x CDATA 'y'>]>"), BAD),
    Case("XML-01-http", "DOCTYPE at an address", calling(
        "<!DOCTYPE r SYSTEM 'ADDRESS/r.dtd'>"), BAD),
    Case("XML-01-file", "DOCTYPE in a file", prefixed(
        "<!DOCTYPE r SYSTEM 'file:///etc/hostname'>"), BAD),
    Case("XML-01-late", "DOCTYPE after the root", spelled(lambda xml: xml + b"<!DOCTYPE r>"), BAD),
    Case("XML-02-internal", "internal entity", prefixed(
        f"<!DOCTYPE r [<!ENTITY who '{VICTIM_UID}'>]>", "&who;"), BAD),
    Case("XML-02-nested", "entities of entities of entities", prefixed(NESTED_ENTITIES, "&a9;"),
         BAD),
    Case("XML-02-http", "entity at an address", calling(EXTERNAL.format("ADDRESS/x"), "&who;"),
         BAD),
    Case("XML-02-file", "entity in a file", prefixed(
        EXTERNAL.format("file:///etc/hostname"), "&who;"), BAD),
    Case("XML-02-parameter", "parameter entity", calling(
        "<!DOCTYPE r [<!ENTITY % who SYSTEM 'ADDRESS/x'> %who;]>"), BAD),
    Case("XML-02-undeclared", "an entity that nobody declared", spelled(
        lambda xml: xml.replace(UID, b"&who;")), BAD),
    Case("XML-03-comment", "comment inside the identifiers", in_uid(b"<!-- -->"), BAD),
    Case("XML-03-pi", "processing instruction inside the identifiers", in_uid(b"<?x?>"), BAD),
    Case("XML-03-cdata", "CDATA inside the identifiers", in_uid(b"<![CDATA[x]]>"), BAD),
    Case("XML-03-outside", "comment before the root", prefixed("<!-- -->"), BAD),
    Case("XML-03-stylesheet", "a style sheet before the root", prefixed(
        "<?xml-stylesheet href='https://elsewhere.invalid/'?>"), BAD),
    Case("XML-04-hint", "xsi:schemaLocation at an address", schema_hint, OK),
)  # fmt: skip

SIZES = (
    Case("XML-05-deflated", "a deflated answer by POST", spelled(deflated), BAD),
    Case("XML-05-bomb", "0.4 MiB that inflate to 400 MiB", lambda stage: stage.send(bomb()),
         BAD, scene=light),
    Case("XML-05-redirect", "an answer in the address", by_redirect, NOT_ALLOWED),
    Case("XML-06-257", "a body of 257 KiB", posted(junk(257 * 1024)), BAD),
    Case("XML-06-3m", "a body of 3 MiB", posted(junk(3 * MIB)), BAD),
    Case("XML-06-fields", "more fields than a form has", posted(
        lambda body: body + b"".join(b"&f%d=1" % n for n in range(20))), BAD),
    Case("XML-06-chunked", "no length told", in_chunks, BAD),
    Case("XML-06-depth", "25 levels below the value", nested(25), BAD),
    Case("XML-06-deeper", "20,000 levels", instead(b"<a>" * 20_000 + b"</a>" * 20_000), BAD),
    Case("XML-06-unclosed", "60,000 levels that never end", instead(b"<a>" * 60_000), BAD),
    Case("XML-06-elements", "3,000 elements", instead(b"<r>" + b"<a/>" * 3_000 + b"</r>"), BAD),
    Case("XML-06-more", "20,000 elements", instead(b"<r>" + b"<a/>" * 20_000 + b"</r>"), BAD),
    Case("XML-06-attributes", "33 attributes", in_root(lambda n: f'a{n}="" ', 33), BAD),
    Case("XML-06-wider", "12,000 attributes", in_root(lambda n: f'a{n}="" ', 12_000), BAD),
    Case("XML-06-namespaces", "8,000 namespaces", in_root(lambda n: f'xmlns:a{n}="urn:u" ', 7_000),
         BAD),
    Case("XML-06-text", "a uid of 60,000 characters", says({"uid": "a" * 60_000}),
         deny("identifier")),
)  # fmt: skip

SPELLINGS = (
    Case("XML-07-foreign", "base64 with foreign characters", recoded(
        lambda xml: b64encode(xml).decode()[:40] + "*" + b64encode(xml).decode()[40:]), BAD),
    Case("XML-07-lines", "base64 in lines", recoded(
        lambda xml: "\r\n".join(b64encode(xml).decode()[n:n + 76] for n in range(0, 9000, 76))),
         BAD),
    Case("XML-07-url", "the URL-safe alphabet", recoded(
        lambda xml: urlsafe_b64encode(xml + "\u00ff\u00fe?>".encode()).decode()), BAD),
    Case("XML-07-padding", "one padding sign too many", recoded(
        lambda xml: b64encode(xml).decode() + "="), BAD),
    Case("XML-07-short", "padding left out", recoded(
        lambda xml: b64encode(xml + b"\n" * ((1 - len(xml)) % 3)).decode().rstrip("=")), BAD),
    Case("XML-07-bits", "base64 that is not the one spelling", recoded(with_spare_bits), BAD),
    Case("XML-07-unicode", "base64 in full-width letters", recoded(
        lambda xml: "".join(chr(ord(c) + 0xFEE0) for c in b64encode(xml).decode())), BAD),
    Case("XML-07-empty", "an empty field", posted(lambda body: b"SAMLResponse="), BAD),
    Case("XML-07-none", "no field", posted(lambda body: b"RelayState=x"), BAD),
    Case("XML-07-two", "two answers in one form", posted(lambda body: body + b"&" + body), BAD),
    Case("XML-07-raw", "XML without base64", posted(
        lambda body: b"SAMLResponse=%3Csamlp:Response/%3E"), BAD),
    Case("XML-07-bytes", "a form that is not ASCII", posted(lambda body: body + b"\xff"), BAD),
    Case("XML-07-plain", "a form that says it is plain text", posted(
        lambda body: body, "text/plain"), BAD),
    Case("XML-07-json", "JSON", posted(lambda body: b"{}", "application/json"), BAD),
    Case("XML-07-utf16", "UTF-16", spelled(reencoded("UTF-16")), BAD),
    Case("XML-07-utf16-bare", "UTF-16 without a mark", spelled(reencoded("UTF-16-LE")), BAD),
    Case("XML-07-latin1", "latin-1 in the declaration", spelled(reencoded("ISO-8859-1")), BAD),
    Case("XML-07-utf7", "UTF-7 in the declaration", spelled(
        lambda xml: xml.replace(b"UTF-8", b"UTF-7")), BAD),
    Case("XML-07-xml11", "XML 1.1", spelled(
        lambda xml: xml.replace(b"version='1.0'", b"version='1.1'")), BAD),
    Case("XML-07-bom", "a byte order mark", spelled(lambda xml: b"\xef\xbb\xbf" + xml), BAD),
    Case("XML-07-utf8", "bytes that are not UTF-8", in_uid(b"\xc3\x28"), BAD),
    Case("XML-07-overlong", "an overlong form of a letter", in_uid(b"\xc1\xa1"), BAD),
    Case("XML-07-surrogate", "half a surrogate pair", in_uid(b"\xed\xa0\x80"), BAD),
    Case("XML-07-nul", "a NUL", in_uid(b"\x00"), BAD),
    Case("XML-07-control", "a control character by number", in_uid(b"&#1;"), BAD),
    Case("XML-07-after", "something after the root", spelled(lambda xml: xml + b"<r/>"), BAD),
    Case("XML-07-twice", "two declarations", spelled(lambda xml: DECLARATION + xml), BAD),
    Case("XML-07-prefix", "a prefix that nobody declared", in_uid(b"<x:y/>"), BAD),
    Case("XML-07-attribute", "an attribute twice", spelled(
        lambda xml: xml.replace(b"<samlp:Response ", b'<samlp:Response Version="2.0" ')), BAD),
    Case("XML-07-root", "a document without any of our names", instead(b"<r/>"),
         deny("structure")),
    Case("XML-07-relative", "a relative namespace, which has no canonical form",
         in_uid(b'<r:b xmlns:r="rel"/>'), deny("structure")),
    Case("XML-07-void", "a relative namespace on the root, beside what is signed",
         in_root(lambda n: 'xmlns:r="rel" ', 1), deny("signature")),
)  # fmt: skip


@each((*DECLARATIONS, *SIZES, *SPELLINGS))
def test_xml(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)
