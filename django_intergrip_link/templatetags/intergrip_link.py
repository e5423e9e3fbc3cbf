"""``{% load intergrip_link %}``: what a project may put into its own pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse

from django_intergrip_link.errors import NoArrival
from django_intergrip_link.journey.arrivals import open_arrival
from django_intergrip_link.journey.host_login import open_journey

register = template.Library()


@register.inclusion_tag("django_intergrip_link/resume_banner.html", takes_context=True)
def school_link_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Show the way back to somebody who was linking a school account in this browser.

    Without a journey in the session it shows nothing and asks the database nothing.
    """
    request = context.get("request")
    resume_url = reverse("intergrip_link:logged_in")
    if request is None or not _is_away(request, resume_url):
        return {"resume_url": ""}
    return {"resume_url": resume_url}


def _is_away(request: HttpRequest, resume_url: str) -> bool:
    """Whether a journey waits, and this page is not the login page that it sent the person to."""
    pending = open_journey(request)
    if pending is None or request.GET.get("next") == resume_url:
        return False
    try:
        open_arrival(pending.arrival)
    except NoArrival:
        return False
    return True
