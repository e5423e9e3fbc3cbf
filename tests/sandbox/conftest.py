"""A development site with the sandbox on port 8000, and a new browser before it."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from .walking import SITE, Browser


@pytest.fixture
def sandbox_settings(settings: Any) -> Any:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "other.example"]
    settings.ROOT_URLCONF = f"{__package__}.urls"
    settings.INTERGRIP_LINK = {
        "SITE_NAME": "Doorstroom",
        "SUBJECT_KEYS": {"test": "only for tests, and long enough for the check"},
        "FEDERATIONS": {"kennisnet": {"preset": "sandbox", "base_url": SITE}},
        "CHOOSER": "hub",
    }
    return settings


@pytest.fixture
def browser(sandbox_settings: Any, db: None) -> Browser:
    call_command("intergrip_demo", stdout=StringIO())
    return Browser()
