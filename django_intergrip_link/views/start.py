"""Step *start*: our page for choosing a school, or off to the hub with a signed request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import UnknownSchool
from django_intergrip_link.federation.config import Federation
from django_intergrip_link.federation.request import build_login
from django_intergrip_link.journey import choosing
from django_intergrip_link.journey.attempts import Attempts
from django_intergrip_link.journey.schools import find_linked_school, scope_of
from django_intergrip_link.models import School

from .errand import Errand
from .pages import PageView, federation_or_404
from .redirects import SeeOther


class AskingView(PageView):
    """What *start* and *choose* share: they may end at the hub, and never in a frame."""

    party: Federation

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Offer a tab of its own when a portal shows us in a frame; cookies do not work there."""
        self.party = federation_or_404(self.federation_name)
        self.errand = Errand.read(request.POST if request.method == "POST" else request.GET)
        is_framed = request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame", "embed", "object")
        if request.method == "GET" and is_framed:
            self.may_be_framed = True
            return self.page("framed.html", address=request.get_full_path())
        return None

    def ask(
        self, school: School | None, *, is_scoped: bool = True, remembers: bool = False
    ) -> HttpResponse:
        """Redirect to the hub and remember the attempt in this browser only.

        Args:
            school: the chosen one, or ``None`` when the hub asks.
            is_scoped: tell the hub which school, so that it does not ask again. When it asks, any
                school may answer: the person chooses once more there.
            remembers: the browser may remember the school, once the login succeeded.

        Raises:
            UnknownSchool: the school is switched off.
        """
        if school is not None and not school.is_active:
            raise UnknownSchool("switched off", school=school)
        party = federation_or_404(school.federation) if school else self.party
        scope = scope_of(school, accepts_realm=party.preset.accepts_realm) if school else ""
        login = build_login(party, scope=scope if is_scoped else "", is_fresh=self.errand.is_fresh)
        attempts = Attempts(self.request, settings.FEDERATIONS[party.name])
        attempts.add(
            request_id=login.id,
            next_path=self.errand.next,
            school=school.brin if school and is_scoped else "",
            remembers=remembers,
        )
        response = HttpResponseRedirect(login.url)
        attempts.write(response)
        return response


class StartView(AskingView):
    """GET ``saml2/<federation>/login?school=&next=&fresh=&hub=``: chooser, or straight on."""

    def get(self, request: HttpRequest, federation: str) -> HttpResponse:
        """Decide who asks for the school."""
        code = request.GET.get("school", "")
        asks_hub = request.GET.get("hub") == "1"
        school = find_linked_school(federation=federation, code=code) if code else None
        if school is not None:
            return self.ask(school, is_scoped=not asks_hub)
        if asks_hub or choosing.hub_asks():
            return self.ask(None)
        only = None if code else choosing.only_school()
        if only is not None:
            return self.ask(only)
        return SeeOther(self.errand.url("choose", federation, unknown="1" if code else ""))
