"""Can each federation be asked: addresses, keys, metadata, and no sandbox in production?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch

from django_intergrip_link.conf import FederationSettings, settings
from django_intergrip_link.errors import Unavailable
from django_intergrip_link.federation.config import get_federation
from django_intergrip_link.federation.metadata import Hub, MetadataError
from django_intergrip_link.federation.presets import PRESETS, SANDBOX

from .ids import (
    BAD_BASE_URL,
    BAD_FEDERATION,
    CERTIFICATE_ENDS,
    METADATA_ENDED,
    NO_KEYS,
    NO_METADATA,
    NO_URLS,
    SANDBOX_OUTSIDE_DEBUG,
)
from .neighbours import is_included

WARN_BEFORE = timedelta(days=30)


def check_federations() -> Iterator[checks.CheckMessage]:
    """Each federation is readable and has a known preset."""
    try:
        federations = settings.FEDERATIONS if settings.declared else {}
    except ImproperlyConfigured as error:
        yield checks.Error(
            str(error),
            hint="Add 'FEDERATIONS': {'kennisnet': {'base_url': 'https://www.example.nl', …}}.",
            id=BAD_FEDERATION,
        )
        return
    for entry in federations.values():
        if entry.preset not in PRESETS:
            yield checks.Error(
                f"Federation {entry.name!r} has no preset {entry.preset!r}.",
                hint=f"Set 'preset' to one of: {', '.join(PRESETS)}.",
                id=BAD_FEDERATION,
            )


def check_base_urls() -> Iterator[checks.CheckMessage]:
    """base_url is scheme and host, and TLS outside DEBUG."""
    for entry in _federations():
        parts = urlsplit(entry.base_url)
        is_tls = parts.scheme == "https" or (_is_debug() and parts.scheme == "http")
        if not is_tls or not parts.netloc or parts.path or parts.query:
            yield checks.Error(
                f"Federation {entry.name!r}: base_url must be https://host without a path.",
                hint="Answers arrive at this address; http is allowed only with DEBUG.",
                id=BAD_BASE_URL,
            )


def check_keys() -> Iterator[checks.CheckMessage]:
    """Each federation has a usable private key."""
    for entry in _federations():
        if entry.preset == SANDBOX and not django_settings.DEBUG:
            continue  # check_sandbox says it
        try:
            get_federation(entry.name)
        except ImproperlyConfigured as error:
            identifier = NO_METADATA if "metadata_file" in str(error) else NO_KEYS
            yield checks.Error(str(error), hint=_KEY_HINTS[identifier], id=identifier)
        except NoReverseMatch:
            return  # check_urls says it


_KEY_HINTS = {
    NO_KEYS: "Run `manage.py intergrip_keys FOLDER` and name both files in the settings.",
    NO_METADATA: "Save the hub's metadata as a file and name it in 'metadata_file'.",
}


def check_metadata() -> Iterator[checks.CheckMessage]:
    """The hub's metadata can be read, still counts, and its certificates do not end soon."""
    for entry in _federations():
        try:
            hub = get_federation(entry.name).read_hub()
        except (MetadataError, Unavailable) as error:
            yield checks.Error(
                f"Federation {entry.name!r}: {error}.",
                hint="Save the hub's metadata again and check 'metadata_file'.",
                id=NO_METADATA,
            )
        except (ImproperlyConfigured, NoReverseMatch):
            continue  # check_keys, check_sandbox or check_urls says it
        else:
            yield from _metadata_ended(entry, hub)
            yield from _certificate_ends(entry, hub)


def _metadata_ended(entry: FederationSettings, hub: Hub) -> Iterator[checks.CheckMessage]:
    if hub.valid_until is not None and hub.valid_until <= datetime.now(UTC):
        yield checks.Warning(
            f"Federation {entry.name!r}: the hub's metadata ended on {hub.valid_until:%Y-%m-%d}.",
            hint="Nobody can log in through it until you save the hub's metadata again.",
            id=METADATA_ENDED,
        )


def _certificate_ends(entry: FederationSettings, hub: Hub) -> Iterator[checks.CheckMessage]:
    last = max(certificate.not_valid_after_utc for certificate in hub.certificates)
    if last < datetime.now(UTC) + WARN_BEFORE:
        yield checks.Warning(
            f"Federation {entry.name!r}: the hub's last certificate ends on {last:%Y-%m-%d}.",
            hint="Logins go on, but ask the hub for its new metadata now.",
            id=CERTIFICATE_ENDS,
        )


def check_sandbox() -> Iterator[checks.CheckMessage]:
    """The sandbox lets anybody be anybody: DEBUG only. And it has pages of its own."""
    for entry in _federations():
        if entry.preset == SANDBOX and not _is_debug():
            yield checks.Error(
                f"Federation {entry.name!r} trusts the sandbox while DEBUG is off.",
                hint="Set 'preset' to 'kennisnet' and name the hub's metadata file.",
                id=SANDBOX_OUTSIDE_DEBUG,
            )
        elif entry.preset == SANDBOX and not is_included("intergrip_sandbox:index"):
            yield checks.Error(
                f"Federation {entry.name!r} uses the sandbox, but its URLs are not included.",
                hint="Add path('sandbox/', include('django_intergrip_link.sandbox.urls')) to your "
                "urlpatterns.",
                id=NO_URLS,
            )


def _is_debug() -> bool:
    """Whether the project itself says DEBUG; Django's test runner switches it off for its tests."""
    module = sys.modules.get(getattr(django_settings, "SETTINGS_MODULE", None) or "")
    return bool(django_settings.DEBUG or getattr(module, "DEBUG", False))


def _federations() -> list[FederationSettings]:
    try:
        return [e for e in settings.FEDERATIONS.values() if e.preset in PRESETS]
    except ImproperlyConfigured:
        return []  # check_federations says it
