"""The hub itself: metadata, single sign-on, the chooser, portal announcements, logging out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from lxml import etree

from .. import cookies
from ..hub import hub_metadata, sandbox_path
from ..people import PASSWORD, people_of
from ..portals import portal_url
from ..requests import OpenRequest, RefusedRequest, open_token, read_request
from ..schools import SCHOOLS, DemoSchool, find_schools, get_school, search_schools
from ..sites import list_sites, schools_of
from .page import SandboxView, last_answer


class IndexView(SandboxView):
    """GET ``/sandbox/``: every portal, everybody who can log in, and the way out."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the schools with their people."""
        schools = [(school, people_of(school)) for school in SCHOOLS if people_of(school)]
        return self.page(
            "index",
            {
                "schools": schools,
                "sites": list_sites(),
                "password": PASSWORD,
                "hub_school": cookies.read_hub_school(request),
            },
        )


class MetadataView(SandboxView):
    """GET ``hub/metadata``: the hub as identity provider."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the metadata of the hub at this port."""
        xml = hub_metadata(base_url=f"{request.scheme}://{request.get_host()}")
        return HttpResponse(xml, content_type="application/samlmetadata+xml")


class SingleSignOnView(SandboxView):
    """GET ``hub/sso``: takes a site's request and decides whether a school must be chosen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go to the school, or to the chooser."""
        pending = read_request(request.META["QUERY_STRING"])
        school = self._known_school(pending)
        if school is not None:
            return HttpResponseRedirect(_to_school(school, pending))
        return HttpResponseRedirect(_address("hub_choose", pending))

    def _known_school(self, pending: OpenRequest) -> DemoSchool | None:
        """Return the school that needs no choosing, in the order of the real hub.

        One candidate, then the portal's announcement, then the hub session; only the last is
        switched off by ``ForceAuthn``.
        """
        candidates = _candidates(pending)
        if len(candidates) == 1:
            return candidates[0]
        announced = cookies.read_notice(self.request)
        if announced in candidates:
            return announced
        remembered = None if pending.is_fresh else cookies.read_hub_school(self.request)
        return remembered if remembered in candidates else None


class ChooseView(SandboxView):
    """GET and POST ``hub/choose``: "Kies hieronder jouw school of gebruik Entree-account"."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the schools, all of them or those that ``q`` finds."""
        pending = open_token(request.GET.get("request", ""))
        query = request.GET.get("q", "").strip()
        candidates = _candidates(pending)
        return self.page(
            "choose",
            {
                "site": pending.site,
                "token": request.GET["request"],
                "query": query,
                "recent": [one for one in cookies.read_recent(request) if one in candidates],
                "schools": search_schools(
                    query, [one for one in candidates if one.style != "entree"]
                ),
                "entree": next((one for one in candidates if one.style == "entree"), None),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember the choice and go to that school."""
        pending = open_token(request.POST.get("request", ""))
        school = get_school(request.POST.get("school", ""))
        if school is None or school not in _candidates(pending):
            raise RefusedRequest("Deze school is niet bekend.")
        response = HttpResponseRedirect(_to_school(school, pending), status=303)
        cookies.remember_choice(request, response, school)
        return response


class NoticeView(SandboxView):
    """GET ``hub/ssonot?id=<entityID>&realm=&redirectUri=<portal>``: a portal announces itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Remember the school for one login and go back to its portal."""
        back = request.GET.get("redirectUri", "")
        school = next((one for one in self._announced() if back == portal_url(request, one)), None)
        # SECURITY: only portals of the school itself, or this would be an open redirect.
        if school is None:
            raise RefusedRequest("Dit portaal is niet aangemeld bij de hub.")
        response = HttpResponseRedirect(back)
        cookies.write_notice(response, school)
        return response

    def _announced(self) -> list[DemoSchool]:
        realm = self.request.GET.get("realm", "")
        schools = find_schools([self.request.GET.get("id", "")])
        return [one for one in schools if one.has_portal and realm in ("", one.realm)]


class LogoutView(SandboxView):
    """GET and POST ``hub/logout``: ends the hub session only, never one of a school or a site."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self.page("logout", {"is_done": False})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Forget the remembered school."""
        response = self.page("logout", {"is_done": True})
        cookies.forget(response, cookies.HUB)
        cookies.forget(response, cookies.NOTICE)
        return response


class LastAnswerView(SandboxView):
    """GET ``hub/last``: the last message that left the hub, for developers."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it, indented."""
        context: dict[str, Any] = {}
        if last_answer:
            tree = etree.fromstring(last_answer[0])
            etree.indent(tree)
            context["xml"] = etree.tostring(tree, encoding="unicode")
        return self.page("last", context)


def _candidates(pending: OpenRequest) -> list[DemoSchool]:
    served = schools_of(pending.federation)
    return [school for school in served if not pending.slugs or school.slug in pending.slugs]


def _to_school(school: DemoSchool, pending: OpenRequest) -> str:
    return _address("school_login", pending, school.slug)


def _address(name: str, pending: OpenRequest, *args: str) -> str:
    return f"{sandbox_path(name, *args)}?{urlencode({'request': pending.token()})}"
