"""What ``intergrip_schools`` prints: the facts of a file, the counts of a plan, and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django_intergrip_link.registry.outcomes import Change, Outcome, Plan, PlanRow
from django_intergrip_link.registry.records import SchoolFile

FEW = 20
SOME_WRONG = 50


def file_lines(path: str, file: SchoolFile) -> Iterator[str]:
    """Yield what the file is."""
    kinds = ", ".join(sorted(file.kinds)) or file.kind or "-"
    yield f"{path}: {file.format}, {file.encoding}, kind {kinds}, {file.rows} rows"
    yield f"sha256 {file.sha256}"


def counts_line(counts: dict[str, int]) -> str:
    """Return the counts on one line: ``1 new, 0 changed, …``."""
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome) + "."


def plan_lines(plan: Plan, *, is_full: bool) -> Iterator[str]:
    """Yield the rows that matter; of new, changed and gone only the first unless ``is_full``."""
    for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.GONE):
        rows = plan.of(outcome)
        shown = rows if is_full else rows[:FEW]
        yield from (row_line(row) for row in shown)
        if len(shown) < len(rows):
            yield f"  … and {len(rows) - len(shown)} more {outcome}; --verbosity 2 shows them."
    yield from (row_line(row) for row in plan.left_out)


def wrong_lines(rows: list[PlanRow]) -> Iterator[str]:
    """Yield how many rows are left out, and which."""
    yield f"{len(rows)} rows are wrong and left out:"
    yield from (row_line(row) for row in rows[:SOME_WRONG])
    if len(rows) > SOME_WRONG:
        yield f"  … and {len(rows) - SOME_WRONG} more; --errors FILE writes them all."


def row_line(row: PlanRow) -> str:
    """Return one row on one line."""
    where = f"row {row.line}" if row.line else "not in the file"
    what = row.reason or _changes(row)
    return f"  {row.outcome}: {where}, {row.brin or '(no code)'} {row.name}" + (
        what and f": {what}"
    )


def wrong_table(rows: Iterable[PlanRow]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return header and rows of the file with what was left out, and why."""
    header = ("row", "outcome", "brin", "name", "reason")
    return header, [
        (str(row.line), row.outcome.value, row.brin, row.name, row.reason) for row in rows
    ]


def _changes(row: PlanRow) -> str:
    if row.outcome is Outcome.NEW:
        return ""
    if row.outcome is Outcome.GONE:
        return "no longer shown to students; links stay, and students still get in"
    return ", ".join(map(_change, row.changes))


def _change(change: Change) -> str:
    return f"{change.field} {change.old!r} → {change.new!r}"
