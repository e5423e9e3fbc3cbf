"""The end of a link: by its owner, by undo, by "not me", or in favour of another one."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from django_intergrip_link import audit
from django_intergrip_link.models import AccountLink, LinkEvent
from django_intergrip_link.signals import account_unlinked


def end_link(link: AccountLink, *, actor: Any | None, reason: str) -> bool:
    """End a link; its sessions end with their next request.

    Args:
        actor: the user who did it, or ``None`` for the holder of an undo link.
        reason: code for the event.

    Returns:
        Whether it was live until now.
    """
    with transaction.atomic():
        live = AccountLink.objects.filter(pk=link.pk).exclude(state=AccountLink.State.ENDED)
        ended = live.update(
            state=AccountLink.State.ENDED,
            live_digest=None,
            live_school=None,
            ended_at=timezone.now(),
            ended_by=actor,
            reason=reason,
        )
        if not ended:
            return False
        audit.record(LinkEvent.Kind.ENDED, link=link, actor=actor, reason=reason)
        transaction.on_commit(
            partial(
                account_unlinked.send_robust,
                AccountLink,
                user=link.user,
                link=link,
                actor=actor,
                reason=reason,
            )
        )
    return True
