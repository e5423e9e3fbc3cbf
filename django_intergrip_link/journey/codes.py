"""What all one-time codes share: only keyed digests are kept, and each is used up once.

Made and checked in ``mailed_codes.py`` and ``school_codes.py``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from django_intergrip_link.errors import Replayed
from django_intergrip_link.models import LinkCode

KEPT: Final = timedelta(days=396)
"""How long a code from school is kept after its end: 13 months."""


def digest_code(value: str) -> str:
    """Return the keyed digest (64 hex digits) of a code with what it is bound to."""
    # SECURITY: keyed; a stolen database cannot be searched for eight digits.
    return salted_hmac("django_intergrip_link.codes", value, algorithm="sha256").hexdigest()


def digest_proven(row: LinkCode) -> str:
    """Return what stands in a row whose code was right, until another code is mailed."""
    return digest_code(f"proven\n{row.purpose}\n{row.arrival}\n{row.address_digest}")


def usable_at(now: datetime) -> dict[str, Any]:
    """Return the conditions of a code that can still be used."""
    return {"used_at": None, "revoked_at": None, "expires_at__gt": now}


def use_up(code_id: int, *, user: Any) -> LinkCode:
    """Use a code, inside the transaction that it is used for, and return it as it was.

    Args:
        user: the site account that was proven with it; of a registration not saved yet.

    Raises:
        Replayed: it was used, withdrawn or too old meanwhile, or is another's.
    """
    rows = LinkCode.objects.filter(pk=code_id)
    row = rows.first()
    # SECURITY: a code proves its own site account only; one that stands in the session beside
    # another account opens nothing.
    if row is not None and row.purpose != LinkCode.Purpose.REGISTER and row.user_id != user.pk:
        raise Replayed("code of another site account")
    if row is not None and row.purpose == LinkCode.Purpose.REGISTER:
        _queue_for_address(row)
        # SECURITY: a form with somebody else's address, sent in another tab while the code to the
        # own one was typed, writes into this row; what stands in it then is not proven.
        rows = rows.filter(digest=digest_proven(row))
    # SECURITY: a conditional UPDATE; of two processes with one code exactly one goes on.
    won = rows.filter(**usable_at(timezone.now())).update(used_at=timezone.now(), details=None)
    if row is None or not won:
        raise Replayed("code used before")
    return row


def _queue_for_address(row: LinkCode) -> None:
    """Wait until no other registration with this address is being saved."""
    # SECURITY: two registrations with one address. All its codes are locked, always in this order,
    # so the second waits here instead of in a deadlock, and then finds the user of the first.
    rivals = LinkCode.objects.filter(purpose=row.purpose, address_digest=row.address_digest)
    list(rivals.select_for_update().order_by("pk").values_list("pk"))


def purge_codes() -> int:
    """Delete mailed codes that are over, and those from school long after; return the count."""
    now = timezone.now()
    mailed = ~Q(purpose=LinkCode.Purpose.SCHOOL)
    # Who was in which class of which school is kept for as long as a link that nobody uses.
    past = now - KEPT
    is_past = Q(expires_at__lte=past) | Q(used_at__lte=past) | Q(revoked_at__lte=past)
    over = LinkCode.objects.filter(mailed & Q(expires_at__lte=now) | ~mailed & is_past)
    return int(over.delete()[0])
