"""The stage for every attack; the keys and files of the hub are made once for the whole run."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from django_intergrip_link.testing.login import link_user
from django_intergrip_link.testing.school import add_school, settings_with
from tests.attacks.stage import PASSWORD, VICTIM_UID, Stage


@pytest.fixture(scope="session")
def trusting_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """``INTERGRIP_LINK`` with one federation; its files stay, so nothing is built twice."""
    return settings_with(tmp_path_factory.mktemp("hub"))


@pytest.fixture
def stage(
    db: None,
    settings: Any,
    trusting_settings: dict[str, Any],
    tmp_path: Any,
    django_user_model: Any,
) -> Stage:
    """A linked victim, and a browser on which a visitor is logged in."""
    settings.INTERGRIP_LINK = trusting_settings
    school = add_school()
    create = django_user_model.objects.create_user
    victim = create("victim", "victim@example.nl", PASSWORD, first_name="Vicky")
    visitor = create("visitor", "visitor@example.nl", PASSWORD, first_name="Viktor")
    link_user(victim, school, uid=VICTIM_UID)
    browser = Client()
    assert browser.login(username="visitor", password=PASSWORD)
    return Stage(
        school=school,
        browser=browser,
        victim=victim,
        visitor=visitor,
        sign="both",
        settings=settings,
        folder=tmp_path,
    )
