"""Is INTERGRIP_LINK there, readable and complete?"""

from __future__ import annotations

from collections.abc import Iterator

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from django_intergrip_link import conf
from django_intergrip_link.conf import settings

from .ids import (
    BAD_CHOICE,
    BAD_POLICY,
    NO_SETTINGS,
    NO_SITE_NAME,
    NO_SUPPORT,
    UNKNOWN_KEY,
    WEAK_SUBJECT_KEY,
)


def check_settings_exist() -> Iterator[checks.CheckMessage]:
    """INTERGRIP_LINK is there, a dict, and not empty."""
    if not settings.declared:
        yield checks.Error(
            "INTERGRIP_LINK is not set.",
            hint="Add INTERGRIP_LINK = {'SITE_NAME': …, 'SUBJECT_KEYS': …, 'FEDERATIONS': …}.",
            id=NO_SETTINGS,
        )


def check_known_keys() -> Iterator[checks.CheckMessage]:
    """No key is misspelled."""
    for key in sorted(set(settings.declared) - conf.KEYS):
        yield checks.Error(
            f"INTERGRIP_LINK has an unknown key {key!r}.",
            hint=f"Known keys: {', '.join(sorted(conf.KEYS))}.",
            id=UNKNOWN_KEY,
        )


def check_site_name() -> Iterator[checks.CheckMessage]:
    """Students see the name of the site in nearly every sentence."""
    if settings.declared and not settings.declared.get("SITE_NAME"):
        yield checks.Error(
            "INTERGRIP_LINK['SITE_NAME'] is missing.",
            hint="Type the name that students know, e.g. 'SITE_NAME': 'Doorstroom'.",
            id=NO_SITE_NAME,
        )


def check_subject_keys() -> Iterator[checks.CheckMessage]:
    """School accounts are stored under a key of their own, long enough to be one."""
    keys = settings.declared.get("SUBJECT_KEYS")
    is_usable = isinstance(keys, dict) and all(
        len(str(secret)) >= conf.MINIMUM_SUBJECT_KEY_LENGTH for secret in keys.values()
    )
    if settings.declared and (not keys or not is_usable):
        yield checks.Error(
            "INTERGRIP_LINK['SUBJECT_KEYS'] needs at least one secret, each of 32 characters or "
            "more.",
            hint="Add 'SUBJECT_KEYS': {'1': os.environ['SUBJECT_KEY']}; `manage.py intergrip_keys` "
            "makes one. Never change it once people are linked; add a new one in front.",
            id=WEAK_SUBJECT_KEY,
        )
    elif any(len(str(key_id)) > conf.MAXIMUM_KEY_ID_LENGTH for key_id in keys or ()):
        yield checks.Error(
            "INTERGRIP_LINK['SUBJECT_KEYS'] has an id of more than 32 characters.",
            hint="Give each key a short id, such as the year: 'SUBJECT_KEYS': {'2026': …}.",
            id=WEAK_SUBJECT_KEY,
        )


def check_choices() -> Iterator[checks.CheckMessage]:
    """CHOOSER, REMEMBER_SCHOOL and REGISTRATION have one of their few values."""
    choices = {
        "CHOOSER": conf.CHOOSERS,
        "REMEMBER_SCHOOL": conf.REMEMBER_SCHOOL,
        "REGISTRATION": conf.REGISTRATION,
    }
    for key, values in choices.items():
        try:
            getattr(settings, key)
        except ImproperlyConfigured as error:
            yield checks.Error(
                str(error),
                hint=f"Set '{key}' to one of: {', '.join(values)}; or leave it out.",
                id=BAD_CHOICE,
            )


def check_policy() -> Iterator[checks.CheckMessage]:
    """The link policy can be imported and called."""
    if not settings.declared:
        return
    try:
        usable = callable(settings.LINK_POLICY)
    except (ImportError, AttributeError):
        usable = False
    if not usable:
        yield checks.Error(
            f"LINK_POLICY cannot be imported: {settings.declared.get('LINK_POLICY')!r}.",
            hint="Give the dotted path of a function (*, user, account, school) -> str | None.",
            id=BAD_POLICY,
        )


def check_support() -> Iterator[checks.CheckMessage]:
    """Pages can say where to get help."""
    if settings.declared and not settings.SUPPORT:
        yield checks.Warning(
            "INTERGRIP_LINK['SUPPORT'] is not set, so pages have no help link.",
            hint="Add 'SUPPORT': 'https://www.example.nl/help' or a mailto: address.",
            id=NO_SUPPORT,
        )
