"""The steps of a registration before confirm: form → code by mail → code typed in this browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link.models import Arrival, LinkCode

from . import mailed_codes, posting, proofs, registration
from .addresses import address_of, owners_of
from .pending import Pending

_PURPOSE = LinkCode.Purpose.REGISTER


@sensitive_variables()
def begin(request: HttpRequest, arrival: Arrival, form: Any) -> bool:
    """Keep what was filled in and mail a code to the address.

    Args:
        form: a valid ``REGISTRATION_FORM``.

    Returns:
        Whether the mail went out; what was filled in is kept anyhow.

    Raises:
        TooManyTries: too soon, or too many mails; nothing was sent, and an earlier code still
            works.
    """
    return send(request, arrival, form.details())


@sensitive_variables()
def send(request: HttpRequest, arrival: Arrival, details: Mapping[str, Any]) -> bool:
    """Mail a new code for what was filled in; see :func:`begin`."""
    address = details["email"]
    is_free = registration.is_free(address)
    # SECURITY: whether the address is in use shows nowhere: the same rows, limits, page and number
    # of mails. Only who reads the mailbox learns it.
    code = mailed_codes.issue(
        request=request,
        purpose=_PURPOSE,
        arrival=arrival,
        address=address,
        details=dict(details),
        is_decoy=not is_free,
    )
    if is_free:
        # SECURITY: no word that somebody typed goes into a mail to an address that they chose.
        is_sent = posting.send(
            "register_code",
            address=address,
            context={"code": mailed_codes.spell(code)},
            request=request,
        )
    else:
        is_sent = _tell_owner(address, request)
    if not is_sent:
        mailed_codes.give_back(request=request, purpose=_PURPOSE, arrival=arrival, address=address)
    return is_sent


def _tell_owner(address: str, request: HttpRequest) -> bool:
    # SECURITY: to the address of the account, not to the typed one, which may look alike only.
    owner = next(iter(owners_of(address)), None)
    known = address_of(owner) if owner is not None else ""
    return posting.send("has_account", address=known, context={}, request=request)


def filled_in(arrival: Arrival) -> dict[str, Any] | None:
    """Return what was filled in for this arrival, or ``None`` before that and after its use."""
    code = LinkCode.objects.filter(purpose=_PURPOSE, arrival=arrival.key, used_at=None).first()
    return code.details if code is not None else None


@sensitive_variables("code")
def check_code(session: Any, pending: Pending, arrival: Arrival, code: str) -> Pending | None:
    """Check the code that was typed.

    Returns:
        The journey with this proof, or ``None`` for a wrong code.

    Raises:
        WrongCode: too old, or five wrong ones were tried; only a new code helps.
        ArrivalUsedUp: one wrong thing too many for this arrival.
    """
    row = mailed_codes.check(purpose=_PURPOSE, arrival=arrival, code=code)
    if row is None:
        proofs.count_against(arrival)
        return None
    return proofs.accept_new(session, pending, code_id=row.pk)
