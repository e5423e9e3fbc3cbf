"""The attribute statement of a signed assertion → subject, school, role and first name.

Part of *meaning*: which spelling a school uses, and what may not be said twice.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from lxml import etree

from django_intergrip_link.brin import normal_brin
from django_intergrip_link.errors import MissingIdentifier, MissingSchool

from . import names
from .presets import SPELLINGS, Preset, SchoolCode

MAX_SUBJECT: Final = 256
MAX_GIVEN_NAME: Final = 60
ROLES: Final = ("student", "employee", "staff")
"""Roles we know, least privileged first: who has several is taken for the first."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Attributes:
    """The attribute statement by our own names, whatever spelling it uses."""

    def __init__(self, assertion: etree._Element) -> None:
        """Collect the values of every attribute by its Name."""
        self._sent: dict[str, list[list[str]]] = {}
        for attribute in assertion.iterfind(
            "saml:AttributeStatement/saml:Attribute", names.NAMESPACES
        ):
            values = [
                text_of(value)
                for value in attribute.iterfind("saml:AttributeValue", names.NAMESPACES)
            ]
            self._sent.setdefault(attribute.get("Name", ""), []).append(values)

    def values(self, name: str) -> list[str] | None:
        """Return the values of one attribute, or ``None`` when spellings contradict each other.

        The same Name twice, or two spellings with different values, is a contradiction: what one
        reader takes from the first another would take from the second.
        """
        found = [sent for spelling in SPELLINGS[name] for sent in self._sent.get(spelling, [])]
        repeated = any(len(self._sent.get(spelling, [])) > 1 for spelling in SPELLINGS[name])
        if repeated or any(sent != found[0] for sent in found):
            return None
        return found[0] if found else []

    def single(self, name: str) -> str | None:
        """Return the only value, ``""`` when absent, ``None`` when there is no single answer."""
        values = self.values(name)
        if values is None or len(values) > 1:
            return None
        return values[0] if values else ""


def read_subject(attributes: Attributes, preset: Preset) -> str:
    """Return the stable key of the school account, 1-256 characters.

    Raises:
        MissingIdentifier: absent, several, too long, or with characters that cannot be seen.
    """
    subject = attributes.single(preset.subject)
    if subject is None or not subject.strip() or len(subject) > MAX_SUBJECT:
        raise MissingIdentifier(preset.subject)
    # SECURITY: no control, format or bidirectional characters: two subjects that look alike on a
    # screen must not differ in what cannot be seen.
    if _has_invisible(subject):
        raise MissingIdentifier("invisible characters")
    return subject


def read_school(attributes: Attributes, preset: Preset, subject: str) -> tuple[str, str]:
    """Return BRIN and realm of the school; the BRIN is ``""`` where realms tell schools apart.

    Raises:
        MissingSchool: absent, several, or not a plain code.
    """
    code = attributes.single(preset.school)
    if not code:
        raise MissingSchool("no single school code")
    # SECURITY: ASCII only; there are letters that become others in capitals, so one school's code
    # could be spelled by another.
    if not code.isascii() or not code.isprintable():
        raise MissingSchool("not a plain code")
    if preset.school_code is SchoolCode.REALM:
        return "", code.strip().casefold()
    brin = normal_brin(code)
    if brin is None:
        raise MissingSchool("not a BRIN")
    return brin, subject.rpartition("@")[2] if "@" in subject else ""


def read_role(attributes: Attributes) -> str:
    """Return the least privileged role we know of those sent, or ``""``."""
    sent = {value.strip().casefold() for value in attributes.values("eduPersonAffiliation") or []}
    return next((role for role in ROLES if role in sent), "")


def read_given_name(attributes: Attributes) -> str:
    """Return the first name for the screen, without characters that cannot be seen."""
    sent = next(iter(attributes.values("givenName") or []), "")
    visible = "".join(character for character in sent if not _has_invisible(character))
    return " ".join(visible.split())[:MAX_GIVEN_NAME]


def _has_invisible(text: str) -> bool:
    return any(unicodedata.category(character) in _INVISIBLE for character in text)


def text_of(element: etree._Element | None) -> str:
    """Return all text of an element, also around children (never only up to the first)."""
    return "" if element is None else "".join(element.itertext())
