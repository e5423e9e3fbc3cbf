"""Random mutations of honest messages: accepted only as what the hub signed, to the letter.

``INTERGRIP_MUTATIONS`` is how many to try; the long run takes 20,000 by default.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from lxml import etree

from django_intergrip_link.errors import IntergripError
from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.testing import names
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.school import fake_hub
from tests.attacks.answers import Desk
from tests.attacks.case import SHAPES
from tests.attacks.mutating import KINDS, SIGNATURE, WORDS, Mutation
from tests.attacks.stage import ATTACKER_UID, VICTIM_UID

FEW: Final = int(os.environ.get("INTERGRIP_MUTATIONS", "500"))
MANY: Final = int(os.environ.get("INTERGRIP_MUTATIONS", "20000"))
ASSERTION: Final = f"{{{names.SAML}}}Assertion"

NUMBERS = st.integers(min_value=0, max_value=2**16)
CHANGES = st.lists(
    st.builds(Mutation, st.sampled_from(KINDS), NUMBERS, NUMBERS, st.sampled_from(WORDS)),
    min_size=1,
    max_size=3,
)


@dataclass(frozen=True)
class Honest:
    """One honest message: its bytes, who it is about, and what was signed about them."""

    xml: bytes = field(repr=False)
    identity: SchoolIdentity
    said: bytes = field(repr=False)


@dataclass(frozen=True)
class Pair:
    """An honest message about the attacker, and one about the victim, for two requests."""

    own: Honest
    other: Honest


Test = TypeVar("Test", bound=Callable[..., None])
Messages = tuple[Desk, dict[SignedParts, Pair]]


@pytest.fixture(scope="module")
def messages(trusting_settings: dict[str, Any]) -> Iterator[Messages]:
    with override_settings(INTERGRIP_LINK=trusting_settings):
        desk = Desk.open(fake_hub())
        yield (
            desk,
            {
                sign: Pair(honest(desk, ATTACKER_UID, sign), honest(desk, VICTIM_UID, sign))
                for sign in SHAPES
            },
        )


def honest(desk: Desk, uid: str, sign: SignedParts) -> Honest:
    xml = desk.answer(uid, sign=sign).xml()
    return Honest(xml, desk.read(xml), what_is_said(xml))


def what_is_said(xml: bytes) -> bytes:
    """Return the canonical form of the only assertion, without its signature.

    Who, by whom, for whom, when: all of it, told by another reader than the one that is tested.
    """
    (assertion,) = etree.fromstring(xml).iter(ASSERTION)
    for signature in list(assertion.iter(SIGNATURE)):
        signature.getparent().remove(signature)
    return bytes(etree.tostring(assertion, method="c14n", exclusive=True, with_tail=False))


def check(changes: list[Mutation], sign: SignedParts, messages: Messages) -> str:
    """Hold one mutated message; return the reason of its refusal, or ``""``."""
    desk, pairs = messages
    pair = pairs[sign]
    xml = pair.own.xml
    for change in changes:
        xml = change.apply(xml, pair.other.xml)
    try:
        identity = desk.read(xml)
    except IntergripError as refusal:
        reason = refusal.reason
    else:
        hold_accepted(identity, xml, pair)
        reason = ""
    assert reason != "unreadable", "a library failed in a way that we do not know"
    return reason


def hold_accepted(identity: SchoolIdentity, xml: bytes, pair: Pair) -> None:
    """Hold that what was accepted is one of the two that the hub signed, to the letter."""
    signed = {pair.own.identity: pair.own.said, pair.other.identity: pair.other.said}
    assert identity in signed
    assert what_is_said(xml) == signed[identity]


def searching(number: int) -> Callable[[Test], Test]:
    """Search anew every time; the examples of one run are of no use to another's keys."""
    return settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@searching(FEW)
@given(changes=CHANGES, sign=st.sampled_from(SHAPES))
def test_mutations__some(changes: list[Mutation], sign: SignedParts, messages: Messages) -> None:
    event(check(changes, sign, messages) or "accepted")


@pytest.mark.slow
@searching(MANY)
@given(changes=CHANGES, sign=st.sampled_from(SHAPES))
def test_mutations__many(changes: list[Mutation], sign: SignedParts, messages: Messages) -> None:
    event(check(changes, sign, messages) or "accepted")


@pytest.mark.parametrize("sign", SHAPES)
def test_honest_message__is_accepted_as_it_is(sign: SignedParts, messages: Messages) -> None:
    assert check([], sign, messages) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_mutation__changes_something(kind: str, messages: Messages) -> None:
    """Every kind of mutation is a real one, and some of each kind are refused."""
    _, pairs = messages
    pair = pairs["both"]
    changed = [
        Mutation(kind, number * 7, number * 11, VICTIM_UID).apply(pair.own.xml, pair.other.xml)
        for number in range(30)
    ]
    reasons = {
        check([Mutation(kind, number * 7, number * 11, VICTIM_UID)], "both", messages)
        for number in range(30)
    }

    assert any(xml != pair.own.xml for xml in changed)
    assert reasons - {""}
