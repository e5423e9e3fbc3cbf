"""How often something may be tried. Counted in the cache; a whole class shares one address."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from django_intergrip_link.errors import TooManyTries


@dataclass(frozen=True, kw_only=True)
class Limit:
    """``ceiling`` tries in ``seconds``, counted from the first."""

    name: str
    ceiling: int
    seconds: int

    @property
    def minutes(self) -> int:
        """Return the window in whole minutes, to tell the person."""
        return -(-self.seconds // 60)


ACCOUNT: Final = Limit(name="account", ceiling=5, seconds=900)
ADDRESS: Final = Limit(name="address", ceiling=299, seconds=900)
REFUSALS: Final = Limit(name="refusals", ceiling=120, seconds=60)
ARRIVAL_FAILURES: Final = 10
"""Wrong passwords and tokens that one arrival survives."""


def take(limit: Limit, value: str) -> None:
    """Count one try before it is made.

    Raises:
        TooManyTries: above the ceiling; with the minutes to wait.
    """
    # SECURITY: counted first and looked at then, so that tries at the same moment all count.
    if count(limit, value) > limit.ceiling:
        raise TooManyTries(limit.name, wait_minutes=limit.minutes)


def give_back(limit: Limit, value: str) -> None:
    """Take back one try that was no failure."""
    with suppress(ValueError):  # the window ended between the two calls
        cache.decr(_key(limit, value))


def count(limit: Limit, value: str) -> int:
    """Count one try and return how many there were in this window."""
    key = _key(limit, value)
    if cache.add(key, 1, limit.seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # the window ended between the two calls
        cache.set(key, 1, limit.seconds)
        return 1


def _key(limit: Limit, value: str) -> str:
    # SECURITY: hashed; user names and addresses do not belong in a cache that others may read.
    return f"intergrip_link:{limit.name}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"
