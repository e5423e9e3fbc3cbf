"""Step *prove* on the project's own login page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.journey import host_login
from django_intergrip_link.journey.site_account import call_name

from .redirects import SeeOther, login_page_url, to_step
from .steps import StepView


class LoggedInView(StepView):
    """``school-account/link/logged-in/``: back from the login page of the site."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go on to the code or the confirmation; ask again for a login that does not count."""
        if host_login.is_proven(request, self.pending):
            pending = host_login.take_over_otp(request, self.pending)
            return to_step("otp" if pending.needs_otp else "confirm")
        if request.user.is_authenticated and host_login.is_wanted(self.pending):
            return self.step("logged_in.html", local_name=call_name(request.user))
        return to_step("link")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Log out of the site, so that its login page asks again."""
        host_login.log_out(request, self.pending)
        return SeeOther(login_page_url())
