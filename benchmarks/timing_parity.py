"""Whether the clock tells who has a site account: forms that answer alike, timed in turns.

Each row is one cause for the same answer; 200 tries each, in rounds whose order moves on, so that a
noisy machine slows all rows alike. To hold: the same page but for the CSRF token, the clock and
what was typed, and medians less than 20 ms apart.

Passwords are hashed by Django's own PBKDF2 with a tenth of its rounds, or a run would take a
quarter of an hour. One hash still takes longer than 20 ms, so a missing or a second hash shows.
Eight tries with all rounds follow. They are too few for a clock on a machine that does other work,
so there the time of the processor counts, to the same 20 ms.

The limits are in force and pay their part in every try. Between two tries, outside the clock, they
are set back: cache, counts in the database, failures of the arrival, codes and mails.

Run with ``python -m benchmarks.timing_parity``, or name forms: ``password register mail``.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple

TRIES: Final = 200
TRIES_WITH_ALL_ROUNDS: Final = 8
WARM_UP: Final = 5
HOLD_MS: Final = 20.0
USERS: Final = 5_000
PASSWORD: Final = "appel-fiets-12"  # noqa: S105 - of accounts that live for a minute
ATTRIBUTE: Final = "timing0parity@99aa00"
MASKED: Final = re.compile(
    r'name="(?:csrfmiddlewaretoken|login|email)"[^>]*value="[^"]*"|data-now="\d+"|\d\d:\d\d'
)


class Form(NamedTuple):
    """One form, and what is sent to it in each row."""

    step: str
    rows: Mapping[str, Mapping[str, str]]


def password(login: str, word: str = PASSWORD) -> dict[str, str]:
    """Return the fields of the password form."""
    return {"login": login, "password": word}


def registration(email: str) -> dict[str, str]:
    """Return the fields of the registration form."""
    return {"email": email, "first_name": "Noor", "last_name": "Smit", "password": PASSWORD}


FORMS: Final = {
    "password": (
        Form(
            "prove",
            {
                "unknown name": password("nobody"),
                "wrong password": password("awake", "wrong"),
                "switched off, right password": password("asleep"),
                "switched off, wrong password": password("asleep", "wrong"),
                "no usable password": password("keyless"),
            },
        ),
        Form(
            "prove",
            {
                "unknown address": password("nobody@example.nl"),
                "address, wrong password": password("awake@example.nl", "wrong"),
                "address, switched off": password("asleep@example.nl"),
            },
        ),
    ),
    "register": (
        Form(
            "register",
            {
                "new address": registration("nobody@example.nl"),
                "known address": registration("awake@example.nl"),
                "known, switched off": registration("asleep@example.nl"),
            },
        ),
    ),
    "mail": (
        Form(
            "mail",
            {
                "unknown name": {"login": "nobody"},
                "known name": {"login": "awake"},
                "known, switched off": {"login": "asleep"},
            },
        ),
        Form(
            "mail",
            {
                "unknown address": {"login": "nobody@example.nl"},
                "known address": {"login": "awake@example.nl"},
                "known, switched off": {"login": "asleep@example.nl"},
            },
        ),
    ),
}


def main() -> None:
    """Print Markdown tables; exit with 1 when a row can be told from another."""
    names = sys.argv[1:] or list(FORMS)
    logging.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django  # noqa: PLC0415 - nothing of Django before the settings are named

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.test.runner import DiscoverRunner  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        is_file = connection.vendor == "sqlite"
        name = str(Path(folder) / "parity.sqlite3") if is_file else f"test_parity_{os.getpid()}"
        connection.settings_dict["TEST"]["NAME"] = name
        runner = DiscoverRunner(verbosity=0, interactive=False)
        runner.setup_test_environment()
        databases = runner.setup_databases()
        try:
            held = _measure(Path(folder), names)
        finally:
            runner.teardown_databases(databases)
    sys.exit(not held)


def _measure(folder: Path, names: list[str]) -> bool:
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from django_intergrip_link.testing.school import settings_with  # noqa: PLC0415

    settings.INTERGRIP_LINK = settings_with(folder)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    rounds = PBKDF2PasswordHasher.iterations
    system = f"Python {platform.python_version()}, {platform.machine()}"
    print(f"{connection.vendor}, {USERS:,} users, PBKDF2 {rounds:,} rounds, {system}")
    held = True
    for form in (form for name in names for form in FORMS[name]):
        PBKDF2PasswordHasher.iterations = rounds // 10
        held &= _compare(form, TRIES, rounds // 10, perf_counter)
        if form.step == "prove":
            PBKDF2PasswordHasher.iterations = rounds
            held &= _compare(form, TRIES_WITH_ALL_ROUNDS, rounds, process_time)
    print(f"\nTo hold: {HOLD_MS:g} ms between medians, and equal pages.")
    return held


def _compare(form: Form, tries: int, rounds: int, clock: Callable[[], float]) -> bool:
    """Print the medians of the rows and return whether time and page are alike."""
    _fill()
    send = _arrive(form.step, clock)
    taken: dict[str, list[float]] = defaultdict(list)
    different = 0
    rows = list(form.rows.items())
    for number in range(-WARM_UP if tries > WARM_UP else 0, tries):
        pages = set()
        shift = number % len(rows)
        for name, fields in rows[shift:] + rows[:shift]:
            _set_back()
            seconds, page = send(fields)
            pages.add(page)
            if number >= 0:
                taken[name].append(seconds * 1000)
        different += len(pages) - 1
    medians = {name: median(taken[name]) for name in form.rows}
    largest = max(medians.values()) - min(medians.values())
    ratio = max(medians.values()) / min(medians.values())
    unit = "median ms" if clock is perf_counter else "median ms of processor time"
    print(f"\n| {form.step}, {tries} tries, {rounds:,} rounds | {unit} |\n|---|---|")
    for name, value in medians.items():
        print(f"| {name} | {value:.1f} |")
    print(f"| largest difference | {largest:.1f} ({ratio:.3f} ×) |")
    print(f"| pages that differ | {different} |")
    return largest < HOLD_MS and not different


def _fill() -> None:
    """Make the accounts of the rows, hashed with as many rounds as they are asked with."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415

    model = get_user_model()
    model.objects.all().delete()
    hashed = make_password(PASSWORD)
    names = ["awake", "asleep", "keyless", *(f"student{number}" for number in range(USERS))]
    model.objects.bulk_create(
        [model(username=name, email=f"{name}@example.nl", password=hashed) for name in names],
        batch_size=500,
    )
    model.objects.filter(username="asleep").update(is_active=False)
    model.objects.filter(username="keyless").update(password=make_password(None))


