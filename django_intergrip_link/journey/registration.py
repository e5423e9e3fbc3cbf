"""A new site account: who may make one, and the user that is saved together with its link."""

from __future__ import annotations

import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from django_intergrip_link import audit
from django_intergrip_link.conf import settings
from django_intergrip_link.errors import AddressTaken, NoArrival, NoRegistration
from django_intergrip_link.models import AccountLink, LinkCode, LinkEvent
from django_intergrip_link.readable_codes import random_code

from .addresses import (
    address_of,
    allauth_addresses,
    digest_address,
    fold_address,
    is_verified,
    owners_of,
)
from .policy import is_privileged

logger = logging.getLogger("django_intergrip_link")


def require_open(*, relink_id: int = 0) -> None:
    """Refuse a registration where the settings, or a paused link, leave no place for one.

    Raises:
        NoRegistration: existing site accounts only, or the project's own registration is used.
    """
    if settings.REGISTRATION == "existing_only" or settings.REGISTER_URL or relink_id:
        raise NoRegistration


def is_free(address: str) -> bool:
    """Whether a new site account may have this address.

    It may when nobody has it, or only accounts whose owner is known never to have shown that it is
    theirs.
    """
    return not any(_keeps(owner) for owner in owners_of(address))


def _keeps(owner: Any) -> bool:
    # SECURITY: "unknown" is not "no". An account that may be somebody's is never taken apart, and
    # one with power over the site, or one that a school vouches for, not even then.
    if is_verified(owner) is not False or is_privileged(owner):
        return True
    return AccountLink.objects.filter(user=owner, live_digest__isnull=False).exists()


def unsaved_user(code_id: int) -> Any:
    """Return the user that confirm will save, from what was filled in before the code was mailed.

    Raises:
        NoArrival: that is gone.
    """
    code = LinkCode.objects.filter(pk=code_id, used_at=None).first()
    if code is None or code.details is None:
        raise NoArrival("no registration")
    return settings.REGISTRATION_FORM.build_user(code.details)


def save_user(user: Any, code: LinkCode) -> Any:
    """Save the user of a registration, inside the transaction of its link.

    Args:
        code: as it was before it was used up; the transaction holds the lock on all codes to this
            address, so of two registrations the second sees the user of the first.

    Raises:
        AddressTaken: somebody was first with this address or name.
        NoRegistration: registration was closed meanwhile.
    """
    require_open()
    address = address_of(user)
    # SECURITY: a form that changes the address would pass an unproven one for proven.
    if code.details is None or digest_address(address) != code.address_digest:
        raise AddressTaken("not the address that was proven")
    try:
        # A savepoint, so that our own refusal leaves a transaction that can be ended properly.
        with transaction.atomic():
            _release_owners(address)
            settings.REGISTRATION_FORM.save_user(user, code.details)
    except IntegrityError as error:
        raise AddressTaken("address or name in use") from error
    return user


def _release_owners(address: str) -> None:
    """Take the address from accounts that never showed it is theirs; refuse when one did.

    Raises:
        AddressTaken: an owner came meanwhile.
    """
    released: set[Any] = set()
    while owners := owners_of(address):
        # An account that still has the address is one whose own code put it back.
        if any(_keeps(owner) or owner.pk in released for owner in owners):
            raise AddressTaken("an owner came meanwhile")
        for owner in owners:
            _release(owner, address)
            released.add(owner.pk)


def _release(owner: Any, address: str) -> None:
    """Shut an account that was made with somebody else's address, and let go of the address."""
    # SECURITY: pre-hijacking. Whoever made this account knows its password, may hold a session and
    # may have asked for another address; all of that ends here, and nothing of it is merged.
    owner.set_unusable_password()
    changed = {"password"}
    if any(field.name == "is_active" for field in owner._meta.fields):  # noqa: SLF001 - documented
        owner.is_active = False
        changed.add("is_active")
    for name in {owner.get_email_field_name(), owner.USERNAME_FIELD}:
        if fold_address(str(getattr(owner, name))) == fold_address(address):
            setattr(owner, name, _nobodys_address(owner, name))
            changed.add(name)
    owner.save(update_fields=sorted(changed))
    rows = allauth_addresses()
    if rows is not None:
        kept = rows.filter(user=owner)
        kept.filter(Q(email__iexact=address) | Q(verified=False)).delete()
    audit.record(LinkEvent.Kind.WARNING, reason="released")
    logger.warning("site account released user=%s", owner.pk)


def _nobodys_address(owner: Any, name: str) -> str | None:
    """Return what stands instead of an address: nothing, or a reserved one that is unique."""
    options = owner._meta  # noqa: SLF001 - documented
    field = options.get_field(name)
    if field.null:
        return None
    if field.blank and not field.unique and not options.constraints:
        return ""
    # SECURITY: nobody can guess it, so nobody stands in the way with an account that is called so.
    return f"released-{owner.pk}-{random_code(8).lower()}@invalid.invalid"
