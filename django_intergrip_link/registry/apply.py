"""Writes what a plan says: everything or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import TypeVar

from django.db import connections, router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from django_intergrip_link.models import School

from .failures import database_refusals
from .outcomes import Outcome, Plan, PlanRow
from .plan import make_plan
from .providers import has_new_provider, keep_former_provider
from .records import SchoolFile
from .refused import ImportRefused

BATCH = 500
Item = TypeVar("Item")
Progress = Callable[[int, int], None]
"""Called with how many schools are written, and of how many."""


def apply_plan(
    file: SchoolFile, plan: Plan, *, listed: bool, progress: Progress | None = None
) -> None:
    """Write a plan in one transaction, after making it again: it must still be the same.

    Raises:
        ImportRefused: the registry changed since the plan was shown, or at this very moment, or
            the database cannot be written; nothing is written.
    """
    using = router.db_for_write(School)
    with database_refusals(), transaction.atomic(using=using):
        schools = _lock_schools(plan.federation, using=using)
        again = make_plan(file, federation=plan.federation, listed=listed, schools=schools)
        if again.fingerprint != plan.fingerprint:
            raise ImportRefused(
                _("The schools changed since this was shown. Nothing was written; look again.")
            )
        _write(again, {school.brin: school for school in schools}, progress or _silent)


def _lock_schools(federation: str, *, using: str) -> list[School]:
    # On PostgreSQL the weaker lock, so that nobody's login waits for an import.
    weaker = connections[using].features.has_select_for_no_key_update
    return list(
        School.objects.using(using).select_for_update(no_key=weaker).filter(federation=federation)
    )


def _write(plan: Plan, schools: dict[str, School], progress: Progress) -> None:
    new = [_school(plan, row) for row in plan.of(Outcome.NEW)]
    changed = [*plan.of(Outcome.CHANGED), *plan.of(Outcome.GONE)]
    total, done = len(new) + len(changed), 0
    for some in _batches(new):
        School.objects.bulk_create(some)
        done += len(some)
        progress(done, total)
    for rows in _batches(changed):
        fields = sorted({change.field for row in rows for change in row.changes})
        School.objects.bulk_update([_change(row, schools[row.brin]) for row in rows], fields)
        done += len(rows)
        progress(done, total)


def _school(plan: Plan, row: PlanRow) -> School:
    values = {change.field: change.new for change in row.changes}
    return School(federation=plan.federation, brin=row.brin, source=plan.source, **values)


def _change(row: PlanRow, school: School) -> School:
    """Put the changes into a school; what the hub called it until now is written down."""
    before = copy(school)
    for change in row.changes:
        setattr(school, change.field, change.new)
    if has_new_provider(before=before, after=school):
        keep_former_provider(before, timezone.localdate())
    return school


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield the items by :data:`BATCH`."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _silent(done: int, total: int) -> None:
    """Tell nobody."""
