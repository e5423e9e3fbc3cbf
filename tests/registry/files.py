"""Makes the files that the importer reads, and runs it."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django_intergrip_link.models import School
from django_intergrip_link.registry.apply import apply_plan
from django_intergrip_link.registry.outcomes import Plan
from django_intergrip_link.registry.plan import make_plan
from django_intergrip_link.registry.reading import read_schools

NEW_LAYOUT = (
    "INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;"
    "PLAATSNAAM;ONDERWIJSSTRUCTUUR;INTERNETADRES"
)
OLD_LAYOUT = NEW_LAYOUT.replace("INSTELLINGSCODE", "BRIN NUMMER").replace(
    "VESTIGINGSCODE", "VESTIGINGSNUMMER"
)
REAL = Path(__file__).parent.parent / "data" / "duo"


def duo_row(code: str = "99AA00", name: str = "Petteflat College", **cells: str) -> str:
    institution = cells.get("institution", code[:4])
    return ";".join(
        [
            institution,
            code,
            name,
            cells.get("street", "Puntburgerweg"),
            "7",
            "8000 AA",
            cells.get("place", "ZWOLLE"),
            cells.get("structure", "VBO/MAVO/HAVO"),
            cells.get("website", "www.petteflat.example"),
        ]
    )


def duo(*rows: str, header: str = NEW_LAYOUT) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def own(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def real(name: str) -> bytes:
    return gzip.decompress((REAL / f"{name}.csv.gz").read_bytes())


def idp(
    entity_id: str = "https://idp.petteflat.example",
    *,
    names: Sequence[tuple[str, str]] = (("nl", "Petteflat College"),),
    keywords: str = "",
    scopes: Sequence[str] = (),
    is_hidden: bool = False,
    extra: str = "",
) -> str:
    shown = "".join(
        f'<mdui:DisplayName xml:lang="{language}">{escape(name)}</mdui:DisplayName>'
        for language, name in names
    )
    words = f'<mdui:Keywords xml:lang="nl">{escape(keywords)}</mdui:Keywords>' if keywords else ""
    scoped = "".join(f'<shibmd:Scope regexp="false">{scope}</shibmd:Scope>' for scope in scopes)
    category = (
        '<attr:EntityAttributes><saml:Attribute Name="http://macedir.org/entity-category">'
        "<saml:AttributeValue>http://refeds.org/category/hide-from-discovery"
        "</saml:AttributeValue></saml:Attribute></attr:EntityAttributes>"
    )
    return (
        f'<md:EntityDescriptor entityID="{entity_id}">'
        f"<md:Extensions>{category if is_hidden else ''}</md:Extensions>"
        f"<md:IDPSSODescriptor><md:Extensions><mdui:UIInfo>{shown}{words}</mdui:UIInfo>{scoped}"
        f"</md:Extensions></md:IDPSSODescriptor>{extra}</md:EntityDescriptor>\n"
    )


def metadata(*entities: str) -> bytes:
    return (
        '<?xml version="1.0"?>\n'
        '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
        ' xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"'
        ' xmlns:attr="urn:oasis:names:tc:SAML:metadata:attribute"'
        ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
        f' xmlns:shibmd="urn:mace:shibboleth:metadata:1.0">\n{"".join(entities)}'
        "</md:EntitiesDescriptor>"
    ).encode()


def add(brin: str = "99AA00", name: str = "Petteflat College", **fields: Any) -> School:
    return School.objects.create(
        **{"federation": "kennisnet", "brin": brin, "name": name, **fields}
    )


def plan_for(content: bytes, *, listed: bool = False, kind: str = "") -> Plan:
    file = read_schools(content, kind=kind)
    return make_plan(file, federation="kennisnet", listed=listed)


def apply(content: bytes, *, listed: bool = False, kind: str = "") -> Plan:
    file = read_schools(content, kind=kind)
    plan = make_plan(file, federation="kennisnet", listed=listed)
    apply_plan(file, plan, listed=listed)
    return plan


def outcomes(plan: Plan) -> list[tuple[str, int, str]]:
    return [(row.outcome.value, row.line, row.brin) for row in plan.rows]


def counts(plan: Plan) -> dict[str, int]:
    return {outcome: count for outcome, count in plan.counts.items() if count}
