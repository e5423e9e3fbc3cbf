"""Our own metadata, as a federation would read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography import x509
from django.test import Client
from lxml import etree
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from django_intergrip_link.federation.names import HTTP_POST, NAMESPACES


def test_metadata__signed_and_complete(client: Client, fake_school: Any, settings: Any) -> None:
    response = client.get(fake_school.url("metadata"), secure=True)

    assert response["Content-Type"] == "application/samlmetadata+xml"
    entry = settings.INTERGRIP_LINK["FEDERATIONS"]["kennisnet"]
    certificate = x509.load_pem_x509_certificate(Path(entry["cert_file"]).read_bytes())
    tree = etree.fromstring(response.content)
    result = XMLVerifier().verify(
        tree,
        x509_cert=certificate,
        id_attribute="ID",
        expect_config=SignatureConfiguration(location="./"),
    )
    assert isinstance(result, VerifyResult)
    signed = result.signed_xml
    assert signed is not None
    assert tree[0].tag == f"{{{NAMESPACES['ds']}}}Signature"
    assert signed.get("entityID") == "https://testserver/saml2/kennisnet/metadata"
    role = signed.find("md:SPSSODescriptor", NAMESPACES)
    assert (role.get("AuthnRequestsSigned"), role.get("WantAssertionsSigned")) == ("true", "true")
    service = role.find("md:AssertionConsumerService", NAMESPACES)
    assert (service.get("Binding"), service.get("Location")) == (
        HTTP_POST,
        "https://testserver/saml2/kennisnet/acs",
    )


def test_metadata__no_logout_and_no_encryption(client: Client, fake_school: Any) -> None:
    tree = etree.fromstring(client.get(fake_school.url("metadata"), secure=True).content)

    assert tree.find(".//md:SingleLogoutService", NAMESPACES) is None
    uses = [key.get("use") for key in tree.iterfind(".//md:KeyDescriptor", NAMESPACES)]
    assert set(uses) == {"signing"}
