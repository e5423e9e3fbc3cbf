"""Compares a file with the registry; writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from django_intergrip_link.federation.directory import tells_schools_by_realm
from django_intergrip_link.models import School

from .clashes import Claim, Claims
from .index import fold
from .matching import match_providers
from .outcomes import Change, Outcome, Plan, PlanRow
from .reading import SOURCES
from .records import HUB_NAMES, Record, Refusal, SchoolFile, Value, normal, wrong_values


def make_plan(
    file: SchoolFile, *, federation: str, listed: bool, schools: Iterable[School] | None = None
) -> Plan:
    """Return what a file would do to the schools of a federation.

    Args:
        file: the file as it was read.
        federation: whose schools these are.
        listed: new schools are shown to students and let in; without it they are only known.
        schools: the schools of the federation when they are loaded already.
    """
    if schools is None:
        schools = School.objects.filter(federation=federation)
    registry = {school.brin: school for school in schools}
    records, rows = _sort_out(file, registry, federation)
    single, repeated = _without_repeats(records)
    flags = {"is_active": listed, "listed": listed}
    compared = [_compare(record, registry.get(record.brin), file, flags) for record in single]
    rows += [*repeated, *_without_clashes(compared, registry, federation)]
    rows.sort(key=lambda row: row.line)
    rows += _gone(file, registry.values(), named={row.brin for row in rows})
    return Plan(federation=federation, source=SOURCES[file.format], rows=tuple(rows))


def _sort_out(
    file: SchoolFile, registry: Mapping[str, School], federation: str
) -> tuple[list[Record], list[PlanRow]]:
    """Return what the file says that can be used, and the rows that cannot."""
    said: Iterable[Record | PlanRow] = file.records
    if file.format == "metadata":
        by_realm = tells_schools_by_realm(federation)
        said = match_providers(file, registry.values(), by_realm=by_realm)
    records: list[Record] = []
    rows = [_error(refusal) for refusal in file.refusals]
    for item in said:
        if isinstance(item, PlanRow):
            rows.append(item)
        elif reason := wrong_values(item.values):
            rows.append(_without_changes(item, Outcome.ERROR, reason))
        else:
            records.append(item)
    return records, rows


def _error(refusal: Refusal) -> PlanRow:
    return PlanRow(
        outcome=Outcome.ERROR,
        line=refusal.line,
        brin=refusal.brin,
        name=refusal.name,
        reason=refusal.reason,
    )


def _without_repeats(records: list[Record]) -> tuple[list[Record], list[PlanRow]]:
    """Part records from repeats: one that says the same again is no news, others are a conflict."""
    by_code: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_code[record.brin].append(record)
    single, rows = [], []
    for first, *others in by_code.values():
        if all(other.values == first.values for other in others):
            single.append(first)
            rows += [_without_changes(other, Outcome.SAME) for other in others]
        else:
            lines = ", ".join(str(record.line) for record in (first, *others))
            reason = _("Rows %(lines)s say different things of this school.") % {"lines": lines}
            rows += [
                _without_changes(record, Outcome.CONFLICT, reason) for record in (first, *others)
            ]
    return single, rows


def _without_changes(record: Record, outcome: Outcome, reason: str = "") -> PlanRow:
    name = str(record.values.get("name", ""))
    return PlanRow(outcome=outcome, line=record.line, brin=record.brin, name=name, reason=reason)


def _compare(
    record: Record, school: School | None, file: SchoolFile, flags: Mapping[str, bool]
) -> PlanRow:
    if school is None:
        return _new(record, flags)
    if file.format == "duo" and school.kind not in (record.values["kind"], School.Kind.OTHER):
        reason = _("In the registry this code is of kind %(kind)s. Change that there first.")
        return _without_changes(record, Outcome.CONFLICT, reason % {"kind": school.kind})
    changes = tuple(_changes(record, school))
    return PlanRow(
        outcome=Outcome.CHANGED if changes else Outcome.SAME,
        line=record.line,
        brin=record.brin,
        name=str(record.values.get("name", school.name)),
        changes=changes,
    )


def _new(record: Record, flags: Mapping[str, bool]) -> PlanRow:
    if not record.values.get("name"):
        reason = _("No school has this code, and a new school needs a name.")
        return _without_changes(record, Outcome.ERROR, reason)
    values = {**flags, **record.values}
    return PlanRow(
        outcome=Outcome.NEW,
        line=record.line,
        brin=record.brin,
        name=str(values["name"]),
        changes=tuple(Change(field, "", new) for field, new in values.items() if new != ""),
    )


def _changes(record: Record, school: School) -> Iterator[Change]:
    for field, new in _with_former_name(record, school).items():
        raw = getattr(school, field)
        # A name at the hub that was typed with an @ or a space never worked: it is put right.
        old = raw if field in HUB_NAMES else normal(field, raw)
        if old != normal(field, new):
            yield Change(field, old, new)


def _with_former_name(record: Record, school: School) -> Mapping[str, Value]:
    """Add the name that is about to be replaced to the former names, so that it is still found."""
    name = str(record.values.get("name", school.name))
    if fold(name) == fold(school.name):
        return record.values
    former = str(record.values.get("former_names", school.former_names))
    if fold(school.name) in map(fold, former.splitlines()):
        return record.values
    lines = f"{former}\n{school.name}"
    return {**record.values, "former_names": normal("former_names", lines)}


def _without_clashes(
    rows: list[PlanRow], registry: Mapping[str, School], federation: str
) -> Iterator[PlanRow]:
    """Turn rows into conflicts that give a school what another one has."""
    before = {brin: Claim.of(school) for brin, school in registry.items()}
    after = {row.brin: _claim_after(row, before.get(row.brin)) for row in rows}
    # What a school is about to leave counts too: its own row may turn out to be a conflict.
    claims = Claims([*before.values(), *after.values()], federation=federation)
    for row in rows:
        changed = {change.field for change in row.changes}
        objections = claims.objections(after[row.brin], changed=changed)
        if objections:
            reason = " ".join(objections.values())
            yield replace(row, outcome=Outcome.CONFLICT, changes=(), reason=reason)
        else:
            yield row


def _claim_after(row: PlanRow, before: Claim | None) -> Claim:
    claim = before or Claim.of(School(brin=row.brin, name=row.name))
    new = {change.field: str(change.new) for change in row.changes}
    return replace(claim, **{name: new[name] for name in ("kind", *HUB_NAMES) if name in new})


def _gone(file: SchoolFile, schools: Iterable[School], *, named: set[str]) -> list[PlanRow]:
    """Return the schools that came from such a file and are still listed, but not in this one."""
    if not file.is_complete:
        return []
    kinds = file.kinds
    present = {provider.entity_id for provider in file.providers}
    return [
        PlanRow(
            outcome=Outcome.GONE,
            brin=school.brin,
            name=school.name,
            changes=(Change("listed", old=True, new=False),),
        )
        for school in sorted(schools, key=lambda school: school.brin)
        if school.source == SOURCES[file.format]
        and school.listed
        and school.brin not in named
        and school.entity_id not in present
        and (file.format == "metadata" or school.kind in kinds)
    ]
