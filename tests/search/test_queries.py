"""What people type, over the real list: the right school first, or at least in sight.

``queries.csv`` holds the query, the codes that are right (more than one when the query cannot tell
sites of one school apart) and the kind of query. The table by kind is printed after the run.
"""

from __future__ import annotations

import csv
from pathlib import Path

from django_intergrip_link.search.index import SchoolIndex

from .conftest import Report, Tally

QUERIES = Path(__file__).with_name("queries.csv")
ALL = "all"


def test_queries__find_their_school(real_index: SchoolIndex, report: Report) -> None:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter=";"):
            found = real_index.find(line["query"], limit=3)
            codes = [entry.brin for entry in found.entries]
            right = [code in line["expected"].split("|") for code in codes]
            for tally in (report.kinds[line["kind"]], report.kinds[ALL]):
                _count(tally, right)
            if not any(right[:1]):
                report.missed.append(f"not first: {line['query']!r}, {line['expected']}: {codes}")
    total = report.kinds[ALL]
    assert total.asked >= 180
    assert total.in_three >= 0.97 * total.asked
    assert total.first >= 0.90 * total.asked


def _count(tally: Tally, right: list[bool]) -> None:
    tally.asked += 1
    tally.first += any(right[:1])
    tally.in_three += any(right)
