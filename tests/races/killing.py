"""Where a process dies, and where its database goes away, between the proof and the session.

The worker wraps the function at the point in its own process; the package knows nothing of it.
Nothing of Django is imported here: the worker reads this before Django is set up.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, Final, Literal
from unittest import mock

_JOURNEY: Final = "django_intergrip_link.journey"
_COMMIT: Final = "django.db.backends.base.base.BaseDatabaseWrapper._commit"
_SESSION: Final = "django.contrib.sessions.middleware.SessionMiddleware.process_response"


@dataclass(frozen=True, kw_only=True)
class Point:
    """One moment of a request.

    Attributes:
        name: as the test calls it.
        target: dotted path of the function at this moment.
        when: the moment is before it is called, or after it has returned.
        is_linked: the link is made by then.
    """

    name: str
    target: str
    when: Literal["before", "after"] = "after"
    is_linked: bool = False


def _before(name: str, target: str, *, is_linked: bool = False) -> Point:
    return Point(name=name, target=target, when="before", is_linked=is_linked)


def _after(name: str, target: str, *, is_linked: bool = False) -> Point:
    return Point(name=name, target=target, is_linked=is_linked)


PROVE: Final = (
    _after("password-right", f"{_JOURNEY}.proofs.authenticate"),
    _after("proof-noted", f"{_JOURNEY}.proofs.accept"),
    _after("proof-kept", _SESSION),
)
CODE: Final = (_after("code-used", f"{_JOURNEY}.codes.use_up"),)
SAVED: Final = _after("user-saved", f"{_JOURNEY}.registration.save_user")
EVENT: Final = _before("event-written", "django_intergrip_link.audit.logger.info")
INSERTED: Final = _after("link-inserted", f"{_JOURNEY}.linking._insert")
COMMIT: Final = (
    _before("before-commit", _COMMIT),
    _after("committed", _COMMIT, is_linked=True),
)
CONFIRM: Final = (
    _before("before-link", f"{_JOURNEY}.linking.make_link"),
    _after("arrival-closed", f"{_JOURNEY}.linking.close_arrival"),
    INSERTED,
    EVENT,
    *COMMIT,
    _before("signal", "django_intergrip_link.signals.account_linked.send_robust", is_linked=True),
    _before("before-login", f"{_JOURNEY}.entering.login", is_linked=True),
    _after("logged-in", f"{_JOURNEY}.entering.login", is_linked=True),
    _before("before-mail", f"{_JOURNEY}.mails.send_linked", is_linked=True),
    _after("mailed", f"{_JOURNEY}.mails.send_linked", is_linked=True),
    _after("session-kept", _SESSION, is_linked=True),
)
POINTS: Final = {point.name: point for point in (*PROVE, *CODE, SAVED, *CONFIRM)}


def die_at(name: str) -> None:
    """Let this process kill itself at a point, as a machine without memory does it."""
    _wrap(POINTS[name], lambda: os.kill(os.getpid(), signal.SIGKILL))


def lose_database_at(name: str) -> Any:
    """Let the server end our connection at a point; return the patch, to be stopped."""
    return _wrap(POINTS[name], _end_connection)


def _wrap(point: Point, act: Callable[[], None]) -> Any:
    original = resolve_name(point.target)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if point.when == "before":
            act()
        result = original(*args, **kwargs)
        if point.when == "after":
            act()
        return result

    patch = mock.patch(point.target, wrapped)
    patch.start()
    return patch


def _end_connection() -> None:
    from contextlib import suppress  # noqa: PLC0415

    from django.db import Error, connection  # noqa: PLC0415

    statement = {
        "postgresql": "SELECT pg_terminate_backend(pg_backend_pid())",
        "mysql": "KILL CONNECTION_ID()",
    }[connection.vendor]
    with suppress(Error), connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(statement)
