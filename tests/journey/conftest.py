"""Students with a site account, and a browser that has just come back from school."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.journey.walking import PASSWORD, Walker


@pytest.fixture
def sanne(django_user_model: Any) -> Any:
    """A student with a site account that nothing is linked to."""
    return django_user_model.objects.create_user(
        "sanne", "sanne@example.nl", PASSWORD, first_name="Sanne", last_name="de Wit"
    )


@pytest.fixture
def arrive(school_login: Any) -> Callable[..., Walker]:
    """Return a function that logs in at school with a new browser and stops at the first page."""

    def arrive(client: Client | None = None, **options: Any) -> Walker:
        client = client or Client()
        response = school_login(client, **options)
        assert response.status_code == 303, response.content.decode()
        return Walker(client)

    return arrive
