"""One web process of a race: waits for a request on its input, sends it at a given moment.

``python -m tests.races.worker`` reads one JSON object a line: ``url``, ``body`` (``null`` for a
GET), ``cookies`` and ``at`` (seconds of the monotonic clock); it writes what came back. With
``kill`` a child of this process sends it and dies at that point of :mod:`tests.races.killing`; with
``lose`` the database ends the connection there.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any, Final

from tests.races.killing import die_at, lose_database_at

FORGET: Final = "forget"
"""In the place of an address: empty the cache of this process."""


def main() -> None:
    """Set Django up with the federations of the race, then serve one request after the other."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

    import django  # noqa: PLC0415 - as a server does it: settings first
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    settings.INTERGRIP_LINK = json.loads(os.environ["RACE_SETTINGS"])

    from django.test.utils import setup_test_environment  # noqa: PLC0415

    setup_test_environment()
    print("ready", flush=True)  # noqa: T201 - its result
    for line in sys.stdin:
        print(json.dumps(_obey(**json.loads(line))), flush=True)  # noqa: T201 - its result


def _obey(*, kill: str = "", lose: str = "", **order: Any) -> dict[str, Any]:
    if order["url"] == FORGET:
        return _forget()
    if kill:
        return {"is_killed": _is_killed(kill, order)}
    if lose:
        patch = lose_database_at(lose)
        try:
            return _send(**order)
        finally:
            patch.stop()
            _end_request()
    return _send(**order)


def _is_killed(point: str, order: dict[str, Any]) -> bool:
    """Send it from a child, which starts much quicker, and return whether that was killed."""
    _close_connections()  # two processes cannot share one
    child = os.fork()
    if child == 0:
        try:
            die_at(point)
            _send(**order)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _forget() -> dict[str, Any]:
    from django.core.cache import cache  # noqa: PLC0415

    cache.clear()
    return {}


def _end_request() -> None:
    """Do what Django's test client leaves out and a server does after every request."""
    from django.db import close_old_connections  # noqa: PLC0415

    close_old_connections()


def _close_connections() -> None:
    from django.db import connections  # noqa: PLC0415

    connections.close_all()


def _send(*, url: str, body: str | None, cookies: dict[str, str], at: float) -> dict[str, Any]:
    from django.test import Client  # noqa: PLC0415

    from django_intergrip_link.testing.login import FORM  # noqa: PLC0415

    # A server answers 500 where Django's test client would let the error through.
    browser = Client(raise_request_exception=False)
    for name, value in cookies.items():
        browser.cookies[name] = value
    while time.monotonic() < at:
        pass
    if body is None:
        response = browser.get(url, secure=True)
    else:
        response = browser.post(url, body, content_type=FORM, secure=True)
    context = response.context or {}
    return {
        "status": response.status_code,
        "location": response.get("Location", ""),
        "page": context.get("page", ""),
        "cookies": {name: cookie.value for name, cookie in response.cookies.items()},
    }


if __name__ == "__main__":
    main()
