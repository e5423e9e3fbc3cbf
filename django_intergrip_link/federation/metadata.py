"""The hub's metadata: who it is, where it listens and which keys it signs with.

Read from a file, verified against a pinned certificate when the project gives one, and followed
when the file changes. Nothing here fetches anything.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from django_intergrip_link.errors import Unavailable

from . import names

MINIMUM_RSA_BITS: Final = 2048
MINIMUM_EC_BITS: Final = 256


class MetadataError(Exception):
    """This metadata cannot be trusted or used; the message says why, for the operator."""


@dataclass(frozen=True, kw_only=True)
class Hub:
    """One identity provider as its metadata describes it.

    Attributes:
        entity_id: its name, and the only Issuer that counts.
        sso_url: where our request goes (HTTP-Redirect).
        certificates: its signing certificates, at least one; several during a key rollover.
        valid_until: aware end of this description, or ``None``.
    """

    entity_id: str
    sso_url: str
    certificates: tuple[x509.Certificate, ...]
    valid_until: datetime | None

    def require_valid(self, now: datetime) -> Hub:
        """Return itself while the description is valid.

        Raises:
            Unavailable: ``validUntil`` is past; the keys in it may have been withdrawn.
        """
        if self.valid_until is not None and now >= self.valid_until:
            raise Unavailable("metadata past validUntil")
        return self


def read_file(path: str, *, entity_id: str, pinned: x509.Certificate | None) -> Hub:
    """Read the metadata in a file; see :func:`read_metadata`.

    Raises:
        MetadataError: also when the file cannot be read.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise MetadataError(f"cannot read {path}: {error.strerror}") from error
    return read_metadata(content, entity_id=entity_id, pinned=pinned)


def read_metadata(xml: bytes, *, entity_id: str, pinned: x509.Certificate | None) -> Hub:
    """Read one hub from a metadata document.

    Args:
        xml: an ``EntityDescriptor``, or an ``EntitiesDescriptor`` that holds it.
        entity_id: the entityID to look for; ``""`` takes the only entity (sandbox).
        pinned: certificate that must have signed the document, or ``None`` for a trusted file.

    Raises:
        MetadataError: malformed, wrongly signed, another entity, no usable key or address.

    Source: SAML metadata 2.0; SAML2int SDP-MD02, MD06.
    """
    root = _parse(xml)
    if pinned is not None:
        root = _verified(root, pinned)
    entity = _find_entity(root, entity_id)
    role = entity.find("md:IDPSSODescriptor", names.NAMESPACES)
    if role is None:
        raise MetadataError("no IDPSSODescriptor")
    return Hub(
        entity_id=entity.get("entityID", ""),
        sso_url=_sso_url(role),
        certificates=_signing_certificates(role),
        valid_until=_valid_until(root, entity),
    )


def load_certificate(path: str) -> x509.Certificate:
    """Return the certificate in a PEM file.

    Raises:
        MetadataError: no such file, or no certificate in it.
    """
    try:
        return x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise MetadataError(f"cannot read a certificate from {path}") from error


def _parse(xml: bytes) -> etree._Element:
    # SECURITY: metadata is input too; no DTD, no entities, no network.
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise MetadataError("a document type declaration")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise MetadataError("not well-formed XML") from error


def _verified(root: etree._Element, pinned: x509.Certificate) -> etree._Element:
    configuration = SignatureConfiguration(
        require_x509=True,
        location="./",
        ignore_ambiguous_key_info=True,
        verification_time=pinned.not_valid_after_utc,
    )
    try:
        result = XMLVerifier().verify(
            root, x509_cert=pinned, id_attribute="ID", expect_config=configuration
        )
    except (SignXMLException, ValueError, etree.LxmlError) as error:
        raise MetadataError("not signed by the pinned certificate") from error
    signed = getattr(result, "signed_xml", None)
    # SECURITY: the whole document must be what is signed, and only that is read on.
    if signed is None or signed.tag != root.tag or signed.get("ID") != root.get("ID"):
        raise MetadataError("the signature covers something else")
    return signed


def _find_entity(root: etree._Element, entity_id: str) -> etree._Element:
    entities = [
        entity
        for entity in root.iter(f"{{{names.MD}}}EntityDescriptor")
        if entity_id in ("", entity.get("entityID"))
    ]
    if len(entities) != 1:
        raise MetadataError(f"{len(entities)} entities match {entity_id or 'any entityID'}")
    return entities[0]


def _sso_url(role: etree._Element) -> str:
    for service in role.iterfind("md:SingleSignOnService", names.NAMESPACES):
        if service.get("Binding") == names.HTTP_REDIRECT:
            return str(service.get("Location", ""))
    raise MetadataError("no SingleSignOnService with the HTTP-Redirect binding")


def _signing_certificates(role: etree._Element) -> tuple[x509.Certificate, ...]:
    certificates: list[x509.Certificate] = []
    for descriptor in role.iterfind("md:KeyDescriptor", names.NAMESPACES):
        # SECURITY: a key published for encryption must not vouch for anybody.
        if descriptor.get("use") not in (None, "signing"):
            continue
        certificates.extend(
            _strong_certificate(element.text or "")
            for element in descriptor.iter(f"{{{names.DS}}}X509Certificate")
        )
    if not certificates:
        raise MetadataError("no signing certificate")
    return tuple(certificates)


def _strong_certificate(text: str) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(b64decode("".join(text.split())))
        key = certificate.public_key()
    except ValueError as error:
        raise MetadataError("a certificate that cannot be read") from error
    is_strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= MINIMUM_RSA_BITS) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= MINIMUM_EC_BITS
    )
    # SECURITY: a key that can be broken makes every signature worthless (SAML2int SDP-MD06).
    if not is_strong:
        raise MetadataError("a signing key that is too weak")
    return certificate


def _valid_until(*elements: etree._Element) -> datetime | None:
    moments = []
    for element in elements:
        value = element.get("validUntil")
        if value is None:
            continue
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise MetadataError("validUntil is not a date") from error
        moments.append(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return min(moments, default=None)
