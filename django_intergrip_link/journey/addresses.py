"""E-mail addresses of site accounts: whose they are, and whether that is known."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.utils.crypto import salted_hmac

from django_intergrip_link.conf import settings
from django_intergrip_link.models import AccountLink

_ALLAUTH_ADDRESS: str = "account.EmailAddress"


def fold(text: str) -> str:
    """Return a user name in the form in which two of them are compared."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def fold_address(address: str) -> str:
    """Return an e-mail address in the form in which two of them are compared."""
    # SECURITY: small letters and no more. Full case folding makes "ss" of "ß", and straße.example
    # and strasse.example are two domains (IDNA2008), with two owners.
    return unicodedata.normalize("NFKC", address).lower().strip()


def digest_address(address: str) -> str:
    """Return the keyed digest (64 hex digits) under which an address may be stored."""
    salt = "django_intergrip_link.addresses"
    return salted_hmac(salt, fold_address(address), algorithm="sha256").hexdigest()


def address_of(user: Any) -> str:
    """Return the e-mail address of a user of any model, or ``""``."""
    return str(getattr(user, user.get_email_field_name(), "") or "")


def owners_of(address: str) -> list[Any]:
    """Return the users of any model with exactly this address, without regard to case."""
    model = get_user_model()
    email = model.get_email_field_name()
    fields = {field.name for field in model._meta.get_fields()}  # noqa: SLF001 - documented
    if "@" not in address or email not in fields:
        return []
    users = model._default_manager  # noqa: SLF001 - the documented way to any user model
    matches = users.filter(**{f"{email}__iexact": address})[:3]
    # SECURITY: databases fold more letters than people do; compare again before believing a match.
    return [user for user in matches if fold_address(address_of(user)) == fold_address(address)]


def find_owner(login: str) -> Any | None:
    """Return the user with this user name, or else the only one with this e-mail address."""
    model = get_user_model()
    users = model._default_manager  # noqa: SLF001 - the documented way to any user model
    owner = users.filter(**{model.USERNAME_FIELD: login}).first()
    if owner is not None:
        return owner
    owners = owners_of(login)
    return owners[0] if len(owners) == 1 else None


def is_verified(user: Any) -> bool | None:
    """Ask the project whether the address of this user is known to be theirs; ``None``: unknown."""
    return settings.VERIFIED_ADDRESS(user=user)


def default_verified_address(*, user: Any) -> bool | None:
    """Believe what our own registration proved, else django-allauth where it is installed.

    Returns:
        For exactly the present address: ``True`` when a code of our registration, or allauth,
        proved it; ``False`` when allauth lets nobody in without that, and nobody did it; else
        ``None``.
    """
    address = address_of(user)
    if not address:
        return None
    # Ours first: allauth makes a row of its own for such a user, which nobody confirmed.
    proven = AccountLink.objects.filter(user=user, address_digest=digest_address(address))
    return True if proven.exists() else _what_allauth_says(user, address)


def allauth_addresses() -> Any | None:
    """Return the manager of django-allauth's addresses, or ``None`` where it is not installed."""
    if not apps.is_installed("allauth.account"):
        return None
    return apps.get_model(_ALLAUTH_ADDRESS)._default_manager  # noqa: SLF001 - works for every model


def _what_allauth_says(user: Any, address: str) -> bool | None:
    rows = allauth_addresses()
    if rows is None:
        return None
    # SECURITY: another verified address of the same user says nothing about this one.
    known = [
        row.verified
        for row in rows.filter(user_id=user.pk, email__iexact=address)
        if fold_address(row.email) == fold_address(address)
    ]
    # SECURITY: where allauth lets people in unconfirmed, a row that nobody confirmed is how every
    # account in daily use looks. ``False`` would give their accounts to be shut.
    is_needed = getattr(django_settings, "ACCOUNT_EMAIL_VERIFICATION", "optional") == "mandatory"
    if any(known):
        return True
    return False if known and is_needed else None
