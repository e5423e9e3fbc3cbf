"""The signed AuthnRequest: HTTP-Redirect binding, RSA-SHA256, and an id that proves itself.

A request id is nonce + time + MAC. The return can therefore refuse foreign and stale ids before any
look-up, and starting a login writes nothing to the database.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from saml2 import saml, samlp
from saml2.pack import http_redirect_message
from saml2.sigver import RSASigner
from saml2.xmldsig import SIG_RSA_SHA256

from django_intergrip_link.errors import ExpiredRequest, UnknownRequest

from . import names
from .config import Federation

MAX_AGE: Final = timedelta(minutes=10)
_ID = re.compile(r"_([0-9a-f]{32})([0-9a-f]{10})([0-9a-f]{32})")
_SALT = "django_intergrip_link.federation.request"


@dataclass(frozen=True, kw_only=True)
class LoginRequest:
    """One request to the hub: its id, and the address to send the browser to."""

    id: str
    url: str


def build_login(federation: Federation, *, scope: str = "", is_fresh: bool = False) -> LoginRequest:
    """Make a signed request for a school login.

    Args:
        federation: whom to ask.
        scope: entityID or realm of one school, from our own registry; ``""`` lets the hub ask.
        is_fresh: ask for a new login at school (``ForceAuthn``).

    Raises:
        Unavailable: the hub's metadata is missing or out of date.

    Source: SAML core 2.0 section 3.4.1; bindings section 3.4; SAML2int SDP-SP02, SP04, SP06.
    """
    hub = federation.hub()
    request_id = new_request_id(federation.name)
    message = samlp.AuthnRequest(
        id=request_id,
        version="2.0",
        issue_instant=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        destination=hub.sso_url,
        assertion_consumer_service_url=federation.acs_url,
        protocol_binding=names.HTTP_POST,
        force_authn="true" if is_fresh else None,
        issuer=saml.Issuer(text=federation.entity_id),
        name_id_policy=samlp.NameIDPolicy(
            allow_create="true", format=federation.preset.name_id_format
        ),
        scoping=_scoping(scope),
    )
    packed = http_redirect_message(
        message,
        hub.sso_url,
        sign=True,
        sigalg=SIG_RSA_SHA256,
        backend=_RedirectSigner(federation.key),
    )
    return LoginRequest(id=request_id, url=dict(packed["headers"])["Location"])


def new_request_id(federation: str) -> str:
    """Return ``_`` + 128 random bits + time + 128-bit MAC, in hexadecimal."""
    nonce = secrets.token_hex(16)
    moment = f"{int(time.time()):010x}"
    return f"_{nonce}{moment}{_mac(federation, nonce, moment, settings.SECRET_KEY)}"


def read_request_id(request_id: str, *, federation: str, now: datetime) -> datetime:
    """Return when a request of ours was made, or refuse.

    Raises:
        UnknownRequest: not an id that this site made for this federation.
        ExpiredRequest: made more than ten minutes ago.
    """
    match = _ID.fullmatch(request_id)
    if match is None:
        raise UnknownRequest("not a request id of ours")
    nonce, moment, mac = match.groups()
    # SECURITY: the MAC binds the id to this site and federation, so an attacker cannot make the
    # site work (or write) for requests that it never sent.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(mac, _mac(federation, nonce, moment, key)) for key in keys):
        raise UnknownRequest("not a request id of ours")
    made = datetime.fromtimestamp(int(moment, 16), UTC)
    if not now - MAX_AGE <= made <= now + timedelta(minutes=1):
        raise ExpiredRequest
    return made


def _mac(federation: str, nonce: str, moment: str, key: str | bytes) -> str:
    text = f"{federation}\n{nonce}\n{moment}"
    return salted_hmac(_SALT, text, secret=key, algorithm="sha256").hexdigest()[:32]


def _scoping(scope: str) -> samlp.Scoping | None:
    if not scope:
        return None
    return samlp.Scoping(idp_list=samlp.IDPList(idp_entry=[samlp.IDPEntry(provider_id=scope)]))


class _RedirectSigner:
    """What pysaml2 asks a signer from; a new one for each request.

    pysaml2's own backend puts the key into a signer shared by the whole process, so two threads of
    two federations could sign with each other's key.
    """

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def get_signer(self, sigalg: str) -> RSASigner | None:
        return RSASigner(hashes.SHA256(), self._key) if sigalg == SIG_RSA_SHA256 else None
