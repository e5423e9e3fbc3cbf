"""Bytes → :class:`SchoolFile`: which kind of file is this, and what does it say."""

from __future__ import annotations

from hashlib import sha256

from django.utils.translation import gettext as _

from django_intergrip_link.federation.directory import DirectoryError, read_directory
from django_intergrip_link.models import School

from .duo import INSTITUTION, NAME, is_duo, read_duo
from .own import is_own, read_own
from .records import Record, Refusal, SchoolFile
from .refused import ImportRefused
from .tables import UTF8_MARK, UTF16_MARKS, Table, read_table

FORMATS = ("duo", "metadata", "csv")
KINDS = (School.Kind.VO.value, School.Kind.MBO.value, School.Kind.PO.value)
XML_IN_UTF16 = (b"<\0", b"\0<")
MAXIMUM_BYTES = 64 * 1024 * 1024
SOURCES = {
    "duo": School.Source.DUO,
    "metadata": School.Source.METADATA,
    "csv": School.Source.CSV,
}


def read_schools(content: bytes, *, kind: str = "", file_format: str = "auto") -> SchoolFile:
    """Read a file of schools.

    Args:
        content: the bytes of the file.
        kind: one of :data:`KINDS`, or empty to read it from the file.
        file_format: one of :data:`FORMATS`, or ``auto``.

    Raises:
        ImportRefused: no file of schools that we know; the message says what was looked for.
    """
    if len(content) > MAXIMUM_BYTES:
        raise ImportRefused(_("The file is larger than 64 MB."))
    if _is_utf16_xml(content):
        raise ImportRefused(_("This XML is written in UTF-16. Save it in UTF-8."))
    looks_like_xml = content.removeprefix(UTF8_MARK).lstrip().startswith(b"<")
    if file_format == "metadata" or (file_format == "auto" and looks_like_xml):
        return _read_metadata(content, kind=kind)
    return _read_table(content, kind=kind, file_format=file_format)


def _is_utf16_xml(content: bytes) -> bool:
    return content[2 * content.startswith(UTF16_MARKS) :].startswith(XML_IN_UTF16)


def _read_metadata(content: bytes, *, kind: str) -> SchoolFile:
    try:
        providers = read_directory(content)
    except DirectoryError as error:
        raise ImportRefused(
            _("This is no SAML metadata with identity providers: %(cause)s.") % {"cause": error}
        ) from error
    return SchoolFile(
        format="metadata",
        encoding="XML",
        sha256=sha256(content).hexdigest(),
        rows=len(providers),
        kind=kind,
        providers=providers,
    )


def _read_table(content: bytes, *, kind: str, file_format: str) -> SchoolFile:
    table = read_table(content)
    found = _recognise(table, file_format)
    rows: list[Record | Refusal]
    if found == "duo":
        kind, rows = read_duo(table, kind=kind)
    else:
        rows = read_own(table, kind=kind)
    refusals = [*table.refusals, *(row for row in rows if isinstance(row, Refusal))]
    return SchoolFile(
        format=found,
        encoding=table.encoding,
        sha256=sha256(content).hexdigest(),
        rows=len(table.rows) + len(table.refusals),
        kind=kind,
        records=tuple(row for row in rows if isinstance(row, Record)),
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.line)),
    )


def _recognise(table: Table, file_format: str) -> str:
    fitting = [
        name
        for name, fits in (("duo", is_duo), ("csv", is_own))
        if file_format in ("auto", name) and fits(table.columns)
    ]
    if not fitting:
        raise ImportRefused(_unknown_header(table))
    if not table.rows and not table.refusals:
        raise ImportRefused(_("The file has a header and no rows."))
    return fitting[0]


def _unknown_header(table: Table) -> str:
    columns = ", ".join(column for column in table.columns[:12] if column)
    return _(
        "The header is not one we know. DUO files have %(code)s and %(name)s; our own CSV has "
        "brin. This file has: %(columns)s."
    ) % {
        "code": " / ".join(name.upper() for name in INSTITUTION[:2]),
        "name": " / ".join(name.upper() for name in NAME),
        "columns": columns or "–",
    }
