"""The form before a link of one's own changes: only what this visitor has to give."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_otp.models import Device

from .prove import PasswordForm, TokenForm


class FreshProofForm(TokenForm, PasswordForm):
    """Password of the site account, and a code where there is an OTP device."""

    login = None  # type: ignore[assignment]  # Django's way to take a field out
    error_messages = {
        **TokenForm.error_messages,
        "password": _(
            "This password is not right. Use your %(site_name)s password, not your school password."
        ),
    }

    def __init__(
        self,
        *args: Any,
        asks_password: bool,
        devices: list[Device],
        is_sending: bool = False,
        **kwargs: Any,
    ) -> None:
        """Keep the fields that are asked.

        Args:
            is_sending: a device is asked to send a code, so there is nothing to fill in yet.
        """
        super().__init__(*args, devices=devices, is_sending=is_sending, **kwargs)
        self.fields["password"].required = not is_sending
        self.order_fields(["password", "device", "token"])
        if not asks_password:
            del self.fields["password"]
        if not devices:
            del self.fields["token"]

    def clean(self) -> dict[str, Any]:
        """Return ``password``, ``token`` and ``device_id``."""
        password = self.cleaned_data.get("password", "")
        return {**super().clean(), "password": password}

    def refuse_password(self) -> None:
        """Say that the password is wrong."""
        self.add_error("password", self.error_messages["password"] % self._site)
