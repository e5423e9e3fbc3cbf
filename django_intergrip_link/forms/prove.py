"""The forms of the step *prove*: password and one-time password of the site account."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_otp.models import Device

from django_intergrip_link.conf import settings
from django_intergrip_link.journey.devices import name_of

_MOST_RADIOS: Final = 4
_WRONG: Final = {
    "seconds": ngettext_lazy(
        "That was wrong too often. Wait %(number)d second. Then use a new code.",
        "That was wrong too often. Wait %(number)d seconds. Then use a new code.",
        "number",
    ),
    "minutes": ngettext_lazy(
        "That was wrong too often. Wait %(number)d minute. Then use a new code.",
        "That was wrong too often. Wait %(number)d minutes. Then use a new code.",
        "number",
    ),
}
_SENT: Final = {
    "seconds": ngettext_lazy(
        "We have just sent you a code. You can ask for a new one in %(number)d second.",
        "We have just sent you a code. You can ask for a new one in %(number)d seconds.",
        "number",
    ),
    "minutes": ngettext_lazy(
        "We have just sent you a code. You can ask for a new one in %(number)d minute.",
        "We have just sent you a code. You can ask for a new one in %(number)d minutes.",
        "number",
    ),
}


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
    """A one-time password of a django-otp device, and which device when there are several."""

    device = forms.ChoiceField(label=_("Where do you get the code?"), required=False)
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

    error_messages = {
        "token": _("This code is not right. Use a new code and try again."),
        "not_sent": _("We could not send you a code. Try again in a few minutes."),
    }

    def __init__(
        self, *args: Any, devices: list[Device], is_sending: bool = False, **kwargs: Any
    ) -> None:
        """Offer the choice of device only when there is one to make; the first is chosen.

        Args:
            is_sending: a device is asked to send a code, so there is none to fill in yet.
        """
        super().__init__(*args, **kwargs)
        self.fields["token"].required = not is_sending
        self._first = devices[0].persistent_id if devices else ""
        if len(devices) > 1:
            choices = [(device.persistent_id, name_of(device)) for device in devices]
            widget = forms.RadioSelect if len(devices) <= _MOST_RADIOS else forms.Select
            self.fields["device"] = forms.ChoiceField(
                label=self.fields["device"].label,
                required=False,
                initial=self._first,
                choices=choices,
                widget=widget,
            )
        else:
            del self.fields["device"]

    @property
    def has_radios(self) -> bool:
        """Whether the devices are shown as radio buttons, which need a group around them."""
        field = self.fields.get("device")
        return field is not None and isinstance(field.widget, forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        """Return ``token`` and ``device_id``; always one device, so a wrong code slows one down."""
        cleaned = super().clean() or {}
        return {
            "token": cleaned.get("token", ""),
            "device_id": cleaned.get("device") or self._first,
        }

    def refuse_token(self) -> None:
        """Say that the device does not accept this code."""
        self.add_error("token", self.error_messages["token"])

    def tell_not_sent(self) -> None:
        """Say that no code was sent."""
        self.add_error(None, self.error_messages["not_sent"])

    def ask_to_wait(self, *, seconds: int, is_sending: bool) -> None:
        """Say how long the device takes no code, or sends none: in seconds up to a minute."""
        unit, number = ("seconds", seconds) if seconds <= 60 else ("minutes", -(-seconds // 60))
        text = (_SENT if is_sending else _WRONG)[unit]
        self.add_error(None if is_sending else "token", text % {"number": number})
