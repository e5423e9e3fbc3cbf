"""What all one-time codes share: their end, and what is left of them after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from django_intergrip_link.journey import codes, limits, school_codes
from django_intergrip_link.models import Arrival, LinkCode, School
from tests.journey.walking import PASSWORD, Walker

Arrive = Callable[..., Walker]


@pytest.fixture
def code(sanne: Any, fake_school: Any) -> str:
    """A fresh code from school for Sanne."""
    return school_codes.issue(user=sanne, school=fake_school.row, created_by=None, group="2B")


# Purge ----------------------------------------------------------------------------------------

LONG_AGO = timezone.now() - timedelta(days=397)
NOT_YET = timezone.now() - timedelta(days=395)
LATER = timezone.now() + timedelta(days=30)


@pytest.mark.parametrize("ended", ["used_at", "revoked_at", "expires_at"])
def test_purge__a_code_from_school_is_kept_for_13_months(code: str, ended: str) -> None:
    for at, count in ((NOT_YET, 0), (LONG_AGO, 1)):
        LinkCode.objects.update(**{"expires_at": LATER, ended: at})

        assert codes.purge_codes() == count
        assert LinkCode.objects.count() == 1 - count


def test_purge__a_code_that_can_be_used_stays(code: str) -> None:
    LinkCode.objects.update(created_at=LONG_AGO)

    assert codes.purge_codes() == 0


# A school that was switched off ---------------------------------------------------------------


def test_code_from_school__of_a_site_that_was_switched_off(
    arrive: Arrive, sanne: Any, fake_school: Any
) -> None:
    site = School.objects.create(
        federation=fake_school.row.federation, brin=f"{fake_school.brin[:4]}77", name="Other site"
    )
    code = school_codes.issue(user=sanne, school=site, created_by=None)
    School.objects.filter(pk=site.pk).update(is_active=False)

    assert arrive().post("code", code=code).status_code == 200
    School.objects.filter(pk=site.pk).update(is_active=True)
    assert arrive().post("code", code=code).status_code == 303


# What was filled in ---------------------------------------------------------------------------


def register(walker: Walker) -> Any:
    return walker.post("register", email="noor@example.nl", first_name="Noor", password=PASSWORD)


@pytest.mark.parametrize("way", ["stop", "not_me", "newer arrival", "eleven wrong codes"])
def test_left__wipes_what_was_filled_in(arrive: Arrive, way: str) -> None:
    walker = arrive()
    register(walker)
    row, key = LinkCode.objects.get(), walker.key
    assert row.details is not None
    if way == "newer arrival":
        arrive(walker.client)
    elif way == "eleven wrong codes":
        Arrival.objects.update(failures=limits.ARRIVAL_FAILURES)
        right = "".join(c for c in str(mail.outbox[-1].body) if c.isdigit())[:8]
        walker.post("register_code", code=f"{(int(right) + 1) % 10**8:08d}")
    else:
        walker.post(way)

    assert Arrival.objects.get(key=key).closed_at is not None
    row.refresh_from_db()
    assert row.details is None
