"""The Django app: silences the libraries that print identities and registers the system checks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntergripLinkConfig(AppConfig):
    """Label and namespace are ``intergrip_link`` everywhere."""

    name = "django_intergrip_link"
    label = "intergrip_link"
    verbose_name = _("School accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks and keep personal data of other libraries out of the logs."""
        from django_intergrip_link import checks
        from django_intergrip_link.federation import silence

        checks.register()
        silence.mute_libraries()
