"""Bytes → rows: encodings, delimiters, and lines that are broken."""

from __future__ import annotations

import pytest

from django_intergrip_link.registry.refused import ImportRefused
from django_intergrip_link.registry.tables import column_name, read_table

LATIN = "BRIN;Naam\r\n99AA;Lyceum Café\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LATIN.encode(), "UTF-8"),
        (LATIN.encode("utf-8-sig"), "UTF-8 (BOM)"),
        (LATIN.encode("cp1252"), "Windows-1252"),
        (LATIN.encode().replace(b"\r\n", b"\n"), "UTF-8"),
        (LATIN.encode().replace(b"\r\n", b"\r"), "UTF-8"),
        (LATIN.encode().replace(b";", b","), "UTF-8"),
        (LATIN.encode("cp1252").replace(b";", b"\t"), "Windows-1252"),
    ],
)
def test_tables__encodings_and_delimiters(content: bytes, encoding: str) -> None:
    table = read_table(content)

    assert table.encoding == encoding
    assert table.columns == ("brin", "naam")
    assert [(row.line, row.cells) for row in table.rows] == [
        (2, {"brin": "99AA", "naam": "Lyceum Café"})
    ]
    assert table.refusals == ()


def test_tables__one_broken_character_does_not_change_the_encoding() -> None:
    table = read_table("brin;naam\n99AA;Café\n99AB;Bé\n".encode() + b"99AC;Caf\xe9\n99AD;x\n")

    assert table.encoding == "UTF-8"
    assert [row.line for row in table.rows] == [2, 3, 5]
    assert [(r.line, r.reason) for r in table.refusals] == [
        (4, "A character does not fit the encoding of the file.")
    ]


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
def test_tables__utf16_is_refused_with_the_way_out(charset: str) -> None:
    with pytest.raises(ImportRefused, match=r"UTF-16.*Save it as CSV in UTF-8"):
        read_table(LATIN.encode(charset))


@pytest.mark.parametrize(
    "content", [b"", b" \r\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b"sep=;\r\n", b";;\n"]
)
def test_tables__empty(content: bytes) -> None:
    with pytest.raises(ImportRefused, match="empty"):
        read_table(content)


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("", 2),
        ("\r\n\r\n", 4),
        (";\r\n", 3),
        ("sep=;\r\n", 3),
        ('"SEP=;"\r\n', 3),
        ("\r\nsep=;\r\n\r\n", 5),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_tables__what_a_spreadsheet_puts_above_the_header(
    mark: str, before: str, line: int
) -> None:
    table = read_table(f"{mark}{before}brin;naam\r\n99AA;x\r\n".encode())

    assert table.columns == ("brin", "naam")
    assert [row.line for row in table.rows] == [line]


def test_tables__the_separator_that_is_named() -> None:
    content = b"brin;a,b,c\n99AA;x\n"

    assert read_table(b"sep=;\n" + content).columns == ("brin", "a,b,c")
    assert read_table(content).columns == ("brin;a", "b", "c")
    assert read_table(b"sep=\t\nbrin\tnaam\n").columns == ("brin", "naam")
    assert read_table(b"sep=|\nbrin|naam\n").columns == ("sep=|",)


def test_tables__cells_are_plain_text() -> None:
    table = read_table("brin;naam\n99AA;\u202eegelloC\x1b[2J  \x07Bé\n".encode())

    assert table.rows[0].cells == {"brin": "99AA", "naam": "egelloC [2J Bé"}


def test_tables__a_column_twice() -> None:
    with pytest.raises(ImportRefused, match="twice: brin"):
        read_table(b"BRIN;brin;naam\n")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('"open;x', "quotation mark"),
        ("99AA\0;x", "NUL"),
        ("99AA", "1 cells; the header has 2"),
        ("99AA;x;y", "3 cells; the header has 2"),
    ],
)
def test_tables__a_broken_line_spoils_itself_only(line: str, reason: str) -> None:
    table = read_table(f"brin;naam\n{line}\n99AB;goed\n".encode())

    assert [row.line for row in table.rows] == [3]
    assert [refusal.line for refusal in table.refusals] == [2]
    assert reason in table.refusals[0].reason


def test_tables__quotes_blank_lines_and_empty_columns() -> None:
    table = read_table(b'brin;naam;\n99AA;"De ""Maas"";x";\n\n;;\n99AB;y;;;\n')

    assert [(row.line, row.cell("naam")) for row in table.rows] == [(2, 'De "Maas";x'), (5, "y")]
    assert table.refusals == ()


def test_tables__column_names_in_one_spelling() -> None:
    assert column_name(" HUISNUMMER-TOEVOEGING ") == "huisnummer toevoeging"
    assert column_name("MBO INSTELLINGSSOORT - CODE") == "mbo instellingssoort code"
    assert column_name("entity_ID") == "entity id"
