"""pytest fixtures for projects that use this app: ``fake_school``, ``school_login`` and more.

Loaded by pytest in every project (entry point ``pytest11``), so nothing of Django is imported
before a fixture is asked for. They need pytest-django.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django_intergrip_link.testing.school import FakeSchool


@pytest.fixture
def fake_school_factory(db: None, settings: Any, tmp_path: Path) -> Callable[..., FakeSchool]:
    """Return a function that makes schools behind one hub: ``(brin=…, name=…, federation=…)``."""
    from django_intergrip_link.testing.school import add_school, settings_with

    def make(**school: str) -> FakeSchool:
        federation = school.get("federation", "kennisnet")
        folder = tmp_path / federation
        if not folder.exists():
            folder.mkdir()
            settings.INTERGRIP_LINK = settings_with(folder, federation=federation)
        return add_school(**school)

    return make


@pytest.fixture
def fake_school(fake_school_factory: Callable[..., FakeSchool]) -> FakeSchool:
    """Return "Petteflat College" (99AA00), behind a fake hub in federation ``kennisnet``."""
    return fake_school_factory()


@pytest.fixture
def school_login(request: pytest.FixtureRequest, db: None) -> Callable[..., Any]:
    """Return :func:`django_intergrip_link.testing.login.school_login`.

    Without a school it takes ``fake_school``: ``school_login(client, next="/dossier/")``. It names
    ``db`` because pytest-django makes a test database only for what a test asks by name.
    """
    from django_intergrip_link.testing import login

    def log_in(client: Any, school: FakeSchool | None = None, **options: Any) -> Any:
        return login.school_login(
            client, school or request.getfixturevalue("fake_school"), **options
        )

    return log_in


@pytest.fixture
def linked_user(fake_school: FakeSchool, django_user_model: Any) -> Any:
    """Return a site account that is linked to the person who logs in at ``fake_school``."""
    from django_intergrip_link.testing.login import link_user

    user = django_user_model.objects.create_user(
        **{django_user_model.USERNAME_FIELD: "linked_user", "password": None}
    )
    link_user(user, fake_school)
    return user


@pytest.fixture
def assert_linked() -> Callable[..., Any]:
    """Return :func:`django_intergrip_link.testing.login.assert_linked`."""
    from django_intergrip_link.testing import login

    return login.assert_linked
