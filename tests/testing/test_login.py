"""The plain functions serve Django's own TestCase, without pytest fixtures."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import TestCase
from django.urls import reverse

from django_intergrip_link.testing.login import assert_linked, link_user, school_login
from django_intergrip_link.testing.school import open_school


class SchoolLoginTestCase(TestCase):
    """As a host project would write it."""

    def setUp(self) -> None:
        self.school = self.enterContext(open_school(brin="99AE00", name="Kippenren College"))
        self.user = get_user_model().objects.create_user("aagje")

    def test_school_login__unlinked(self) -> None:
        response = school_login(self.client, self.school)

        self.assertRedirects(
            response,
            reverse("intergrip_link:link"),
            status_code=303,
            fetch_redirect_response=False,
        )

    def test_school_login__linked(self) -> None:
        link = link_user(self.user, self.school, uid="overbuurvrouw0001@99ae00")

        school_login(self.client, self.school, uid="overbuurvrouw0001@99ae00")

        assert self.client.session["_auth_user_id"] == str(self.user.pk)
        assert assert_linked(self.user, self.school) == link


def test_open_school__puts_the_settings_back(db: None) -> None:
    before = getattr(settings, "INTERGRIP_LINK", None)

    with open_school() as school:
        assert school.federation in settings.INTERGRIP_LINK["FEDERATIONS"]
        assert settings.INTERGRIP_LINK is not before

    assert getattr(settings, "INTERGRIP_LINK", None) is before
