"""Step *prove* on the project's own login page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.journey import host_login, proven
from django_intergrip_link.journey.site_account import call_name

from .redirects import SeeOther, login_page_url, to_step
from .steps import StepView


class LoggedInView(StepView):
    """``school-account/link/logged-in/``: back from the login page of the site."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go on to the code or the confirmation; ask again for a login that does not count."""
        if host_login.has_come_straight_back(request, self.pending):
            self.pending = host_login.accept(request, self.pending)
        if host_login.is_proven(request, self.pending):
            return to_step(proven.next_step(self.pending))
        user = request.user
        if user.is_authenticated and host_login.is_wanted(self.pending, user):
            return self.step("logged_in.html", local_name=call_name(user))
        return to_step("link")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Log out of the site, so that its login page asks again; without one, choose again."""
        host_login.log_out(request, self.pending)
        return SeeOther(login_page_url()) if settings.LOGIN_VIEW else to_step("link")
