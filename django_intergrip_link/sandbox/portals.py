"""Where a school's portal lives, and how it announces itself to the hub after a login."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest

from .hub import sandbox_origin, sandbox_path
from .schools import DemoSchool


def portal_url(request: HttpRequest, school: DemoSchool) -> str:
    """Return the absolute address of a school's portal."""
    origin = sandbox_origin(f"{request.scheme}://{request.get_host()}")
    return f"{origin}{sandbox_path('portal', school.slug)}"


def after_login(request: HttpRequest, school: DemoSchool) -> str:
    """Return where a login goes that no site asked for: the portal, or first past the hub.

    Source: Kennisnet developer wiki, "SSO notificatie middels een redirect".
    """
    if not school.has_portal:
        return sandbox_path("index")
    portal = portal_url(request, school)
    if not school.announces_itself:
        return portal
    notice = {"id": school.entity_id, "realm": school.realm, "redirectUri": portal}
    return f"{sandbox_path('hub_ssonot')}?{urlencode(notice)}"
