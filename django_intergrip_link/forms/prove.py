"""The two forms of the journey: password and one-time password of the site account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.conf import settings


class PasswordForm(forms.Form):
    """User name or e-mail address, and the password of the site (not of the school)."""

    login = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=254,
        strip=True,
        error_messages={"required": _("Fill in your user name or e-mail address.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        max_length=4096,
        strip=False,
        # SECURITY: render_value stays off, so a password never comes back in the page.
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    error_messages = {
        "pair": _(
            "These details do not go together. Use your %(site_name)s password, "
            "not your school password. Please try again."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put the name of the site into the texts."""
        super().__init__(*args, **kwargs)
        site = {"site_name": settings.SITE_NAME}
        password = self.fields["password"]
        password.label = _("%(site_name)s password") % site
        password.error_messages["required"] = _("Fill in your %(site_name)s password.") % site
        self._site = site

    def refuse_pair(self) -> None:
        """Say that name and password do not go together: one text for every cause."""
        self.add_error(None, self.error_messages["pair"] % self._site)
        for field in self.fields.values():
            field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": "errors-list"}


class TokenForm(forms.Form):
    """A one-time password of a django-otp device."""

    token = forms.CharField(
        label=_("Code"),
        max_length=16,
        error_messages={"required": _("Fill in the code.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "inputmode": "text",
                "spellcheck": "false",
            }
        ),
    )
    device = forms.ChoiceField(label=_("Where do you get the code?"), required=False)

    error_messages = {"token": _("This code is not right. Use a new code and try again.")}

    def __init__(self, *args: Any, devices: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the choice of device only when there is one to make."""
        super().__init__(*args, **kwargs)
        if len(devices) > 1:
            field = self.fields["device"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
            field.choices = devices
        else:
            del self.fields["device"]

    def refuse_token(self) -> None:
        """Say that no device accepts this code."""
        self.add_error("token", self.error_messages["token"])
