"""The form that takes a code from school."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """One field; dashes, spaces and small letters do not matter."""

    code = forms.CharField(
        label=_("Code from school"),
        max_length=40,
        help_text=_("8 letters and digits, from your mentor's paper."),
        error_messages={"required": _("Fill in your code from school.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "autocorrect": "off",
                "spellcheck": "false",
                "class": "code-input",
            }
        ),
    )

    error_messages = {
        "code": _(
            "This code does not work at %(school)s. Check it, or ask your mentor for a new one."
        ),
    }

    def __init__(self, *args: Any, school_name: str, **kwargs: Any) -> None:
        """Know the school that the answer names."""
        super().__init__(*args, **kwargs)
        self._school_name = school_name

    def refuse_code(self) -> None:
        """Say that this code does not work here: one text for every cause."""
        self.add_error("code", self.error_messages["code"] % {"school": self._school_name})
