"""Evidence that this browser owns a site account: password, then OTP where a device asks for it."""

from __future__ import annotations

import logging
import re
import time
import unicodedata
from smtplib import SMTPException
from typing import Any

from django.contrib.auth import authenticate, get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from django_otp import devices_for_user
from django_otp.models import Device

from django_intergrip_link.errors import AccountSwitchedOff, NoArrival, TooManyTries
from django_intergrip_link.models import Arrival

from . import limits
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
    name = _user_name(login)
    tries = (
        (limits.ACCOUNT, _without_marks(name)),
        (limits.ADDRESS, request.META.get("REMOTE_ADDR", "")),
    )
    # SECURITY: limits before the password is looked at, the same for names that do not exist.
    for limit, value in tries:
        limits.take(limit, value)
    user = authenticate(request, username=name, password=password)
    if user is None:
        _count_against(arrival)
        return None
    for limit, value in tries:
        limits.give_back(limit, value)
    return pending.save(
        request.session,
        user_id=str(user.pk),
        proven_at=int(time.time()),
        # SECURITY: decided here, on the server; the finish cannot be reached around it.
        needs_otp=bool(confirmed_devices(user)),
        local_name="",
        login="",
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
    token = "".join(token.split()).lower()
    # SECURITY: a strict shape; devices would read signs, underscores and foreign digits as numbers.
    if _TOKEN.fullmatch(token) and _accepts(user, token, device_id):
        return pending.save(session, needs_otp=False)
    _count_against(arrival)
    return None


def _accepts(user: Any, token: str, device_id: str) -> bool:
    # SECURITY: a transaction of its own, committed before anything else can fail, so the device's
    # own failure counter and used-token mark always stay. The views are never in ATOMIC_REQUESTS.
    with transaction.atomic():
        for device in devices_for_user(user, confirmed=True, for_verify=True):
            if device_id in ("", device.persistent_id) and device.verify_token(token):
                return True
    return False


def send_challenge(user: Any) -> bool:
    """Let the user's interactive devices send their token; return whether one could."""
    interactive = [device for device in confirmed_devices(user) if device.is_interactive()]
    try:
        for device in interactive:
            device.generate_challenge()
    except (OSError, SMTPException) as error:
        # SECURITY: the errors of mail servers name the address; only their kind goes into the log.
        logger.error("code not sent error=%s", type(error).__name__)  # noqa: TRY400
        return False
    return bool(interactive)


def proven_user(pending: Pending) -> Any:
    """Return the site account of a password proof.

    Raises:
        NoArrival: there is no proof, or it is too old.
        AccountSwitchedOff: the account was switched off or deleted since.
    """
    if not pending.has_password_proof:
        raise NoArrival("no proof")
    users = get_user_model()._default_manager  # noqa: SLF001 - the documented way to any user model
    user = users.filter(pk=pending.user_id, is_active=True).first()
    if user is None:
        raise AccountSwitchedOff
    return user


def _count_against(arrival: Arrival) -> None:
    if count_failure(arrival) > limits.ARRIVAL_FAILURES:
        close_arrival(arrival.key)
        raise TooManyTries("arrival", wait_minutes=limits.ACCOUNT.minutes)


def _without_marks(name: str) -> str:
    """Return one spelling for all names that some database takes for the same one."""
    # SECURITY: MariaDB finds "sanne" for "sánne"; every spelling must use up the same tries.
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip()


def _user_name(login: str) -> str:
    """Return the user name to authenticate: the login itself, or whose e-mail address it is."""
    model = get_user_model()
    field = model.get_email_field_name()
    if "@" not in login or field == model.USERNAME_FIELD:
        return login
    users = model._default_manager  # noqa: SLF001 - the documented way to any user model
    matches = users.filter(**{f"{field}__iexact": login})[:2]
    # SECURITY: databases fold more letters than people do; compare again before believing a match.
    wanted = unicodedata.normalize("NFKC", login).casefold()
    names = [
        user.get_username()
        for user in matches
        if unicodedata.normalize("NFKC", getattr(user, field)).casefold() == wanted
    ]
    return names[0] if len(names) == 1 else login
