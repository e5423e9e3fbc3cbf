"""How an answer is bent: what the hub says, the tree before or after it is signed, or the bytes.

An *act* delivers the result; a *bend* changes one tree in place. XPaths name the place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from lxml import etree

from django_intergrip_link.testing import names
from django_intergrip_link.testing.answer import serialize
from django_intergrip_link.testing.login import FORM
from tests.attacks.case import Act
from tests.attacks.stage import ATTACKER_UID, VICTIM_UID, Stage, form_body

Bend = Callable[[etree._Element], None]

NAMESPACES: Final = {"saml": names.SAML, "samlp": names.SAMLP, "ds": names.DS}
RESPONSE: Final = "/samlp:Response"
ASSERTION: Final = f"{RESPONSE}/saml:Assertion"
NAME_ID: Final = f"{ASSERTION}/saml:Subject/saml:NameID"
CONFIRMATION: Final = f"{ASSERTION}/saml:Subject/saml:SubjectConfirmation"
CONFIRMATION_DATA: Final = f"{CONFIRMATION}/saml:SubjectConfirmationData"
CONDITIONS: Final = f"{ASSERTION}/saml:Conditions"
RESTRICTION: Final = f"{CONDITIONS}/saml:AudienceRestriction"
AUDIENCE: Final = f"{RESTRICTION}/saml:Audience"
STATEMENT: Final = f"{ASSERTION}/saml:AttributeStatement"
UID: Final = f"{STATEMENT}/saml:Attribute[@Name='uid']"
UID_VALUE: Final = f"{UID}/saml:AttributeValue"
SCHOOL_CODE: Final = (
    f"{STATEMENT}/saml:Attribute[@Name='nlEduPersonHomeOrganizationId']/saml:AttributeValue"
)
SIGNATURE: Final = "//ds:Signature"
REFERENCE: Final = f"{SIGNATURE}/ds:SignedInfo/ds:Reference"


def says(attributes: Mapping[str, str | Sequence[str] | None] | None = None, **bent: Any) -> Act:
    """The hub itself says something else about the victim, and signs it honestly."""
    return lambda stage: stage.send(stage.answer(attributes, **bent).xml())


def signed(*bends: Bend) -> Act:
    """The tree is bent first and signed then: strange content under a good signature."""

    def act(stage: Stage) -> Any:
        answer = stage.answer()
        return stage.send(serialize(answer.signed(bent(answer.tree(), *bends))))

    return act


def altered(*bends: Bend) -> Act:
    """The tree is bent after it was signed: what somebody on the way can do.

    The attacker holds an answer about himself and wants to be the victim.
    """

    def act(stage: Stage) -> Any:
        answer = stage.answer({"uid": ATTACKER_UID})
        return stage.send(serialize(bent(answer.signed(answer.tree()), *bends)))

    return act


def spelled(rewrite: Callable[[bytes], bytes]) -> Act:
    """The bytes of an honest document about the victim are written in another way."""
    return lambda stage: stage.send(rewrite(stage.answer().xml()))


def posted(rewrite: Callable[[bytes], bytes], content_type: str = FORM) -> Act:
    """The form around an honest document is another one."""

    def act(stage: Stage) -> Any:
        body = rewrite(form_body(stage.answer().xml()))
        return stage.send_body(body, content_type=content_type)

    return act


def bent(tree: etree._Element, *bends: Bend) -> etree._Element:
    """Return ``tree`` after these bends."""
    for bend in bends:
        bend(tree)
    return tree


def find(tree: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at a place; there is at least one."""
    found: list[etree._Element] = tree.xpath(path, namespaces=NAMESPACES)
    assert found, f"nothing at {path}"
    return found


def text(path: str, value: str) -> Bend:
    """Write another text."""

    def bend(tree: etree._Element) -> None:
        for element in find(tree, path):
            element.text = value

    return bend


def attribute(path: str, name: str, value: str) -> Bend:
    """Write another attribute value; ``name`` in Clark's notation."""

    def bend(tree: etree._Element) -> None:
        for element in find(tree, path):
            element.set(name, value)

    return bend


def without_attribute(path: str, name: str) -> Bend:
    """Leave an attribute out."""

    def bend(tree: etree._Element) -> None:
        for element in find(tree, path):
            del element.attrib[name]

    return bend


def without(path: str) -> Bend:
    """Leave an element out."""

    def bend(tree: etree._Element) -> None:
        for element in find(tree, path):
            element.getparent().remove(element)

    return bend


def twice(path: str) -> Bend:
    """Write an element twice, one after the other."""

    def bend(tree: etree._Element) -> None:
        for element in find(tree, path):
            element.addnext(deepcopy(element))

    return bend


def inserted(path: str, xml: str, *, at: int = -1) -> Bend:
    """Put a fragment below an element, last by default; ``saml``, ``samlp``, ``ds`` are bound."""

    def bend(tree: etree._Element) -> None:
        for element in find(tree, path):
            new = fragment(xml)
            element.insert(len(element) if at < 0 else at, new)

    return bend


def moved(path: str, below: str, *, at: int = -1) -> Bend:
    """Take an element from its place and put it below another one."""

    def bend(tree: etree._Element) -> None:
        (element,) = find(tree, path)
        (place,) = find(tree, below)
        place.insert(len(place) if at < 0 else at, element)

    return bend


def fragment(xml: str) -> etree._Element:
    """Return an element with the usual prefixes bound."""
    bound = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return etree.fromstring(f"<fragment {bound}>{xml}</fragment>")[0]


def claims_victim(element: etree._Element) -> None:
    """Let an assertion about the attacker be one about the victim."""
    for node in element.iter(f"{{{names.SAML}}}AttributeValue", f"{{{names.SAML}}}NameID"):
        if node.text == ATTACKER_UID:
            node.text = VICTIM_UID
