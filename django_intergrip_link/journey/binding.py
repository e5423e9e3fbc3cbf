"""The journey belongs to one browser: a second signed cookie, beside the session.

Written at *complete*, asked for by every step until the link is made.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from django_intergrip_link.conf import FederationSettings

from .arrivals import LIFETIME
from .cookies import SignedCookie

# SECURITY: a sibling domain can plant a session cookie, and with it somebody else's journey; it
# cannot plant this one.
_COOKIE: Final = SignedCookie(
    name="intergrip-journey", salt="django_intergrip_link.journey.binding", max_age=LIFETIME
)


def write(response: HttpResponse, arrival_key: str, federation: FederationSettings) -> None:
    """Bind the arrival with this key to the browser that gets this response."""
    _COOKIE.write(response, arrival_key, is_https=federation.is_https)


def is_bound(request: HttpRequest, arrival_key: str, federation: FederationSettings) -> bool:
    """Whether this browser is the one that brought the arrival back from school."""
    value = _COOKIE.read(request, is_https=federation.is_https)
    return value is not None and constant_time_compare(value, arrival_key)
