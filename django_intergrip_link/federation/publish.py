"""Our own metadata for the federation: djangosaml2's view over our configuration, signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from djangosaml2.views import MetadataView
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from . import names
from .config import Federation, UnknownFederation, get_federation, load_sp_config


class ServiceMetadataView(MetadataView):  # type: ignore[misc]
    """GET ``saml2/<federation>/metadata``: who we are, where answers go, which key we sign with."""

    config_loader_path = staticmethod(load_sp_config)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the ``EntityDescriptor`` of djangosaml2, signed."""
        try:
            federation = get_federation(kwargs["federation"])
        except UnknownFederation as error:
            raise Http404 from error
        unsigned: HttpResponse = super().get(request, *args, **kwargs)
        return HttpResponse(
            sign_metadata(unsigned.content, federation),
            content_type="application/samlmetadata+xml",
            headers={"X-Content-Type-Options": "nosniff"},
        )


def sign_metadata(xml: bytes, federation: Federation) -> bytes:
    """Return our metadata for one federation, signed with our own key.

    Source: SAML metadata 2.0 section 3; the signature is enveloped, over the whole descriptor.
    """
    root = etree.fromstring(xml)
    root.set("ID", "_metadata")
    certificate = Path(federation.sp_config.cert_file).read_text(encoding="ascii")
    # signxml signs in place of this; the schema wants the signature first.
    root.insert(0, etree.Element(names.SIGNATURE, nsmap={"ds": names.DS}, Id="placeholder"))
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    signed = signer.sign(root, key=federation.key, cert=certificate, reference_uri="_metadata")
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))
