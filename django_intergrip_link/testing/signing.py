"""One enveloped XML signature directly after ``Issuer``, as the hub places it.

Called by ``answer`` and ``hub``; hands on a new tree. RSA-SHA256 and exclusive C14N only.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

from django_intergrip_link.testing.names import DS, SAML

_signer = XMLSigner(
    method=SignatureConstructionMethod.enveloped,
    c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
)


def sign_element(
    element: etree._Element, *, key: RSAPrivateKey, certificate: x509.Certificate
) -> etree._Element:
    """Return a signed copy of ``element``; its ``ID`` becomes the reference.

    The signature stands after a leading ``Issuer`` and otherwise first (saml-core 5.4.1 and the
    schemas of assertions, protocol and metadata).
    """
    placeholder = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS}, Id="placeholder")
    starts_with_issuer = len(element) > 0 and element[0].tag == f"{{{SAML}}}Issuer"
    element.insert(1 if starts_with_issuer else 0, placeholder)
    try:
        signed: etree._Element = _signer.sign(element, key=key, cert=[certificate])
    finally:
        element.remove(placeholder)
    return signed
