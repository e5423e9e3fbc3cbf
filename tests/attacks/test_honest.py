"""Nobody honest is turned away: a thousand logins in every signing shape, 0 refusals.

People, names and the hub's way of writing differ from login to login, as they do on a school day.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives import hashes
from lxml import etree

from django_intergrip_link.models import AccountLink, LinkEvent
from django_intergrip_link.testing import names
from django_intergrip_link.testing.answer import Answer, serialize
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.login import link_user
from tests.attacks.answers import AttributeSet, Desk, identity_said, later
from tests.attacks.case import SHAPES
from tests.attacks.sealing import Seal, rsa_signer
from tests.attacks.stage import DESTINATION, Stage, new_browser

LOGINS: Final = (50, pytest.param(1_000, marks=pytest.mark.slow))
THROUGH_VIEWS: Final = 25
GIVEN_NAMES: Final = (
    "Noor", "Zoë", "Jesús", "D'Angelo", "Anne-Fleur", "Şeyma", "Łukasz", "Bob & Co", "<3", "李",
    "Αλέξανδρος", "محمد", "e\u0301lodie", "Van der Meer", "x" * 200, "😀",
)  # fmt: skip
UIDS: Final = (
    "qj7cks8qdz9ph54@petteflat", "A@99aa00", "0@99aa00", "o'neil&co@99aa00", "a<b>c@99aa00",
    "a b@99aa00", "Ünï@99aa00", "x" * 249 + "@99aa00", "urn:x:y@99aa00", "==+/@99aa00",
)  # fmt: skip
MACE: Final = "urn:mace:dir:attribute-def"


def some_attributes(chance: random.Random, number: int) -> AttributeSet:
    """Return what some school says about somebody."""
    return {
        "givenName": (chance.choice(GIVEN_NAMES),),
        "eduPersonAffiliation": chance.choice(
            (("student",), ("employee",), ("staff",), ("affiliate", "student"))
        ),
        "nlEduPersonHomeOrganization": ('\'t Hoge Veld & Zn. "MBO"',),
        "urn:x:unknown": tuple(str(n) for n in range(number % 7)),
    }


def as_is(xml: bytes) -> bytes:
    return xml


def bare(xml: bytes) -> bytes:
    """Without the XML declaration."""
    return xml.partition(b"?>\n")[2]


def declared(xml: bytes) -> bytes:
    """With double quotes and small letters in the declaration."""
    return b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>' + bare(xml)


def framed(xml: bytes) -> bytes:
    """With white space around the root."""
    return xml + b"\n\n"


def in_numbers(xml: bytes) -> bytes:
    """With some letters written by their number, which changes nothing that is signed."""
    return re.sub(rb"student(?=</)", b"&#115;tude&#x6e;t", xml)


SPELLINGS: Final[tuple[Callable[[bytes], bytes], ...]] = (as_is, bare, declared, framed, in_numbers)


@pytest.fixture
def desk(stage: Stage) -> Desk:
    return Desk.open(stage.school.hub)


@pytest.mark.parametrize("logins", LOGINS)
@pytest.mark.parametrize("sign", SHAPES)
def test_honest_answers__are_all_read(sign: SignedParts, logins: int, desk: Desk) -> None:
    chance = random.Random(sign)  # noqa: S311 - the same people every time
    for number in range(logins):
        answer = desk.answer(
            chance.choice(UIDS), sign=sign, attributes=some_attributes(chance, number)
        )
        answer = later(answer, timedelta(seconds=chance.randrange(-170, 170)))
        identity = desk.read(chance.choice(SPELLINGS)(answer.xml()))

        said = identity_said(answer)
        said["given_name"] = identity.given_name
        assert {name: getattr(identity, name) for name in said} == said


@pytest.mark.parametrize("sign", SHAPES)
def test_honest_logins__all_go_in(sign: SignedParts, stage: Stage) -> None:
    stage.sign = sign
    for number in range(THROUGH_VIEWS):
        link = AccountLink.objects.filter(user=stage.visitor).first()
        uid = f"person{number}@99aa00"
        if link is not None:
            link.delete()
        link_user(stage.visitor, stage.school, uid=uid)
        browser = new_browser()
        response = stage.log_in(browser, uid=uid)

        assert (response.status_code, response["Location"]) == (303, DESTINATION)
        assert stage.user_in(browser) == "visitor"
    assert not LinkEvent.objects.exists()


def pretty(answer: Answer) -> bytes:
    """The hub indents its XML before it signs."""
    tree = answer.tree()
    etree.indent(tree)
    return serialize(answer.signed(tree))


def without_types(answer: Answer) -> bytes:
    """Attribute values without ``xsi:type``."""
    tree = answer.tree()
    for value in tree.iter(f"{{{names.SAML}}}AttributeValue"):
        del value.attrib[f"{{{names.XSI}}}type"]
    return serialize(answer.signed(tree))


def friendly(answer: Answer) -> bytes:
    """Attributes with a FriendlyName and no NameFormat."""
    tree = answer.tree()
    for attribute in tree.iter(f"{{{names.SAML}}}Attribute"):
        attribute.set("FriendlyName", attribute.get("Name"))
        del attribute.attrib["NameFormat"]
    return serialize(answer.signed(tree))


def in_prefixes(answer: Answer) -> bytes:
    """Other prefixes for the same names."""
    xml = answer.tree()
    text = etree.tostring(xml).replace(b"saml:", b"a:").replace(b"xmlns:saml=", b"xmlns:a=")
    text = text.replace(b"samlp:", b"").replace(b"xmlns:samlp=", b"xmlns=")
    return serialize(answer.signed(etree.fromstring(text)))


def with_session_end(answer: Answer) -> bytes:
    """EngineBlock's SessionNotOnOrAfter and SessionIndex, and a OneTimeUse condition."""
    tree = answer.tree()
    statement = tree.find(f".//{{{names.SAML}}}AuthnStatement")
    statement.set("SessionNotOnOrAfter", "2099-01-01T00:00:00Z")
    statement.set("SessionIndex", "_1")
    etree.SubElement(tree.find(f".//{{{names.SAML}}}Conditions"), f"{{{names.SAML}}}OneTimeUse")
    return serialize(answer.signed(tree))


