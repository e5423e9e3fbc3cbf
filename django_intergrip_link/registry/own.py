"""Rows of our own CSV: a column for each field, as ``export`` writes them.

A column that is absent leaves its field alone; an empty cell empties it, but never a flag, a kind
or a name.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from django_intergrip_link.brin import normal_brin
from django_intergrip_link.models import School

from .records import FIELDS, FLAGS, LINES, Record, Refusal, Value, normal
from .refused import ImportRefused
from .tables import Row, Table, column_name

COLUMNS = {column_name(field): field for field in FIELDS}
FORMULA = re.compile(r"'*[=+\-@\t\r]")
YES = frozenset(["yes", "ja", "true", "waar", "1", "x"])
NO = frozenset(["no", "nee", "false", "onwaar", "0"])


class _WrongCell(Exception):
    """A cell that says nothing we know; the message is the reason."""


def is_own(columns: tuple[str, ...]) -> bool:
    """Whether this is the header of our own CSV."""
    return "brin" in columns


def read_own(table: Table, *, kind: str) -> list[Record | Refusal]:
    """Return a record or a refusal for each row.

    Args:
        table: a table for which :func:`is_own` holds.
        kind: for rows that do not tell their kind; may be empty.

    Raises:
        ImportRefused: a column that is no field.
    """
    unknown = set(table.columns) - set(COLUMNS) - {"brin", ""}
    if unknown:
        raise ImportRefused(
            _("Unknown columns: %(unknown)s. Known are: %(known)s.")
            % {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(["brin", *FIELDS])}
        )
    return [_read(row, kind) for row in table.rows]


def plain_cell(text: str) -> str:
    """Return a cell without the apostrophe that kept it from being a formula."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def split_lines(cell: str) -> str:
    r"""Return a cell ``A|B`` as one name on each line; ``\|`` is a bar inside a name."""
    parts = re.findall(r"(?:\\[\\|]|[^|])+", cell)
    return "\n".join(re.sub(r"\\([\\|])", r"\1", part) for part in parts)


def _read(row: Row, kind: str) -> Record | Refusal:
    brin, name = normal_brin(plain_cell(row.cell("brin"))) or "", plain_cell(row.cell("name"))
    try:
        values: dict[str, Value] = {"kind": kind} if kind else {}
        values |= dict(_values(row))
        reason = "" if brin else _("The school code must be like 99AA or 99AA00.")
    except _WrongCell as error:
        reason = str(error)
    if reason:
        return Refusal(line=row.line, brin=brin, name=name, reason=reason)
    return Record(line=row.line, brin=brin, values=values)


def _values(row: Row) -> list[tuple[str, Value]]:
    cells = [
        (COLUMNS[name], plain_cell(cell)) for name, cell in row.cells.items() if name != "brin"
    ]
    return [
        (field, normal(field, _value(field, cell)))
        for field, cell in cells
        if cell or field not in (*FLAGS, "kind")
    ]


def _value(field: str, cell: str) -> Value:
    if field in LINES:
        return split_lines(cell)
    if field in FLAGS:
        return _flag(field, cell)
    if field == "kind" and cell.lower() not in School.Kind.values:
        raise _WrongCell(_("Unknown kind “%(kind)s”.") % {"kind": cell})
    if field == "name" and not cell:
        raise _WrongCell(_("The row has no name."))
    return cell.lower() if field == "kind" else cell


def _flag(field: str, cell: str) -> bool:
    word = cell.casefold()
    if word not in YES | NO:
        raise _WrongCell(_("%(field)s must be yes or no.") % {"field": field})
    return word in YES
