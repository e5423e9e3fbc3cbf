"""Facts of the federations we know, and the spellings under which they send attributes.

Sources: Kennisnet developer wiki (attribute overview for service providers), OpenConext
EngineBlock, SURFconext attribute documentation, and the MACE and eduPerson object identifier
registries.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from . import names

SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "uid": ("uid", "urn:mace:dir:attribute-def:uid", "urn:oid:0.9.2342.19200300.100.1.1"),
    "givenName": ("givenName", "urn:mace:dir:attribute-def:givenName", "urn:oid:2.5.4.42"),
    "eduPersonAffiliation": (
        "eduPersonAffiliation",
        "urn:mace:dir:attribute-def:eduPersonAffiliation",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.1",
    ),
    "eduPersonPrincipalName": (
        "eduPersonPrincipalName",
        "urn:mace:dir:attribute-def:eduPersonPrincipalName",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
    ),
    "schacHomeOrganization": (
        "schacHomeOrganization",
        "urn:mace:terena.org:attribute-def:schacHomeOrganization",
        "urn:oid:1.3.6.1.4.1.25178.1.2.9",
    ),
    "nlEduPersonHomeOrganizationId": (
        "nlEduPersonHomeOrganizationId",
        "urn:mace:surffederatie.nl:attribute-def:nlEduPersonHomeOrganizationId",
        "urn:mace:dir:attribute-def:nlEduPersonHomeOrganizationId",
    ),
}
"""Attribute → names accepted for it: plain, ``urn:mace``, ``urn:oid``; never the FriendlyName."""


class SchoolCode(StrEnum):
    """How a federation tells which school answered."""

    BRIN = "brin"
    REALM = "realm"


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What is the same for every site that joins one federation.

    Attributes:
        entity_id: entityID of the hub, pinned; ``""`` accepts the one in the metadata (sandbox
        only).
        subject: attribute that is the stable key of a school account.
        school: attribute that holds the school code.
        school_code: whether that code is a BRIN or a realm.
        accepts_realm: whether Scoping may name a realm, as Entree allows since July 2020.
        title: what people call the hub.
        name_id_format: ``Format`` of the NameIDPolicy in our request.
    """

    entity_id: str
    subject: str = "uid"
    school: str = "nlEduPersonHomeOrganizationId"
    school_code: SchoolCode = SchoolCode.BRIN
    accepts_realm: bool = True
    title: str = "Entree"
    name_id_format: str = names.NAMEID_UNSPECIFIED


SANDBOX: Final = "sandbox"

PRESETS: Final[dict[str, Preset]] = {
    "kennisnet": Preset(
        entity_id="https://engine.entree.kennisnet.nl/authentication/idp/metadata",
    ),
    "kennisnet-staging": Preset(
        entity_id="https://engine.entree-s.kennisnet.nl/authentication/idp/metadata",
    ),
    "surfconext": Preset(
        entity_id="https://engine.surfconext.nl/authentication/idp/metadata",
        subject="eduPersonPrincipalName",
        school="schacHomeOrganization",
        school_code=SchoolCode.REALM,
        accepts_realm=False,
        title="SURFconext",
    ),
    SANDBOX: Preset(entity_id=""),
}
