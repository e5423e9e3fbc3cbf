"""The registration of this project, as the guide shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from django_intergrip_link.forms import RegistrationForm


class PersonForm(RegistrationForm):
    """Asks for the birthday too."""

    birthday = forms.DateField(label="Your birthday")
    field_order = ["email", "birthday"]

    def details(self) -> dict[str, Any]:
        """Keep the birthday as text, fit for JSON."""
        return {**super().details(), "birthday": self.cleaned_data["birthday"].isoformat()}

    @classmethod
    def build_user(cls, details: Mapping[str, Any]) -> Any:
        """Give the user the birthday."""
        user = super().build_user(details)
        user.birthday = dt.date.fromisoformat(details["birthday"])
        return user
