"""The hub's list of identity providers, as SAML metadata: who may send people to us.

A list to fill our registry from, never a source of trust: no key in it is looked at. Read one
entity at a time, so a long list does not fill the memory. Nothing here fetches anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from lxml import etree

from django_intergrip_link.conf import settings
from django_intergrip_link.plain_text import plain_text

from . import names
from .presets import PRESETS, SchoolCode

MAXIMUM_BYTES: Final = 64 * 1024 * 1024
MAXIMUM_WORDS: Final = 100
MDUI: Final = "urn:oasis:names:tc:SAML:metadata:ui"
SHIBMD: Final = "urn:mace:shibboleth:metadata:1.0"
HIDDEN: Final = "http://refeds.org/category/hide-from-discovery"
LANGUAGE: Final = f"{{{names.XML}}}lang"


class DirectoryError(Exception):
    """This is no list that can be used; the message says why, for the operator."""


@dataclass(frozen=True, kw_only=True)
class ListedProvider:
    """One identity provider of the list.

    Attributes:
        line: line in the document where it begins.
        entity_id: its name at the hub.
        names: (language, name) pairs in the order of the list; language may be empty.
        keywords: words and phrases that people may type.
        scopes: what may stand after the ``@`` of its people, in lower case.
        is_hidden: the hub does not show it to students.
    """

    line: int
    entity_id: str
    names: tuple[tuple[str, str], ...]
    keywords: tuple[str, ...]
    scopes: tuple[str, ...]
    is_hidden: bool

    @property
    def name(self) -> str:
        """The Dutch name, else the English one, else the first; the entityID when there is none."""
        by_language = dict(reversed(self.names))
        first = self.names[0][1] if self.names else self.entity_id
        return by_language.get("nl") or by_language.get("en") or first


def tells_schools_by_realm(federation: str) -> bool:
    """Whether answers of this federation name the school by its realm, and not by a BRIN.

    Then a ``shibmd:Scope`` is the realm of a school. Elsewhere another word stands behind the ``@``
    of a uid, and a scope only looks like it. A federation that we do not know does not.
    """
    party = settings.FEDERATIONS.get(federation)
    preset = PRESETS.get(party.preset) if party is not None else None
    return preset is not None and preset.school_code is SchoolCode.REALM


def read_directory(xml: bytes) -> tuple[ListedProvider, ...]:
    """Return every entity of the document that has an ``IDPSSODescriptor``.

    Raises:
        DirectoryError: too large, a document type, not well-formed, or no identity provider in it.

    Source: SAML metadata 2.0; MDUI 1.0 (DisplayName, Keywords); shibmd:Scope; REFEDS
    hide-from-discovery.
    """
    # SECURITY: somebody else's XML: bounded, no DTD, no entities, no network.
    if len(xml) > MAXIMUM_BYTES:
        raise DirectoryError("larger than 64 MB")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise DirectoryError("a document type declaration")
    try:
        providers = tuple(_providers(xml))
    except etree.XMLSyntaxError as error:
        raise DirectoryError("not well-formed XML") from error
    if not providers:
        raise DirectoryError("no identity provider in it")
    return providers


def _providers(xml: bytes) -> Iterator[ListedProvider]:
    entities = etree.iterparse(
        BytesIO(xml),
        tag=f"{{{names.MD}}}EntityDescriptor",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    for _, entity in entities:
        # SECURITY: a declaration in UTF-16 does not look like one to the search above.
        if entity.getroottree().docinfo.internalDTD is not None:
            raise DirectoryError("a document type declaration")
        role = entity.find("md:IDPSSODescriptor", names.NAMESPACES)
        if role is not None and entity.get("entityID"):
            yield _provider(entity, role)
        entity.clear()


def _provider(entity: etree._Element, role: etree._Element) -> ListedProvider:
    return ListedProvider(
        line=entity.sourceline or 0,
        entity_id=plain_text(entity.get("entityID", "")),
        names=_named(role, f"{{{MDUI}}}DisplayName")
        or _named(entity, f"{{{names.MD}}}OrganizationDisplayName"),
        keywords=_keywords(role),
        scopes=_scopes(entity),
        is_hidden=_is_hidden(entity),
    )


def _named(element: etree._Element, tag: str) -> tuple[tuple[str, str], ...]:
    found = ((name.get(LANGUAGE, ""), plain_text(name.text or "")) for name in element.iter(tag))
    return tuple((language, name) for language, name in found if name)


def _keywords(role: etree._Element) -> tuple[str, ...]:
    words = (
        # MDUI 1.0, 2.1.4: a space parts keywords, a plus sign stands for a space within one.
        plain_text(word.replace("+", " "))
        for keywords in role.iter(f"{{{MDUI}}}Keywords")
        for word in (keywords.text or "").split()
    )
    return tuple(dict.fromkeys(word for word in words if word))[:MAXIMUM_WORDS]


def _scopes(entity: etree._Element) -> tuple[str, ...]:
    scopes = (
        plain_text(scope.text or "").lower()
        for scope in entity.iter(f"{{{SHIBMD}}}Scope")
        # A pattern is for comparing; it is no realm to write down.
        if scope.get("regexp", "false") not in ("true", "1")
    )
    return tuple(dict.fromkeys(scope for scope in scopes if scope))[:MAXIMUM_WORDS]


def _is_hidden(entity: etree._Element) -> bool:
    values = entity.iter(f"{{{names.SAML}}}AttributeValue")
    return any((value.text or "").strip() == HIDDEN for value in values)
