"""Runs with ``tox run -e hosts`` only: these apps stand in no other settings of the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.journey.conftest import arrive, sanne

__all__ = ["arrive", "declare", "sanne"]

if "two_factor" not in django_settings.INSTALLED_APPS:
    collect_ignore_glob = ["*"]


@pytest.fixture
def declare(settings: Any) -> Callable[..., None]:
    """Return a function that changes keys of ``INTERGRIP_LINK``."""

    def change(**keys: str) -> None:
        settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, **keys}

    return change
