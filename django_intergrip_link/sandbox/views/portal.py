"""A school's start page: who you are, tiles, and logging out."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from .. import cookies
from ..hub import sandbox_path
from ..sites import list_sites, schools_of
from .page import SandboxView, require_school


class PortalView(SandboxView):
    """GET ``portal/<slug>/``: the tiles, one of them the site."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the tiles, after a login at the school."""
        school = require_school(slug)
        if not school.has_portal:
            raise Http404("This school has no portal.")
        login = cookies.read_login(request, school)
        if login is None:
            return HttpResponseRedirect(sandbox_path("school_login", slug))
        sites = [site for site in list_sites() if school in schools_of(site.federation)]
        tiles = [(site.name, site.tile_url(school)) for site in sites]
        return self.page("portal", {"school": school, "person": login.person, "tiles": tiles})


class PortalLogoutView(SandboxView):
    """POST ``portal/<slug>/logout``: ends the session at this school only."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Log out and go to the start of the sandbox."""
        response = HttpResponseRedirect(sandbox_path("index"), status=303)
        cookies.end_login(request, response, require_school(slug))
        return response
