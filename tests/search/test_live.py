"""The index of this process and the table that it follows."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from django_intergrip_link.models import School
from django_intergrip_link.search import live
from django_intergrip_link.search.entry import GUEST_KIND, PRIMARY_KIND, Row
from django_intergrip_link.search.index import SchoolIndex
from django_intergrip_link.search.live import current_index

pytestmark = pytest.mark.django_db
OURS = {"base_url": "https://us.example"}


@pytest.fixture(autouse=True)
def _federations(settings: Any) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": {"kennisnet": OURS}}


def new_school(brin: str = "99ZZ00", **fields: str | bool) -> School:
    values: dict[str, str | bool] = {"name": "Petteflat College", "place": "Zwolle", **fields}
    return School.objects.create(federation="kennisnet", brin=brin, **values)


def codes(query: str) -> list[str]:
    return [entry.brin for entry in current_index().find(query).entries]


def test_kinds__are_those_of_the_registry() -> None:
    assert School.Kind.ENTREE.value == GUEST_KIND
    assert School.Kind.PO.value == PRIMARY_KIND


def test_table_without_schools__finds_nothing() -> None:
    assert codes("petteflat") == []
    assert len(current_index()) == 0


def test_school__is_shown_as_in_the_table() -> None:
    school = new_school(street="Kerkweg 1", levels="VWO", message="Nog even.", kind="mbo")
    (entry,) = current_index().find("petteflat").entries
    assert entry.pk == school.pk
    assert (entry.street, entry.levels, entry.message) == ("Kerkweg 1", "VWO", "Nog even.")
    assert (entry.federation, entry.brin, entry.kind, entry.is_open) == (
        "kennisnet",
        "99ZZ00",
        "mbo",
        True,
    )


def test_unchanged_table__costs_one_query() -> None:
    new_school()
    index = current_index()
    with CaptureQueriesContext(connection) as queries:
        assert current_index() is index
    assert len(queries) == 1


def save(school: School) -> None:
    school.name = "Anders"
    school.save()


def save_one_field(school: School) -> None:
    school.name = "Anders"
    school.save(update_fields=["name"])


def update(school: School) -> None:
    School.objects.filter(pk=school.pk).update(name="Anders")


def hide(school: School) -> None:
    School.objects.update(listed=False)


def delete(school: School) -> None:
    school.delete()


def replace(school: School) -> None:
    school.delete()
    new_school(name="Anders")


CHANGES = (save, save_one_field, update, hide, delete, replace)


@pytest.mark.parametrize("change", CHANGES)
def test_changed_table__is_followed_at_once(change: Callable[[School], None]) -> None:
    school = new_school()
    assert codes("petteflat") == ["99ZZ00"]
    change(school)
    assert codes("petteflat") == []


def test_transaction__sees_its_own_schools_and_forgets_them() -> None:
    def fail() -> None:
        with transaction.atomic():
            new_school()
            assert codes("petteflat") == ["99ZZ00"]
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert codes("petteflat") == []


def test_federation_that_the_settings_forget__takes_its_schools_along(
    settings: Any,
) -> None:
    new_school()
    assert codes("petteflat") == ["99ZZ00"]
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": {}}
    assert codes("petteflat") == []


def test_school_that_is_not_listed__is_nowhere() -> None:
    new_school(listed=False)
    found = current_index().find("petteflat")
    assert (found.total, found.closed) == (0, ())


def test_school_that_is_switched_off__is_closed() -> None:
    new_school(is_active=False)
    found = current_index().find("petteflat")
    assert (found.total, [entry.brin for entry in found.closed]) == (0, ["99ZZ00"])


def test_entree__is_a_guest() -> None:
    new_school("00AA00", kind="entree", name="Entree-account")
    assert [entry.name for entry in current_index().guests] == ["Entree-account"]
    assert codes("entree") == []


def test_threads__build_one_index_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes while another builds waits, and gets what that one built."""
    built: list[SchoolIndex] = []
    together = Barrier(4)

    def read_mark() -> tuple[object, ...]:
        together.wait(timeout=10)
        return ("changed",)

    def read_rows() -> list[Row]:
        sleep(0.1)  # long enough for the others to come and see that nothing is built yet
        built.append(SchoolIndex([]))
        return []

    monkeypatch.setattr(live, "_built", None)
    monkeypatch.setattr(live, "_read_mark", read_mark)
    monkeypatch.setattr(live, "_read_rows", read_rows)
    seen: list[SchoolIndex] = []
    threads = [Thread(target=lambda: seen.append(current_index())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert len(seen) == 4
    assert len({id(index) for index in seen}) == 1
