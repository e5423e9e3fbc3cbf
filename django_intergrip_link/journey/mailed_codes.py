"""A code that is mailed: made, and checked in the browser that asked for it.

It belongs to one arrival, one purpose and one address.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, Final

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link.errors import NoArrival, WrongCode
from django_intergrip_link.models import Arrival, LinkCode

from . import limits
from .account import SchoolAccount
from .addresses import digest_address
from .codes import digest_code, digest_proven

LENGTH: Final = 8
LIFETIME: Final = timedelta(minutes=10)
TRIES: Final = 5
_PROVEN_LIFETIME: Final = timedelta(hours=2)


def issue(
    *,
    request: HttpRequest,
    purpose: LinkCode.Purpose,
    arrival: Arrival,
    address: str,
    user: Any | None = None,
    details: dict[str, Any] | None = None,
    is_decoy: bool = False,
) -> str:
    """Make the one code that this arrival has for this purpose; an earlier one stops working.

    Args:
        address: where the code goes, and what it is bound to.
        details: what a registration needs later, fit for JSON.
        is_decoy: nothing will ever match; the page must look the same as with a real one.

    Returns:
        The code, eight digits.

    Raises:
        TooManyTries: three mails to this address in an hour, or two in a minute from here; six in
            an hour for this school account; or very many from this network.
        NoArrival: it was closed meanwhile.
    """
    limits.take_all(_limits(request, purpose, arrival, address))
    code = "".join(secrets.choice("0123456789") for _ in range(LENGTH))
    now = timezone.now()
    LinkCode.objects.update_or_create(
        purpose=purpose,
        arrival=arrival.key,
        defaults={
            "digest": _nothing() if is_decoy else _digest(purpose, arrival.key, code),
            "user": user,
            "address_digest": digest_address(address),
            "details": details,
            "failures": 0,
            "created_at": now,
            "expires_at": now + LIFETIME,
            "used_at": None,
        },
    )
    return code


def spell(code: str) -> str:
    """Return a code as it stands in a mail: ``1234 5678``."""
    return f"{code[:4]} {code[4:]}"


def give_back(
    *, request: HttpRequest, purpose: LinkCode.Purpose, arrival: Arrival, address: str
) -> None:
    """Take back what :func:`issue` counted, for a mail that did not go out."""
    limits.give_back_all(_limits(request, purpose, arrival, address))


@sensitive_variables("code")
def check(*, purpose: LinkCode.Purpose, arrival: Arrival, code: str) -> LinkCode | None:
    """Return the row whose code this is, or ``None``; a code can be right once.

    Raises:
        WrongCode: too old, or five wrong ones were tried; only a new code helps.
    """
    rows = LinkCode.objects.filter(purpose=purpose, arrival=arrival.key, used_at=None)
    now = timezone.now()
    # SECURITY: counted first, in one UPDATE, so that tries at the same moment all count.
    tried = rows.filter(failures__lt=TRIES, expires_at__gt=now)
    if not tried.update(failures=F("failures") + 1):
        raise WrongCode("too old, or too many tries")
    row = rows.first()
    digits = "".join(code.split()).replace("-", "")
    digest = _digest(purpose, arrival.key, digits)
    if row is None or not constant_time_compare(row.digest, digest):
        return None
    # SECURITY: of two equal tries one wins; the code is right only once.
    won = rows.filter(digest=digest).update(
        digest=digest_proven(row), failures=0, expires_at=now + _PROVEN_LIFETIME
    )
    return row if won else None


def _limits(
    request: HttpRequest, purpose: LinkCode.Purpose, arrival: Arrival, address: str
) -> list[tuple[limits.Limit, str]]:
    return [
        # Of the address too, so that a mistyped one can be put right at once.
        (limits.COOL_DOWN, f"{purpose}:{arrival.key}:{digest_address(address)}"),
        # SECURITY: mails to strangers. With single sign-on a new arrival costs nothing, so a limit
        # per arrival would hold nobody back.
        (limits.SENDER_MAILS, _sender(arrival)),
        (limits.NETWORK_MAILS, limits.network_of(request)),
        (limits.MAILS, digest_address(address)),
    ]


def _sender(arrival: Arrival) -> str:
    if arrival.account is None:
        raise NoArrival("closed meanwhile")
    return SchoolAccount.from_row(arrival.account).digest[1]


def _digest(purpose: str, arrival: str, code: str) -> str:
    return digest_code(f"{purpose}\n{arrival}\n{code}")


def _nothing() -> str:
    return secrets.token_hex(32)
