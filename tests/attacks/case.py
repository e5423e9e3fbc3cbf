"""One row of an attack table: what is bent, and how the site must answer.

The ids are those of the project's list of cases; a suffix tells variants of one case apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from django_intergrip_link.testing.hub import SignedParts
from tests.attacks.stage import DESTINATION, Stage, step_url

Act = Callable[[Stage], Any]

SHAPES: Final[tuple[SignedParts, ...]] = ("response", "assertion", "both")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The page that an attack must end on.

    Attributes:
        status: HTTP status.
        reason: in the one event; ``""`` where nothing is refused.
        location: where a redirect leads.
        is_in: somebody is logged in afterwards who was not before.
        is_form: the page is a step of the journey, so it names who is at school.
    """

    status: int
    reason: str = ""
    location: str = ""
    is_in: bool = False
    is_form: bool = False


OK: Final = Outcome(status=303, location=DESTINATION, is_in=True)
"""The honest outcome: the linked person is in, on the page they asked for."""

BAD: Final = Outcome(status=400, reason="malformed")


def deny(reason: str) -> Outcome:
    """Refused: HTTP 403 with a calm page."""
    return Outcome(status=403, reason=reason)


def gone(reason: str) -> Outcome:
    """Refused because it is over: HTTP 410 with a calm page."""
    return Outcome(status=410, reason=reason)


def again(reason: str) -> Outcome:
    """The same form once more, with one sentence that every cause shares."""
    return Outcome(status=200, reason=reason)


def wait() -> Outcome:
    """The same form once more, with how long to wait."""
    return Outcome(status=429, reason="limit", is_form=True)


def lands(location: str) -> Outcome:
    """In, and on this page."""
    return Outcome(status=303, location=location, is_in=True)


def leads(step: str, reason: str = "") -> Outcome:
    """Sent to another step; nothing changes."""
    return Outcome(status=303, location=step_url(step), reason=reason)


def start(stage: Stage) -> None:
    """Begin a school login, as every answer needs."""
    stage.start()


def in_turn(*acts: Act) -> Act:
    """Play these one after the other."""

    def play(stage: Stage) -> None:
        for act in acts:
            act(stage)

    return play


@dataclass(frozen=True)
class Case:
    """One attack.

    Attributes:
        id: number in the list of cases.
        bent: what is not as it should be, in words.
        act: does it and returns the last response.
        expected: how it must end.
        shapes: which parts the hub signs, one run each.
        scene: what happens before; nothing of it counts as the attack.
    """

    id: str
    bent: str
    act: Act
    expected: Outcome
    shapes: tuple[SignedParts, ...] = ("both",)
    scene: Act = start


def each(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """Run a test once for every row and every signing shape of it."""
    rows = [
        pytest.param(case, sign, id=case.id if len(case.shapes) == 1 else f"{case.id}-{sign}")
        for case in cases
        for sign in case.shapes
    ]
    return pytest.mark.parametrize(("case", "sign"), rows)
