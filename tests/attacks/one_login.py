"""One whole login in a process of its own: link, and in again. Run by ``test_process``.

``python -m tests.attacks.one_login`` prints what happened as JSON; the last line of its output.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any


def main() -> None:
    """Set Django up, link somebody through the pages, log in again, and tell."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)

    import django  # noqa: PLC0415 - as a server does it: settings first

    django.setup()

    from django.core.management import call_command  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    setup_test_environment()
    call_command("migrate", verbosity=0)
    print(json.dumps(_log_in()))  # noqa: T201 - its result


def _log_in() -> dict[str, Any]:
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from django_intergrip_link.testing.login import school_login  # noqa: PLC0415
    from django_intergrip_link.testing.school import open_school  # noqa: PLC0415
    from tests.journey.walking import PASSWORD, Walker  # noqa: PLC0415

    get_user_model()._default_manager.create_user("sanne", "sanne@example.nl", PASSWORD)
    with open_school() as school:
        walker = Walker(Client())
        school_login(walker.client, school)
        walker.prove("sanne")
        linked = walker.confirm()
        again = Client()
        came_in = school_login(again, school, next="/inside/")
        metadata = again.get(school.url("metadata"), secure=True)
    return {
        "linked": linked["Location"],
        "came_in": came_in["Location"],
        "user": again.get("/inside/", secure=True).content.decode(),
        "metadata": metadata.status_code,
        "talkative": _talkative(),
        "path": os.environ.get("PATH"),
    }


def _talkative() -> list[str]:
    """Return the libraries' loggers that would let a line of DEBUG through."""
    from django_intergrip_link.federation.silence import LIBRARIES  # noqa: PLC0415

    record = logging.makeLogRecord({"levelno": logging.DEBUG})
    return [
        name
        for name in logging.root.manager.loggerDict
        if name.split(".")[0] in LIBRARIES and logging.getLogger(name).filter(record)
    ]


if __name__ == "__main__":
    main()
