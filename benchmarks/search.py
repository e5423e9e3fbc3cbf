"""Searches among 10,000 schools, as a browser asks for them while somebody types.

Each query of ``tests/search/queries.csv`` is sent letter by letter, from the second letter on, to
the view that answers with a list of results. The schools are DUO's real ones and invented ones on
top; the database is a test database of the engine in ``TEST_DATABASE_URL``, SQLite as a file.
Beside it the plain alternative in one row: the database looks for each word with ``LIKE``.
Run with ``python -m benchmarks.search``.
"""

from __future__ import annotations

import csv
import gc
import gzip
import os
import platform
import resource
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

SCHOOLS = 10_000
WARM_UP = 50
HOLD_MS, HOLD_BYTES, HOLD_MB = 80.0, 1024, 15.0
QUERIES = Path(__file__).parent.parent / "tests" / "search" / "queries.csv"
PAGE = "/saml2/kennisnet/school"
FIELDS = (
    "federation",
    "brin",
    "name",
    "place",
    "street",
    "levels",
    "kind",
    "former_names",
    "website",
)


class Query(NamedTuple):
    """One query, and the codes of the schools that it means."""

    text: str
    expected: frozenset[str]


def main() -> None:
    """Print Markdown tables; exit with 1 when something is over its limit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django  # noqa: PLC0415 - nothing of Django before the settings are named

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.test.runner import DiscoverRunner  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        is_file = connection.vendor == "sqlite"
        name = str(Path(folder) / "schools.sqlite3") if is_file else f"test_search_{os.getpid()}"
        connection.settings_dict["TEST"]["NAME"] = name
        runner = DiscoverRunner(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        try:
            is_held = _measure(Path(folder))
        finally:
            runner.teardown_databases(databases)
    sys.exit(not is_held)


def _measure(folder: Path) -> bool:
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from django_intergrip_link.testing.school import settings_with  # noqa: PLC0415

    settings.INTERGRIP_LINK = settings_with(folder)
    _fill()
    python = f"Python {platform.python_version()}"
    print(f"{connection.vendor}, {SCHOOLS:,} schools, {python}, {platform.machine()}\n")
    held = [_measure_index(), _measure_requests()]
    _measure_beside()
    print(f"\nTo hold: p95 {HOLD_MS:g} ms, {HOLD_BYTES} bytes, {HOLD_MB:g} MB.")
    return all(held)


def _fill() -> None:
    from django_intergrip_link.models import School  # noqa: PLC0415
    from tests.search.schools import real_rows  # noqa: PLC0415

    rows = [{field: getattr(row, field) for field in FIELDS} for row in real_rows()]
    rows += islice(_invented(rows), SCHOOLS - len(rows))
    School.objects.bulk_create((School(**row) for row in rows), batch_size=500)


def _invented(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield schools that are not there: names, places and streets of others, newly combined."""
    for number in count():
        name, place = rows[number * 7 % len(rows)], rows[number * 11 % len(rows)]
        street = rows[number * 13 % len(rows)]["street"]
        code = f"9{number % 10}{chr(65 + number // 10 % 26)}{chr(65 + number // 260 % 26)}00"
        yield {**name, "brin": code, "place": place["place"], "street": street, "website": ""}


def _measure_index() -> bool:
    """Build the index as a process does after its start; then twice more, for time and memory."""
    from django_intergrip_link.search import live  # noqa: PLC0415

    before = _resident()
    seconds = [_build(live)]
    resident = _resident() - before
    seconds += [_build(live) for _ in range(2)]
    live._built = None  # noqa: SLF001
    gc.collect()
    tracemalloc.start()
    live.current_index()
    gc.collect()
    traced, peak = (size / 1e6 for size in tracemalloc.get_traced_memory())
    tracemalloc.stop()
    print("| index | |\n|---|---|")
    print(f"| build, with reading the table | {median(seconds):.2f} s |")
    print(f"| memory, allocated by Python | {traced:.1f} MB (while building {peak:.1f} MB) |")
    print(f"| memory, the process has grown | {resident:.1f} MB |")
    print(f"| most memory of the process so far | {_most_resident():.1f} MB |\n")
    return max(traced, resident) <= HOLD_MB


