"""Signatures that no honest hub makes, really computed: other algorithms, transforms, references.

signxml would refuse to make them. What is signed is right in every other respect, so a site without
the rule in question would accept.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from django_intergrip_link.testing import names

MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
RSA_SHA1: Final = f"{names.DS}rsa-sha1"
RSA_MD5: Final = f"{MORE}rsa-md5"
RSA_SHA256: Final = f"{MORE}rsa-sha256"
HMAC_SHA256: Final = f"{MORE}hmac-sha256"
ECDSA_SHA256: Final = f"{MORE}ecdsa-sha256"
SHA1: Final = f"{names.DS}sha1"
MD5: Final = f"{MORE}md5"
SHA256: Final = f"{XENC}sha256"
SHA512: Final = f"{XENC}sha512"

ENVELOPED: Final = f"{names.DS}enveloped-signature"
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
COMMENTS: Final = f"{EXCLUSIVE}WithComments"
XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT: Final = "http://www.w3.org/TR/1999/REC-xslt-19991116"
BASE64: Final = f"{names.DS}base64"

_DIGESTS = {SHA1: "sha1", MD5: "md5", SHA256: "sha256", SHA512: "sha512"}
Signer = Callable[[bytes], bytes]


@dataclass(frozen=True, kw_only=True)
class Seal:
    """How one signature is made.

    Attributes:
        method: URI of the signature method; ``sign`` must fit it.
        uri: of the reference; ``None`` leaves it out, ``"#"`` names the parent.
        references: how many of them.
        certificate: what stands in KeyInfo, or ``None``.
    """

    sign: Signer
    method: str = RSA_SHA256
    digest: str = SHA256
    canonicalization: str = EXCLUSIVE
    transforms: tuple[str, ...] = (ENVELOPED, EXCLUSIVE)
    uri: str | None = "#"
    references: int = 1
    certificate: x509.Certificate | None = None

    def put_on(self, element: etree._Element) -> None:
        """Sign an element; the signature follows its Issuer."""
        value = self._digest_of(element)
        signature = etree.Element(_ds("Signature"), nsmap={"ds": names.DS})
        signed_info = etree.SubElement(signature, _ds("SignedInfo"))
        _add(signed_info, "CanonicalizationMethod", self.canonicalization)
        _add(signed_info, "SignatureMethod", self.method)
        for _ in range(self.references):
            self._add_reference(signed_info, element, value)
        element.insert(1, signature)
        made = self.sign(_canonical(signed_info, self.canonicalization))
        etree.SubElement(signature, _ds("SignatureValue")).text = b64encode(made).decode()
        if self.certificate is not None:
            key_info = etree.SubElement(signature, _ds("KeyInfo"))
            data = etree.SubElement(key_info, _ds("X509Data"))
            der = self.certificate.public_bytes(Encoding.DER)
            etree.SubElement(data, _ds("X509Certificate")).text = b64encode(der).decode()

    def _digest_of(self, element: etree._Element) -> str:
        target = element.getroottree().getroot() if self.uri == "" else element
        content = _canonical(target, self.transforms[-1])
        if BASE64 in self.transforms:
            content = b64decode("".join(target.itertext()) + "==")
        return b64encode(hashlib.new(_DIGESTS[self.digest], content).digest()).decode()

    def _add_reference(
        self, signed_info: etree._Element, element: etree._Element, value: str
    ) -> None:
        reference = etree.SubElement(signed_info, _ds("Reference"))
        if self.uri is not None:
            reference.set("URI", self.uri if self.uri != "#" else f"#{element.get('ID')}")
        transforms = etree.SubElement(reference, _ds("Transforms"))
        for algorithm in self.transforms:
            transform = _add(transforms, "Transform", algorithm)
            if algorithm == XPATH:
                etree.SubElement(transform, _ds("XPath")).text = "true()"
        _add(reference, "DigestMethod", self.digest)
        etree.SubElement(reference, _ds("DigestValue")).text = value


def rsa_signer(key: rsa.RSAPrivateKey, algorithm: hashes.HashAlgorithm) -> Signer:
    """Return a signer for RSA with PKCS #1 v1.5 padding."""
    return lambda content: key.sign(content, padding.PKCS1v15(), algorithm)


def pss_signer(key: rsa.RSAPrivateKey) -> Signer:
    """Return a signer for RSA-PSS with SHA-256."""
    digest = hashes.SHA256()
    scheme = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
    return lambda content: key.sign(content, scheme, digest)


def ec_signer(key: ec.EllipticCurvePrivateKey) -> Signer:
    """Return a signer for ECDSA with SHA-256, in the form XML Signature asks for."""
    size = -(-key.key_size // 8)

    def sign(content: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    return sign


def hmac_signer(secret: bytes) -> Signer:
    """Return a signer for HMAC-SHA256."""
    return lambda content: hmac.new(secret, content, hashlib.sha256).digest()


def _canonical(element: etree._Element, algorithm: str) -> bytes:
    """Canonicalise; a transform that is no canonicalisation leaves the usual one."""
    text: bytes = etree.tostring(
        element,
        method="c14n",
        exclusive=algorithm != INCLUSIVE,
        with_comments=algorithm == COMMENTS,
        with_tail=False,
    )
    return text


def _add(parent: etree._Element, name: str, algorithm: str) -> etree._Element:
    return etree.SubElement(parent, _ds(name), Algorithm=algorithm)


def _ds(name: str) -> str:
    return f"{{{names.DS}}}{name}"
