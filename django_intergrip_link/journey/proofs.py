"""Evidence that this browser owns a site account: password, then OTP where a device asks for it."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link.errors import ArrivalUsedUp, DeviceMustWait
from django_intergrip_link.models import AccountLink, Arrival

from . import limits
from .addresses import find_owner, fold
from .arrivals import count_failure, leave_arrival
from .devices import accepts_token
from .pending import Pending
from .proven import mark_of


@sensitive_variables("password")
def prove_by_password(
    request: HttpRequest, pending: Pending, arrival: Arrival, *, login: str, password: str
) -> Pending | None:
    """Check user name (or e-mail address) and password of a site account.

    Returns:
        The journey with this proof, or ``None``: one answer for an unknown name, a wrong password,
        an account without password and one that is switched off.

    Raises:
        TooManyTries: for this name or this network.
        ArrivalUsedUp: one wrong thing too many for this arrival.
    """
    owner = find_owner(login)
    name = owner.get_username() if owner else login
    tries = (
        (limits.NETWORK, limits.network_of(request)),
        (limits.NAME, fold(login)),
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
        limits.remember_failure(*account)
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
    return _begin_anew(
        session,
        pending,
        origin=origin,
        user_id=str(user.pk),
        code_id=code_id,
        mark=mark_of(user, origin),
    )


def accept_new(session: Any, pending: Pending, *, code_id: int) -> Pending:
    """Note that this browser read the code that was mailed to a new site account's address."""
    return _begin_anew(session, pending, origin=AccountLink.Origin.REGISTRATION, code_id=code_id)


@sensitive_variables("token")
def prove_by_token(
    request: HttpRequest,
    pending: Pending,
    arrival: Arrival,
    *,
    user: Any,
    token: str,
    device_id: str,
) -> Pending | None:
    """Check a one-time password of one of the user's confirmed devices.

    Args:
        device_id: ``persistent_id`` of that device; a wrong code holds up no other one.

    Returns:
        The journey with this proof, or ``None`` when the device does not accept the token.

    Raises:
        DeviceMustWait: it takes no codes for a while; this one counts for nothing.
        TooManyTries: for this site account.
        ArrivalUsedUp: one wrong thing too many for this arrival.
    """
    account = limits.ACCOUNT, f"otp:{user.pk}"
    # SECURITY: before the code is looked at. Not every kind of device slows guessing down itself,
    # and a new arrival brings ten new tries.
    limits.take(*account)
    try:
        is_right = accepts_token(user, token, device_id)
    except DeviceMustWait:
        limits.give_back(*account)
        raise
    if is_right:
        limits.give_back(*account)
        return pending.save(request.session, has_otp=True)
    limits.remember_failure(*account)
    report_failure(request, user.get_username())
    count_against(arrival)
    return None


def report_failure(request: HttpRequest, name: str) -> None:
    """Tell Django's listeners, such as django-axes, of a wrong token or mailed code.

    A wrong password is told by Django itself; a wrong code from school is nobody's.

    Args:
        name: user name of the site account, or what was typed for it.
    """
    # SECURITY: the name only; listeners write credentials into logs and tables.
    credentials = {get_user_model().USERNAME_FIELD: name}
    # Robust, so that a listener that fails does not keep the try from being counted.
    user_login_failed.send_robust(__name__, credentials=credentials, request=request)


def count_against(arrival: Arrival) -> None:
    """Count one wrong password, token or code against this arrival.

    Raises:
        ArrivalUsedUp: it was one too many; the arrival is closed.
    """
    if count_failure(arrival) > limits.ARRIVAL_FAILURES:
        leave_arrival(arrival.key)
        raise ArrivalUsedUp("arrival")


def _begin_anew(session: Any, pending: Pending, **proof: Any) -> Pending:
    """Put a proof that was given now in the place of an earlier one and of what was typed."""
    typed = {"local_name": "", "login": ""}
    now = {"proven_at": int(time.time())}
    return pending.save(session, **pending.without_proof() | proof | now | typed)
