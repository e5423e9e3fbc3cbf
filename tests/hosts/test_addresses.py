"""allauth's table of addresses: who may prove a site account with a code by e-mail."""

from __future__ import annotations

from typing import Any

import pytest

from django_intergrip_link.journey.addresses import is_verified

pytestmark = [pytest.mark.django_db, pytest.mark.hosts]


@pytest.mark.parametrize(
    ("address", "verified", "answer"),
    [
        ("sanne@example.nl", True, True),
        ("sanne@example.nl", False, False),
        # Another address of the same user says nothing about this one.
        ("other@example.nl", True, None),
    ],
)
def test_allauth__is_believed(
    sanne: Any, address: str, verified: bool, answer: bool | None
) -> None:
    sanne.emailaddress_set.create(email=address, verified=verified, primary=True)

    assert is_verified(sanne) is answer


def test_allauth__has_no_address(sanne: Any) -> None:
    assert is_verified(sanne) is None
