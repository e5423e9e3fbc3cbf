"""Which mails the journey sends, and the signed way to undo a link.

Where a mail follows a change in the database, the caller sends it from ``transaction.on_commit``.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from django_intergrip_link.backends import links_of
from django_intergrip_link.conf import settings
from django_intergrip_link.models import AccountLink

from . import limits
from .addresses import address_of
from .posting import send, send_in_every_language
from .site_account import call_name

MAIL_LIFETIME: Final = 7 * 24 * 3600
"""Seconds that the undo link in the mail works."""

PAGE_LIFETIME: Final = 15 * 60
"""Seconds that the undo link on the done page works; a shared computer keeps its history."""

_SALT = "django_intergrip_link.journey.mails"


def make_undo_token(link: AccountLink, *, lifetime: int = MAIL_LIFETIME) -> str:
    """Return a signed token that may end this link for ``lifetime`` seconds."""
    return signing.dumps((link.pk, lifetime), salt=_SALT)


def read_undo_token(token: str) -> AccountLink | None:
    """Return the link of a token whose lifetime is not over, or ``None``."""
    try:
        key, lifetime = signing.loads(token, salt=_SALT, max_age=MAIL_LIFETIME)
        signing.loads(token, salt=_SALT, max_age=lifetime)
    except signing.BadSignature:
        return None
    return AccountLink.objects.select_related("user", "school").filter(pk=key).first()


def send_linked(link: AccountLink, *, request: HttpRequest) -> bool:
    """Send mail M1 to the owner of the site account; return whether it went out."""
    undo_url = _page_url(link, "undo", make_undo_token(link))
    context = _about(link) | {"when": link.linked_at, "undo_url": undo_url}
    return send("linked", address=address_of(link.user), context=context, request=request)


def send_removed(link: AccountLink, *, support_code: str, request: HttpRequest) -> bool:
    """Send mail M2: the owner, or somebody in the owner's name, has removed the link."""
    when = link.ended_at or timezone.now()
    context = _about(link) | {
        "when": when,
        "support_code": support_code,
        "has_another": any(other.is_open for other in links_of(link.user_id)),
    }
    return send("removed", address=address_of(link.user), context=context, request=request)


def send_removed_by_school(link: AccountLink, *, reason: Any) -> bool:
    """Send mail M3: an administrator has removed the link.

    Args:
        reason: words for people, lazily translated or as an administrator typed them.
    """
    when = link.ended_at or timezone.now()
    context = {"when": when, "reason": reason, "start_url": _start_url(link)}
    return _tell("removed_by_school", link, context)


def send_stopped(link: AccountLink) -> bool:
    """Send mail M4: somebody tried to link the owner's school account elsewhere.

    At most once a day for a link, or a stranger could fill the owner's mailbox.
    """
    if not limits.has_room(limits.OWNER_MAILS, str(link.pk)):
        return False
    return _tell("stopped", link, {"when": timezone.now()})


def send_paused(link: AccountLink) -> bool:
    """Tell the owner that the password was changed, so that the link waits for a confirmation."""
    return _tell("paused", link, {"when": timezone.now(), "start_url": _start_url(link)})


def send_dormant(link: AccountLink, *, ends_on: date | None = None) -> bool:
    """Tell the owner that nobody used the link for long.

    Args:
        ends_on: the day on which it will be paused, or ``None``: it is paused now.
    """
    return _tell("dormant", link, {"ends_on": ends_on, "start_url": _start_url(link)})


def site_url(link: AccountLink) -> str:
    """Return scheme and host of this site for a mail about a link; ``""`` if it is not known."""
    # SECURITY: the address of this site comes from the settings, not from the Host header.
    party = settings.FEDERATIONS.get(link.federation)
    return party.base_url if party else ""


def _tell(name: str, link: AccountLink, context: dict[str, Any]) -> bool:
    known = _about(link) | context
    return send_in_every_language(name, address=address_of(link.user), context=known)


def _about(link: AccountLink) -> dict[str, Any]:
    return {
        "name": call_name(link.user),
        "school_name": link.school.short_name,
        "mine_url": _page_url(link, "mine"),
    }


def _start_url(link: AccountLink) -> str:
    # The school's code stays out: the address of a mail ends up in many logs.
    return _page_url(link, "start", link.federation)


def _page_url(link: AccountLink, name: str, *arguments: str) -> str:
    site = site_url(link)
    return site + reverse(f"intergrip_link:{name}", args=arguments) if site else ""
