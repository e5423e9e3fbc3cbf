"""What a plan is made of: one row for each school that a file speaks of, or no longer speaks of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from .records import Value


class Outcome(StrEnum):
    """What applying would do with a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"
    CONFLICT = "conflict"
    ERROR = "error"


@dataclass(frozen=True)
class Change:
    """One field of one school, before and after."""

    field: str
    old: Value
    new: Value


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """One row of a plan.

    Attributes:
        outcome: what happens.
        line: row number in the file; 0 for a school that the file no longer has.
        brin: code of the school, empty when it cannot be told.
        name: name as the file has it, else as the registry has it.
        changes: for new and changed schools.
        reason: for conflicts and errors, a sentence.
    """

    outcome: Outcome
    line: int = 0
    brin: str = ""
    name: str = ""
    changes: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a file would do to the schools of one federation."""

    federation: str
    source: str
    rows: tuple[PlanRow, ...]

    def of(self, outcome: Outcome) -> list[PlanRow]:
        """Return the rows with this outcome."""
        return [row for row in self.rows if row.outcome == outcome]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Outcome → how many rows, for all outcomes."""
        return {outcome.value: len(self.of(outcome)) for outcome in Outcome}

    @property
    def left_out(self) -> list[PlanRow]:
        """The rows that are not applied: errors and conflicts, in the order of the file."""
        wrong = (Outcome.ERROR, Outcome.CONFLICT)
        return sorted((row for row in self.rows if row.outcome in wrong), key=lambda row: row.line)

    @property
    def changes_something(self) -> bool:
        """Whether applying writes anything."""
        return any(self.counts[name] for name in (Outcome.NEW, Outcome.CHANGED, Outcome.GONE))

    @property
    def is_useless(self) -> bool:
        """Whether no row of the file can be used."""
        return not any(self.counts[o] for o in (Outcome.NEW, Outcome.CHANGED, Outcome.SAME))

    @cached_property
    def fingerprint(self) -> str:
        """64 hex digits that differ when another plan would be applied, in any language."""
        rows = [
            (row.outcome, row.line, row.brin, [(c.field, c.old, c.new) for c in row.changes])
            for row in self.rows
            if row.outcome != Outcome.SAME
        ]
        return sha256(json.dumps([self.federation, self.source, rows]).encode()).hexdigest()
