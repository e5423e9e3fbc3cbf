"""Ways out: stop, "this is not me", log out; and the language switch that every page carries."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.views.i18n import set_language

from django_intergrip_link.errors import NoArrival, OutdatedForm
from django_intergrip_link.journey import ending, finding
from django_intergrip_link.journey.account import SchoolAccount
from django_intergrip_link.journey.arrivals import open_arrival
from django_intergrip_link.journey.entering import leave_journey
from django_intergrip_link.journey.pending import Pending

from .errand import Errand
from .pages import PageView, home_url
from .redirects import SeeOther, step_url, to_step


class StopView(PageView):
    """``school-account/link/stop/``: link nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say that nothing was linked."""
        return self.page("stop.html", restart_url=self.restart_url(), home_url=home_url())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Wipe the arrival and the session."""
        _require_own_journey(request, Pending.load(request.session))
        forget(request)
        return to_step("stop")


class NotMeView(PageView):
    """``school-account/link/not-me/``: somebody else is still logged in at school here."""

    pending: Pending | None
    # Chromium holds form-action against every redirect after the POST: hub, school, anywhere.
    form_targets = ("https:", "http:")

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Read the journey if there is one."""
        self.pending = Pending.load(request.session)
        if self.pending:
            self.federation_name = self.pending.federation
            self.errand, self.school_code = Errand(next=self.pending.next), self.pending.school
        return None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Explain, and offer to start again with a new login at school."""
        account = self._account()
        return self.page(
            "not_me.html",
            account=account,
            arrival_key=self.pending.arrival if self.pending else "",
            back_url=step_url("done" if self.pending and self.pending.link_id else "link"),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Undo what was just linked, wipe everything, start again with ForceAuthn."""
        _require_own_journey(request, self.pending)
        made = self.pending.link_id if self.pending else 0
        link = finding.find_own_link(pk=made, user=request.user)
        if link and finding.is_recent(link):
            ending.end_link(link, actor=None, reason="not_me")
        forget(request)
        if request.POST.get("restart") == "elsewhere":
            self.school_code = ""
        return SeeOther(self.restart_url(is_fresh=True) or home_url())

    def _account(self) -> SchoolAccount | None:
        try:
            return open_arrival(self.pending.arrival)[1] if self.pending else None
        except NoArrival:
            return None


class LogoutView(PageView):
    """``school-account/logout/``: out of the site, with honest words about the school."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for a POST while somebody is logged in; say what to do when nobody is."""
        is_logged_in = request.user.is_authenticated
        response = self.page("logout.html", is_logged_in=is_logged_in, home_url=home_url())
        if not is_logged_in:
            # SECURITY: shared computers; Back after logout must find nothing in the cache.
            response["Clear-Site-Data"] = '"cache"'
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        """Log out and wipe the session."""
        forget(request)
        return to_step("logout")


class LanguageView(PageView):
    """POST ``school-account/language/``: remember the chosen language in Django's own cookie."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Let Django check the language and the way back."""
        return set_language(request)


def _require_own_journey(request: HttpRequest, pending: Pending | None) -> None:
    # SECURITY: shared computers. The page that an earlier pupil left open ends nobody else's.
    if pending and request.POST.get("arrival") != pending.arrival:
        raise OutdatedForm("the form belongs to another arrival")


def forget(request: HttpRequest) -> None:
    """Close the arrival of this session and end the session."""
    leave_journey(request.session)
    logout(request)
