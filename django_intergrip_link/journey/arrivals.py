"""Verified returns from school: stored once at *return*, claimed once at *complete*."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import NoArrival, Replayed
from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.models import Arrival, LinkCode

from .account import SchoolAccount

LIFETIME: Final = timedelta(minutes=10)
"""How long an arrival may wait, and how long linking may take after it was claimed."""

LONGEST: Final = timedelta(hours=2)
"""How long linking may take in all, however often more time is asked for."""

TOMBSTONE: Final = timedelta(hours=1)
"""How long a row outlives its arrival: longer than any answer can stay valid."""

_KEY = re.compile(r"[0-9a-f]{32}")


def store_arrival(identity: SchoolIdentity, account: SchoolAccount) -> Arrival:
    """Keep a verified answer.

    Raises:
        Replayed: this request was answered before, or this assertion was used before.
    """
    now = timezone.now()
    assertion = f"{identity.issuer}\n{identity.assertion_id}".encode()
    try:
        # SECURITY: two unique columns, so the database refuses a replay, also from two processes.
        with transaction.atomic():
            return Arrival.objects.create(
                key=secrets.token_hex(16),
                federation=identity.federation,
                request_id=identity.request_id,
                assertion_digest=hashlib.sha256(assertion).hexdigest(),
                account=account.to_row(),
                created_at=now,
                expires_at=now + LIFETIME,
            )
    except IntegrityError as error:
        raise Replayed("answered before") from error


def find_arrival(*, federation: str, key: str) -> Arrival:
    """Return the unclaimed arrival with this key.

    Raises:
        NoArrival: unknown or too old.
        Replayed: claimed before.
    """
    # SECURITY: only what can be a key reaches the database; PostgreSQL fails on a NUL.
    rows = Arrival.objects.filter(key=key, federation=federation)
    arrival = rows.first() if _KEY.fullmatch(key) else None
    if arrival is None:
        raise NoArrival("unknown key")
    if arrival.claimed_at is not None:
        raise Replayed("claimed before")
    if arrival.expires_at <= timezone.now() or arrival.account is None:
        raise NoArrival("too old")
    return arrival


def claim_arrival(arrival: Arrival, *, is_used: bool) -> None:
    """Make the arrival this browser's own, in one UPDATE.

    Args:
        is_used: it is used up at once (a returning login), so the identity is wiped too.

    Raises:
        Replayed: another tab or process was first.
    """
    now = timezone.now()
    change = {"claimed_at": now, "expires_at": now + LIFETIME}
    used = {"closed_at": now, "account": None} if is_used else {}
    # SECURITY: a conditional UPDATE, not a check before one: of two claims exactly one wins.
    won = Arrival.objects.filter(pk=arrival.pk, claimed_at=None).update(**change, **used)
    if not won:
        raise Replayed("claimed before")


def open_arrival(key: str) -> tuple[Arrival, SchoolAccount]:
    """Return the claimed arrival that a linking journey rests on, and its school account.

    Raises:
        NoArrival: unknown, closed or older than ten minutes.
    """
    arrival = Arrival.objects.filter(
        key=key, closed_at=None, claimed_at__isnull=False, expires_at__gt=timezone.now()
    ).first()
    if arrival is None or arrival.account is None:
        raise NoArrival("closed or too old")
    account = SchoolAccount.from_row(arrival.account)
    # An arrival from before a new subject key would make a second link beside one under that key.
    if next(iter(settings.SUBJECT_KEYS)) not in account.digests:
        raise NoArrival("from before the current subject key")
    return arrival, account


def extend_arrival(arrival: Arrival) -> None:
    """Give an open arrival ten minutes from now, but never more than two hours in all.

    Raises:
        NoArrival: it was closed, or its time was over.
    """
    now = timezone.now()
    expires_at = min(now + LIFETIME, latest_end(arrival))
    # SECURITY: a conditional UPDATE; what was used, stopped or overtaken a moment ago, or is too
    # old, does not come back to life.
    is_open = Arrival.objects.filter(pk=arrival.pk, closed_at=None, expires_at__gt=now)
    if not is_open.exclude(claimed_at=None).update(expires_at=expires_at):
        raise NoArrival("closed or too old")
    arrival.expires_at = expires_at


def latest_end(arrival: Arrival) -> datetime:
    """Return when the time of this arrival ends for good."""
    return (arrival.claimed_at or arrival.created_at) + LONGEST


def require_not_closed(key: str) -> None:
    """Refuse the second of two equal forms with the words for that.

    Raises:
        Replayed: the arrival with this key was used or stopped.
    """
    # Closed by somebody, that is; what expires is closed after its end.
    closed = Arrival.objects.filter(key=key, closed_at__lt=F("expires_at"))
    if _KEY.fullmatch(key) and closed.exists():
        raise Replayed("sent before")


def close_arrival(key: str) -> bool:
    """Wipe the identity and end the arrival; return whether it was open until now."""
    closed = Arrival.objects.filter(key=key, closed_at=None)
    return bool(closed.update(closed_at=timezone.now(), account=None))


def leave_arrival(key: str) -> None:
    """Close an arrival that no link comes of, and wipe what was filled in during it."""
    with transaction.atomic():
        if close_arrival(key):
            # Name, address and the hash of a password wait with the code that was mailed.
            LinkCode.objects.filter(arrival=key).update(details=None)


def count_failure(arrival: Arrival) -> int:
    """Count one wrong password or token against this arrival and return how many there were."""
    Arrival.objects.filter(pk=arrival.pk).update(failures=F("failures") + 1)
    arrival.refresh_from_db(fields=["failures"])
    return arrival.failures


def purge_arrivals(now: datetime | None = None) -> tuple[int, int]:
    """Wipe the identity of expired arrivals and delete old tombstones; return both counts."""
    now = now or timezone.now()
    expired = Arrival.objects.filter(expires_at__lte=now).filter(Q(account__isnull=False))
    wiped = expired.update(account=None, closed_at=now)
    deleted, _ = Arrival.objects.filter(expires_at__lte=now - TOMBSTONE).delete()
    return wiped, deleted
