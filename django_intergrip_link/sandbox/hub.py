"""The keys and the metadata of the fake hub, made in memory at first use.

``federation.config`` asks for them when a federation has the ``sandbox`` preset.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from django_intergrip_link.conf import settings
from django_intergrip_link.testing.hub import FakeHub, create_key_pair

HOST = "127.0.0.1"
"""The sandbox answers here only, so that it is another site than ``localhost`` to the browser."""

METADATA_LIFETIME = timedelta(days=7)

KeyPair = tuple[RSAPrivateKey, x509.Certificate]
_key_pairs: dict[str, KeyPair] = {}
_lock = threading.Lock()


def require_debug() -> None:
    """Raise ``ImproperlyConfigured`` unless ``DEBUG`` is on.

    SECURITY: whoever can open the sandbox can be anybody at any school.
    """
    if not django_settings.DEBUG:
        raise ImproperlyConfigured(
            "The sandbox is a fake hub and works with DEBUG = True only. "
            "Give the federation a real preset, or remove django_intergrip_link.sandbox.urls."
        )


def get_hub(federation: str) -> FakeHub:
    """Return the fake hub that serves the federation of this name."""
    return hub_at(settings.FEDERATIONS[federation].base_url)


def hub_at(base_url: str) -> FakeHub:
    """Return the fake hub beside the site at ``base_url`` (scheme and host of the site)."""
    require_debug()
    key, certificate = _key_pair("hub")
    origin = sandbox_origin(base_url)
    return FakeHub(
        entity_id=f"{origin}{sandbox_path('hub_metadata')}",
        sso_url=f"{origin}{sandbox_path('hub_sso')}",
        key=key,
        certificate=certificate,
    )


def hub_metadata(*, base_url: str) -> bytes:
    """Return the metadata to trust the hub beside ``base_url``; the same bytes for a whole day."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return _metadata(hub_at(base_url), today + METADATA_LIFETIME)


def sp_key_pair() -> KeyPair:
    """Return the key and certificate with which our own site signs its requests to the sandbox."""
    require_debug()
    return _key_pair("sp")


def sandbox_origin(base_url: str) -> str:
    """Return scheme, ``127.0.0.1`` and the port of ``base_url``."""
    site = urlsplit(base_url)
    port = f":{site.port}" if site.port else ""
    return urlunsplit((site.scheme, f"{HOST}{port}", "", "", ""))


def sandbox_path(name: str, *args: str) -> str:
    """Return the path of a sandbox page.

    Raises:
        ImproperlyConfigured: the project did not include the sandbox URLs.
    """
    try:
        return reverse(f"intergrip_sandbox:{name}", args=args)
    except NoReverseMatch as error:
        raise ImproperlyConfigured(
            "A federation uses the sandbox. Add to urls.py: "
            "path('sandbox/', include('django_intergrip_link.sandbox.urls'))"
        ) from error


@lru_cache(maxsize=4)
def _metadata(hub: FakeHub, valid_until: datetime) -> bytes:
    return hub.metadata(valid_until=valid_until)


def _key_pair(owner: str) -> KeyPair:
    # The lock: two threads must not make two keys for one hub.
    with _lock:
        if owner not in _key_pairs:
            _key_pairs[owner] = create_key_pair(common_name=f"sandbox {owner}")
        return _key_pairs[owner]
