"""A hub with a key of its own: metadata to trust it and answers signed by it. No Django needed.

Used by the fixtures of this package, by the sandbox and by attack tests. Nothing touches the disk.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from django_intergrip_link.testing import names
from django_intergrip_link.testing.answer import Answer, SignedParts, instant, serialize
from django_intergrip_link.testing.signing import sign_element

__all__ = ["Answer", "FakeHub", "SignedParts", "create_key_pair"]

LIFETIME = timedelta(minutes=5)
METADATA_LIFETIME = timedelta(days=1)
CERTIFICATE_LIFETIME = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class FakeHub:
    """A SAML hub in memory, made with :meth:`create`."""

    entity_id: str
    sso_url: str
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls, *, entity_id: str, sso_url: str, key_size: int = 2048) -> FakeHub:
        """Return a hub with a new RSA key of ``key_size`` bits and a self-signed certificate."""
        key, certificate = create_key_pair(
            common_name=urlsplit(entity_id).hostname or "hub", key_size=key_size
        )
        return cls(entity_id=entity_id, sso_url=sso_url, key=key, certificate=certificate)

    def metadata(self, *, valid_until: datetime | None = None, signed: bool = False) -> bytes:
        """Return the hub's metadata as an identity provider, valid for one day by default."""
        valid_until = valid_until or datetime.now(UTC) + METADATA_LIFETIME
        entity = etree.Element(
            _md("EntityDescriptor"),
            nsmap={"md": names.METADATA, "ds": names.DS},
            attrib={
                "ID": _new_id(),
                "entityID": self.entity_id,
                "validUntil": instant(valid_until) or "",
            },
        )
        self._add_role(entity)
        if signed:
            entity = sign_element(entity, key=self.key, certificate=self.certificate)
        return serialize(entity)

    def answer(
        self,
        *,
        request_id: str | None,
        acs_url: str,
        audience: str,
        attributes: Mapping[str, Sequence[str]],
        sign: SignedParts = "both",
        now: datetime | None = None,
        lifetime: timedelta = LIFETIME,
        status: str = names.SUCCESS,
        **bent: Any,
    ) -> Answer:
        """Return the honest answer to one request; ``bent`` overrides any field of :class:`Answer`.

        Times follow EngineBlock: valid from one second before ``now`` until ``now + lifetime``. The
        NameID is the ``uid``. A refusal (``status`` other than success) carries no assertion.
        """
        now = now or datetime.now(UTC)
        honest: dict[str, Any] = {
            "response_id": _new_id(),
            "destination": acs_url,
            "issuer": self.entity_id,
            "sub_status": None,
            "has_assertion": status == names.SUCCESS,
            "assertion_id": _new_id(),
            "assertion_issuer": self.entity_id,
            "name_id": next(iter(attributes.get("uid", ())), "anonymous"),
            "confirmation_method": names.BEARER,
            "subject_in_response_to": request_id,
            "recipient": acs_url,
            "subject_not_on_or_after": now + lifetime,
            "not_before": now - timedelta(seconds=1),
            "not_on_or_after": now + lifetime,
            "audiences": ((audience,),),
            "authn_instant": now,
            "authority": None,
        }
        return Answer(
            key=self.key,
            certificate=self.certificate,
            sign=sign,
            now=now,
            request_id=request_id,
            status=status,
            attributes=attributes,
            **(honest | bent),
        )

    def _add_role(self, entity: etree._Element) -> None:
        role = etree.SubElement(
            entity, _md("IDPSSODescriptor"), protocolSupportEnumeration=names.SAMLP
        )
        descriptor = etree.SubElement(role, _md("KeyDescriptor"), use="signing")
        key_info = etree.SubElement(descriptor, f"{{{names.DS}}}KeyInfo")
        x509_data = etree.SubElement(key_info, f"{{{names.DS}}}X509Data")
        certificate = etree.SubElement(x509_data, f"{{{names.DS}}}X509Certificate")
        certificate.text = b64encode(self.certificate.public_bytes(Encoding.DER)).decode("ascii")
        etree.SubElement(role, _md("NameIDFormat")).text = names.NAME_ID_UNSPECIFIED
        for binding in (names.REDIRECT_BINDING, names.POST_BINDING):
            etree.SubElement(
                role, _md("SingleSignOnService"), Binding=binding, Location=self.sso_url
            )


def create_key_pair(
    *, common_name: str, key_size: int = 2048
) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """Return a new RSA key and a self-signed certificate (SHA-256, valid for a year)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + CERTIFICATE_LIFETIME)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _new_id() -> str:
    return f"_{secrets.token_hex(16)}"


def _md(name: str) -> str:
    return f"{{{names.METADATA}}}{name}"
