"""Bytes → rows of a table with their line numbers. Every line stands alone.

A cell never holds a line break in these files, so a stray quotation mark spoils one row only.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from django_intergrip_link.plain_text import plain_text

from .records import Refusal
from .refused import ImportRefused

DELIMITERS = (";", ",", "\t")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"
_SEPARATOR = re.compile(rb'"?sep=([;,\t])"?', re.IGNORECASE)
"""First line that Excel writes, and reads, to say what parts the cells."""


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, and its cells by column."""

    line: int
    cells: Mapping[str, str]

    def cell(self, *columns: str) -> str:
        """Return the first of these columns that is filled in, else ``""``."""
        return next(filter(None, (self.cells.get(column, "") for column in columns)), "")


@dataclass(frozen=True)
class Table:
    """A file as a table; ``columns`` are written small, with single spaces."""

    encoding: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    refusals: tuple[Refusal, ...]


def read_table(content: bytes) -> Table:
    """Read a text file with a header and one row on each line.

    Raises:
        ImportRefused: empty, UTF-16, binary, or a column that is named twice.
    """
    _require_text(content)
    marked = content.startswith(UTF8_MARK)
    lines = content.removeprefix(UTF8_MARK).splitlines()
    charset = "utf-8" if marked or _is_mostly_utf8(lines) else "cp1252"
    at, declared = _find_header(lines)
    header = lines[at].decode(charset, errors="replace")
    delimiter = declared or max(DELIMITERS, key=header.count)
    columns = _columns(next(csv.reader([header], delimiter=delimiter), []))
    rows: list[Row] = []
    refusals: list[Refusal] = []
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        match _read_row(number, line, charset, delimiter, columns):
            case Row() as row if any(row.cells.values()):
                rows.append(row)
            case Refusal() as refusal:
                refusals.append(refusal)
    name = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}[charset]
    return Table(f"{name} (BOM)" if marked else name, columns, tuple(rows), tuple(refusals))


def column_name(text: str) -> str:
    """Return a column name in the one spelling that names are compared in."""
    return " ".join(re.split(r"[\s_-]+", plain_text(text).casefold())).strip()


def _require_text(content: bytes) -> None:
    if not content.removeprefix(UTF8_MARK).strip():
        raise ImportRefused(_("The file is empty."))
    # A table in UTF-16 has a NUL beside nearly every letter.
    if content.startswith(UTF16_MARKS) or content[:1000].count(0) > len(content[:1000]) // 10:
        raise ImportRefused(
            _("The file is written in UTF-16, or is no text. Save it as CSV in UTF-8.")
        )


def _find_header(lines: list[bytes]) -> tuple[int, str]:
    """Return where the header is, and the delimiter when the line above says it."""
    delimiter = ""
    for number, line in enumerate(lines):
        declared = _SEPARATOR.fullmatch(line.strip(b" "))
        if declared:
            delimiter = declared[1].decode()
        elif line.strip(b" \t;,"):
            return number, delimiter
    raise ImportRefused(_("The file is empty."))


def _is_mostly_utf8(lines: list[bytes]) -> bool:
    """Tell UTF-8, in which a line may be broken, from Windows-1252."""
    foreign = [line for line in lines if not line.isascii()]
    return 2 * sum(_is_utf8(line) for line in foreign) >= len(foreign)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _columns(cells: list[str]) -> tuple[str, ...]:
    columns = tuple(map(column_name, cells))
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise ImportRefused(
            _("The header names a column twice: %(columns)s.")
            % {"columns": ", ".join(sorted(twice))}
        )
    return columns


def _read_row(
    number: int, line: bytes, charset: str, delimiter: str, columns: tuple[str, ...]
) -> Row | Refusal:
    try:
        cells = next(csv.reader([line.decode(charset)], delimiter=delimiter, strict=True), [])
    except UnicodeDecodeError:
        return _refusal(number, _("A character does not fit the encoding of the file."))
    except csv.Error:
        return _refusal(number, _("A quotation mark is not closed, or a cell has a line break."))
    if b"\0" in line:
        return _refusal(number, _("The row holds a NUL character."))
    extra = any(cells[len(columns) :])
    if cells and (len(cells) < len(columns) or extra):
        reason = _("The row has %(cells)d cells; the header has %(columns)d.")
        return _refusal(number, reason % {"cells": len(cells), "columns": len(columns)})
    return Row(number, {n: _visible(c) for n, c in zip(columns, cells, strict=False) if n})


def _visible(cell: str) -> str:
    """Return a cell as plain text; nearly all of them are that."""
    # SECURITY: cells of refused rows go to terminals, to a CSV and to the admin, where control and
    # bidirectional characters would write over the words around them.
    is_plain = cell.isascii() and cell.isprintable()
    return " ".join(cell.split()) if is_plain else plain_text(cell)


def _refusal(line: int, reason: str) -> Refusal:
    return Refusal(line=line, brin="", name="", reason=reason)
