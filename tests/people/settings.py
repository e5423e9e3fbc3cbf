"""The settings of the tests, with another user model."""

from __future__ import annotations

from tests.settings import *  # noqa: F403 - one settings module built on another
from tests.settings import INSTALLED_APPS, INTERGRIP_LINK

AUTH_USER_MODEL = "people.Person"
INSTALLED_APPS = [*(app for app in INSTALLED_APPS if app != "django.contrib.admin"), "tests.people"]
ROOT_URLCONF = "tests.people.urls"
INTERGRIP_LINK = {**INTERGRIP_LINK, "REGISTRATION_FORM": "tests.people.forms.PersonForm"}
