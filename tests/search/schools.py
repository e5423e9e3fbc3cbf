"""Schools to search: the real list of DUO, and invented ones for single rules."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from django_intergrip_link.search.entry import Row

LISTS = Path(__file__).parents[1] / "data" / "duo"
_numbers = count(1)

# What some schools were called before, which no public list says.
FORMER_NAMES = {
    "01OE": "Wellantcollege\nCitaverde College",
    "08PG": "ROC Friese Poort\nFriesland College",
    "25EF": "Clusius College",
    "25LX": "Radius College\nROC West-Brabant",
    "25LZ": "ROC Tilburg\nOnderwijsgroep Tilburg",
    "25PL": "Arcus College\nLeeuwenborgh Opleidingen",
}


def row(name: str, brin: str = "", **fields: object) -> Row:
    """Return an invented school."""
    pk = next(_numbers)
    school = Row(
        pk=pk,
        federation="kennisnet",
        brin=brin or f"99{chr(65 + pk // 26 % 26)}{chr(65 + pk % 26)}00",
        name=name,
        place="",
        street="",
        levels="",
        kind="vo",
        is_open=True,
        message="",
        aliases="",
        former_names="",
        website="",
    )
    return school._replace(**fields)  # type: ignore[arg-type]


def real_rows() -> Iterator[Row]:
    """Yield all 7,789 schools of the real list."""
    numbers = count(1)
    for kind in ("vo", "mbo", "po"):
        with gzip.open(LISTS / f"{kind}.csv.gz", "rt", encoding="utf-8") as file:
            for line in csv.DictReader(file, delimiter=";"):
                brin = line["VESTIGINGSCODE"] or line["INSTELLINGSCODE"]
                yield Row(
                    pk=next(numbers),
                    federation="kennisnet",
                    brin=brin,
                    name=line["VESTIGINGSNAAM"],
                    place=line["PLAATSNAAM"],
                    street=f"{line['STRAATNAAM']} {line['HUISNUMMER-TOEVOEGING']}",
                    levels=line["ONDERWIJSSTRUCTUUR"],
                    kind=kind,
                    is_open=True,
                    message="",
                    aliases="",
                    former_names=FORMER_NAMES.get(brin, ""),
                    website=line["INTERNETADRES"],
                )
