"""What a site asks the hub: one AuthnRequest over the Redirect binding, verified before it is used.

The hub's SSO address calls :func:`read_request`; the pages after it carry :class:`OpenRequest`
along as a signed token, so that several tabs do not disturb each other and nothing is stored.
"""

from __future__ import annotations

import time
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import unquote_plus

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from django.core import signing
from lxml import etree

from django_intergrip_link.testing import names

from .hub import get_hub
from .schools import find_schools
from .sites import Site, find_site

MAX_INFLATED: Final = 64 * 1024
MAX_AGE: Final = 15 * 60
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SALT: Final = "django_intergrip_link.sandbox.requests"
_NAMESPACES: Final = {"saml": names.SAML, "samlp": names.SAMLP}


class RefusedRequest(Exception):
    """The hub shows its own error page and sends no answer, as the real one does."""


@dataclass(frozen=True, kw_only=True)
class OpenRequest:
    """One request on its way through the hub.

    Attributes:
        federation: which of our federations asked.
        is_fresh: ``ForceAuthn``: sessions from before ``at`` do not count.
        slugs: schools the hub may offer; empty for all.
        at: arrival at the hub, seconds since 1970.
    """

    federation: str
    request_id: str
    relay_state: str
    is_fresh: bool
    slugs: tuple[str, ...]
    at: float

    def token(self) -> str:
        """Return this request as a signed value for an address or a form field."""
        return signing.dumps(asdict(self), salt=_SALT, compress=True)

    @property
    def site(self) -> Site:
        """The service that asked."""
        site = find_site(federation=self.federation)
        if site is None:
            raise RefusedRequest("Deze dienst bestaat niet meer.")
        return site


def open_token(token: str) -> OpenRequest:
    """Return the request behind a token made by :meth:`OpenRequest.token`.

    Raises:
        RefusedRequest: changed, or older than fifteen minutes.
    """
    try:
        fields = signing.loads(token, salt=_SALT, max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise RefusedRequest("Je inlogpoging is verlopen. Begin opnieuw bij de dienst.") from error
    return OpenRequest(**{**fields, "slugs": tuple(fields["slugs"])})


def read_request(query_string: str) -> OpenRequest:
    """Verify and read the query string of the SSO address.

    Raises:
        RefusedRequest: anything the real hub would not accept.

    Source: SAML bindings 2.0 section 3.4.4.1; SAML core 2.0 section 3.4.1.
    """
    raw = dict(part.partition("=")[::2] for part in query_string.split("&"))
    request = _parse(_inflate(unquote_plus(raw.get("SAMLRequest", ""))))
    site = find_site(entity_id=request.findtext("saml:Issuer", "", _NAMESPACES))
    if site is None:
        raise RefusedRequest("Deze dienst is niet bekend.")
    _verify_signature(raw, site)
    _check_addresses(request, site)
    return OpenRequest(
        federation=site.federation,
        request_id=request.get("ID", ""),
        relay_state=unquote_plus(raw.get("RelayState", "")),
        is_fresh=request.get("ForceAuthn") in ("true", "1"),
        slugs=_read_scoping(request),
        at=time.time(),
    )


def _inflate(field: str) -> bytes:
    # SECURITY: a bounded inflate; a small message can unpack to gigabytes.
    try:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        message = inflater.decompress(b64decode(field, validate=True), MAX_INFLATED)
    except (Base64Error, ValueError, zlib.error) as error:
        raise RefusedRequest("Het inlogverzoek is niet leesbaar.") from error
    if not message or inflater.unconsumed_tail:
        raise RefusedRequest("Het inlogverzoek is leeg of te groot.")
    return message


def _parse(message: bytes) -> etree._Element:
    # SECURITY: no entities, no network, no DTD: the request comes from outside, even in a demo.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        request = etree.fromstring(message, parser)
    except etree.XMLSyntaxError as error:
        raise RefusedRequest("Het inlogverzoek is geen XML.") from error
    if request.getroottree().docinfo.doctype or request.tag != f"{{{names.SAMLP}}}AuthnRequest":
        raise RefusedRequest("Het inlogverzoek is geen AuthnRequest.")
    return request


def _verify_signature(raw: dict[str, str], site: Site) -> None:
    # SECURITY: over the bytes as they came; encoding them anew would verify another message.
    signed = "&".join(
        f"{name}={raw[name]}" for name in ("SAMLRequest", "RelayState", "SigAlg") if name in raw
    )
    key = site.certificate().public_key()
    if unquote_plus(raw.get("SigAlg", "")) != RSA_SHA256 or not isinstance(key, RSAPublicKey):
        raise RefusedRequest("Het inlogverzoek is niet met RSA-SHA256 ondertekend.")
    try:
        signature = b64decode(unquote_plus(raw.get("Signature", "")), validate=True)
        key.verify(signature, signed.encode("ascii"), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError) as error:
        raise RefusedRequest("De handtekening van het inlogverzoek klopt niet.") from error


def _check_addresses(request: etree._Element, site: Site) -> None:
    if request.get("Destination") != get_hub(site.federation).sso_url:
        raise RefusedRequest("Het inlogverzoek is voor een andere hub.")
    # SECURITY: an answer only ever goes to the address that the service registered.
    if request.get("AssertionConsumerServiceURL", site.acs_url) != site.acs_url:
        raise RefusedRequest("Het antwoordadres hoort niet bij deze dienst.")


def _read_scoping(request: etree._Element) -> tuple[str, ...]:
    entries = request.findall("samlp:Scoping/samlp:IDPList/samlp:IDPEntry", _NAMESPACES)
    if not entries:
        return ()
    schools = find_schools(entry.get("ProviderID", "") for entry in entries)
    if not schools:
        raise RefusedRequest("Er zijn geen organisaties gevonden.")
    return tuple(school.slug for school in schools)
