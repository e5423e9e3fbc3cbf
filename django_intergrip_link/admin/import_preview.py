"""A plan in words, for the pages of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.models import School
from django_intergrip_link.registry.outcomes import Change, Outcome, Plan, PlanRow
from django_intergrip_link.registry.records import FIELDS, Value

SHOWN = 50
HEADINGS = {
    Outcome.ERROR: _("Wrong, and left out"),
    Outcome.CONFLICT: _("In conflict, and left out"),
    Outcome.NEW: _("New"),
    Outcome.CHANGED: _("Changed"),
    Outcome.GONE: _("No longer in the file: students will not see them; links stay"),
}
LABELS = {name: getattr(School, name).field.verbose_name for name in FIELDS}


@dataclass(frozen=True)
class Section:
    """The rows with one outcome; the first of them."""

    outcome: str
    heading: Any
    total: int
    rows: list[tuple[PlanRow, list[str]]]

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return self.total - len(self.rows)


def preview_sections(plan: Plan) -> list[Section]:
    """Return what to show of a plan, what needs a person first."""
    sections = []
    for outcome, heading in HEADINGS.items():
        rows = plan.of(outcome)
        if rows:
            shown = [(row, _details(row)) for row in rows[:SHOWN]]
            sections.append(Section(outcome.value, heading, len(rows), shown))
    return sections


def counts_text(counts: Mapping[str, int]) -> str:
    """Return counts as one sentence, or a dash when there are none."""
    if not counts:
        return "–"
    return gettext(
        "%(new)d new, %(changed)d changed, %(same)d same, %(gone)d gone, %(conflict)d in conflict, "
        "%(error)d wrong."
    ) % dict(counts)


def wrong_rows(plan: Plan) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the CSV with what is left out, and why."""
    header = [gettext("row"), gettext("school code"), gettext("name"), gettext("reason")]
    return header, [[str(row.line), row.brin, row.name, row.reason] for row in plan.left_out]


def _details(row: PlanRow) -> list[str]:
    if row.reason:
        return [row.reason]
    return [_sentence(change, is_new=row.outcome is Outcome.NEW) for change in row.changes]


def _sentence(change: Change, *, is_new: bool) -> str:
    label, new = LABELS[change.field], _words(change.new)
    return f"{label}: {new}" if is_new else f"{label}: {_words(change.old)} → {new}"


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return ", ".join(value.splitlines()) or "–"
