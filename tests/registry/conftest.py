"""English messages, and a registry with one federation that commands may name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def by_realm(settings: Any) -> None:
    """Let the federation of these tests tell schools by realm, as SURFconext does."""
    entry = {"preset": "surfconext", "base_url": "https://testserver"}
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": {"kennisnet": entry}}


@pytest.fixture
def kennisnet(settings: Any, db: None) -> str:
    entry = {"preset": "sandbox", "base_url": "https://testserver"}
    settings.INTERGRIP_LINK = {
        **settings.INTERGRIP_LINK,
        "FEDERATIONS": {"kennisnet": entry, "surfconext": entry},
    }
    return "kennisnet"
