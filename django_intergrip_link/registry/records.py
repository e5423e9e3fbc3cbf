"""What every kind of file becomes: records for schools, and rows that say why they are wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from django_intergrip_link.federation.directory import ListedProvider
from django_intergrip_link.models import School
from django_intergrip_link.plain_text import plain_text

Value = str | bool

FLAGS = ("is_active", "listed")
LINES = ("aliases", "former_names")
HUB_NAMES = ("entity_id", "realm")
FIELDS = (
    "name",
    "place",
    "street",
    "kind",
    "levels",
    *LINES,
    "website",
    *HUB_NAMES,
    *FLAGS,
    "contact",
    "message",
)
"""The fields of a school that a file may bring, in the order of our own CSV."""

_LIMITS = {name: getattr(School, name).field.max_length for name in FIELDS}
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one row says of one school; a field that is not in ``values`` stays as it is."""

    line: int
    brin: str
    values: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One row that cannot be used, and why; ``brin`` is empty when even that is unreadable."""

    line: int
    brin: str
    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SchoolFile:
    """One file as it was read.

    Attributes:
        format: ``duo``, ``csv`` or ``metadata``.
        encoding: how its text was written, for people.
        sha256: 64 hex digits over its bytes.
        rows: how many rows there were, wrong ones included.
        kind: the kind it is about or, as an option, the kind for new schools; may be empty.
        records: what its rows say.
        refusals: rows that cannot be used.
        providers: identity providers still to be matched with schools; ``metadata`` only.
    """

    format: str
    encoding: str
    sha256: str
    rows: int
    kind: str = ""
    records: tuple[Record, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    providers: tuple[ListedProvider, ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that its rows name."""
        return frozenset(str(r.values["kind"]) for r in self.records if r.values.get("kind"))

    @property
    def is_complete(self) -> bool:
        """Whether the code of every row is known, so that what is absent is really absent."""
        return all(refusal.brin for refusal in self.refusals)


def normal(field: str, value: Value) -> Value:
    """Return a value as this room compares and writes it."""
    if field in FLAGS:
        return bool(value)
    if field in LINES:
        lines = (plain_text(line) for line in str(value).splitlines())
        return "\n".join(dict.fromkeys(line for line in lines if line))
    if field == "website":
        return website_host(str(value))
    text = plain_text(str(value))
    # What stands after the @ of a uid is often copied with it. Its case stays: the hub gets it so.
    return text.lstrip("@ ") if field == "realm" else text


def website_host(address: str) -> str:
    """Return the host of a web address in lower case, or ``""`` when there is none in it."""
    host = plain_text(address).lower().rpartition("://")[2]
    host = re.split(r"[/?#:\s]", host, maxsplit=1)[0].strip(".")
    return host if _HOST.fullmatch(host) else ""


def is_one_word(text: str) -> bool:
    """Whether a name at the hub has no space in it; else two values were pasted."""
    return " " not in text


def wrong_values(values: Mapping[str, Value]) -> str:
    """Return what is wrong with the first normal value that does not fit its field, else ``""``."""
    for name, value in values.items():
        if name in HUB_NAMES and not is_one_word(str(value)):
            return _("%(field)s has a space in it.") % {"field": name}
        limit = _LIMITS[name]
        if limit is not None and len(str(value)) > limit:
            return _("%(field)s is longer than %(limit)d characters.") % {
                "field": name,
                "limit": limit,
            }
    return ""
