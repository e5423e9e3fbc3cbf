"""RPL-03: the same message, and the same page after it, from four processes at once."""

from __future__ import annotations

from collections import Counter

import pytest

from django_intergrip_link.models import Arrival, LinkEvent
from tests.attacks.stage import DESTINATION, Stage, form_body
from tests.races.conftest import PROCESSES, Field

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
ROUNDS = 100


def test_same_message__is_taken_once(field: Field, stage: Stage) -> None:
    url = stage.school.url("acs")
    for number in range(ROUNDS):
        stage.start()
        body = form_body(stage.answer().xml()).decode()
        answers = field.race(*[{"url": url, "body": body}] * PROCESSES)

        assert Counter(a["status"] for a in answers) == {303: 1, 410: PROCESSES - 1}
        assert Arrival.objects.count() == number + 1
    assert set(LinkEvent.objects.values_list("reason", flat=True)) == {"replay"}


def test_same_page__is_followed_once(field: Field, stage: Stage) -> None:
    """Two tabs, a double click, a prefetch: one of them is in, the others are told."""
    for _ in range(ROUNDS):
        stage.start()
        page = stage.bring(form_body(stage.answer().xml()))["Location"]
        cookies = {name: cookie.value for name, cookie in stage.browser.cookies.items()}
        answers = field.race(*[{"url": page, "cookies": cookies}] * PROCESSES)

        assert Counter(a["status"] for a in answers) == {303: 1, 410: PROCESSES - 1}
        (winner,) = (a for a in answers if a["status"] == 303)
        assert winner["location"] == DESTINATION
        assert [bool(a["cookies"].get("sessionid")) for a in answers].count(True) == 1