def _arrive(
    step: str, clock: Callable[[], float]
) -> Callable[[Mapping[str, str]], tuple[float, Any]]:
    """Come back from school with a new browser; return what sends this form and times it."""
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from django_intergrip_link.testing.login import school_login  # noqa: PLC0415
    from django_intergrip_link.testing.school import add_school  # noqa: PLC0415

    client = Client()
    school_login(client, add_school(), uid=ATTRIBUTE)
    key = client.session["intergrip_link"]["arrival"]
    address = reverse(f"intergrip_link:{step}")

    def send(fields: Mapping[str, str]) -> tuple[float, Any]:
        body = {**fields, "arrival": key}
        began = clock()
        response = client.post(address, body, secure=True)
        seconds = clock() - began
        text = MASKED.sub("", response.content.decode())
        return seconds, (response.status_code, response.get("Location"), text)

    return send


def _set_back() -> None:
    from django.core import mail  # noqa: PLC0415
    from django.core.cache import cache  # noqa: PLC0415

    from django_intergrip_link.models import Arrival, LinkCode, TryCount  # noqa: PLC0415

    cache.clear()
    TryCount.objects.all().delete()
    LinkCode.objects.all().delete()
    Arrival.objects.update(failures=0)
    mail.outbox.clear()


if __name__ == "__main__":
    main()
