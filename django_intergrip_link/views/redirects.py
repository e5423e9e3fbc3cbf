"""Where a step sends the browser next: always by GET, always to an address of this site."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse

from django_intergrip_link.conf import settings
from django_intergrip_link.models import Arrival


class SeeOther(HttpResponseRedirect):
    """303: the next request is a GET, whatever this one was (RFC 9110 section 15.4.4)."""

    status_code = 303


def step_url(name: str) -> str:
    """Return the address of a step without arguments."""
    return reverse(f"intergrip_link:{name}")


def to_step(name: str) -> SeeOther:
    """Send the browser to a step without arguments."""
    return SeeOther(step_url(name))


def complete_url(arrival: Arrival) -> str:
    """Return the address where this arrival is claimed."""
    return reverse("intergrip_link:complete", args=[arrival.federation, arrival.key])


def host_url(page: str) -> str:
    """Return the address of a page of the project that leads back into the journey, or ``""``.

    Args:
        page: path or URL name, from the settings.
    """
    if not page:
        return ""
    address = resolve_url(page)
    query = urlencode({"next": step_url("logged_in")})
    return f"{address}{'&' if '?' in address else '?'}{query}"


def login_page_url() -> str:
    """Return the address where a site account is proven: the project's own page, or ours."""
    return host_url(settings.LOGIN_VIEW) or step_url("prove")
