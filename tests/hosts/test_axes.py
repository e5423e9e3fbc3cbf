"""django-axes beside our pages: it sees our failures, and whom it locked out we refuse calmly."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt

from tests.hosts.settings import AXES_FAILURE_LIMIT
from tests.journey.walking import Walker, step

pytestmark = [pytest.mark.django_db, pytest.mark.hosts]


@pytest.fixture
def walker(arrive: Callable[..., Walker]) -> Walker:
    """A student on the link page."""
    return arrive()


def failures(name: str) -> int:
    return sum(
        AccessAttempt.objects.filter(username=name).values_list("failures_since_start", flat=True)
    )


def lock_out(walker: Walker, name: str) -> None:
    """Fail as often as axes allows, on the login page of the project."""
    for _ in range(AXES_FAILURE_LIMIT):
        walker.client.post("/login/", {"username": name, "password": "x"}, secure=True)


def test_wrong_password__axes_counts_it(walker: Walker, sanne: Any) -> None:
    walker.prove("sanne", "x")
    walker.prove("nobody", "x")

    assert (failures("sanne"), failures("nobody")) == (1, 1)


def test_locked_out__our_own_words(walker: Walker, sanne: Any) -> None:
    wrong = walker.prove("sanne", "x")
    lock_out(walker, "sanne")

    right = walker.prove("sanne")

    # Axes would answer with a page of its own, and with 429.
    assert right.status_code == wrong.status_code == 200
    assert _text(right) == _text(wrong)
    assert walker.get("confirm")["Location"] == step("link")


def test_own_limit_of_axes__our_own_words_too(walker: Walker, sanne: Any) -> None:
    pages = [walker.prove("sanne", "x") for _ in range(AXES_FAILURE_LIMIT + 1)]

    assert {page.status_code for page in pages} == {200}
    assert len({_text(page) for page in pages}) == 1


def test_whole_journey__axes_lets_it_pass(walker: Walker, sanne: Any) -> None:
    walker.prove("sanne")
    walker.confirm()

    assert walker.user_name == "sanne"
    assert walker.client.get("/inside/", secure=True).content == b"sanne"


def test_school_login__whoever_axes_locked_out(
    walker: Walker, sanne: Any, school_login: Callable[..., Any]
) -> None:
    walker.prove("sanne")
    walker.confirm()
    walker.client.logout()
    lock_out(walker, "sanne")

    school_login(walker.client)

    assert walker.client.get("/inside/", secure=True).content == b"sanne"


def _text(page: Any) -> str:
    """Return a page without its token and its times."""
    return re.sub(r"csrfmiddlewaretoken\" value=\"\w+|\d{10}|\d\d:\d\d", "", page.content.decode())
