"""DUO's files: both layouts, three kinds, and rows that are wrong."""

from __future__ import annotations

import pytest

from django_intergrip_link.registry.reading import read_schools
from django_intergrip_link.registry.refused import ImportRefused

from .files import NEW_LAYOUT, OLD_LAYOUT, duo, duo_row, real


@pytest.mark.parametrize("header", [NEW_LAYOUT, OLD_LAYOUT, OLD_LAYOUT.lower().replace(" ", "_")])
@pytest.mark.parametrize("code", ["99AA07", "07", "7"])
def test_duo__both_layouts_and_codes_of_sites(header: str, code: str) -> None:
    file = read_schools(duo(duo_row(code, institution="99AA"), header=header))

    assert (file.format, file.kind, file.rows, file.refusals) == ("duo", "vo", 1, ())
    assert file.records[0].brin == "99AA07"
    assert file.records[0].values == {
        "name": "Petteflat College",
        "place": "Zwolle",
        "street": "Puntburgerweg 7",
        "levels": "vmbo/havo",
        "website": "www.petteflat.example",
        "kind": "vo",
    }


def test_duo__institutions_without_sites() -> None:
    header = "INSTELLINGSCODE;INSTELLINGSNAAM;PLAATSNAAM;MBO INSTELLINGSSOORT - CODE"
    file = read_schools(duo("99zz;ROC Dorp;DE KOOG;ROC", header=header))

    assert [(r.brin, r.values) for r in file.records] == [
        ("99ZZ", {"name": "ROC Dorp", "place": "De Koog", "kind": "mbo"})
    ]


@pytest.mark.parametrize(
    ("structure", "levels"),
    [
        ("VBO/MAVO/HAVO/VWO", "vmbo/havo/vwo"),
        ("VBO/MAVO/PRO", "vmbo/praktijkonderwijs"),
        ("BRUGJAAR", "brugklas"),
        ("ISK", "isk"),
        ("VSO", "vso"),
        ("", None),
    ],
)
def test_duo__levels_in_words_that_students_know(structure: str, levels: str | None) -> None:
    rows = [duo_row("99AA00", structure=structure), duo_row("99AB00")]
    file = read_schools(duo(*rows))

    assert file.records[0].values.get("levels") == levels


@pytest.mark.parametrize(("structure", "kind"), [("BO", "po"), ("SBO", "po"), ("MBO", "mbo")])
def test_duo__kinds(structure: str, kind: str) -> None:
    assert read_schools(duo(duo_row(structure=structure))).kinds == {kind}


def test_duo__kind_that_the_file_does_not_tell() -> None:
    content = duo("99AA;99AA00;Petteflat", header="BRIN NUMMER;VESTIGINGSNUMMER;VESTIGINGSNAAM")

    with pytest.raises(ImportRefused, match="Choose the kind"):
        read_schools(content)
    assert read_schools(content, kind="po").kinds == {"po"}


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Albeda.nl/locatie/x?y", "www.albeda.nl"),
        ("HTTP://ter-aa.nl.", "ter-aa.nl"),
        ("www.x.nl:8080", "www.x.nl"),
        ("geen", None),
        ("info@school.nl", None),
        ("", None),
    ],
)
def test_duo__websites(address: str, host: str | None) -> None:
    values = read_schools(duo(duo_row(website=address))).records[0].values

    assert values.get("website") in (host, "" if host is None else host)


@pytest.mark.parametrize(
    ("row", "brin", "reason"),
    [
        (duo_row("99AA0X"), "", "not a BRIN"),
        (duo_row("", institution="Zwolle"), "", "not a BRIN"),
        (duo_row("99BB00", institution="99AA"), "", "not a BRIN"),
        (duo_row(name=""), "99AA00", "no name"),
        (duo_row("", institution="９９AA"), "", "not a BRIN"),
        (duo_row("٠٧", institution="99AA"), "", "not a BRIN"),
        (duo_row("٧", institution="99AA"), "", "not a BRIN"),
    ],
)
def test_duo__wrong_rows(row: str, brin: str, reason: str) -> None:
    file = read_schools(duo(duo_row("99AB00"), row))

    assert [record.brin for record in file.records] == ["99AB00"]
    assert [(refusal.line, refusal.brin) for refusal in file.refusals] == [(3, brin)]
    assert reason in file.refusals[0].reason
    assert file.is_complete is bool(brin)


def test_duo__hostile_names_become_plain_text() -> None:
    name = "<script>x</script> \u202eegelloC\u200b\x07 \u2028 B\u00e9"
    file = read_schools(duo(duo_row(name=name)))

    assert file.records[0].values["name"] == "<script>x</script> egelloC Bé"


@pytest.mark.parametrize(("name", "rows", "kind"), [("vo", 1619, "vo"), ("mbo", 55, "mbo")])
def test_duo__real_lists(name: str, rows: int, kind: str) -> None:
    file = read_schools(real(name))

    assert (file.rows, len(file.records), file.kinds) == (rows, rows, frozenset([kind]))


def test_duo__as_duo_publishes_it() -> None:
    content = real("vo").decode().replace("\n", "\r\n").encode("cp1252")

    file = read_schools(content)

    assert file.encoding == "Windows-1252"
    assert file.records == read_schools(real("vo")).records


@pytest.mark.parametrize("content", [b"a;b\n1;2\n", b"just some text\n", b"\x89PNG\r\n\x1a\n"])
def test_reading__unknown_header_says_what_was_looked_for(content: bytes) -> None:
    with pytest.raises(ImportRefused, match=r"INSTELLINGSCODE / BRIN NUMMER.*brin"):
        read_schools(content)


def test_reading__format_that_it_is_not() -> None:
    with pytest.raises(ImportRefused, match="not one we know"):
        read_schools(duo(duo_row()), file_format="csv")


def test_reading__no_rows() -> None:
    with pytest.raises(ImportRefused, match="no rows"):
        read_schools(duo())


def test_reading__too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_intergrip_link.registry.reading.MAXIMUM_BYTES", 10)

    with pytest.raises(ImportRefused, match="larger than 64 MB"):
        read_schools(duo(duo_row()))
