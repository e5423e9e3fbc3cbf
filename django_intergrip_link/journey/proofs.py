"""Evidence that this browser owns a site account: password, then OTP where a device asks for it."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

from django.contrib.auth import authenticate, get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from django_otp import devices_for_user
from django_otp.models import Device

from django_intergrip_link.errors import AccountSwitchedOff, NoArrival, TooManyTries
from django_intergrip_link.models import AccountLink, Arrival

from . import limits, registration
from .addresses import fold, owners_of
from .arrivals import close_arrival, count_failure
from .pending import Pending

logger = logging.getLogger("django_intergrip_link")
_TOKEN = re.compile(r"[0-9]{6,8}|[a-z2-7]{8}")


@sensitive_variables("password")
def prove_by_password(
    request: HttpRequest, pending: Pending, arrival: Arrival, *, login: str, password: str
) -> Pending | None:
    """Check user name (or e-mail address) and password of a site account.

    Returns:
        The journey with this proof, or ``None``: one answer for an unknown name, a wrong password,
        an account without password and one that is switched off.

    Raises:
        TooManyTries: for this name, this address or this arrival.
    """
    owner = _find_owner(login)
    name = owner.get_username() if owner else login
    tries = (
        (limits.ADDRESS, request.META.get("REMOTE_ADDR", "")),
        (limits.ACCOUNT, f"name:{fold(login)}"),
    )
    # SECURITY: limits before the password is looked at, the same for names that do not exist.
    for limit, value in tries:
        limits.take(limit, value)
    # SECURITY: counted per account too, by whatever name it is called. Without a word, because a
    # limit that two names share would tell that there is an account, and that both are its names.
    account = limits.ACCOUNT, f"pk:{owner.pk}" if owner else f"nobody:{fold(login)}"
    has_room = limits.has_room(*account)
    user = authenticate(request, username=name, password=password)
    if user is None or not has_room:
        count_against(arrival)
        return None
    for limit, value in (*tries, account):
        limits.give_back(limit, value)
    return accept(request.session, pending, user=user, origin=AccountLink.Origin.PASSWORD)


def accept(
    session: Any, pending: Pending, *, user: Any, origin: AccountLink.Origin, code_id: int = 0
) -> Pending:
    """Note that this browser owns an existing site account; every way to prove it ends here.

    Args:
        origin: how it was proven.
        code_id: the ``LinkCode`` to use up at confirm.
    """
    return pending.save(
        session,
        **pending.without_proof()
        | {
            "origin": origin,
            "user_id": str(user.pk),
            "code_id": code_id,
            "proven_at": int(time.time()),
            # SECURITY: decided here, on the server; the finish cannot be reached around it.
            "needs_otp": bool(confirmed_devices(user)),
            "local_name": "",
            "login": "",
        },
    )


def accept_new(session: Any, pending: Pending, *, code_id: int) -> Pending:
    """Note that this browser read the code that was mailed to a new site account's address."""
    return pending.save(
        session,
        **pending.without_proof()
        | {
            "origin": AccountLink.Origin.REGISTRATION,
            "code_id": code_id,
            "proven_at": int(time.time()),
            "local_name": "",
            "login": "",
        },
    )


def confirmed_devices(user: Any) -> list[Device]:
    """Return the confirmed django-otp devices of a user, of every installed kind."""
    return list(devices_for_user(user, confirmed=True))


@sensitive_variables("token")
def prove_by_token(
    session: Any, pending: Pending, arrival: Arrival, *, user: Any, token: str, device_id: str = ""
) -> Pending | None:
    """Check a one-time password of one of the user's confirmed devices.

    Args:
        device_id: ``persistent_id`` of one device, or ``""`` for any of them.

    Returns:
        The journey with this proof, or ``None`` when no device accepts the token.

    Raises:
        TooManyTries: for this arrival.
    """
    if accepts_token(user, token, device_id):
        return pending.save(session, needs_otp=False)
    count_against(arrival)
    return None


@sensitive_variables("token")
def accepts_token(user: Any, token: str, device_id: str = "") -> bool:
    """Whether one of the user's confirmed devices, or this one, accepts a one-time password."""
    token = "".join(token.split()).lower()
    # SECURITY: a strict shape; devices would read signs, underscores and foreign digits as numbers.
    if not _TOKEN.fullmatch(token):
        return False
    # SECURITY: a transaction of its own, committed before anything else can fail, so the device's
    # own failure counter and used-token mark always stay. The views are never in ATOMIC_REQUESTS.
    with transaction.atomic():
        for device in devices_for_user(user, confirmed=True, for_verify=True):
            if device_id in ("", device.persistent_id) and device.verify_token(token):
                return True
    return False


def send_challenge(user: Any, *, device_id: str = "") -> bool:
    """Let an interactive device of the user send its token.

    Args:
        device_id: ``persistent_id`` of one device, or ``""`` for the first that can.

    Returns:
        Whether one could.

    Raises:
        TooManyTries: three were sent in ten minutes.
    """
    able = [device for device in confirmed_devices(user) if device.is_interactive()]
    chosen = [device for device in able if device_id in ("", device.persistent_id)] or able
    if not chosen:
        return False
    limits.take(limits.CHALLENGES, str(user.pk))
    try:
        chosen[0].generate_challenge()
    except Exception as error:  # noqa: BLE001 - mail and text gateways raise errors of their own
        # SECURITY: these errors name the address; only their kind goes into the log.
        logger.error("code not sent error=%s", type(error).__name__)  # noqa: TRY400
        return False
    return True


def proven_user(pending: Pending) -> Any:
    """Return the site account of a proof; for a registration a user that is not saved yet.

    Raises:
        NoArrival: there is no proof, or it is too old.
        AccountSwitchedOff: the account was switched off or deleted since.
    """
    if not pending.has_proof:
        raise NoArrival("no proof")
    if pending.is_registration:
        return registration.unsaved_user(pending.code_id)
    users = get_user_model()._default_manager  # noqa: SLF001 - the documented way to any user model
    user = users.filter(pk=pending.user_id).first()
    if user is None or not user.is_active:
        raise AccountSwitchedOff
    return user


def count_against(arrival: Arrival) -> None:
    """Count one wrong password, token or code against this arrival.

    Raises:
        TooManyTries: it was one too many; the arrival is closed.
    """
    if count_failure(arrival) > limits.ARRIVAL_FAILURES:
        close_arrival(arrival.key)
        raise TooManyTries("arrival", wait_minutes=limits.ACCOUNT.minutes)


def _find_owner(login: str) -> Any | None:
    """Return the user with this name, or else the only one with this e-mail address."""
    model = get_user_model()
    users = model._default_manager  # noqa: SLF001 - the documented way to any user model
    owner = users.filter(**{model.USERNAME_FIELD: login}).first()
    if owner is not None:
        return owner
    owners = owners_of(login)
    return owners[0] if len(owners) == 1 else None
