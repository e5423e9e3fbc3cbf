"""The database or the cache fails: a calm page, and state before or after, never between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from django_intergrip_link.journey import limits
from django_intergrip_link.models import AccountLink, Arrival, LinkEvent
from tests.journey.walking import PASSWORD, Walker


def fail(*args: Any, **kwargs: Any) -> None:
    raise OperationalError


def test_database__down_at_return(
    school_login: Any, fake_school: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_intergrip_link.models.Arrival.objects.create", fail)

    response = school_login(Client())

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "Er ging iets mis bij ons." in response.content.decode()
    assert LinkEvent.objects.get().reason == "unavailable"


def test_database__down_for_the_event_too(
    school_login: Any,
    fake_school: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("django_intergrip_link.models.Arrival.objects.create", fail)
    monkeypatch.setattr("django_intergrip_link.models.LinkEvent.objects.create", fail)

    with caplog.at_level(logging.WARNING, "django_intergrip_link"):
        response = school_login(Client())

    assert response.status_code == 503
    assert "refused reason=unavailable" in caplog.text


@pytest.mark.parametrize("model", ["AccountLink", "LinkEvent"])
def test_database__down_at_confirm_leaves_nothing_half(
    school_login: Any,
    fake_school: Any,
    django_user_model: Any,
    model: str,
    client: Client,
) -> None:
    django_user_model.objects.create_user("sanne", password=PASSWORD)
    school_login(client)
    walker = Walker(client)
    walker.prove("sanne")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"django_intergrip_link.models.{model}.objects.create", fail)
        assert walker.confirm().status_code == 503

    assert not AccountLink.objects.exists()
    assert Arrival.objects.get().closed_at is None
    assert walker.confirm().status_code == 303
    assert AccountLink.objects.count() == 1


def test_refusals__junk_cannot_fill_the_trail(client: Client, fake_school: Any) -> None:
    for _ in range(limits.REFUSALS.ceiling):
        limits.count(limits.REFUSALS, "")

    response = client.post(fake_school.url("acs"), secure=True)

    assert response.status_code == 400
    assert not LinkEvent.objects.exists()


def test_limits__window_that_ends_between_two_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.count(limits.ACCOUNT, "a")
    incr: Callable[..., int] = cache.incr

    def gone(key: str, *args: Any) -> int:
        cache.delete(key)
        return incr(key)

    monkeypatch.setattr(cache, "incr", gone)

    assert limits.count(limits.ACCOUNT, "a") == 1