def _build(live: Any) -> float:
    live._built = None  # noqa: SLF001
    gc.collect()
    began = perf_counter()
    live.current_index()
    return perf_counter() - began


def _measure_requests() -> bool:
    from django.test import Client  # noqa: PLC0415

    from django_intergrip_link.search.live import current_index  # noqa: PLC0415

    typed = list(_typed())
    client = Client(headers={"x-requested-with": "fetch"})
    sizes: list[int] = []

    def ask(query: str) -> None:
        response = client.get(PAGE, {"q": query, "part": "results"}, secure=True)
        assert response.status_code == 200, response.status_code
        sizes.append(len(gzip.compress(response.content, 6)))

    def request(query: str) -> None:
        client.get(PAGE, {"q": query, "part": "results"}, secure=True)

    index = current_index()
    print("| one query | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|")
    _row("search only", typed, index.find)
    whole = _row("request, with its fragment", typed, request)
    for query in typed:
        ask(query)
    size = _percentile(sizes, 95)
    print(f"\n{len(typed):,} queries, half typed and whole. Fragment, gzip: ", end="")
    print(f"p50 {_percentile(sizes, 50):.0f}, p95 {size:.0f}, max {max(sizes)} bytes.\n")
    return whole <= HOLD_MS and size <= HOLD_BYTES


def _measure_beside() -> None:
    """Compare with the database looking for every word in names, places and addresses."""
    from django_intergrip_link.search.live import current_index  # noqa: PLC0415

    queries = list(_queries())
    texts = [query.text for query in queries]
    print("| whole queries | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|")
    _row("our index, with its mark", texts, lambda text: current_index().find(text))
    _row("database, LIKE for each word", texts, _like)
    ours = [
        {entry.brin for entry in current_index().find(query.text, limit=3).entries}
        for query in queries
    ]
    theirs = [set(_like(query.text)[:3]) for query in queries]
    print(f"\nRight school among the first 3: ours {_share(queries, ours):.1%}, ", end="")
    print(f"LIKE {_share(queries, theirs):.1%}.")


def _like(text: str) -> list[str]:
    from django.db.models import Q  # noqa: PLC0415

    from django_intergrip_link.models import School  # noqa: PLC0415

    fits = Q()
    for word in text.split():
        fits &= (
            Q(name__icontains=word)
            | Q(place__icontains=word)
            | Q(former_names__icontains=word)
            | Q(website__icontains=word)
            | Q(brin__istartswith=word)
        )
    schools = School.objects.open_for_choice().filter(fits).order_by("name", "brin")
    return [school.brin for school in schools[:20]]


def _share(queries: list[Query], found: list[set[str]]) -> float:
    right = [bool(query.expected & codes) for query, codes in zip(queries, found, strict=True)]
    return sum(right) / len(right)


def _queries() -> Iterator[Query]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter=";"):
            yield Query(line["query"], frozenset(line["expected"].split("|")))


def _typed() -> Iterator[str]:
    """Yield what the page asks for while each query is typed, letter by letter."""
    for query in _queries():
        for length in range(2, len(query.text) + 1):
            yield query.text[:length]


def _row(name: str, queries: list[str], step: Callable[[str], Any]) -> float:
    """Print how long this step takes, and return the 95th percentile in milliseconds."""
    for query in queries[:WARM_UP]:
        step(query)
    times = []
    for query in queries:
        began = perf_counter()
        step(query)
        times.append((perf_counter() - began) * 1000)
    p50, p95, p99 = (_percentile(times, percent) for percent in (50, 95, 99))
    print(f"| {name} | {p50:.2f} | {p95:.2f} | {p99:.2f} | {max(times):.1f} |")
    return p95


def _percentile(values: list[float] | list[int], percent: int) -> float:
    return quantiles(values, n=100)[percent - 1]


def _resident() -> float:
    """Return what this process holds now, in MB; 0 where the system does not say."""
    gc.collect()
    path = Path("/proc/self/statm")
    pages = int(path.read_text(encoding="ascii").split()[1]) if path.exists() else 0
    return pages * resource.getpagesize() / 1e6


def _most_resident() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    main()
