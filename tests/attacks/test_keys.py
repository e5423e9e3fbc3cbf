"""Keys and algorithms (KEY): only strong ones, only the hub's signing key from its metadata.

The signatures here are really made in the way each row says, with the hub's own key where it has a
part in it; a site that lacked the rule would accept them.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from django_intergrip_link.models import LinkEvent
from django_intergrip_link.testing.answer import serialize
from django_intergrip_link.testing.hub import FakeHub, SignedParts, create_key_pair
from tests.attacks import sealing
from tests.attacks.bending import ASSERTION, REFERENCE, RESPONSE, altered, find, inserted
from tests.attacks.case import OK, Act, Case, Outcome, deny, each
from tests.attacks.invariants import run
from tests.attacks.sealing import Seal, ec_signer, hmac_signer, pss_signer, rsa_signer
from tests.attacks.stage import Stage

ONE: tuple[SignedParts, ...] = ("response", "assertion")
UNAVAILABLE = Outcome(status=503, reason="unavailable")
NOW = datetime.now(UTC)


def send_sealed(stage: Stage, seal: Seal) -> Any:
    """Sign what the run signs with this seal, and deliver."""
    tree = stage.answer().tree()
    (element,) = find(tree, {"response": RESPONSE, "assertion": ASSERTION}[stage.sign])
    seal.put_on(element)
    return stage.send(serialize(tree))


def by_hub(algorithm: hashes.HashAlgorithm | None = None, **how: Any) -> Act:
    """The hub's key signs in another way."""

    def act(stage: Stage) -> Any:
        key = stage.school.hub.key
        return send_sealed(stage, Seal(sign=rsa_signer(key, algorithm or hashes.SHA256()), **how))

    return act


def by_hmac(encode: Any) -> Act:
    """HMAC with what everybody knows, the hub's certificate or public key, as the secret."""

    def act(stage: Stage) -> Any:
        secret = encode(stage.school.hub.certificate)
        return send_sealed(stage, Seal(sign=hmac_signer(secret), method=sealing.HMAC_SHA256))

    return act


def by_pss(stage: Stage) -> Any:
    method = f"{sealing.XENC.replace('2001/04/xmlenc', '2007/05/xmldsig-more')}sha256-rsa-MGF1"
    return send_sealed(stage, Seal(sign=pss_signer(stage.school.hub.key), method=method))


def by_encryption_key(stage: Stage) -> Any:
    """The metadata publishes a second key, for encryption only; that one signs."""
    key, certificate = create_key_pair(common_name="hub")
    stage.trust(with_key(stage.school.hub.metadata(), certificate, use="encryption"))
    return send_sealed(stage, Seal(sign=rsa_signer(key, hashes.SHA256()), certificate=certificate))


def by_second_key(stage: Stage) -> Any:
    """A second signing key, as while the hub changes its key."""
    key, certificate = create_key_pair(common_name="hub")
    stage.trust(with_key(stage.school.hub.metadata(), certificate, use="signing"))
    return send_sealed(stage, Seal(sign=rsa_signer(key, hashes.SHA256()), certificate=certificate))


def by_elliptic_key(curve: ec.EllipticCurve) -> Act:
    """A hub with an elliptic curve key in its metadata."""

    def act(stage: Stage) -> Any:
        key = ec.generate_private_key(curve)
        stage.trust(with_key(stage.school.hub.metadata(), certificate_of(key), use="signing"))
        return send_sealed(stage, Seal(sign=ec_signer(key), method=sealing.ECDSA_SHA256))

    return act


def by_weak_key(stage: Stage) -> Any:
    """The metadata itself bears an RSA key of 1,024 bits, and that one signs."""
    key, certificate = create_key_pair(common_name="hub", key_size=1024)
    hub = stage.school.hub
    weak = FakeHub(entity_id=hub.entity_id, sso_url=hub.sso_url, key=key, certificate=certificate)
    stage.trust(weak.metadata())
    return send_sealed(stage, Seal(sign=rsa_signer(key, hashes.SHA256()), certificate=certificate))


def by_expired_certificate(stage: Stage) -> Any:
    """The right key; only the certificate around it in the metadata is past its date."""
    hub = stage.school.hub
    old = certificate_of(hub.key, not_after=NOW - timedelta(days=1))
    renewed = FakeHub(entity_id=hub.entity_id, sso_url=hub.sso_url, key=hub.key, certificate=old)
    stage.trust(renewed.metadata())
    return send_sealed(stage, Seal(sign=rsa_signer(hub.key, hashes.SHA256()), certificate=old))


def past_metadata(stage: Stage) -> Any:
    """The metadata ended while the student was at school."""
    stage.trust(stage.school.hub.metadata(valid_until=NOW - timedelta(seconds=1)))
    return stage.send(stage.answer().xml())


def with_key(metadata: bytes, certificate: x509.Certificate, *, use: str) -> bytes:
    """Return metadata with one more key."""
    tree = etree.fromstring(metadata)
    role = tree.find("{*}IDPSSODescriptor")
    first = role.find("{*}KeyDescriptor")
    text = b64encode(certificate.public_bytes(Encoding.DER)).decode()
    more = etree.fromstring(etree.tostring(first))
    more.set("use", use)
    more.find(".//{*}X509Certificate").text = text
    first.addnext(more)
    return serialize(tree)


