"""How often something may be tried. Counted in the cache; a whole class shares one address."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from django_intergrip_link.errors import TooManyTries, Unavailable


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
MAILS: Final = Limit(name="mails", ceiling=3, seconds=3600)
COOL_DOWN: Final = Limit(name="cool_down", ceiling=1, seconds=60)
ARRIVAL_MAILS: Final = Limit(name="arrival_mails", ceiling=6, seconds=3600)
OWNER_MAILS: Final = Limit(name="owner_mails", ceiling=1, seconds=86400)
REFUSALS: Final = Limit(name="refusals", ceiling=60, seconds=60)
CHALLENGES: Final = Limit(name="challenges", ceiling=3, seconds=600)
ARRIVAL_FAILURES: Final = 10
"""Wrong passwords and tokens that one arrival survives."""


def take(limit: Limit, value: str) -> None:
    """Count one try before it is made.

    Raises:
        TooManyTries: above the ceiling; with the minutes to wait.
        Unavailable: the cache cannot be asked.
    """
    try:
        tries = count(limit, value)
    except Exception as error:
        # SECURITY: cache clients raise errors of their own kind; without a count there is no try.
        raise Unavailable(f"cache: {type(error).__name__}") from error
    # SECURITY: counted first and looked at then, so that tries at the same moment all count.
    if tries > limit.ceiling:
        raise TooManyTries(limit.name, wait_minutes=limit.minutes)


def has_room(limit: Limit, value: str) -> bool:
    """Count one try and return whether it is within the ceiling; ``False`` without a cache."""
    try:
        return count(limit, value) <= limit.ceiling
    except Exception:  # noqa: BLE001 - asked while an error is answered, so it must not raise one
        return False


def give_back(limit: Limit, value: str) -> None:
    """Take back one try that was no failure."""
    with suppress(ValueError):  # the window ended meanwhile
        _change(_key(limit, value), limit, cache.decr)


def count(limit: Limit, value: str) -> int:
    """Count one try and return how many there were in this window."""
    key = _key(limit, value)
    if cache.add(key, 1, limit.seconds):
        cache.set(f"{key}:end", time.time() + limit.seconds, limit.seconds)
        return 1
    try:
        return _change(key, limit, cache.incr)
    except ValueError:  # the window ended between the two calls
        cache.set(key, 1, limit.seconds)
        return 1


def _change(key: str, limit: Limit, change: Callable[[str], int]) -> int:
    number = change(key)
    # Some caches give the key a new life when it changes; the window ends when it was to end.
    end = cache.get(f"{key}:end", time.time() + limit.seconds)
    cache.touch(key, max(1, int(end - time.time())))
    return number


def _key(limit: Limit, value: str) -> str:
    # SECURITY: hashed; user names and addresses do not belong in a cache that others may read.
    return f"intergrip_link:{limit.name}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"
