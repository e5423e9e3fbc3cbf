"""One try, counted in one step of the cache or in one row of the database, whichever can.

Called by ``limits.py``. Of tries at the same moment none is lost: every change is one atomic
operation of the cache or one UPDATE.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.core.cache.backends.base import BaseCache
from django.db import Error as AnyDatabaseError
from django.db import IntegrityError, transaction
from django.db.models import Case, F, QuerySet, When
from django.utils import timezone

from django_intergrip_link.errors import Unavailable
from django_intergrip_link.models import TryCount

logger = logging.getLogger("django_intergrip_link")


@dataclass(frozen=True, kw_only=True)
class Window:
    """How many tries there were, and when counting begins anew (Unix time)."""

    tries: int
    ends_at: float

    @classmethod
    def first(cls, seconds: int) -> Window:
        """Return the window of this length that begins now, with one try."""
        return cls(tries=1, ends_at=time.time() + seconds)

    @property
    def seconds(self) -> int:
        """Return what is left of it, at least 1."""
        return max(1, int(self.ends_at - time.time()))

    @property
    def minutes(self) -> int:
        """Return what is left of it in whole minutes, rounded up, to tell the person."""
        return max(1, ceil((self.ends_at - time.time()) / 60))


def count_try(key: str, seconds: int, *, is_remembered: bool) -> Window:
    """Count one try.

    Args:
        key: at most 70 characters.
        seconds: length of a window that begins with this try.
        is_remembered: a new window begins with the failures that ``remember_failure`` wrote down.
    """
    if _is_atomic_cache():
        with _cache_errors():
            return _count_in_cache(key, seconds, is_remembered=is_remembered)
    if not _live(key).update(tries=F("tries") + 1):
        _add_to_row(key, _first_window(key, seconds, is_remembered=is_remembered))
    row = _live(key).first()
    return _window_of(row) if row else Window.first(seconds)


def take_back(key: str, seconds: int) -> None:
    """Take back one try, wherever it was counted."""
    if _is_atomic_cache():
        with _cache_errors():
            try:
                _keep_end(key, cache.decr(_cached(key)), seconds=seconds)
            except ValueError:  # the window is over, or was counted while the cache was gone
                pass
            else:
                return
    _live(key).filter(tries__gt=0).update(tries=F("tries") - 1)


def remember_failure(key: str, seconds: int) -> None:
    """Write down in the database that a try failed."""
    _add_to_row(_failed(key), Window.first(seconds))


def purge_rows() -> int:
    """Delete the rows whose window is over and return how many there were."""
    return TryCount.objects.filter(ends_at__lte=timezone.now()).delete()[0]


def _is_atomic_cache() -> bool:
    # SECURITY: Django's database, file and dummy caches inherit an ``incr`` that reads and then
    # writes; tries made at the same moment, or all of them, would be lost.
    return type(caches[DEFAULT_CACHE_ALIAS]).incr is not BaseCache.incr


@contextmanager
def _cache_errors() -> Iterator[None]:
    """Go on after the block when the cache cannot be asked."""
    try:
        yield
    except AnyDatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - cache clients raise errors of their own kind
        # Their texts may name the server and its password; only the kind is written down.
        logger.warning("tries counted in the database error=%s", type(error).__name__)


def _count_in_cache(key: str, seconds: int, *, is_remembered: bool) -> Window:
    try:
        return _keep_end(key, cache.incr(_cached(key)), seconds=seconds)
    except ValueError:
        window = _first_window(key, seconds, is_remembered=is_remembered)
    if cache.add(_cached(key), window.tries, window.seconds):
        cache.set(_cached_end(key), window.ends_at, window.seconds)
        return window
    return _keep_end(key, cache.incr(_cached(key)), seconds=seconds)  # another try was first


def _keep_end(key: str, tries: int, *, seconds: int) -> Window:
    """Let the window end when it was to end; some caches give a changed key a new life, or none."""
    ends_at = cache.get(_cached_end(key)) or time.time() + seconds
    window = Window(tries=int(tries), ends_at=ends_at)
    cache.touch(_cached(key), window.seconds)
    return window


def _add_to_row(key: str, first: Window) -> None:
    """Add one try to the row of this key; a window that is over, or new, begins as ``first``."""
    now, ends_at = timezone.now(), datetime.fromtimestamp(first.ends_at, tz=UTC)
    for _ in range(3):
        # SECURITY: one UPDATE, never a look before one: of tries at the same moment none is lost.
        # ``tries`` comes first, because MariaDB reads columns that were set before it as changed.
        if TryCount.objects.filter(key=key).update(
            tries=Case(When(ends_at__gt=now, then=F("tries") + 1), default=first.tries),
            ends_at=Case(When(ends_at__gt=now, then=F("ends_at")), default=ends_at),
        ):
            return
        try:
            with transaction.atomic():
                TryCount.objects.create(key=key, tries=first.tries, ends_at=ends_at)
        except IntegrityError:  # another try made the row, so now there is one to add to
            continue
        return
    raise Unavailable("limits: the row comes and goes")


def _first_window(key: str, seconds: int, *, is_remembered: bool) -> Window:
    row = _live(_failed(key)).first() if is_remembered else None
    if row is None:
        return Window.first(seconds)
    # SECURITY: a cache drops keys when it is full, flushed or restarted; failures outlive that.
    return Window(tries=row.tries + 1, ends_at=row.ends_at.timestamp())


def _window_of(row: TryCount) -> Window:
    return Window(tries=row.tries, ends_at=row.ends_at.timestamp())


def _live(key: str) -> QuerySet[TryCount]:
    return TryCount.objects.filter(key=key, ends_at__gt=timezone.now())


def _failed(key: str) -> str:
    return f"{key}:failed"


def _cached(key: str) -> str:
    return f"intergrip_link:{key}"


def _cached_end(key: str) -> str:
    return f"intergrip_link:{key}:end"
