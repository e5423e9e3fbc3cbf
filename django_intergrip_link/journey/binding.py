"""The journey belongs to one browser: a second signed cookie, beside the session.

Written at *complete*, asked for by every step until the link is made.
"""

from __future__ import annotations

from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from django_intergrip_link.conf import FederationSettings

from .arrivals import LIFETIME

_SALT: Final = "django_intergrip_link.journey.binding"


def write(response: HttpResponse, arrival_key: str, federation: FederationSettings) -> None:
    """Bind the arrival with this key to the browser that gets this response."""
    response.set_cookie(
        _cookie_name(federation),
        signing.dumps(arrival_key, salt=_SALT),
        max_age=LIFETIME,
        path="/",
        secure=federation.is_https,
        httponly=True,
        samesite="Lax",
    )


def is_bound(request: HttpRequest, arrival_key: str, federation: FederationSettings) -> bool:
    """Whether this browser is the one that brought the arrival back from school."""
    try:
        value = signing.loads(
            request.COOKIES.get(_cookie_name(federation), ""), salt=_SALT, max_age=LIFETIME
        )
    except signing.BadSignature:
        return False
    return constant_time_compare(value, arrival_key)


def _cookie_name(federation: FederationSettings) -> str:
    # SECURITY: a sibling domain can plant a session cookie, and with it somebody else's journey;
    # it cannot plant a __Host- cookie. The prefix needs TLS, so development goes without.
    return "__Host-intergrip-journey" if federation.is_https else "intergrip-journey"
