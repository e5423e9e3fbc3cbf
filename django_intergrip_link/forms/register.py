"""The form that makes a site account, of any user model; a project may subclass it.

``details()`` is kept until a code proves the address; ``build_user()`` and ``save_user()`` follow.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import make_password
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link.conf import settings
from django_intergrip_link.journey.addresses import address_of, fold_address
from django_intergrip_link.readable_codes import random_code

from .password_rules import password_rules, say_what_is_wrong

_NAMES = ("first_name", "last_name")


class RegistrationForm(forms.Form):
    """E-mail address, name and password of a new site account.

    A subclass adds fields, puts their values into :meth:`details`, and uses them in
    :meth:`build_user` or :meth:`save_user`. ``email`` and ``password`` stay.
    """

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send a code to it. Choose an address that you keep after school."),
        max_length=254,
        error_messages={
            "required": _("Fill in your e-mail address."),
            "invalid": _("This is no e-mail address. It looks like name@example.nl."),
        },
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    first_name = forms.CharField(
        label=_("Your first name"),
        max_length=150,
        error_messages={"required": _("Fill in your first name.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "spellcheck": "false"}),
    )
    last_name = forms.CharField(
        label=_("Your last name"),
        max_length=150,
        required=False,
        error_messages={"required": _("Fill in your last name.")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        max_length=4096,
        strip=False,
        # SECURITY: render_value stays off, so a password never comes back in the page.
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask only for names that the user model keeps; say what a password must be."""
        super().__init__(*args, **kwargs)
        for name in _NAMES:
            field = _model_field(name)
            if field is None:
                self.fields.pop(name, None)
            elif name in self.fields and not field.blank:
                self.fields[name].required = True
        if "last_name" in self.fields and not self.fields["last_name"].required:
            self.fields["last_name"].help_text = _("You may leave this empty.")
        password, site = self.fields["password"], {"site_name": settings.SITE_NAME}
        password.help_text = password_rules()
        password.error_messages["required"] = (
            _("Choose a password for your %(site_name)s account.") % site
        )

    def clean_email(self) -> str:
        """Return the address with its host in small letters, as Django's user managers do."""
        address = str(self.cleaned_data["email"])
        # SECURITY: look-alike letters. Mail servers turn them into plain ones and databases do not,
        # so a second site account could stand beside the one of the same mailbox. Django's pattern
        # lets the long s and the dotless i through.
        is_plain = address.rpartition("@")[0].isascii()
        if not is_plain or unicodedata.normalize("NFKC", address) != address:
            raise ValidationError(self.fields["email"].error_messages["invalid"])
        return str(BaseUserManager.normalize_email(address))

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Ask the user model and Django's password validators.

        SECURITY: nothing here may ask whether the address is in use; the page would tell.
        """
        cleaned = super().clean() or self.cleaned_data
        known = {name: cleaned[name] for name in ("email", *_NAMES) if name in cleaned}
        draft = get_user_model()(**_model_values(known))
        self._ask_model(draft, known)
        if "password" in cleaned:
            try:
                password_validation.validate_password(cleaned["password"], draft)
            except ValidationError as error:
                self.add_error("password", say_what_is_wrong(error))
        return cleaned

    def _ask_model(self, draft: Any, known: Mapping[str, Any]) -> None:
        """Put what the fields of the user model object to beside the fields of this form."""
        own = {"email": _email_field(), **{name: name for name in _NAMES}}
        asked = {own[name]: name for name in known if own[name]}
        # Of Django's own fields only these; what is unique is not asked.
        rest = [field.name for field in draft._meta.fields if field.name not in asked]  # noqa: SLF001
        try:
            draft.clean_fields(exclude=rest)
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                if asked[name] in self.cleaned_data:
                    self.add_error(asked[name], errors)

    @sensitive_variables()
    def details(self) -> dict[str, Any]:
        """Return what is kept until the code was right: plain values, fit for JSON.

        ``email`` is where the code goes. Keys that are names of fields fill the form again when
        somebody returns to it.
        """
        kept = {name: self.cleaned_data.get(name, "") for name in ("email", *_NAMES)}
        # SECURITY: hashed before it is stored, and whether or not the address is in use already.
        password = make_password(self.cleaned_data["password"])
        return {**kept, "username": _choose_user_name(kept["email"]), "password": password}

    @classmethod
    def build_user(cls, details: Mapping[str, Any]) -> Any:
        """Return an unsaved user from what :meth:`details` returned earlier."""
        user = get_user_model()(**_model_values(details))
        user.password = details["password"]
        return user

    @classmethod
    def save_user(cls, user: Any, details: Mapping[str, Any]) -> None:  # noqa: ARG003 - for subclasses
        """Save the user, inside the transaction that makes the link; the place for a profile."""
        user.save()


def _model_field(name: str) -> Field[Any, Any] | None:
    try:
        field = get_user_model()._meta.get_field(name)  # noqa: SLF001 - documented
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) else None


def _email_field() -> str:
    name = str(get_user_model().get_email_field_name())
    return name if _model_field(name) else ""


def _model_values(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the user model's own fields, by their names there."""
    values = {name: details[name] for name in _NAMES if name in details and _model_field(name)}
    if "username" in details:
        values[get_user_model().USERNAME_FIELD] = details["username"]
    if "email" in details and _email_field():
        values[_email_field()] = details["email"]
    return values


def _choose_user_name(address: str) -> str:
    """Return the user name of a new site account: the address, where it fits and is free."""
    model = get_user_model()
    if _email_field() == model.USERNAME_FIELD:
        return address
    name = address.lower()
    users = model._default_manager  # noqa: SLF001 - the documented way to any user model
    holders = users.filter(**{model.USERNAME_FIELD: name})
    # An account with the same address is no hindrance: the journey looks at that one itself.
    is_taken = any(fold_address(address_of(holder)) != fold_address(address) for holder in holders)
    return name if _fits(name) and not is_taken else f"user-{random_code(8).lower()}"


def _fits(name: str) -> bool:
    field = _model_field(get_user_model().USERNAME_FIELD)
    try:
        if field is not None:
            field.run_validators(name)
    except ValidationError:
        return False
    return True
