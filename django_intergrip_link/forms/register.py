"""The form that makes a site account; a project may subclass it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms


class RegistrationForm(forms.Form):
    """E-mail address, name and password of a new site account."""

    @classmethod
    def build_user(cls, details: Mapping[str, Any]) -> Any:
        """Return an unsaved user from what :meth:`details` returned earlier."""
        raise NotImplementedError
