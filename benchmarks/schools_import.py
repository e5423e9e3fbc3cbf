"""An import of 10,000 schools: trial run, apply, and the same file again.

The rows are of DUO's real lists, with codes of our own; the database is a test database of the
engine in ``TEST_DATABASE_URL``. Run with ``python -m benchmarks.schools_import``.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
from io import StringIO
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

ROWS = 10_000
HOLD_SECONDS = 20.0
LISTS = Path(__file__).parent.parent / "tests" / "data" / "duo"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def main() -> None:
    """Print one Markdown table; exit with 1 when a step takes too long."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django  # noqa: PLC0415 - nothing of Django before the settings are named

    django.setup()
    from django.test.runner import DiscoverRunner  # noqa: PLC0415

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        with TemporaryDirectory() as folder:
            slowest = _measure(Path(folder))
    finally:
        runner.teardown_databases(databases)
    print(f"\nTo hold: at most {HOLD_SECONDS:g} s for each step.")
    sys.exit(slowest > HOLD_SECONDS)


def _measure(folder: Path) -> float:
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    entry = {"preset": "sandbox", "base_url": "https://testserver"}
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": {"kennisnet": entry}}
    first, second = folder / "first.csv", folder / "second.csv"
    first.write_text(_table(suffix=""), encoding="utf-8")
    second.write_text(_table(suffix=" 2"), encoding="utf-8")
    print(f"{connection.vendor}, {ROWS:,} rows\n")
    print("| step | seconds | result |")
    print("|---|---|---|")
    return max(
        _step("trial run", first),
        _step("apply", first, "--apply", "--listed"),
        _step("apply again", first, "--apply"),
        _step("apply with every name changed", second, "--apply"),
    )


def _step(name: str, path: Path, *options: str) -> float:
    from django.core.management import call_command  # noqa: PLC0415

    out = StringIO()
    began = perf_counter()
    command = ("intergrip_schools", "import", str(path), "--federation", "kennisnet")
    call_command(*command, *options, stdout=out, stderr=StringIO())
    seconds = perf_counter() - began
    result = next(line for line in out.getvalue().splitlines() if line.endswith(" error."))
    print(f"| {name} | {seconds:.2f} | {result} |")
    return seconds


def _table(*, suffix: str) -> str:
    """Return a file of secondary schools, each with a code of its own."""
    text = gzip.decompress((LISTS / "vo.csv.gz").read_bytes()).decode()
    header, *rows = csv.reader(StringIO(text), delimiter=";")
    table = StringIO()
    writer = csv.writer(table, delimiter=";")
    writer.writerow(header)
    for number, row in enumerate(islice(cycle(rows), ROWS)):
        institution, site = divmod(number, 20)
        digits, letter = divmod(institution, len(LETTERS))
        code = f"{digits:02}{LETTERS[letter]}Z"
        writer.writerow([code, f"{code}{site:02}", f"{row[2]}{suffix}", *row[3:]])
    return table.getvalue()


if __name__ == "__main__":
    main()
