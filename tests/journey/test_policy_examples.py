"""The examples of the how-to about policies, as they stand there."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group

from django_intergrip_link.models import AccountLink, School
from tests.journey.walking import Walker
from tests.markdown import DOCS, code, section

EXAMPLES = code(section(DOCS / "howto" / "policy.md", "Three examples"), "python")
NAMES = ("pupils_of_my_region", "staff_of_listed_schools", "only_imported_accounts")
Arrive = Callable[..., Walker]


def example(name: str) -> Any:
    """Run the block that defines this policy, and return the policy."""
    [block] = [block for block in EXAMPLES if f"def {name}(" in block]
    names: dict[str, Any] = {}
    exec(compile(block, "policy.md", "exec"), names)  # noqa: S102 - our own documentation
    return names[name]


# The setting takes a dotted path; these are the policies under the name of this module.
pupils_of_my_region, staff_of_listed_schools, only_imported_accounts = map(example, NAMES)


def test_examples__are_these_three() -> None:
    found = [
        name for block in EXAMPLES for name in re.findall(r"^def (\w+)\(", block, re.MULTILINE)
    ]

    assert tuple(found) == NAMES


REGION = """
    kind  place      role      staff  reason
    vo    Zwolle     student   no     -
    vo    ZWOLLE     student   no     -
    vo    Deventer   student   no     other_region
    mbo   Zwolle     student   no     not_vo_pupil
    vo    Zwolle     employee  no     not_vo_pupil
    vo    Zwolle     -         no     role
    vo    Zwolle     student   yes    privileged
"""
STAFF = """
    brin    role       staff  reason
    99AA    employee   no     -
    99AA01  staff      no     -
    99AC    employee   no     no_contract
    99AA    student    no     not_staff
    99AA    affiliate  no     role
    99AA    employee   yes    privileged
"""


def rows(table: str) -> list[dict[str, str]]:
    """Return the lines of a table by the names in its first one; ``-`` is nothing."""
    names, *lines = (line.split() for line in table.strip().splitlines())
    return [
        {name: "" if cell == "-" else cell for name, cell in zip(names, line, strict=True)}
        for line in lines
    ]


def reason(policy: Any, row: dict[str, str], user: Any) -> str:
    fields = {name: row[name] for name in ("kind", "place", "brin") if name in row}
    return policy(
        user=user, account=SimpleNamespace(role=row["role"]), school=School(**fields)
    ) or ""  # fmt: skip


@pytest.mark.parametrize("row", rows(REGION), ids=str)
def test_pupils_of_my_region(row: dict[str, str], django_user_model: Any) -> None:
    user = django_user_model(is_staff=row["staff"] == "yes")

    assert reason(pupils_of_my_region, row, user) == row["reason"]


@pytest.mark.parametrize("row", rows(STAFF), ids=str)
def test_staff_of_listed_schools(row: dict[str, str], django_user_model: Any) -> None:
    user = django_user_model(is_staff=row["staff"] == "yes")

    assert reason(staff_of_listed_schools, row, user) == row["reason"]


@pytest.mark.parametrize(
    ("who", "wanted"),
    [("imported", ""), ("made by hand", "not_imported"), ("new", "not_imported")],
)
def test_only_imported_accounts(sanne: Any, who: str, wanted: str) -> None:
    group = Group.objects.create(name="Imported")
    if who == "imported":
        sanne.groups.add(group)
    user = type(sanne)(username="new") if who == "new" else sanne

    assert reason(only_imported_accounts, {"role": "student"}, user) == wanted


@pytest.mark.parametrize("is_right", [True, False], ids=["allowed", "refused"])
@pytest.mark.parametrize("name", NAMES)
def test_example__decides_in_the_journey(
    arrive: Arrive, sanne: Any, settings: Any, name: str, is_right: bool
) -> None:
    """By the setting, for a person who comes back from school."""
    walker = arrive(eduPersonAffiliation="employee" if "staff" in name else "student")
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "LINK_POLICY": f"{__name__}.{name}"}
    place, brin = ("Kampen", "99AA00") if is_right else ("Deventer", "99ZZ00")
    School.objects.update(place=place, brin=brin)
    if is_right:
        sanne.groups.add(Group.objects.create(name="Imported"))
    walker.prove("sanne")

    assert walker.get("confirm").status_code == (200 if is_right else 403)
    assert walker.confirm().status_code == (303 if is_right else 403)
    assert AccountLink.objects.filter(user=sanne).exists() is is_right
