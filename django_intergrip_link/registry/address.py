"""The address of a school: the deep link that skips choosing, for portals and for paper."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.urls import reverse

from django_intergrip_link.conf import settings
from django_intergrip_link.models import School


def address_of(school: School) -> str:
    """Return ``https://…/saml2/<federation>/login?school=<BRIN>``.

    Empty when the settings do not know the school's federation (any more): nothing answers there.
    """
    party = settings.FEDERATIONS.get(school.federation)
    if party is None:
        return ""
    path = reverse("intergrip_link:start", args=[party.name])
    # SECURITY: the host comes from the settings, never from the request; a forged Host header must
    # not end up on the wall of a classroom.
    return f"{party.base_url}{path}?school={quote(school.brin, safe='')}"


def parts_of(address: str) -> list[str]:
    """Return an address in pieces after which a line may end."""
    return re.findall(r"[^/?=]+[/?=]*", address)
