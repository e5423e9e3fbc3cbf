"""Errors of the database while schools are written → a refusal in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, IntegrityError, InterfaceError, InternalError, OperationalError
from django.utils.translation import gettext as _

from .refused import ImportRefused

SQLITE_LOCKED = frozenset([5, 6])
"""SQLITE_BUSY and SQLITE_LOCKED; an extended code has these in its lowest byte."""

POSTGRESQL_LOCKED = frozenset(["40001", "40P01", "55P03"])
"""Serialization failure, deadlock, lock not available (PostgreSQL, appendix A)."""

MARIADB_LOCKED = frozenset([1020, 1205, 1213])
"""Record changed since it was read, lock wait timeout, deadlock."""

logger = logging.getLogger("django_intergrip_link")


@contextmanager
def database_refusals() -> Iterator[None]:
    """Turn what the database objects into :class:`ImportRefused`; put it around a transaction.

    An error that is our own mistake, such as a missing table, passes.
    """
    try:
        yield
    except (IntegrityError, OperationalError, DataError, InternalError, InterfaceError) as error:
        raise ImportRefused(_words(error)) from error


def _words(error: Exception) -> str:
    if isinstance(error, IntegrityError) or _is_locked(error):
        return _("Somebody else was changing schools too. Nothing was written; try again.")
    logger.error("schools could not be written: %s", type(error).__name__)
    if isinstance(error, DataError):
        return _("A value does not fit the database. Nothing was written.")
    return _("The database could not be written. Nothing was lost; try again later.")


def _is_locked(error: Exception) -> bool:
    """Whether somebody else held what we needed; every driver says it in its own way."""
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = getattr(cause, "sqlite_errorcode", None)
    if number is not None:
        return number & 0xFF in SQLITE_LOCKED
    return state in POSTGRESQL_LOCKED or (cause.args[:1] or (None,))[0] in MARIADB_LOCKED
