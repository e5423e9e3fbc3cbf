"""The index over the real list, built once, and the table of queries at the end of the run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from django_intergrip_link.search.index import SchoolIndex

from .schools import real_rows


@dataclass(slots=True)
class Tally:
    """How many queries found their school first, or among the first three."""

    asked: int = 0
    first: int = 0
    in_three: int = 0

    def line(self, kind: str) -> str:
        first, in_three = self.first / self.asked, self.in_three / self.asked
        return f"{kind:24}{self.asked:6}{first:9.1%}{in_three:9.1%}"


@dataclass(slots=True)
class Report:
    """Tallies by kind of query, and the queries that missed."""

    kinds: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    missed: list[str] = field(default_factory=list)


_REPORT = pytest.StashKey[Report]()


@pytest.fixture(scope="session")
def real_index() -> SchoolIndex:
    return SchoolIndex(real_rows())


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    return request.config.stash.setdefault(_REPORT, Report())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    report = config.stash.get(_REPORT, None)
    if report is None or not report.kinds:
        return
    terminalreporter.section("queries over the real list of schools")
    terminalreporter.line(f"{'kind of query':24}{'asked':>6}{'first':>9}{'in 3':>9}")
    for kind, tally in sorted(report.kinds.items()):
        terminalreporter.line(tally.line(kind))
    for line in report.missed:
        terminalreporter.line(line)
