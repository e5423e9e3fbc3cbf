"""Which rows of the registry a school code means."""

from __future__ import annotations

from typing import Any

import pytest

from django_intergrip_link.journey.schools import find_school
from django_intergrip_link.models import School


def make(brin: str, **fields: Any) -> School:
    return School.objects.create(federation="kennisnet", brin=brin, name=brin, **fields)


@pytest.mark.parametrize(
    ("listed", "sent", "found"),
    [
        (["99AA00", "99AA01", "99AA"], "99AA01", "99AA01"),
        (["99AA00", "99AA"], "99AA01", "99AA"),
        (["99AA00", "99AA01"], "99AA", "99AA00"),
        (["99AA00"], "99AA01", None),
        (["99AA"], "99AB", None),
        (["99AA"], "99", None),
        (["99AA"], "99AA0", None),
        (["99aa"], "99AA", "99AA"),
    ],
)
@pytest.mark.django_db
def test_find__site_then_institution(listed: list[str], sent: str, found: str | None) -> None:
    for brin in listed:
        make(brin)

    school = find_school(federation="kennisnet", code=sent)

    assert (school.brin if school else None) == found


def test_find__per_federation(db: None) -> None:
    make("99AA")

    assert find_school(federation="surfconext", code="99AA") is None
