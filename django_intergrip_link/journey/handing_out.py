"""Codes from school as paper: one strip per student, and the list of them.

The codes cannot be read back from the database, so this is the only form in which they exist. The
admin sends it to the browser sealed, to make a CSV or another language of the same codes from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any, Final, Self

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from django_intergrip_link import audit
from django_intergrip_link.models import LinkCode, LinkEvent, School
from django_intergrip_link.registry.address import address_of, parts_of
from django_intergrip_link.registry.export import write_table

from . import school_codes

SEAL_LIFETIME: Final = 3600
"""Seconds in which a sheet can be had in another form."""

LANGUAGES: Final = {"nl": ("nl",), "en": ("en",), "both": ("nl", "en")}
"""What a sheet can be asked in, and the languages on each strip then."""

DEFAULT_DAYS: Final = 14
MOST_DAYS: Final = 120
_SALT: Final = "django_intergrip_link.journey.handing_out"
ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Strip:
    """What one student gets."""

    name: str
    username: str
    code: str


@dataclass(frozen=True, kw_only=True)
class ClassSheet:
    """The strips of one class, and what is the same on all of them.

    Attributes:
        address: where to begin; empty when the federation is not in the settings.
        expires_at: end of the codes, in ISO 8601.
    """

    school: str
    brin: str
    group: str
    address: str
    expires_at: str
    strips: tuple[Strip, ...]

    @property
    def expiry(self) -> datetime:
        """The end of the codes in local time."""
        return timezone.localtime(datetime.fromisoformat(self.expires_at))

    @property
    def address_parts(self) -> list[str]:
        """The address in pieces after which a line may end."""
        return parts_of(self.address)

    def with_strips_of(self, others: Iterable[ClassSheet]) -> Self:
        """Return this sheet, followed by the strips of others that are alike."""
        more = (strip for sheet in others for strip in sheet.strips)
        return replace(self, strips=(*self.strips, *more))

    def as_csv(self) -> bytes:
        """Return the sheet as a spreadsheet opens it; no cell is a formula."""
        header = (
            *(_("name"), _("user name"), _("code"), _("class"), _("school"), _("school code")),
            *(_("valid until"), _("address")),
        )
        shared = (self.group, self.school, self.brin, f"{self.expiry:%Y-%m-%d %H:%M}", self.address)
        rows = ((strip.name, strip.username, strip.code, *shared) for strip in self.strips)
        return write_table(header, rows)

    def seal(self, *, by: Any) -> str:
        """Return the sheet as signed text for the browser of whoever made it."""
        return signing.dumps({"by": str(by.pk), **asdict(self)}, salt=_SALT, compress=True)

    @classmethod
    def unseal(cls, text: str, *, by: Any) -> Self | None:
        """Return the sheet, or ``None``: forged, somebody else's, or too old."""
        try:
            sealed = signing.loads(text, salt=_SALT, max_age=SEAL_LIFETIME)
        except signing.BadSignature:
            return None
        # SECURITY: bound to who made it; another administrator's sheet must not open from a page
        # that was planted or left behind.
        if sealed.pop("by", "") != str(by.pk) or set(sealed) != {f.name for f in fields(cls)}:
            return None
        strips = tuple(Strip(**strip) for strip in sealed.pop("strips"))
        return cls(**sealed, strips=strips)


def last_moment(days: int) -> datetime:
    """Return the end of the day, this many days from today, where the site is."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def hand_out(
    users: Sequence[Any], *, school: School, group: str, expires_at: datetime, by: Any | None
) -> ClassSheet:
    """Make codes for these site accounts and return the sheet with them."""
    codes = school_codes.issue_for_class(
        users=users, school=school, created_by=by, group=group, expires_at=expires_at
    )
    return ClassSheet(
        school=str(school),
        brin=school.brin,
        group=group,
        address=address_of(school),
        expires_at=expires_at.isoformat(),
        strips=tuple(_strips(users, codes)),
    )


def withdraw_codes(chosen: QuerySet[LinkCode], *, actor: Any | None) -> int:
    """Withdraw those of the chosen codes that can still be used; return how many that were."""
    now = timezone.now()
    count = 0
    with transaction.atomic():
        usable = school_codes.unused(now)
        keys: dict[int, list[int]] = defaultdict(list)
        for school_id, key in chosen.filter(pk__in=usable.values("pk")).values_list("school", "pk"):
            keys[school_id].append(key)
        for school in School.objects.filter(pk__in=keys):
            count += sum(
                usable.filter(pk__in=some).update(revoked_at=now)
                for some in batched(keys[school.pk])
            )
            audit.record(LinkEvent.Kind.CODES, school=school, actor=actor, reason="withdrawn")
    return count


def batched(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows in pieces that one query can name."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def _strips(users: Iterable[Any], codes: Iterable[str]) -> Iterator[Strip]:
    for user, code in zip(users, codes, strict=True):
        full_name = getattr(user, "get_full_name", str)()
        yield Strip(name=str(full_name or ""), username=user.get_username(), code=code)
