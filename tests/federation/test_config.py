"""One configuration per federation: cached, followed, and clear about what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import resolve

from django_intergrip_link.errors import Unavailable
from django_intergrip_link.federation.config import (
    UnknownFederation,
    get_federation,
    load_sp_config,
)

ENTRY = "kennisnet"


def change(settings: Any, **entry: str) -> None:
    declared = settings.INTERGRIP_LINK
    changed = {**declared["FEDERATIONS"][ENTRY], **entry}
    settings.INTERGRIP_LINK = {**declared, "FEDERATIONS": {ENTRY: changed}}


def metadata_path(settings: Any) -> Path:
    return Path(settings.INTERGRIP_LINK["FEDERATIONS"][ENTRY]["metadata_file"])


def test_get__made_once(fake_school: Any) -> None:
    federation = get_federation(ENTRY)

    assert get_federation(ENTRY) is federation
    assert federation.entity_id == "https://testserver/saml2/kennisnet/metadata"
    assert federation.acs_url == "https://testserver/saml2/kennisnet/acs"
    assert "PrivateKey" not in repr(federation)


def test_get__unknown(fake_school: Any, client: Client) -> None:
    with pytest.raises(UnknownFederation):
        get_federation("nowhere")
    for address in ("login", "metadata", "complete/" + "0" * 32):
        assert client.get(f"/saml2/nowhere/{address}", secure=True).status_code == 404
    assert client.post("/saml2/nowhere/acs", secure=True).status_code == 404


def test_get__own_entity_id(fake_school: Any, settings: Any) -> None:
    change(settings, entity_id="urn:example:doorstroom")

    assert get_federation(ENTRY).entity_id == "urn:example:doorstroom"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"preset": "elsewhere"}, "has no preset 'elsewhere'"),
        ({"key_file": ""}, "needs 'key_file' and 'cert_file'"),
        ({"key_file": "/nowhere/sp.key"}, "No usable private key"),
        ({"cert_file": "/nowhere/sp.crt"}, "No usable certificate"),
        ({"metadata_file": ""}, "needs 'metadata_file'"),
    ],
)
def test_get__incomplete(
    fake_school: Any, settings: Any, entry: dict[str, str], message: str
) -> None:
    change(settings, **entry)

    with pytest.raises(ImproperlyConfigured, match=message):
        get_federation(ENTRY)


def test_get__key_of_another_kind(fake_school: Any, settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "ec.key"
    path.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )
    change(settings, key_file=str(path))

    with pytest.raises(ImproperlyConfigured, match="must be RSA"):
        get_federation(ENTRY)


def test_get__certificate_of_another_key(fake_school: Any, settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "hub.crt"
    path.write_bytes(fake_school.hub.certificate.public_bytes(Encoding.PEM))
    change(settings, cert_file=str(path))

    with pytest.raises(ImproperlyConfigured, match="is not of the key beside it"):
        get_federation(ENTRY)


def test_hub__follows_its_file(fake_school: Any, settings: Any) -> None:
    federation = get_federation(ENTRY)
    before = federation.hub()
    later = datetime.now(UTC) + timedelta(days=9)

    metadata_path(settings).write_bytes(fake_school.hub.metadata(valid_until=later))

    assert federation.hub() is not before
    assert str(federation.hub().valid_until)[:10] == str(later)[:10]
    assert federation.hub() is federation.hub()


@pytest.mark.parametrize("content", [None, b"<a/>"])
def test_hub__unusable_file_is_a_calm_page(
    fake_school: Any, settings: Any, client: Client, content: bytes | None
) -> None:
    if content is None:
        metadata_path(settings).unlink()
    else:
        metadata_path(settings).write_bytes(content)

    with pytest.raises(Unavailable):
        get_federation(ENTRY).hub()
    response = client.get(fake_school.url("start"), secure=True)
    assert (response.status_code, response["Retry-After"]) == (503, "60")


def test_hub__pinned_certificate(fake_school: Any, settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "pinned.crt"
    path.write_bytes(fake_school.hub.certificate.public_bytes(Encoding.PEM))
    change(settings, metadata_cert_file=str(path))

    metadata_path(settings).write_bytes(fake_school.hub.metadata())
    with pytest.raises(Unavailable, match="not signed"):
        get_federation(ENTRY).hub()
    metadata_path(settings).write_bytes(fake_school.hub.metadata(signed=True))
    assert get_federation(ENTRY).hub().entity_id == fake_school.hub.entity_id


def test_load_sp_config__is_a_config_loader(fake_school: Any, rf: Any) -> None:
    request = rf.get(fake_school.url("metadata"))
    request.resolver_match = resolve(request.path)

    configuration = load_sp_config(request)

    assert configuration is get_federation(ENTRY).sp_config
    assert configuration.getattr("allow_unsolicited", "sp") is False
    assert configuration.getattr("want_assertions_signed", "sp") is True
    with pytest.raises(UnknownFederation):
        load_sp_config(rf.get("/"))
