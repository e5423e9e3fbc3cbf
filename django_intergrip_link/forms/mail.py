"""The forms of a code by e-mail: whose site account, and the code."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_CODE = re.compile(r"[0-9]{8}")


class OwnerForm(forms.Form):
    """User name or e-mail address of the site account."""

    login = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=254,
        strip=True,
        error_messages={"required": _("Fill in your user name or e-mail address.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class MailedCodeForm(forms.Form):
    """The eight digits that were mailed; spaces and dashes do not matter."""

    code = forms.CharField(
        label=_("Code from the e-mail"),
        help_text=_("The code has 8 digits."),
        max_length=24,
        error_messages={"required": _("Fill in the code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    error_messages = {
        "shape": _("This is not a code of 8 digits. Look at the e-mail once more."),
        "wrong": _("This code is not right. Look at the e-mail once more."),
        "over": _("This code does not work any more. Ask for a new code."),
    }

    def clean_code(self) -> str:
        """Return the digits alone."""
        digits = re.sub(r"[\s-]", "", str(self.cleaned_data["code"]))
        if not _CODE.fullmatch(digits):
            raise ValidationError(self.error_messages["shape"])
        return digits

    def refuse(self, cause: str) -> None:
        """Say that the code is ``wrong``, or that only a new one helps: ``over``."""
        self.add_error("code", self.error_messages[cause])
