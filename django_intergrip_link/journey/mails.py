"""The mail that tells somebody their account was linked, with a way to undo it."""

from __future__ import annotations

import logging
from typing import Final

from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from django_intergrip_link.conf import settings
from django_intergrip_link.models import AccountLink

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


def address_of(link: AccountLink) -> str:
    """Return the e-mail address of the site account, or ``""``."""
    return str(getattr(link.user, link.user.get_email_field_name(), "") or "")


def send_linked(link: AccountLink, *, request: HttpRequest) -> bool:
    """Send mail M1 to the owner of the site account; return whether it went out.

    A mail server that is down never undoes a link.
    """
    address = address_of(link)
    if not address:
        return False
    base_url = settings.FEDERATIONS[link.federation].base_url
    context = {
        "name": call_name(link.user),
        "school_name": link.school.short_name,
        "site_name": settings.SITE_NAME,
        "when": link.linked_at,
        # SECURITY: the address of this site comes from the settings, not from the Host header.
        "undo_url": base_url + reverse("intergrip_link:undo", args=[make_undo_token(link)]),
    }
    folder = "django_intergrip_link/mail"
    subject = " ".join(render_to_string(f"{folder}/linked_subject.txt", context, request).split())
    mail = EmailMultiAlternatives(
        subject, render_to_string(f"{folder}/linked.txt", context, request), to=[address]
    )
    mail.attach_alternative(
        render_to_string(f"{folder}/linked.html", context, request), "text/html"
    )
    try:
        return bool(mail.send())
    except Exception as error:  # noqa: BLE001 - mail services raise errors of their own
        # SECURITY: these errors name the address; only their kind goes into the log.
        logger.error("mail not sent: linked error=%s", type(error).__name__)  # noqa: TRY400
        return False
