"""The admin in English, and people of the site with just the permissions that a test names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import translation


@pytest.fixture(autouse=True)
def _english(client: Client, admin_client: Client, settings: Any) -> Iterator[None]:
    for browser in (client, admin_client):
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def staff(client: Client, django_user_model: Any) -> Callable[..., Client]:
    """Return a function that logs somebody in with these permissions only."""

    def log_in(*names: str) -> Client:
        user = django_user_model.objects.create_user("helper", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
        client.force_login(user)
        return client

    return log_in
