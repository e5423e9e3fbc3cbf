"""The one dict setting ``INTERGRIP_LINK``, read at access and never written.

Every key is a typed property of :class:`Settings`; ``settings`` is the only instance. A missing or
malformed key raises ``ImproperlyConfigured`` here and is reported earlier by ``checks.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

KEYS = frozenset(
    {
        "SITE_NAME",
        "SUBJECT_KEYS",
        "FEDERATIONS",
        "CHOOSER",
        "REMEMBER_SCHOOL",
        "REGISTRATION",
        "REGISTRATION_FORM",
        "REGISTER_URL",
        "LOGIN_VIEW",
        "VERIFIED_ADDRESS",
        "LINK_POLICY",
        "FRESH_LOGIN",
        "SUPPORT",
    }
)
CHOOSERS = ("auto", "site", "hub")
REMEMBER_SCHOOL = ("ask", "auto", "off")
REGISTRATION = ("ask", "existing_only", "new_only")
FEDERATION_KEYS = frozenset(
    {
        "preset",
        "base_url",
        "entity_id",
        "key_file",
        "cert_file",
        "metadata_file",
        "metadata_cert_file",
    }
)
MINIMUM_SUBJECT_KEY_LENGTH = 32
MAXIMUM_KEY_ID_LENGTH = 32
DEFAULT_POLICY = "django_intergrip_link.journey.policy.default_policy"
DEFAULT_REGISTRATION_FORM = "django_intergrip_link.forms.RegistrationForm"
DEFAULT_VERIFIED_ADDRESS = "django_intergrip_link.journey.addresses.default_verified_address"
_NAME = re.compile(r"[-\w]{1,40}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class FederationSettings:
    """One entry of ``FEDERATIONS``, as typed by the project.

    ``base_url`` is scheme and host of this site, without a path. The ``*_file`` fields are paths of
    PEM or XML files and may be empty with the ``sandbox`` preset.
    """

    name: str
    preset: str
    base_url: str
    entity_id: str = ""
    key_file: str = ""
    cert_file: str = ""
    metadata_file: str = ""
    metadata_cert_file: str = ""

    @property
    def is_https(self) -> bool:
        """Whether this site is served over TLS, as the project says (never as a header says)."""
        return urlsplit(self.base_url).scheme == "https"


class Settings:
    """Typed view of ``INTERGRIP_LINK``; each property reads the setting anew."""

    @property
    def declared(self) -> Mapping[str, Any]:
        """Return the dict as the project wrote it, empty when it is absent or no dict at all."""
        declared = getattr(django_settings, "INTERGRIP_LINK", None)
        return declared if isinstance(declared, Mapping) else {}

    @property
    def SITE_NAME(self) -> str:  # noqa: N802
        """Return the name students know the site by, as in "Doorstroom-account"."""
        return str(self._required("SITE_NAME"))

    @property
    def SUBJECT_KEYS(self) -> Mapping[str, str]:  # noqa: N802
        """Return key id → secret for the HMAC of subjects; the first entry makes new digests."""
        keys = self._required("SUBJECT_KEYS")
        if not isinstance(keys, Mapping) or not keys:
            raise ImproperlyConfigured(
                "INTERGRIP_LINK['SUBJECT_KEYS'] must be a dict of key id to secret."
            )
        return keys

    @property
    def FEDERATIONS(self) -> Mapping[str, FederationSettings]:  # noqa: N802
        """Return the federations by name; the name is the ``<federation>`` part of the URLs."""
        federations = self._required("FEDERATIONS")
        if not isinstance(federations, Mapping):
            raise ImproperlyConfigured(
                "INTERGRIP_LINK['FEDERATIONS'] must be a dict of name to federation."
            )
        return {name: _read_federation(name, entry) for name, entry in federations.items()}

    @property
    def CHOOSER(self) -> str:  # noqa: N802
        """Return who asks for the school: ``site`` (our page), ``hub`` (its page) or ``auto``."""
        return self._one_of("CHOOSER", CHOOSERS)

    @property
    def REMEMBER_SCHOOL(self) -> str:  # noqa: N802
        """Return whether this browser may remember schools: ``ask``, ``auto`` or ``off``."""
        return self._one_of("REMEMBER_SCHOOL", REMEMBER_SCHOOL)

    @property
    def REGISTRATION(self) -> str:  # noqa: N802
        """Return who may link: existing and new site accounts (``ask``), or only one of these."""
        return self._one_of("REGISTRATION", REGISTRATION)

    @property
    def REGISTRATION_FORM(self) -> Any:  # noqa: N802
        """Return the form class that makes new site accounts."""
        return import_string(self.declared.get("REGISTRATION_FORM", DEFAULT_REGISTRATION_FORM))

    @property
    def REGISTER_URL(self) -> str:  # noqa: N802
        """Return path or URL name of the project's own registration, or ``""`` for ours."""
        return str(self.declared.get("REGISTER_URL", ""))

    @property
    def LOGIN_VIEW(self) -> str:  # noqa: N802
        """Return path or URL name of the project's own login page, or ``""`` for our form."""
        return str(self.declared.get("LOGIN_VIEW", ""))

    @property
    def VERIFIED_ADDRESS(self) -> Callable[..., bool | None]:  # noqa: N802
        """Return the function that tells whether the address of a user is known to be theirs."""
        verified: Callable[..., bool | None] = import_string(
            self.declared.get("VERIFIED_ADDRESS", DEFAULT_VERIFIED_ADDRESS)
        )
        return verified

    @property
    def LINK_POLICY(self) -> Callable[..., str | None]:  # noqa: N802
        """Return the function that allows a link (``None``) or names the reason to refuse it."""
        policy: Callable[..., str | None] = import_string(
            self.declared.get("LINK_POLICY", DEFAULT_POLICY)
        )
        return policy

    @property
    def FRESH_LOGIN(self) -> bool:  # noqa: N802
        """Return whether a first link needs a school login made after the request."""
        return bool(self.declared.get("FRESH_LOGIN", False))

    @property
    def SUPPORT(self) -> str:  # noqa: N802
        """Return the address behind "Need help?", or an empty string."""
        return str(self.declared.get("SUPPORT", ""))

    def _one_of(self, key: str, values: tuple[str, ...]) -> str:
        """Return the value of a key with few values; the first of them is the default."""
        value = self.declared.get(key, values[0])
        if value not in values:
            raise ImproperlyConfigured(
                f"INTERGRIP_LINK[{key!r}] must be one of {', '.join(values)}; it is {value!r}."
            )
        return str(value)

    def _required(self, key: str) -> Any:
        try:
            return self.declared[key]
        except KeyError as error:
            raise ImproperlyConfigured(
                f"INTERGRIP_LINK[{key!r}] is missing; see the settings page of the documentation."
            ) from error


def _read_federation(name: Any, entry: Any) -> FederationSettings:
    is_named = isinstance(name, str) and _NAME.fullmatch(name)
    if not is_named or not isinstance(entry, Mapping):
        raise ImproperlyConfigured(
            f"INTERGRIP_LINK['FEDERATIONS'][{name!r}] must be a dict, and its name at most 40 "
            "letters, digits, hyphens and underscores."
        )
    unknown = set(entry) - FEDERATION_KEYS
    if unknown or "base_url" not in entry:
        raise ImproperlyConfigured(
            f"INTERGRIP_LINK['FEDERATIONS'][{name!r}] needs 'base_url' and knows only "
            f"{sorted(FEDERATION_KEYS)}; unknown here: {sorted(unknown)}."
        )
    fields = {key: str(value) for key, value in entry.items()}
    fields.setdefault("preset", name)
    fields["base_url"] = fields["base_url"].rstrip("/")
    return FederationSettings(name=name, **fields)


settings = Settings()
