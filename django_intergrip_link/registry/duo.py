"""Rows of DUO's open data: "alle vestigingen" VO and PO, "instellingen" MBO, in both layouts.

Older files say BRIN NUMMER and VESTIGINGSNUMMER, newer ones INSTELLINGSCODE and VESTIGINGSCODE.
Source: duo.nl, open onderwijsdata.
"""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from django_intergrip_link.brin import official_brin

from .places import dutch_place
from .records import Record, Refusal, Value, normal
from .refused import ImportRefused
from .tables import Row, Table

INSTITUTION = ("instellingscode", "brin nummer", "brinnummer")
SITE = ("vestigingscode", "vestigingsnummer")
NAME = ("vestigingsnaam", "instellingsnaam")
LEVELS = {
    "VBO": "vmbo",
    "MAVO": "vmbo",
    "HAVO": "havo",
    "VWO": "vwo",
    "PRO": "praktijkonderwijs",
    "BRUGJAAR": "brugklas",
    "ISK": "isk",
    "MBO": "",
    "BO": "",
}
"""ONDERWIJSSTRUCTUUR → the word that students know; for MBO and PO the kind says it."""

KINDS = {"MBO": "mbo", "BO": "po", "SBO": "po"}


def is_duo(columns: tuple[str, ...]) -> bool:
    """Whether this is the header of a DUO file."""
    return bool(set(INSTITUTION) & set(columns)) and bool(set(NAME) & set(columns))


def read_duo(table: Table, *, kind: str) -> tuple[str, list[Record | Refusal]]:
    """Return the kind of the file, and a record or a refusal for each row.

    Args:
        table: a table for which :func:`is_duo` holds.
        kind: ``vo``, ``mbo`` or ``po``; empty to read it from the rows.

    Raises:
        ImportRefused: the file does not tell its kind.
    """
    found = kind or _kind(table)
    return found, [_read(row, kind or _row_kind(row) or found) for row in table.rows]


def _kind(table: Table) -> str:
    if "mbo instellingssoort code" in table.columns:
        return "mbo"
    kinds = Counter(filter(None, map(_row_kind, table.rows)))
    if not kinds:
        raise ImportRefused(
            _("The file does not tell whether its schools are VO, MBO or PO. Choose the kind.")
        )
    return kinds.most_common(1)[0][0]


def _row_kind(row: Row) -> str:
    structure = row.cell("onderwijsstructuur").upper().split("/")[0]
    return KINDS.get(structure, "vo") if structure else ""


def _read(row: Row, kind: str) -> Record | Refusal:
    brin, name = _brin(row), row.cell(*NAME)
    found = ((field, normal(field, value)) for field, value in _values(row).items())
    # An empty cell is no news: many schools have no website in these files.
    values = {field: value for field, value in found if value}
    if not brin:
        reason = _(
            "The school code is not a BRIN: two digits, two letters, and 2 digits for a site."
        )
    elif not values.get("name"):
        reason = _("The row has no name.")
    else:
        return Record(line=row.line, brin=brin, values={**values, "kind": kind})
    return Refusal(line=row.line, brin=brin, name=name, reason=reason)


def _brin(row: Row) -> str:
    """Return BRIN4 or BRIN6, or ``""``; the code of a site may be whole, or its two digits only."""
    institution, site = official_brin(row.cell(*INSTITUTION)), row.cell(*SITE).upper()
    if institution is None or len(institution) != 4:
        return ""
    digits = site.removeprefix(institution)
    # A spreadsheet takes the zero away from 07.
    return official_brin(institution + (f"0{digits}" if len(digits) == 1 else digits)) or ""


def _values(row: Row) -> dict[str, Value]:
    street = f"{row.cell('straatnaam')} {row.cell('huisnummer toevoeging')}"
    words = row.cell("onderwijsstructuur").upper().split("/")
    levels = dict.fromkeys(LEVELS.get(word, word.lower()) for word in words)
    return {
        "name": row.cell(*NAME),
        "place": dutch_place(row.cell("plaatsnaam")),
        "street": street,
        "levels": "/".join(filter(None, levels)),
        "website": row.cell("internetadres"),
    }
