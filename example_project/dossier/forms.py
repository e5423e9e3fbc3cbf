"""The site's own login: a password, then a one-time code for accounts that have a device."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _
from django_otp import user_has_device
from django_otp.forms import OTPAuthenticationFormMixin


class LoginForm(OTPAuthenticationFormMixin, AuthenticationForm):  # type: ignore[misc]
    """Django's login form; asks for a code when the password was right and a device exists."""

    otp_device = forms.CharField(
        required=False, label=_("Where do you get the code?"), widget=forms.Select
    )
    otp_token = forms.CharField(
        required=False,
        label=_("Code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    otp_error_messages = OTPAuthenticationFormMixin.otp_error_messages | {
        "token_required": _("Fill in the code of this moment."),
        "device_required": _("Choose where you get the code."),
        "invalid_token": _("This code is not right. Wait for a new one and try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave the focus at the top, where the school account is offered first."""
        super().__init__(*args, **kwargs)
        del self.fields["username"].widget.attrs["autofocus"]

    @property
    def needs_code(self) -> bool:
        """Whether the password was right and a code must follow."""
        return self.user_cache is not None and bool(user_has_device(self.user_cache))

    def clean(self) -> dict[str, Any]:
        """Check the password, and the code of an account that has a device."""
        cleaned: dict[str, Any] = super().clean()
        if self.needs_code:
            self.clean_otp(self.get_user())
        return cleaned
