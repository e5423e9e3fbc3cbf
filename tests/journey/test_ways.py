"""Which site accounts a journey may end with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from django_intergrip_link.errors import NoRegistration
from django_intergrip_link.journey import ways
from django_intergrip_link.journey.pending import Pending


@pytest.mark.parametrize(
    ("mode", "relink_id", "takes_existing", "takes_new"),
    [
        ("ask", 0, True, True),
        ("existing_only", 0, True, False),
        ("new_only", 0, False, True),
        ("ask", 1, True, False),
        ("existing_only", 1, True, False),
        ("new_only", 1, True, False),
    ],
)
def test_ways__table(
    settings: Any,
    mode: str,
    relink_id: int,
    takes_existing: bool,
    takes_new: bool,
) -> None:
    pending = Pending(arrival="a", federation="kennisnet", next="", relink_id=relink_id)
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REGISTRATION": mode}

    assert ways.takes_existing(pending) == takes_existing
    assert ways.takes_new(pending) == takes_new


def test_require_existing__new_only(settings: Any) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REGISTRATION": "new_only"}
    pending = Pending(arrival="a", federation="kennisnet", next="")

    ways.require_existing(replace(pending, relink_id=1))
    with pytest.raises(NoRegistration):
        ways.require_existing(pending)
