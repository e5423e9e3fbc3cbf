"""Between *prove* and *confirm*: what stands in the way of a link, and what a person may choose.

The school account may belong to somebody else, and the site account may have links already. Only
who has proven that site account hears of its links; nobody hears of anybody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django_intergrip_link.errors import AlreadyLinked, LinkBlocked, PlaceTaken
from django_intergrip_link.models import AccountLink

from . import mails
from .account import SchoolAccount
from .finding import find_link
from .pending import Pending

_ENDABLE = (AccountLink.State.ACTIVE, AccountLink.State.SUSPENDED)


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """The live links of the proven site account that a person has to decide about.

    Attributes:
        links: the one at this school, or else all at other schools.
        choices: what may be done about them, the usual answer first: ``both``, ``swap``.
    """

    links: tuple[AccountLink, ...]
    choices: tuple[str, ...]

    @property
    def keys(self) -> list[int]:
        """Return the keys of the links, for ``Pending.replaces``."""
        return [link.pk for link in self.links]

    def is_settled_by(self, pending: Pending) -> bool:
        """Whether the person chose, and saw these links when they did."""
        if pending.choice not in self.choices:
            return False
        return pending.choice == "both" or set(pending.replaces) == set(self.keys)


def find_conflict(*, user: Any, account: SchoolAccount, pending: Pending) -> Conflict | None:
    """Return what the person has to decide before this link can be made, or ``None``.

    Raises:
        AlreadyLinked: the school account belongs to another site account.
        LinkBlocked: this school account, or the one that stands at this school, is blocked.
        PlaceTaken: a link stands at this school and this proof may not end it.
    """
    if _is_own_paused(user=user, account=account) or user.pk is None:
        return None
    live = AccountLink.objects.exclude(state=AccountLink.State.ENDED)
    links = tuple(live.filter(user=user).select_related("school").order_by("linked_at", "pk"))
    here = tuple(link for link in links if link.live_school == account.school_id)
    if here:
        _require_endable(here, pending)
        return Conflict(links=here, choices=("swap",))
    # SECURITY: blocked links are never shown here and never ended; that is their school's matter.
    elsewhere = tuple(link for link in links if link.state in _ENDABLE)
    if not elsewhere:
        return None
    return Conflict(links=elsewhere, choices=("both", "swap") if may_end(pending) else ("both",))


def may_end(pending: Pending) -> bool:
    """Whether this proof is enough to end a link that exists."""
    # SECURITY: whoever makes or finds a code from school must not be able to shut the owner out;
    # with it, a link can only be added.
    return pending.origin != AccountLink.Origin.CODE


def links_to_replace(*, user: Any, pending: Pending) -> Iterable[AccountLink]:
    """Return the links that end at confirm: exactly those that the person saw and gave up."""
    if pending.choice != "swap" or not may_end(pending):
        return ()
    links = AccountLink.objects.select_related("user", "school")
    return links.filter(pk__in=pending.replaces, user=user, state__in=_ENDABLE)


def warn_owner(account: SchoolAccount) -> None:
    """Send mail M4 to whom this school account belongs, at most once a day."""
    found = find_link(account)
    if found:
        mails.send_stopped(found.link)


def _is_own_paused(*, user: Any, account: SchoolAccount) -> bool:
    """Whether this link only has to be taken up again, by its own user.

    Raises:
        AlreadyLinked, LinkBlocked: it is not this user's, or not paused.
    """
    found = find_link(account)
    if found is None:
        return False
    if found.link.state == AccountLink.State.BLOCKED:
        raise LinkBlocked(school=found.link.school)
    # SECURITY: said before anything of the site account is shown, and the same to everybody.
    if found.link.state != AccountLink.State.SUSPENDED or found.link.user_id != user.pk:
        raise AlreadyLinked(school=found.link.school)
    return True


def _require_endable(here: tuple[AccountLink, ...], pending: Pending) -> None:
    # SECURITY: a new link instead of a blocked one would be a way around the block.
    if any(link.state == AccountLink.State.BLOCKED for link in here):
        raise LinkBlocked(school=here[0].school)
    if not may_end(pending):
        raise PlaceTaken(school=here[0].school)
