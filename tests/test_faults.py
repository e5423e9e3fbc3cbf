"""The database or the cache fails: a calm page, and state before or after, never between."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from django_intergrip_link.journey import counting, limits
from django_intergrip_link.models import AccountLink, Arrival, LinkEvent
from tests.journey.walking import PASSWORD, Walker, step


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
        limits.count(limits.REFUSALS, "malformed")

    response = client.post(fake_school.url("acs"), secure=True)

    assert response.status_code == 400
    assert not LinkEvent.objects.exists()


class BrokenCache:
    """A cache server that is gone."""

    def __getattr__(self, name: str) -> Any:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError("cache gone")

        return fail


def test_cache__gone_leaves_counting_to_the_database(
    school_login: Any, fake_school: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FLT-03: everything goes on, and the sixth wrong password still has to wait."""
    school_login(client)
    walker = Walker(client)
    monkeypatch.setattr(counting, "cache", BrokenCache())

    assert client.post(fake_school.url("acs"), secure=True).status_code == 400
    assert [walker.prove("sanne").status_code for _ in range(6)] == [200] * 5 + [429]
    assert LinkEvent.objects.filter(reason="password").count() == 5


def test_cache__gone_and_the_database_too_is_a_calm_page(
    school_login: Any, fake_school: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FLT-03: without a count there is no try."""
    school_login(client)
    walker = Walker(client)
    monkeypatch.setattr(counting, "cache", BrokenCache())
    monkeypatch.setattr("django.db.models.query.QuerySet.update", fail)

    assert walker.prove("sanne").status_code == 503
    assert not LinkEvent.objects.exists()


def test_static__manifest_storage(
    school_login: Any, fake_school: Any, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path
    storage = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
    call_command("collectstatic", interactive=False, verbosity=0)

    school_login(client)
    response = client.get(step("link"), secure=True)

    assert response.status_code == 200
    assert "link.css" not in response.content.decode()


def test_static__on_another_host(
    school_login: Any, fake_school: Any, client: Client, settings: Any
) -> None:
    settings.STATIC_URL = "https://static.example/s/"
    school_login(client)

    policy = client.get(step("link"), secure=True)["Content-Security-Policy"]

    assert "style-src 'self' https://static.example;" in policy
