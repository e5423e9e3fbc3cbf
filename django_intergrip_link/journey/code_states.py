"""What became of a code from school: unused, used, withdrawn or too old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.models import LinkCode

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, kw_only=True)
class State:
    """One state: its mark, and its name for who does not see the mark."""

    mark: str
    name: StrPromise


STATES: Final = {
    "unused": State(mark="●", name=_("Not used yet")),
    "used": State(mark="✓", name=_("Used")),
    "withdrawn": State(mark="✗", name=_("Withdrawn")),
    "expired": State(mark="○", name=_("Expired")),
}


def rows_in(state: str, now: datetime) -> Q:
    """Return which rows are in a state at this moment."""
    over = Q(expires_at__lte=now)
    return {
        "unused": Q(used_at=None, revoked_at=None) & ~over,
        "used": Q(used_at__isnull=False),
        "withdrawn": Q(used_at=None, revoked_at__isnull=False),
        "expired": Q(used_at=None, revoked_at=None) & over,
    }[state]


def state_of(code: LinkCode) -> str:
    """Return the key in ``STATES``."""
    if code.used_at is not None:
        return "used"
    if code.revoked_at is not None:
        return "withdrawn"
    return "unused" if code.expires_at > timezone.now() else "expired"
