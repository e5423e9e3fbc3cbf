"""One cached configuration per federation, made from the settings.

``get_federation`` is what the views ask for. ``load_sp_config`` offers the same as pysaml2's
``SPConfig``, in the shape of djangosaml2's ``SAML_CONFIG_LOADER``.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse
from saml2.config import SPConfig

from django_intergrip_link.conf import FederationSettings, settings
from django_intergrip_link.errors import Unavailable

from . import names
from .metadata import Hub, MetadataError, load_certificate, read_file, read_metadata
from .presets import PRESETS, SANDBOX, Preset


class UnknownFederation(LookupError):
    """No federation of this name in the settings."""


@dataclass(frozen=True, kw_only=True)
class Federation:
    """Everything needed to ask one hub for a login and to read its answer.

    Attributes:
        name: key in ``FEDERATIONS`` and part of the URLs.
        entity_id: our own entityID there.
        acs_url: absolute address where answers arrive; the only Recipient and Destination.
        is_https: whether this site is served over TLS.
        key: our private key, loaded once.
        sp_config: the same for pysaml2.
    """

    name: str
    preset: Preset
    entity_id: str
    acs_url: str
    is_https: bool
    key: RSAPrivateKey = field(repr=False)
    sp_config: SPConfig = field(repr=False)
    read_hub: Callable[[], Hub] = field(repr=False)

    def hub(self) -> Hub:
        """Return the hub as its metadata describes it now.

        Raises:
            Unavailable: the metadata cannot be read or trusted, or is past ``validUntil``.
        """
        try:
            return self.read_hub().require_valid(datetime.now(UTC))
        except MetadataError as error:
            raise Unavailable(f"metadata: {error}") from error


def get_federation(name: str) -> Federation:
    """Return the federation of this name, built once per process and per setting.

    Raises:
        UnknownFederation: the settings do not know it.
        ImproperlyConfigured: a key, certificate or preset is missing or wrong.
    """
    try:
        entry = settings.FEDERATIONS[name]
    except KeyError as error:
        raise UnknownFederation(name) from error
    return _build(
        entry,
        reverse("intergrip_link:metadata", args=[name]),
        reverse("intergrip_link:acs", args=[name]),
    )


def load_sp_config(request: HttpRequest) -> SPConfig:
    """Return the cached ``SPConfig`` of the federation in the URL (a djangosaml2 config loader)."""
    match = request.resolver_match
    return get_federation(match.kwargs["federation"] if match else "").sp_config


@lru_cache(maxsize=32)
def _build(entry: FederationSettings, metadata_path: str, acs_path: str) -> Federation:
    if entry.preset not in PRESETS:
        raise ImproperlyConfigured(
            f"Federation {entry.name!r} has no preset {entry.preset!r}; "
            f"choose from {sorted(PRESETS)}."
        )
    # SECURITY: our own addresses come from the settings, never from the Host header.
    entity_id = entry.entity_id or f"{entry.base_url}{metadata_path}"
    acs_url = f"{entry.base_url}{acs_path}"
    key_file, cert_file = _key_files(entry)
    key = _load_key(key_file)
    _require_certificate_of(key, cert_file)
    preset = PRESETS[entry.preset]
    return Federation(
        name=entry.name,
        preset=preset,
        entity_id=entity_id,
        acs_url=acs_url,
        is_https=entry.is_https,
        key=key,
        sp_config=_sp_config(entity_id, acs_url, key_file, cert_file, preset),
        read_hub=_hub_reader(entry, preset),
    )


def _sp_config(
    entity_id: str, acs_url: str, key_file: str, cert_file: str, preset: Preset
) -> SPConfig:
    # ``crypto_backend: XMLSecurity`` keeps pysaml2 from looking for an xmlsec1 binary; its own
    # signature code is never called (see seal.py and request.py).
    configuration = SPConfig()
    configuration.load(
        {
            "entityid": entity_id,
            "service": {
                "sp": {
                    "endpoints": {"assertion_consumer_service": [(acs_url, names.HTTP_POST)]},
                    "name_id_format": [preset.name_id_format],
                    "authn_requests_signed": True,
                    "want_assertions_signed": True,
                    "want_response_signed": False,
                    "allow_unsolicited": False,
                }
            },
            "key_file": key_file,
            "cert_file": cert_file,
            "crypto_backend": "XMLSecurity",
            "accepted_time_diff": 180,
            "verify_ssl_cert": True,
            "http_client_timeout": 10,
            "valid_for": 24 * 7,
        }
    )
    return configuration


def _load_key(path: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"No usable private key in {path!r}. Make one with `manage.py intergrip_keys`."
        ) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        raise ImproperlyConfigured(f"The key in {path!r} must be RSA with 2048 bits or more.")
    return key


def _require_certificate_of(key: RSAPrivateKey, path: str) -> None:
    """Refuse a certificate that cannot be read or names another key: no hub would believe us."""
    try:
        certificate = load_certificate(path)
    except MetadataError as error:
        raise ImproperlyConfigured(
            f"No usable certificate in {path!r}. Make one with `manage.py intergrip_keys`."
        ) from error
    if certificate.public_key() != key.public_key():
        raise ImproperlyConfigured(f"The certificate in {path!r} is not of the key beside it.")


def _key_files(entry: FederationSettings) -> tuple[str, str]:
    if entry.preset == SANDBOX and not entry.key_file:
        return _sandbox_key_files()
    if not entry.key_file or not entry.cert_file:
        raise ImproperlyConfigured(
            f"Federation {entry.name!r} needs 'key_file' and 'cert_file'. "
            "Make both with `manage.py intergrip_keys`."
        )
    return entry.key_file, entry.cert_file


@cache
def _sandbox_key_files() -> tuple[str, str]:
    # The sandbox asks this module about federations, so it is imported where it is needed.
    from django_intergrip_link.sandbox.hub import sp_key_pair  # noqa: PLC0415

    key, certificate = sp_key_pair()
    folder = Path(tempfile.mkdtemp(prefix="intergrip-sandbox-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    key_file, cert_file = folder / "sp.key", folder / "sp.crt"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    cert_file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return str(key_file), str(cert_file)


def _hub_reader(entry: FederationSettings, preset: Preset) -> Callable[[], Hub]:
    if entry.preset == SANDBOX and not entry.metadata_file:
        return lambda: _sandbox_hub(entry.base_url)
    if not entry.metadata_file:
        raise ImproperlyConfigured(
            f"Federation {entry.name!r} needs 'metadata_file': the hub's metadata, saved as a file."
        )
    if entry.preset == SANDBOX:
        return lambda: _sandbox_hub_in_file(entry)
    return lambda: _hub_in_file(
        entry.metadata_file, _mark(entry.metadata_file), preset.entity_id, entry.metadata_cert_file
    )


def _sandbox_hub(base_url: str) -> Hub:
    from django_intergrip_link.sandbox.hub import hub_metadata, require_debug  # noqa: PLC0415

    # SECURITY: the sandbox lets anybody be anybody; asked at every use, not only at start.
    require_debug()
    return _sandbox_hub_once(hub_metadata(base_url=base_url))


def _sandbox_hub_in_file(entry: FederationSettings) -> Hub:
    from django_intergrip_link.sandbox.hub import require_debug  # noqa: PLC0415

    # SECURITY: a preset without a pinned entityID trusts any file; that is for development only.
    require_debug()
    return _hub_in_file(entry.metadata_file, _mark(entry.metadata_file), "", "")


@lru_cache(maxsize=4)
def _sandbox_hub_once(xml: bytes) -> Hub:
    return read_metadata(xml, entity_id="", pinned=None)


def _mark(path: str) -> tuple[int, int]:
    """Return what changes when a file is replaced; one ``stat`` for each login."""
    try:
        status = Path(path).stat()
    except OSError as error:
        raise Unavailable("metadata file is gone") from error
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=32)
def _hub_in_file(path: str, mark: tuple[int, int], entity_id: str, cert_file: str) -> Hub:
    pinned = load_certificate(cert_file) if cert_file else None
    return read_file(path, entity_id=entity_id, pinned=pinned)
