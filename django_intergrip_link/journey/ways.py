"""Which site accounts a journey may end with: those that exist, new ones, or both.

``REGISTRATION`` says so; a paused link is taken up by the site account that it has, whatever that
says. Asked by the link page and by every way to prove a site account.
"""

from __future__ import annotations

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import NoRegistration

from .pending import Pending


def takes_existing(pending: Pending) -> bool:
    """Whether a site account that exists may be proven."""
    return settings.REGISTRATION != "new_only" or bool(pending.relink_id)


def takes_new(pending: Pending) -> bool:
    """Whether a new site account may be made, by our registration or the project's own."""
    return settings.REGISTRATION != "existing_only" and not pending.relink_id


def require_existing(pending: Pending) -> None:
    """Refuse every proof where only new site accounts may be linked.

    Raises:
        NoRegistration: unless a paused link is taken up again.
    """
    if not takes_existing(pending):
        raise NoRegistration("new site accounts only")
