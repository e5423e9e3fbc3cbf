"""The end of a link: by its owner, by undo, by "not me", or in favour of another one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from django_intergrip_link import audit
from django_intergrip_link.models import AccountLink, LinkEvent
from django_intergrip_link.signals import account_unlinked

from . import mails

OWN_REASONS: Final = frozenset({"removed", "not_recognised", "replaced"})
"""Reasons of an end that the owner of the site account chose, and gets a mail about."""


def end_link(link: AccountLink, *, actor: Any | None, reason: str, support_code: str = "") -> bool:
    """End a link; its sessions end with their next request.

    Args:
        actor: the user who did it, or ``None`` for the holder of an undo link.
        reason: code for the event.
        support_code: for the event too, where the owner gets it by mail.

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
        audit.record(
            LinkEvent.Kind.ENDED, link=link, actor=actor, reason=reason, support_code=support_code
        )
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


def tell_owner(keys: Iterable[int], *, request: HttpRequest) -> None:
    """Send mail M2 about links that their owner has just ended, with the code of the event.

    Called last, after login, because a slow mail server must not keep anybody from getting in.

    Args:
        keys: of the links.
    """
    events = LinkEvent.objects.select_related("link__user", "link__school").filter(
        kind=LinkEvent.Kind.ENDED, link_id__in=list(keys), reason__in=OWN_REASONS
    )
    for event in events:
        if event.link is not None:
            mails.send_removed(event.link, support_code=event.support_code, request=request)
