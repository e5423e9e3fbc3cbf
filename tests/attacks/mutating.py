"""Random mutations of an honest message: of its bytes, of its tree, of its signatures.

Each takes the document, two places (numbers that wrap around), a word, and a second honest message
of the same hub to take pieces from. It returns another document, or the same where it does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml import etree

from django_intergrip_link.testing import names
from django_intergrip_link.testing.answer import serialize
from django_intergrip_link.testing.hub import FakeHub
from django_intergrip_link.testing.signing import sign_element
from tests.attacks.stage import ATTACKER_UID, VICTIM_UID

SIGNATURE: Final = f"{{{names.DS}}}Signature"
SIGNABLE: Final = (f"{{{names.SAMLP}}}Response", f"{{{names.SAML}}}Assertion")
WORDS: Final = (
    VICTIM_UID, ATTACKER_UID, "", " ", "a", "0", "\u200b", "true", "ID", "Id", "id", "urn:x",
    "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", names.SUCCESS, names.BEARER, names.SAML,
    names.SAMLP, names.DS, "Recipient", "NotOnOrAfter", "uid", "Name", "Assertion", "Response",
    "https://testserver/saml2/kennisnet/acs", "https://testserver/saml2/kennisnet/metadata",
)  # fmt: skip
TOKENS: Final = (
    b"<!---->", b"<?x?>", b"<![CDATA[]]>", b"&amp;", b"&#x61;", b"&who;", b"<!DOCTYPE r>", b"<",
    b">", b"\"", b"'", b" ", b"\n", b"\r", b"\x00", b"\xc2\xa0", b"\xef\xbb\xbf", b"/>", b"<a/>",
    b" xmlns='urn:x'", b" xmlns:saml='urn:x'", b" ID='_x'", b" xml:id='_x'", b"</saml:Assertion>",
    b"<saml:Assertion>", b"saml:", b"samlp:", b"ds:",
)  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """One change: which, where, where else, and with what."""

    kind: str
    first: int
    second: int
    word: str

    def apply(self, xml: bytes, other: bytes) -> bytes:
        """Return the document after it."""
        if self.kind in OF_BYTES:
            return OF_BYTES[self.kind](xml, self, other)
        try:
            root, spare = etree.fromstring(xml), etree.fromstring(other)
        except etree.XMLSyntaxError:
            return xml
        try:
            return serialize(OF_TREES[self.kind](root, self, spare))
        except (ValueError, TypeError, etree.LxmlError):  # no XML can hold it in that place
            return xml


def place(xml: bytes, number: int) -> int:
    return number % (len(xml) + 1)


def piece(xml: bytes, mutation: Mutation) -> tuple[int, int]:
    """Return the bounds of some bytes, at most 64 of them."""
    start = place(xml, mutation.first)
    return start, start + mutation.second % 64


def flip(xml: bytes, mutation: Mutation, other: bytes) -> bytes:
    start = mutation.first % len(xml)
    changed = bytes([xml[start] ^ (1 << mutation.second % 8)])
    return xml[:start] + changed + xml[start + 1 :]


def drop(xml: bytes, mutation: Mutation, other: bytes) -> bytes:
    start, end = piece(xml, mutation)
    return xml[:start] + xml[end:]


def repeat(xml: bytes, mutation: Mutation, other: bytes) -> bytes:
    start, end = piece(xml, mutation)
    return xml[:end] + xml[start:]


def insert(xml: bytes, mutation: Mutation, other: bytes) -> bytes:
    start = place(xml, mutation.first)
    return xml[:start] + TOKENS[mutation.second % len(TOKENS)] + xml[start:]


def splice(xml: bytes, mutation: Mutation, other: bytes) -> bytes:
    """Two honest messages, cut at the same place."""
    start = place(xml, mutation.first)
    return xml[:start] + other[start:]


def borrow(xml: bytes, mutation: Mutation, other: bytes) -> bytes:
    start, end = piece(xml, mutation)
    return xml[:start] + other[start:end] + xml[end:]


def reword(xml: bytes, mutation: Mutation, other: bytes) -> bytes:
    """One person instead of the other, in all places or in one."""
    count = mutation.first % 3 or -1
    pair = (ATTACKER_UID.encode(), VICTIM_UID.encode())
    old, new = pair if mutation.second % 2 else pair[::-1]
    return xml.replace(old, new, count)


def pick(root: etree._Element, number: int) -> etree._Element:
    elements = list(root.iter("*"))
    return elements[number % len(elements)]


def move(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    element, target = pick(root, mutation.first), pick(root, mutation.second)
    if element is not root and target not in element.iter("*"):
        target.insert(mutation.first % (len(target) + 1), element)
    return root


def double(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    element, target = pick(root, mutation.first), pick(root, mutation.second)
    target.insert(mutation.first % (len(target) + 1), deepcopy(element))
    return root


def delete(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    element = pick(root, mutation.first)
    if element is not root:
        element.getparent().remove(element)
    return root


def exchange(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    """An element of the other message in the place of one with its name."""
    new = pick(spare, mutation.first)
    same = list(root.iter(new.tag))
    if same and (old := same[mutation.second % len(same)]) is not root:
        old.getparent().replace(old, deepcopy(new))
    return root


def adopt(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    """An element of the other message somewhere in this one."""
    target = pick(root, mutation.second)
    target.insert(mutation.first % (len(target) + 1), deepcopy(pick(spare, mutation.first)))
    return root


def wrap(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    """An element inside a new one, which may bear a name of ours."""
    element = pick(root, mutation.first)
    outer = etree.Element(pick(root, mutation.second).tag)
    parent = element.getparent()
    if parent is None:
        outer.append(element)
        return outer
    parent.replace(element, outer)
    outer.append(element)
    return root


def rename(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    pick(root, mutation.first).tag = pick(root, mutation.second).tag
    return root


def write(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    pick(root, mutation.first).text = mutation.word
    return root


def write_after(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    element = pick(root, mutation.first)
    if element is not root:
        element.tail = mutation.word
    return root


def set_attribute(
    root: etree._Element, mutation: Mutation, spare: etree._Element
) -> etree._Element:
    element = pick(root, mutation.first)
    if element.attrib:
        element.set(sorted(element.attrib)[mutation.second % len(element.attrib)], mutation.word)
    return root


def swap_attributes(
    root: etree._Element, mutation: Mutation, spare: etree._Element
) -> etree._Element:
    """All attributes of one element on another one."""
    source, target = pick(root, mutation.first), pick(root, mutation.second)
    for name, value in source.attrib.items():
        target.set(name, value)
    return root


def drop_attribute(
    root: etree._Element, mutation: Mutation, spare: etree._Element
) -> etree._Element:
    element = pick(root, mutation.first)
    if element.attrib:
        del element.attrib[sorted(element.attrib)[mutation.second % len(element.attrib)]]
    return root


def add_attribute(
    root: etree._Element, mutation: Mutation, spare: etree._Element
) -> etree._Element:
    name = ("ID", "Id", "id", f"{{{names.SAML}}}ID", "Version", "Recipient", "NotOnOrAfter")
    pick(root, mutation.first).set(name[mutation.second % len(name)], mutation.word)
    return root


def unsign(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    for signature in list(root.iter(SIGNATURE)):
        if signature is not root:
            signature.getparent().remove(signature)
    return root


def sign_again(root: etree._Element, mutation: Mutation, spare: etree._Element) -> etree._Element:
    """A good signature of somebody else, in place of the hub's or beside it."""
    signable = [element for element in root.iter(*SIGNABLE) if element.get("ID") and len(element)]
    if not signable:
        return root
    element = signable[mutation.first % len(signable)]
    old = element.find(SIGNATURE)
    if old is not None and mutation.second % 4:
        element.remove(old)
    hub = foreign_hub()
    new = sign_element(element, key=hub.key, certificate=hub.certificate)
    if element is root:
        return new
    element.getparent().replace(element, new)
    return root


@cache
def foreign_hub() -> FakeHub:
    """Return a hub that nobody trusts; it bears the name of the one we do."""
    return FakeHub.create(
        entity_id="https://engine.entree.kennisnet.nl/authentication/idp/metadata",
        sso_url="https://evil.invalid/",
    )


OF_BYTES: Final[dict[str, Callable[[bytes, Mutation, bytes], bytes]]] = {
    mutate.__name__: mutate for mutate in (flip, drop, repeat, insert, splice, borrow, reword)
}
OF_TREES: Final[
    dict[str, Callable[[etree._Element, Mutation, etree._Element], etree._Element]]
] = {
    mutate.__name__: mutate
    for mutate in (
        move, double, delete, exchange, adopt, wrap, rename, write, write_after, set_attribute,
        swap_attributes, drop_attribute, add_attribute, unsign, sign_again,
    )
}  # fmt: skip
KINDS: Final = (*OF_BYTES, *OF_TREES)
