"""Whose code it is: what may mean two site accounts is nobody's."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from django_intergrip_link.journey.recipients import find_recipients, pick_recipients, read_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(django_user_model: Any) -> Any:
    """Somebody who is meant, by all ways in which a list may say it."""
    return django_user_model.objects.create_user("00123", "Victim@example.nl")


@pytest.mark.parametrize("name", ["victim@example.nl", "Victim@Example.NL", "123", "0123"])
def test_find__a_name_that_was_made_to_be_mistaken(
    pupil: Any, django_user_model: Any, name: str
) -> None:
    django_user_model.objects.create_user(name, "thief@example.nl")

    found = find_recipients(read_lines(f"{name}\n{name.lower()}"))

    assert found.users == []
    assert all(f"(00123, {name})" in row.reason for row in found.skipped)
    assert len(found.skipped) == 2


@pytest.mark.skipif(connection.vendor == "mysql", reason="MariaDB keeps such names apart itself")
def test_find__names_that_differ_in_capitals_only(django_user_model: Any) -> None:
    make = django_user_model.objects.create_user
    make("sanne", "sanne@example.nl")
    other = make("Sanne", "other@example.nl")

    assert find_recipients(read_lines("Sanne\nsanne")).users == []
    assert find_recipients(read_lines("other@example.nl")).users == [other]


@pytest.mark.parametrize("typed", ["00123", "123", "victim@example.nl", "VICTIM@example.nl"])
def test_find__by_every_spelling(pupil: Any, typed: str) -> None:
    assert find_recipients(read_lines(typed)).users == [pupil]


def test_find__one_account_by_name_and_address(django_user_model: Any) -> None:
    user = django_user_model.objects.create_user("a@example.nl", "a@example.nl")

    assert find_recipients(read_lines("A@example.nl\na@example.nl")).users == [user]


def test_pick__no_text_is_understood(pupil: Any, django_user_model: Any) -> None:
    thief = django_user_model.objects.create_user("123")
    staff = django_user_model.objects.create_user("juf", is_staff=True)

    picked = pick_recipients([pupil, staff, thief])

    assert picked.users == [pupil, thief]
    assert [(row.line.number, row.line.typed) for row in picked.skipped] == [(2, "juf")]
