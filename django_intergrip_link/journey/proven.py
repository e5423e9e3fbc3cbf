"""What a proof is worth now: asked at every step after it, and once more when the link is made."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.crypto import constant_time_compare

from django_intergrip_link.errors import AccountSwitchedOff, NoProof
from django_intergrip_link.models import AccountLink

from . import registration
from .addresses import address_of, digest_address
from .devices import confirmed_devices
from .pending import Pending


def mark_of(user: Any, origin: str) -> str:
    """Return what is different once a proof of this origin must not count any more.

    Args:
        origin: value of ``AccountLink.Origin``.
    """
    # SECURITY: a stolen password. What was proven with it ends when the owner chooses a new one. A
    # keyed digest, by which Django ends sessions too; the session never holds a password hash.
    mark = str(user.get_session_auth_hash())
    if origin == AccountLink.Origin.MAIL:
        # SECURITY: the mailbox that was proven says nothing of an account with another address.
        mark += digest_address(address_of(user))
    return mark


def proven_user(pending: Pending) -> Any:
    """Return the site account of a proof; for a registration a user that is not saved yet.

    Raises:
        NoProof: there is none, it is too old, or password or address are others since.
        NoArrival: what was filled in to register is gone.
        AccountSwitchedOff: the account was switched off or deleted since.
    """
    if not pending.has_proof:
        raise NoProof("none, or too old")
    if pending.is_registration:
        return registration.unsaved_user(pending.code_id)
    users = get_user_model()._default_manager  # noqa: SLF001 - the documented way to any user model
    user = users.filter(pk=pending.user_id).first()
    if user is None or not user.is_active:
        raise AccountSwitchedOff
    # SECURITY: an intruder proves with a stolen password and waits; the owner chooses a new one,
    # and a link made after that would be a way back in.
    if not constant_time_compare(mark_of(user, pending.origin), pending.mark):
        raise NoProof("the site account changed")
    return user


def lacks_otp(user: Any, pending: Pending) -> bool:
    """Whether this site account has a confirmed device now, and none has given its code."""
    # SECURITY: asked of the devices, not of the session; one that was confirmed after the proof is
    # how an owner shuts an intruder out.
    return user.pk is not None and not pending.has_otp and bool(confirmed_devices(user))


def next_step(pending: Pending) -> str:
    """Return the step after a proof that was just given: ``otp`` or ``confirm``."""
    return "otp" if lacks_otp(proven_user(pending), pending) else "confirm"


def hold_proven_user(pending: Pending) -> Any:
    """Return the site account of a whole proof and keep it as it is until the transaction ends.

    Raises:
        NoProof, NoArrival, AccountSwitchedOff: as :func:`proven_user`; or a device was confirmed
            a moment ago.
    """
    if pending.user_id:
        _hold(pending.user_id)
    user = proven_user(pending)
    if lacks_otp(user, pending):
        raise NoProof("no code of a device")
    return user


def _hold(user_id: str) -> None:
    # SECURITY: a new password at this moment. Either it is here first, and the proof is over; or it
    # waits for this lock, and then finds the link to pause.
    # Not for its key, where the database can tell, so that rows that point at the user can be made.
    no_key = connection.features.has_select_for_no_key_update
    users = get_user_model()._base_manager  # noqa: SLF001 - without the joins of a project's manager
    # The column names the table to lock, where the user model is spread over two.
    held = users.select_for_update(no_key=no_key).filter(pk=user_id)
    list(held.values_list("password"))
