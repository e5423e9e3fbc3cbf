"""The form before a link of one's own changes: only what this visitor has to give."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

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
        self, *args: Any, asks_password: bool, devices: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        """Keep the fields that are asked."""
        super().__init__(*args, devices=devices, **kwargs)
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"
        if not asks_password:
            del self.fields["password"]
        if not devices:
            del self.fields["token"]

    def refuse_password(self) -> None:
        """Say that the password is wrong."""
        self.add_error("password", self.error_messages["password"] % self._site)
