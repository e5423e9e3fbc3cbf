"""Applying writes what was planned: all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
)
from django.db.models import Sum
from django.utils import timezone

from django_intergrip_link.models import School, SchoolProvider
from django_intergrip_link.registry import apply as applying
from django_intergrip_link.registry import plan as planning
from django_intergrip_link.registry.apply import apply_plan
from django_intergrip_link.registry.plan import make_plan
from django_intergrip_link.registry.reading import read_schools
from django_intergrip_link.registry.refused import ImportRefused

from .files import add, apply, counts, duo, duo_row, own, plan_for, real

pytestmark = pytest.mark.django_db


def mark() -> Any:
    return School.objects.aggregate(Sum("revision"))


@pytest.mark.parametrize(("name", "rows"), [("vo", 1619), ("mbo", 55)])
def test_apply__real_lists_twice(name: str, rows: int) -> None:
    assert counts(apply(real(name), listed=True)) == {"new": rows}
    before = mark()

    assert counts(apply(real(name))) == {"same": rows}

    assert mark() == before
    assert School.objects.open_for_choice().count() == rows


def test_apply__all_three_lists_side_by_side() -> None:
    for name in ("vo", "mbo", "po"):
        apply(real(name))

    assert School.objects.count() == 1619 + 55 + 6115
    assert [counts(plan_for(real(name))) for name in ("vo", "mbo")] == [
        {"same": 1619},
        {"same": 55},
    ]


def test_apply__every_write_moves_the_mark_of_search() -> None:
    marks = [mark()]
    for content in (duo(duo_row(), duo_row("99BB00")), duo(duo_row(name="x"), duo_row("99BB00"))):
        apply(content, listed=True)
        marks.append(mark())
    apply(duo(duo_row(name="x")))
    marks.append(mark())

    assert len({value["revision__sum"] for value in marks}) == 4


def test_apply__in_batches_with_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    add("99AA09", kind="vo")
    rows = [duo_row(f"99AA0{n}", f"School {n}") for n in (1, 2, 3, 9)]
    file = read_schools(duo(*rows))
    seen: list[tuple[int, int]] = []

    apply_plan(
        file,
        make_plan(file, federation="kennisnet", listed=False),
        listed=False,
        progress=lambda done, total: seen.append((done, total)),
    )

    assert seen == [(2, 4), (3, 4), (4, 4)]
    assert sorted(School.objects.values_list("name", flat=True)) == [
        f"School {n}" for n in (1, 2, 3, 9)
    ]


def test_apply__keeps_what_a_school_was_called_at_the_hub() -> None:
    add("99AA00", entity_id="https://old", realm="old")
    add("99BB00", realm="b")
    add("99CC00")

    apply(
        own(
            "brin;entity_id;realm",
            "99AA00;https://new;new",
            "99BB00;https://b;b",
            "99CC00;https://c;c",
        )
    )

    assert list(
        SchoolProvider.objects.values_list(
            "school__brin", "entity_id", "realm", "accepted_from", "accepted_until"
        )
    ) == [("99AA00", "https://old", "old", None, timezone.localdate())]
    assert School.objects.get(brin="99BB00").entity_id == "https://b"


def test_apply__nothing_when_the_registry_changed_since() -> None:
    file = read_schools(duo(duo_row(), duo_row("99BB00")))
    plan = make_plan(file, federation="kennisnet", listed=False)
    add("99BB00", "Somebody else's")

    with pytest.raises(ImportRefused, match="changed since this was shown"):
        apply_plan(file, plan, listed=False)

    assert School.objects.count() == 1


class DriverError(Exception):
    """What the driver of a database raised, with the marks that it bears."""

    def __init__(self, *args: Any, **marks: Any) -> None:
        super().__init__(*args)
        vars(self).update(marks)


RACED = "Somebody else was changing schools too"
FAILED = "The database could not be written. Nothing was lost"


@pytest.mark.parametrize(
    ("error", "cause", "words"),
    [
        (IntegrityError, None, RACED),
        (OperationalError, DriverError(sqlstate="40P01"), RACED),
        (OperationalError, DriverError(pgcode="55P03"), RACED),
        (OperationalError, DriverError(1205, "Lock wait timeout exceeded"), RACED),
        (OperationalError, DriverError("database is locked", sqlite_errorcode=5), RACED),
        (OperationalError, DriverError("database is locked", sqlite_errorcode=517), RACED),
        (OperationalError, None, FAILED),
        (OperationalError, DriverError("server closed the connection", sqlstate=None), FAILED),
        (OperationalError, DriverError(2013, "Lost connection"), FAILED),
        (OperationalError, DriverError("disk is full", sqlite_errorcode=13), FAILED),
        (OperationalError, DriverError(sqlstate="53100"), FAILED),
        (InternalError, None, FAILED),
        (InterfaceError, None, FAILED),
        (DataError, None, "A value does not fit the database"),
    ],
)
def test_apply__nothing_when_the_database_fails_halfway(
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    cause: Exception | None,
    words: str,
) -> None:
    add("99BB00", "Oud", kind="vo", entity_id="https://b")
    file = read_schools(own("brin;name;entity_id", "99AA00;Nieuw;", "99BB00;B;https://x"))
    plan = make_plan(file, federation="kennisnet", listed=False)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise error("raced") from cause

    monkeypatch.setattr(School.objects, "bulk_update", fail, raising=False)
    with pytest.raises(ImportRefused, match=words):
        apply_plan(file, plan, listed=False)

    assert list(School.objects.values_list("name", flat=True)) == ["Oud"]
    assert not SchoolProvider.objects.exists()


def test_apply__our_own_mistakes_are_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    file = read_schools(duo(duo_row()))
    plan = make_plan(file, federation="kennisnet", listed=False)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise ProgrammingError("no such table")

    monkeypatch.setattr(School.objects, "bulk_create", fail, raising=False)
    with pytest.raises(ProgrammingError):
        apply_plan(file, plan, listed=False)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite takes text of any length")
def test_apply__a_value_that_the_database_cannot_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "wrong_values", lambda values: "")
    file = read_schools(duo(duo_row(name="x" * 300)))
    plan = make_plan(file, federation="kennisnet", listed=False)

    with pytest.raises(ImportRefused, match="does not fit the database"):
        apply_plan(file, plan, listed=False)

    assert not School.objects.exists()


def test_apply__a_code_that_another_wrote_at_this_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    file = read_schools(duo(duo_row()))
    plan = make_plan(file, federation="kennisnet", listed=False)
    original = applying._school
    written = []

    def race(*args: Any) -> School:
        written.append(add())
        return original(*args)

    monkeypatch.setattr(applying, "_school", race)
    with pytest.raises(ImportRefused, match="Nothing was written; try again"):
        apply_plan(file, plan, listed=False)

    assert written
    assert not School.objects.exists()
