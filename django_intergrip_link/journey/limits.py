"""How often something may be tried. Every way to prove a site account asks here first.

Counted in the cache, or else in the database (``counting.py``). A whole class shares one address,
so addresses have a high ceiling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from django.db import Error as AnyDatabaseError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from django_intergrip_link.errors import TooManyTries, Unavailable

from . import counting


@dataclass(frozen=True, kw_only=True)
class Limit:
    """``ceiling`` tries in ``seconds``, counted from the first.

    Attributes:
        is_remembered: failures also go into the database, for when the cache forgets.
    """

    name: str
    ceiling: int
    seconds: int
    is_remembered: bool = False


ACCOUNT: Final = Limit(name="account", ceiling=5, seconds=900, is_remembered=True)
"""Per site account, by its key; the same for names that nobody has."""
NAME: Final = Limit(name="name", ceiling=5, seconds=900)
"""Per name or address as it was typed."""
NETWORK: Final = Limit(name="network", ceiling=299, seconds=900)
"""Per network address; see :func:`network_of`."""
MAILS: Final = Limit(name="mails", ceiling=3, seconds=3600)
"""Codes by mail per address or name as it was typed, and per site account that they go to."""
COOL_DOWN: Final = Limit(name="cool_down", ceiling=1, seconds=60)
"""The same, within one journey."""
SENDER_MAILS: Final = Limit(name="sender_mails", ceiling=6, seconds=3600)
"""Per school account, by its digest, whatever number of arrivals it has."""
NETWORK_MAILS: Final = Limit(name="network_mails", ceiling=299, seconds=900)
"""Per network address, as high as the one of guesses."""
OWNER_MAILS: Final = Limit(name="owner_mails", ceiling=1, seconds=86400)
"""Warnings per link that somebody tries to make a second time."""
REFUSALS: Final = Limit(name="refusals", ceiling=60, seconds=60)
"""Events per reason; see ``PageView.note``."""
CHALLENGES: Final = Limit(name="challenges", ceiling=3, seconds=600)
"""Codes that the OTP devices of one site account send."""
ARRIVAL_FAILURES: Final = 10
"""Wrong passwords and codes that one arrival survives."""


def take(limit: Limit, value: str) -> None:
    """Count one try before it is made.

    Raises:
        TooManyTries: above the ceiling; with the minutes that are left to wait.
        Unavailable: neither cache nor database can be asked.
    """
    try:
        window = _count(limit, value)
    except AnyDatabaseError as error:
        # SECURITY: guessing while nothing counts; without a count there is no try.
        raise Unavailable(f"limits: {type(error).__name__}") from error
    # SECURITY: counted first and looked at then, so that tries at the same moment all count.
    if window.tries > limit.ceiling:
        raise TooManyTries(limit.name, wait_minutes=window.minutes)


def take_all(tries: Sequence[tuple[Limit, str]]) -> None:
    """Count one try for each of these limits, or for none of them.

    Raises:
        TooManyTries, Unavailable: see :func:`take`; of the first that has no room.
    """
    for number, (limit, value) in enumerate(tries):
        try:
            take(limit, value)
        except TooManyTries:
            # SECURITY: or what is refused here would use up the mails of somebody else's address.
            give_back_all(tries[:number])
            raise


def give_back_all(tries: Iterable[tuple[Limit, str]]) -> None:
    """Take back one try for each of these limits."""
    for limit, value in tries:
        give_back(limit, value)


def is_cool_down(error: TooManyTries | None) -> bool:
    """Whether nothing is wrong but that a mail has just gone out."""
    return error is not None and error.detail == COOL_DOWN.name


def has_room(limit: Limit, value: str) -> bool:
    """Count one try and return whether it is within the ceiling; ``False`` if nothing counts."""
    try:
        return count(limit, value) <= limit.ceiling
    except Exception:  # noqa: BLE001 - asked while an error is answered, so it must not raise one
        return False


def count(limit: Limit, value: str) -> int:
    """Count one try and return how many there were in this window."""
    return _count(limit, value).tries


def give_back(limit: Limit, value: str) -> None:
    """Take back one try that was no failure."""
    counting.take_back(_key(limit, value), limit.seconds)


def remember_failure(limit: Limit, value: str) -> None:
    """Write a failed try into the database too, for a limit that is remembered."""
    counting.remember_failure(_key(limit, value), limit.seconds)


def purge_counts() -> int:
    """Delete the counts in the database that are over and return how many there were."""
    return counting.purge_rows()


def network_of(request: HttpRequest) -> str:
    """Return the address that a request came from; of IPv6 the network of one line (/64)."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(text)
    except ValueError:  # a web server on a local socket names none
        return text
    if not isinstance(address, IPv6Address):
        return text
    # SECURITY: one line has 2^64 addresses of IPv6 and could take a new one for every try.
    return str(address.ipv4_mapped or f"{address.packed[:8].hex()}/64")


def _count(limit: Limit, value: str) -> counting.Window:
    key = _key(limit, value)
    return counting.count_try(key, limit.seconds, is_remembered=limit.is_remembered)


def _key(limit: Limit, value: str) -> str:
    # SECURITY: keyed; whoever reads cache or database finds no names, and no addresses by trying
    # all four thousand million of them.
    digest = salted_hmac("django_intergrip_link.limits", value, algorithm="sha256").hexdigest()
    return f"{limit.name}:{digest[:32]}"
