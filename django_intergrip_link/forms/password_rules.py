"""What a new password must be, in a few words: Django's validators have long sentences for it.

Not every version of Django has its own sentences in Dutch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import password_validation as validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def _long_enough(validator: Any) -> str:
    least = validator.min_length
    texts = ngettext("At least %(n)d character.", "At least %(n)d characters.", least)
    return texts % {"n": least}


_SHORT: Final[dict[type[Any], Callable[[Any], str]]] = {
    validation.MinimumLengthValidator: _long_enough,
    validation.NumericPasswordValidator: lambda _v: _("Not only digits."),
    validation.CommonPasswordValidator: lambda _v: _("Not a password that many people use."),
    validation.UserAttributeSimilarityValidator: lambda _v: _("Not your name or e-mail address."),
}


def password_rules() -> str:
    """Return the rules of ``AUTH_PASSWORD_VALIDATORS`` in the active language, as one text."""
    validators = validation.get_default_password_validators()
    texts = [_SHORT.get(type(one), _own_words)(one) for one in validators]
    return " ".join(text for text in texts if text)


def say_what_is_wrong(error: ValidationError) -> list[str]:
    """Return the sentences for what the validators object to, with a way out in each."""
    return [_say(one) for one in error.error_list]


def _say(error: ValidationError) -> str:
    least = (error.params or {}).get("min_length") or _least_length()
    if error.code == "password_too_short" and least:
        texts = ngettext(
            "This password is too short. Use at least %(n)d character.",
            "This password is too short. Use at least %(n)d characters.",
            least,
        )
        return texts % {"n": least}
    if error.code == "password_too_similar":
        return _("This password looks like your name or e-mail address. Choose another one.")
    if error.code == "password_too_common":
        return _("Many people use this password. Choose another one.")
    if error.code == "password_entirely_numeric":
        return _("This password has only digits. Use letters too.")
    return " ".join(error.messages)


def _least_length() -> int:
    """Return what the project asks for; Django 5.2.0 does not say it with the error."""
    validators = validation.get_default_password_validators()
    lengths = (getattr(one, "min_length", 0) for one in validators)
    return int(max(lengths, default=0))


def _own_words(validator: Any) -> str:
    return str(getattr(validator, "get_help_text", str)())
