"""The Django app: silences libraries that print identities, registers checks, hears of logins."""

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
        """Register the checks, hear of logins, keep identities of other libraries out of logs."""
        from django.contrib.auth.signals import user_logged_in

        from django_intergrip_link import checks
        from django_intergrip_link.federation import silence
        from django_intergrip_link.journey import host_login, password_changes

        checks.register()
        silence.mute_libraries()
        user_logged_in.connect(host_login.note_login, dispatch_uid="intergrip_link.note_login")
        password_changes.connect()
