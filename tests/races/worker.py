"""One web process of a race: waits for a request on its input, sends it at a given moment.

``python -m tests.races.worker`` reads one JSON object a line: ``url``, ``body`` (``null`` for a
GET), ``cookies`` and ``at`` (seconds of the monotonic clock); it writes what came back.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


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
        print(json.dumps(_send(**json.loads(line))), flush=True)  # noqa: T201 - its result


def _send(*, url: str, body: str | None, cookies: dict[str, str], at: float) -> dict[str, Any]:
    from django.test import Client  # noqa: PLC0415

    from django_intergrip_link.testing.login import FORM  # noqa: PLC0415

    browser = Client()
    for name, value in cookies.items():
        browser.cookies[name] = value
    while time.monotonic() < at:
        pass
    if body is None:
        response = browser.get(url, secure=True)
    else:
        response = browser.post(url, body, content_type=FORM, secure=True)
    return {
        "status": response.status_code,
        "location": response.get("Location", ""),
        "cookies": {name: cookie.value for name, cookie in response.cookies.items()},
    }


if __name__ == "__main__":
    main()
