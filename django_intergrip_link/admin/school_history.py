"""Lines of history for the schools that an import wrote, beside the one of the import itself."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from django_intergrip_link.models import School
from django_intergrip_link.registry.outcomes import Outcome, Plan, PlanRow

from .import_preview import LABELS

FLAGS = {Outcome.NEW: ADDITION, Outcome.CHANGED: CHANGE, Outcome.GONE: CHANGE}
ROWS_AT_ONCE = 500


def log_import(plan: Plan, *, file_name: str, user_id: Any) -> None:
    """Write a line for every school that is new, changed or no longer in the file."""
    rows = [row for outcome in FLAGS for row in plan.of(outcome)]
    kind = ContentType.objects.get_for_model(School)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = {row.brin: row for row in rows[start : start + ROWS_AT_ONCE]}
        schools = School.objects.filter(federation=plan.federation, brin__in=some)
        LogEntry.objects.bulk_create(
            LogEntry(
                user_id=user_id,
                content_type=kind,
                object_id=str(school.pk),
                object_repr=str(school)[:200],
                action_flag=FLAGS[some[school.brin].outcome],
                change_message=_words(some[school.brin], file_name),
            )
            for school in schools
        )


def _words(row: PlanRow, file_name: str) -> str:
    named = {"file": file_name, "fields": ", ".join(str(LABELS[c.field]) for c in row.changes)}
    match row.outcome:
        case Outcome.NEW:
            return _("Import of %(file)s.") % named
        case Outcome.GONE:
            return _("Import of %(file)s: no longer in it, and off the list.") % named
        case _:
            return _("Import of %(file)s: %(fields)s.") % named