@pytest.mark.parametrize("write", [pretty, without_types, friendly, in_prefixes, with_session_end])
@pytest.mark.parametrize("sign", SHAPES)
def test_honest_answers__of_other_software(
    sign: SignedParts, write: Callable[[Answer], bytes], desk: Desk
) -> None:
    answer = desk.answer("qj7cks8qdz9ph54@petteflat", sign=sign)

    assert desk.read(write(answer)).subject == "qj7cks8qdz9ph54@petteflat"


@pytest.mark.parametrize("spelling", ["uid", f"{MACE}:uid", "urn:oid:0.9.2342.19200300.100.1.1"])
def test_honest_answers__in_every_spelling(spelling: str, desk: Desk) -> None:
    answer = desk.answer("x", sign="both", attributes={"uid": ()})
    attributes = {name: value for name, value in answer.attributes.items() if name != "uid"}
    attributes[spelling] = ("someone@petteflat",)
    answer = desk.hub.answer(
        request_id=answer.request_id,
        acs_url=desk.federation.acs_url,
        audience=desk.federation.entity_id,
        attributes=attributes,
        now=desk.now,
    )

    assert desk.read(answer.xml()).subject == "someone@petteflat"


def test_signer__is_the_one_that_a_strict_reader_accepts(desk: Desk, stage: Stage) -> None:
    """The seal of the attack tables is a good one where nothing is bent: it proves refusals."""
    tree = desk.answer("someone@petteflat", sign="none").tree()
    Seal(sign=rsa_signer(desk.hub.key, hashes.SHA256())).put_on(tree)

    assert desk.read(serialize(tree)).subject == "someone@petteflat"