def certificate_of(key: Any, *, not_after: datetime = NOW + timedelta(days=1)) -> x509.Certificate:
    """Return a self-signed certificate around a key."""
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "hub")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(not_after)
        .sign(key, hashes.SHA256())
    )


def as_der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def as_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def as_public_key(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def transforms(*algorithms: str) -> Act:
    """The hub signs with these transforms."""
    return by_hub(transforms=algorithms)


EXCLUSIVE, ENVELOPED = sealing.EXCLUSIVE, sealing.ENVELOPED
ALGORITHM = deny("algorithm")

ALGORITHMS = (
    Case("KEY-01-sha1", "RSA with SHA-1", by_hub(hashes.SHA1(), method=sealing.RSA_SHA1),
         ALGORITHM, ONE),
    Case("KEY-01-digest", "SHA-1 digest under a SHA-256 signature", by_hub(digest=sealing.SHA1),
         ALGORITHM, ONE),
    Case("KEY-01-md5", "RSA with MD5", by_hub(hashes.MD5(), method=sealing.RSA_MD5),
         ALGORITHM, ONE),
    Case("KEY-01-md5-digest", "MD5 digest", by_hub(digest=sealing.MD5), ALGORITHM, ONE),
    Case("KEY-01-pss", "RSA-PSS, strong but not agreed on", by_pss, ALGORITHM, ONE),
    Case("KEY-02-der", "HMAC with the certificate in DER", by_hmac(as_der), ALGORITHM, ONE),
    Case("KEY-02-pem", "HMAC with the certificate in PEM", by_hmac(as_pem), ALGORITHM, ONE),
    Case("KEY-02-key", "HMAC with the public key", by_hmac(as_public_key), ALGORITHM, ONE),
    Case("KEY-03-inclusive", "inclusive C14N as transform",
         transforms(ENVELOPED, sealing.INCLUSIVE), ALGORITHM, ONE),
    Case("KEY-03-comments", "C14N with comments as transform",
         transforms(ENVELOPED, sealing.COMMENTS), ALGORITHM, ONE),
    Case("KEY-03-xpath", "XPath transform", transforms(sealing.XPATH, EXCLUSIVE), ALGORITHM, ONE),
    Case("KEY-03-xslt", "XSLT transform", transforms(sealing.XSLT, EXCLUSIVE), ALGORITHM, ONE),
    Case("KEY-03-base64", "base64 transform", transforms(ENVELOPED, sealing.BASE64),
         ALGORITHM, ONE),
    Case("KEY-03-three", "three transforms", transforms(ENVELOPED, EXCLUSIVE, EXCLUSIVE),
         ALGORITHM, ONE),
    Case("KEY-03-one", "one transform", transforms(EXCLUSIVE), ALGORITHM, ONE),
    Case("KEY-03-order", "the two transforms in the other order",
         transforms(EXCLUSIVE, ENVELOPED), ALGORITHM, ONE),
    Case("KEY-03-info-inclusive", "SignedInfo in inclusive C14N",
         by_hub(canonicalization=sealing.INCLUSIVE), ALGORITHM, ONE),
    Case("KEY-03-info-comments", "SignedInfo in C14N with comments",
         by_hub(canonicalization=sealing.COMMENTS), ALGORITHM, ONE),
    Case("KEY-03-content", "a transform with something in it", altered(inserted(
        f"{REFERENCE}/ds:Transforms/ds:Transform[1]", "<ds:XPath>true()</ds:XPath>")),
         ALGORITHM, ONE),
)  # fmt: skip

KEYS = (
    Case("KEY-05-use", "a key that is published for encryption", by_encryption_key,
         deny("signature"), ONE),
    Case("KEY-05-weak", "RSA with 1,024 bits in the metadata", by_weak_key, UNAVAILABLE, ONE),
    Case("KEY-05-curve", "an elliptic curve of 192 bits in the metadata",
         by_elliptic_key(ec.SECP192R1()), UNAVAILABLE, ONE),
    Case("KEY-07", "metadata that ended meanwhile", past_metadata, UNAVAILABLE),
    Case("KEY-08", "a second signing key in the metadata", by_second_key, OK, ONE),
    Case("KEY-09", "an elliptic curve key of 256 bits", by_elliptic_key(ec.SECP256R1()), OK, ONE),
    Case("KEY-10", "SHA-512, stronger than asked",
         by_hub(hashes.SHA512(), method=f"{sealing.MORE}rsa-sha512", digest=sealing.SHA512),
         OK, ONE),
)  # fmt: skip


@each((*ALGORITHMS, *KEYS))
def test_keys(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)


@pytest.mark.parametrize("sign", ONE)
def test_expired_certificate__is_accepted_with_a_warning(sign: SignedParts, stage: Stage) -> None:
    """KEY-06: metadata vouches for the key, not for the dates of the certificate around it."""
    run(Case("KEY-06", "expired certificate", by_expired_certificate, OK), stage, sign)

    warning = LinkEvent.objects.get(kind=LinkEvent.Kind.WARNING)
    assert (warning.reason, warning.federation) == ("certificate_expired", "kennisnet")
