"""Links that nobody uses any more: two weeks after a mail about it they are paused. By purge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from django_intergrip_link import audit
from django_intergrip_link.models import AccountLink, LinkEvent

from . import mails
from .addresses import address_of
from .pausing import suspend

UNUSED: Final = timedelta(days=396)
"""Thirteen months without a school login: longer than any school year with its holidays."""

NOTICE: Final = timedelta(days=14)
"""How long before the pause the owner hears of it."""

REASON: Final = "dormant"
BATCH: Final = 500


def warn_dormant(now: datetime | None = None) -> int:
    """Mail the owners of links that are to be paused in two weeks, once; return how many links.

    The event that says so is what a later run, and :func:`pause_dormant`, remember it by.
    """
    now = now or timezone.now()
    unused = _unused(now - (UNUSED - NOTICE))
    silent = unused.filter(~Exists(_notices()))
    return sum(_warn(key, now) for keys in _batches(silent) for key in keys)


def pause_dormant(now: datetime | None = None) -> int:
    """Pause the links whose owners were told two weeks ago; return how many."""
    now = now or timezone.now()
    told = _unused(now - UNUSED).filter(Exists(_notices().filter(at__lte=now - NOTICE)))
    return sum(_pause(keys, now) for keys in _batches(told))


def is_dormant(key: int) -> bool:
    """Whether the link with this key is paused because nobody used it."""
    paused = AccountLink.objects.filter(pk=key, state=AccountLink.State.SUSPENDED, reason=REASON)
    return bool(key) and paused.exists()


def _unused(since: datetime) -> QuerySet[AccountLink]:
    return AccountLink.objects.filter(state=AccountLink.State.ACTIVE, last_used_at__lte=since)


def _notices() -> QuerySet[LinkEvent]:
    """Return the notices of a link since its last use; an older one does not count."""
    return LinkEvent.objects.filter(
        link=OuterRef("pk"),
        kind=LinkEvent.Kind.WARNING,
        reason=REASON,
        at__gte=OuterRef("last_used_at"),
    )


def _batches(links: QuerySet[AccountLink]) -> Iterator[list[int]]:
    """Return the keys of these links, 500 at a time, each once, whatever is done with them."""
    last = 0
    while keys := list(
        links.order_by("pk").filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]
    ):
        yield keys
        last = keys[-1]


def _warn(key: int, now: datetime) -> bool:
    with transaction.atomic():
        # The row is held while the mail goes out, so that of two machines one sends it; whether
        # the other one did is asked after that.
        list(AccountLink.objects.select_for_update().filter(pk=key).values_list("pk"))
        silent = _unused(now - (UNUSED - NOTICE)).filter(~Exists(_notices()), pk=key)
        link = silent.select_related("user", "school").first()
        if link is None or not _is_told(link, now):
            return False
        audit.record(LinkEvent.Kind.WARNING, link=link, reason=REASON)
    return True


def _is_told(link: AccountLink, now: datetime) -> bool:
    """Send the notice; a mail server that is down is tried again until the 13 months are over."""
    if not link.has_open_user or not address_of(link.user):
        return True
    ends_at = max(link.last_used_at + UNUSED, now + NOTICE)
    is_sent = mails.send_dormant(link, ends_on=timezone.localdate(ends_at))
    return is_sent or link.last_used_at <= now - UNUSED


def _pause(keys: list[int], now: datetime) -> int:
    links = AccountLink.objects.select_related("user", "school").in_bulk(keys)
    with transaction.atomic():
        unused = _unused(now - UNUSED)
        paused = [one for one in links.values() if suspend(one, reason=REASON, among=unused)]
        for link in paused:
            if link.has_open_user:
                transaction.on_commit(partial(mails.send_dormant, link), robust=True)
    return len(paused)
