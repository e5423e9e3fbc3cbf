"""A tree that passed the gate + the hub's keys → the element that was really signed.

Second step of reading an answer. The verified element comes back from signxml as parsed from the
very bytes that were digested; whoever reads on, reads only that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from django_intergrip_link.errors import WrongSignature

from . import names
from .gate import the_assertion

_METHODS = frozenset(m for m in SignatureMethod if m.value in names.SIGNATURE_METHODS)
_DIGESTS = frozenset(d for d in DigestAlgorithm if d.value in names.DIGEST_METHODS)


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What the hub signed.

    Attributes:
        assertion: the ``saml:Assertion``, parsed from the signed bytes.
        response: the ``samlp:Response`` when it was signed too, else ``None``.
        signed_by: the certificate from the metadata whose key made the seal.
    """

    assertion: etree._Element
    response: etree._Element | None
    signed_by: x509.Certificate

    def is_expired(self, now: datetime) -> bool:
        """Whether the validity of the certificate is over; the key still counts (SAML metadata)."""
        return now > self.signed_by.not_valid_after_utc


def break_seal(root: etree._Element, certificates: Iterable[x509.Certificate]) -> Sealed:
    """Verify the outermost signature of a gated response and return only what it covers.

    A signed response covers its assertion, whatever signature that has of its own; a response
    without one is an unsigned envelope, and then the assertion must be signed (SAML core 2.0,
    section 5.3).

    Args:
        root: result of :func:`~.gate.open_gate`.
        certificates: the hub's signing certificates, from its metadata and nowhere else.

    Raises:
        WrongSignature: nothing is signed, or no key of the hub made this signature.
        WrongStructure: not exactly one assertion.
    """
    trusted = tuple(certificates)
    assertion = the_assertion(root)
    # SECURITY: a signature on the response must verify; a good one inside never makes up for it.
    if root.find(names.SIGNATURE) is not None:
        response, certificate = _verify(root, trusted)
        return Sealed(assertion=the_assertion(response), response=response, signed_by=certificate)
    if assertion.find(names.SIGNATURE) is not None:
        signed, certificate = _verify(assertion, trusted)
        return Sealed(assertion=signed, response=None, signed_by=certificate)
    raise WrongSignature("nothing is signed")


def _verify(
    element: etree._Element, certificates: tuple[x509.Certificate, ...]
) -> tuple[etree._Element, x509.Certificate]:
    for certificate in certificates:
        signed = _signed_by(element, certificate)
        if signed is None:
            continue
        # SECURITY: what was verified must be the very element whose signature this is.
        if signed.tag != element.tag or signed.get("ID") != element.get("ID"):
            raise WrongSignature("the signature covers something else")
        return signed, certificate
    raise WrongSignature("no trusted key made this signature")


def _signed_by(element: etree._Element, certificate: x509.Certificate) -> etree._Element | None:
    # SECURITY: the key is the one given here; KeyInfo of the message is never used. The certificate
    # is only a container for the key, so the date at which it is judged lies inside its validity.
    configuration = SignatureConfiguration(
        require_x509=True,
        location="./",
        expect_references=1,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        ignore_ambiguous_key_info=True,
        verification_time=certificate.not_valid_after_utc,
    )
    try:
        result = XMLVerifier().verify(
            element,
            x509_cert=certificate,
            id_attribute="ID",
            expect_config=configuration,
            validate_schema=False,  # the gate did, with the same schema, for the whole document
        )
    except (SignXMLException, ValueError, etree.LxmlError):
        return None
    # With one expected reference signxml returns one result.
    return getattr(result, "signed_xml", None)
