"""Can our registration make a user of this project's model?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db.models import NOT_PROVIDED, CharField, Field

from django_intergrip_link.conf import DEFAULT_REGISTRATION_FORM, settings
from django_intergrip_link.forms import RegistrationForm

from .ids import BAD_REGISTRATION_FORM, UNFILLED_FIELD

_CONTRACT = ("details", "build_user", "save_user")


def check_registration() -> Iterator[checks.CheckMessage]:
    """REGISTRATION_FORM keeps its contract and fills what the user model demands."""
    if not _is_used():
        return
    form = _find_form()
    if form is None:
        path = settings.declared.get("REGISTRATION_FORM", DEFAULT_REGISTRATION_FORM)
        yield checks.Error(
            f"REGISTRATION_FORM is no registration form: {path!r}.",
            hint="Give the dotted path of a subclass of "
            "django_intergrip_link.forms.RegistrationForm; or leave it out.",
            id=BAD_REGISTRATION_FORM,
        )
        return
    for name in _unfilled_fields(form):
        yield checks.Error(
            f"Registration cannot fill the field {name!r} of {get_user_model()._meta.label}.",  # noqa: SLF001 - documented
            hint="Fill it in build_user() of a subclass of RegistrationForm, and name that in "
            "'REGISTRATION_FORM'; or set 'REGISTRATION': 'existing_only'.",
            id=UNFILLED_FIELD,
        )


def _is_used() -> bool:
    try:
        mode = settings.REGISTRATION
    except ImproperlyConfigured:  # check_choices says so
        return False
    return bool(settings.declared) and mode != "existing_only" and not settings.REGISTER_URL


def _find_form() -> type[Any] | None:
    """Return the form class, or ``None`` when it is not there or cannot be one."""
    try:
        form = settings.REGISTRATION_FORM
    except (ImportError, AttributeError):
        return None
    if not isinstance(form, type) or not issubclass(form, forms.BaseForm):
        return None
    fields = getattr(form, "base_fields", {})
    keeps = all(callable(getattr(form, name, None)) for name in _CONTRACT)
    return form if keeps and {"email", "password"} <= set(fields) else None


def _unfilled_fields(form: type[Any]) -> list[str]:
    """Return the fields that a user needs and that our own :meth:`build_user` knows nothing of."""
    model = get_user_model()
    email = model.get_email_field_name()
    fields: dict[str, Any] = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001
    if email not in fields:
        return [email]
    if _is_overridden(form, "build_user") or _is_overridden(form, "save_user"):
        return []
    filled = {email, "password", "first_name", "last_name"}
    if isinstance(fields.get(model.USERNAME_FIELD), CharField):
        filled.add(model.USERNAME_FIELD)
    return [name for name, field in fields.items() if name not in filled and _is_needed(field)]


def _is_overridden(form: type[Any], name: str) -> bool:
    own, ours = getattr(form, name), getattr(RegistrationForm, name)
    return getattr(own, "__func__", own) is not ours.__func__


def _is_needed(field: Field[Any, Any]) -> bool:
    """Whether a row cannot be saved, or would be wrong, without a value for this field."""
    has_default = field.has_default() or getattr(field, "db_default", NOT_PROVIDED) != NOT_PROVIDED
    makes_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    is_open = field.blank or field.null or field.primary_key
    return not (has_default or makes_itself or is_open or getattr(field, "generated", False))
