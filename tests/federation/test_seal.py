"""The seal alone, on trees that no gate has seen: it hands on what was signed and nothing else."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from django_intergrip_link.errors import WrongSignature
from django_intergrip_link.federation import names
from django_intergrip_link.federation.seal import _verify, break_seal
from django_intergrip_link.testing.hub import FakeHub, SignedParts

SHAPES: tuple[SignedParts, ...] = ("response", "assertion", "both")
VALUE = f".//{{{names.SAML}}}AttributeValue"


@pytest.fixture(scope="module")
def hub() -> FakeHub:
    return FakeHub.create(entity_id="https://hub.invalid/", sso_url="https://hub.invalid/sso")


def answered(hub: FakeHub, sign: SignedParts, uid: str = "piet@school") -> etree._Element:
    answer = hub.answer(
        request_id="_x",
        acs_url="https://us.invalid/acs",
        audience="us",
        attributes={"uid": [uid]},
        sign=sign,
    )
    return etree.fromstring(answer.xml())


def assertion_of(response: etree._Element) -> etree._Element:
    assertion = response.find(names.ASSERTION)
    assert assertion is not None
    return assertion


@pytest.mark.parametrize("sign", SHAPES)
def test_seal__hands_on_a_tree_of_its_own(sign: SignedParts, hub: FakeHub) -> None:
    root = answered(hub, sign)
    sealed = break_seal(root, [hub.certificate])
    find_value = root.find(VALUE)
    assert find_value is not None
    find_value.text = "changed afterwards"

    assert sealed.assertion.findtext(VALUE) == "piet@school"
    assert sealed.assertion.getroottree().getroot() is not root
    assert (sealed.response is None) == (sign == "assertion")
    assert sealed.signed_by == hub.certificate
    assert not sealed.is_expired(datetime.now(UTC))
    assert sealed.is_expired(datetime.now(UTC) + timedelta(days=400))


@pytest.mark.parametrize("sign", SHAPES)
def test_seal__what_is_not_signed_is_gone(sign: SignedParts, hub: FakeHub) -> None:
    """A comment is no part of the signed bytes; after it nobody reads half a name."""
    root = answered(hub, sign)
    value = root.find(VALUE)
    assert value is not None
    value.text, comment = "piet", etree.Comment(" ")
    comment.tail = "@school"
    value.append(comment)

    sealed = break_seal(root, [hub.certificate])

    read = sealed.assertion.find(VALUE)
    assert read is not None
    assert (read.text, len(read)) == ("piet@school", 0)


@pytest.mark.parametrize("sign", ["none", *SHAPES])
def test_seal__needs_a_trusted_key(sign: SignedParts, hub: FakeHub) -> None:
    stranger = FakeHub.create(entity_id=hub.entity_id, sso_url=hub.sso_url)

    with pytest.raises(WrongSignature):
        break_seal(answered(stranger, sign), [hub.certificate])


@pytest.mark.parametrize("sign", SHAPES)
def test_seal__takes_any_of_the_hubs_keys(sign: SignedParts, hub: FakeHub) -> None:
    other = FakeHub.create(entity_id=hub.entity_id, sso_url=hub.sso_url)
    sealed = break_seal(answered(hub, sign), [other.certificate, hub.certificate])

    assert sealed.signed_by == hub.certificate


def test_seal__signature_must_cover_its_own_parent(hub: FakeHub) -> None:
    """The signed original hides inside a copy that bears its signature."""
    original = assertion_of(answered(hub, "assertion"))
    signature = original.find(names.SIGNATURE)
    evil = deepcopy(original)
    evil.set("ID", "_evil")
    value = evil.find(VALUE)
    assert value is not None
    assert signature is not None
    value.text = "victim@school"
    original.remove(signature)
    evil.append(original)

    with pytest.raises(WrongSignature, match="covers something else"):
        _verify(evil, (hub.certificate,))
