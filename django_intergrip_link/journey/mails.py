"""The mails of the journey, and the signed way to undo a link."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from django_intergrip_link.conf import settings
from django_intergrip_link.models import AccountLink

from .addresses import address_of
from .site_account import call_name

MAIL_LIFETIME: Final = 7 * 24 * 3600
"""Seconds that the undo link in the mail works."""

PAGE_LIFETIME: Final = 15 * 60
"""Seconds that the undo link on the done page works; a shared computer keeps its history."""

_SALT = "django_intergrip_link.journey.mails"
logger = logging.getLogger("django_intergrip_link")


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
    context = {
        "name": call_name(link.user),
        "school_name": link.school.short_name,
        "when": link.linked_at,
        "undo_url": site_url(link) + reverse("intergrip_link:undo", args=[make_undo_token(link)]),
    }
    return send("linked", address=address_of(link.user), context=context, request=request)


def site_url(link: AccountLink) -> str:
    """Return scheme and host of this site for a mail about a link."""
    # SECURITY: the address of this site comes from the settings, not from the Host header.
    return settings.FEDERATIONS[link.federation].base_url


def send(
    name: str, *, address: str, context: Mapping[str, Any], request: HttpRequest | None = None
) -> bool:
    """Send the mail whose templates are ``mail/<name>_subject.txt``, ``.txt`` and ``.html``.

    In the active language. A mail server that is down never undoes what the mail is about.

    Returns:
        Whether it went out; ``False`` without an address.
    """
    if not address:
        return False
    known = {"site_name": settings.SITE_NAME, "support_url": settings.SUPPORT, **context}
    folder = "django_intergrip_link/mail"
    # A subject is one line, whatever a name in it holds.
    subject = " ".join(render_to_string(f"{folder}/{name}_subject.txt", known, request).split())
    text = render_to_string(f"{folder}/{name}.txt", known, request)
    mail = EmailMultiAlternatives(subject, text, to=[address])
    mail.attach_alternative(render_to_string(f"{folder}/{name}.html", known, request), "text/html")
    try:
        return bool(mail.send())
    except Exception as error:  # noqa: BLE001 - mail services raise errors of their own
        # SECURITY: these errors name the address; only their kind goes into the log.
        logger.error("mail not sent: %s error=%s", name, type(error).__name__)  # noqa: TRY400
        return False
