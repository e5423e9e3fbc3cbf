"""Writes what a plan says: everything or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connections, router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from django_intergrip_link.models import School

from .outcomes import Outcome, Plan, PlanRow
from .plan import make_plan
from .providers import keep_former_provider
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
        ImportRefused: the registry changed since the plan was shown, or at this very moment;
            nothing is written.
    """
    using = router.db_for_write(School)
    try:
        with transaction.atomic(using=using):
            schools = _lock_schools(plan.federation, using=using)
            again = make_plan(file, federation=plan.federation, listed=listed, schools=schools)
            if again.fingerprint != plan.fingerprint:
                raise ImportRefused(
                    _("The schools changed since this was shown. Nothing was written; look again.")
                )
            _write(again, {school.brin: school for school in schools}, progress or _silent)
    except (IntegrityError, OperationalError) as error:
        raise ImportRefused(
            _("Somebody else was changing schools too. Nothing was written; try again.")
        ) from error


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
        for row in rows:
            _keep_former(row, schools[row.brin])
        fields = sorted({change.field for row in rows for change in row.changes})
        School.objects.bulk_update([_changed(row, schools[row.brin]) for row in rows], fields)
        done += len(rows)
        progress(done, total)


def _school(plan: Plan, row: PlanRow) -> School:
    values = {change.field: change.new for change in row.changes}
    return School(federation=plan.federation, brin=row.brin, source=plan.source, **values)


def _changed(row: PlanRow, school: School) -> School:
    for change in row.changes:
        setattr(school, change.field, change.new)
    return school


def _keep_former(row: PlanRow, school: School) -> None:
    """Write down what a school was called at the hub until today, when that is about to change."""
    if any(change.old for change in row.changes if change.field in ("entity_id", "realm")):
        keep_former_provider(school, timezone.localdate())


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield the items by :data:`BATCH`."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _silent(done: int, total: int) -> None:
    """Tell nobody."""
