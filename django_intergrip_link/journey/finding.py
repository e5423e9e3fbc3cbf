"""Which link belongs to a school account, and which links to a user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from django_intergrip_link.models import AccountLink

from .account import SchoolAccount

UNDO_WINDOW: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Found:
    """The live link of a school account, and all links of its user, in one query."""

    link: AccountLink
    all_of_user: tuple[AccountLink, ...]


def find_link(account: SchoolAccount) -> Found | None:
    """Return the live link of a school account, with its user and school, or ``None``."""
    digests = set(account.digests.values())
    owner = AccountLink.objects.filter(live_digest__in=digests).values("user")
    links = list(AccountLink.objects.with_owner().filter(user__in=owner))
    link = next((link for link in links if link.live_digest in digests), None)
    if link is None:
        return None
    return Found(link=link, all_of_user=tuple(i for i in links if i.user_id == link.user_id))


def find_own_link(*, pk: int, user: Any) -> AccountLink | None:
    """Return the active link with this key if it belongs to this user, else ``None``."""
    if not pk or not user.is_authenticated:
        return None
    links = AccountLink.objects.select_related("user", "school")
    return links.filter(pk=pk, user_id=user.pk, state=AccountLink.State.ACTIVE).first()


def is_recent(link: AccountLink) -> bool:
    """Whether the link was made in the last fifteen minutes, so undo needs no reason."""
    return timezone.now() - link.linked_at < UNDO_WINDOW
