"""Links that wait: after a new password each of them has to be confirmed once by its owner."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import models, transaction

from django_intergrip_link import audit
from django_intergrip_link.models import AccountLink, LinkEvent

from . import mails


def pause_links(user: Any, *, reason: str) -> list[AccountLink]:
    """Pause the active links of a user, in one transaction; one mail tells the owner after it.

    A paused link opens nothing and its sessions end. A school login with it, or *My school
    accounts*, asks its owner once for a proof of the site account, and it is in use again.

    Args:
        reason: code for the events.

    Returns:
        The links that were active until now.
    """
    with transaction.atomic():
        active = AccountLink.objects.select_related("user", "school").filter(
            user=user, state=AccountLink.State.ACTIVE
        )
        paused = [link for link in active if suspend(link, reason=reason)]
        if paused:
            transaction.on_commit(partial(mails.send_paused, paused[0]), robust=True)
    return paused


def resume_link(link: AccountLink, *, actor: Any, **changes: Any) -> bool:
    """Take a paused link into use again.

    Args:
        changes: other columns to write with it.

    Returns:
        Whether it was paused until now.
    """
    changes |= {"state": AccountLink.State.ACTIVE, "reason": ""}
    with transaction.atomic():
        # SECURITY: a conditional UPDATE; a link that ended meanwhile must not come back to life.
        paused = AccountLink.objects.filter(pk=link.pk, state=AccountLink.State.SUSPENDED)
        if not paused.update(**changes):
            return False
        for name, value in changes.items():
            setattr(link, name, value)
        audit.record(LinkEvent.Kind.RESUMED, link=link, actor=actor)
    return True


def suspend(
    link: AccountLink, *, reason: str, among: models.QuerySet[AccountLink] | None = None
) -> bool:
    """Pause one active link, inside a transaction, and write its event.

    Args:
        among: links that it still has to be one of at that moment; all by default.

    Returns:
        Whether it was active, and among them, until now.
    """
    links = AccountLink.objects.all() if among is None else among
    # SECURITY: a conditional UPDATE; who logs in at this moment keeps the link, and what was
    # blocked or ended meanwhile stays so.
    active = links.filter(pk=link.pk, state=AccountLink.State.ACTIVE)
    if not active.update(state=AccountLink.State.SUSPENDED, reason=reason):
        return False
    audit.record(LinkEvent.Kind.SUSPENDED, link=link, reason=reason)
    return True
