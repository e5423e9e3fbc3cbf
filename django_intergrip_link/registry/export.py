"""Schools → our own CSV, which :mod:`.own` reads back to the same."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from django_intergrip_link.models import School

from .own import FORMULA
from .records import FIELDS, FLAGS, LINES, Value, normal
from .tables import UTF8_MARK


def write_schools(schools: Iterable[School]) -> bytes:
    """Return a table of schools as a Dutch spreadsheet opens it: UTF-8 with a mark, semicolons."""
    return write_table(
        ("brin", *FIELDS),
        ((school.brin, *(_cell(school, field) for field in FIELDS)) for school in schools),
    )


def write_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """Return a CSV file; no cell of it is a formula."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return UTF8_MARK + text.getvalue().encode()


def safe_cell(text: str) -> str:
    """Return a cell that a spreadsheet shows and does not calculate."""
    # SECURITY: CSV injection; a name such as "=cmd|…" would run on the administrator's machine.
    return f"'{text}" if FORMULA.match(text) else text


def _cell(school: School, field: str) -> str:
    value: Value = normal(field, getattr(school, field))
    if field in FLAGS:
        return "yes" if value else "no"
    return join_lines(str(value)) if field in LINES else str(value)


def join_lines(value: str) -> str:
    r"""Return several lines as one cell ``A|B``; a bar or backslash in a line gets a backslash."""
    lines = value.replace("\\", "\\\\").replace("|", "\\|").splitlines()
    return "|".join(lines)
