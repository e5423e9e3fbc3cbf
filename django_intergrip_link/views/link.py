"""Step *link*: who you are at school, and whether the account on this device is yours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.journey import dormant, ways

from .redirects import SeeOther, host_url, login_page_url, step_url, to_step
from .steps import StepView


class LinkView(StepView):
    """GET ``school-account/link/``: explain, show the school account, offer the ways on."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page; it changes nothing."""
        return self.step(
            "link.html",
            may_use_existing=ways.takes_existing(self.pending),
            may_register=ways.takes_new(self.pending),
            is_paused=bool(self.pending.relink_id),
            is_dormant=dormant.is_dormant(self.pending.relink_id),
            prove_url=self._prove_url(request),
            register_url=host_url(settings.REGISTER_URL) or step_url("register"),
        )

    def _prove_url(self, request: HttpRequest) -> str:
        """Return the way of who has a site account.

        Login pages send who is logged in straight back, and Django's own ends the journey when
        somebody else logs in; *logged in* knows what to do.
        """
        is_in = bool(settings.LOGIN_VIEW) and request.user.is_authenticated
        return step_url("logged_in") if is_in else login_page_url()


class SomeoneElseView(StepView):
    """``school-account/link/someone-else/``: somebody was logged in; are both of one person?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask, as long as the question is open."""
        if not self.pending.local_name:
            return to_step("link")
        return self.step("someone_else.html", local_name=self.pending.local_name)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go on to the login page for "mine", to the link page for everything else."""
        if request.POST.get("whose") == "mine":
            self.pending.save(request.session, local_name="")
            return SeeOther(login_page_url())
        self.pending.save(request.session, local_name="", login="")
        return to_step("link")
