"""Step *link*: who you are at school, and whether the account on this device is yours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings

from .redirects import host_url, step_url, to_step
from .steps import StepView


class LinkView(StepView):
    """GET ``school-account/link/``: explain, show the school account, offer the ways on."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page; it changes nothing."""
        mode = settings.REGISTRATION
        return self.step(
            "link.html",
            may_use_existing=mode != "new_only" or bool(self.pending.relink_id),
            may_register=mode != "existing_only" and not self.pending.relink_id,
            is_paused=bool(self.pending.relink_id),
            register_url=host_url(settings.REGISTER_URL) or step_url("register"),
        )


class SomeoneElseView(StepView):
    """``school-account/link/someone-else/``: somebody was logged in; are both of one person?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask, as long as the question is open."""
        if not self.pending.local_name:
            return to_step("link")
        return self.step("someone_else.html", local_name=self.pending.local_name)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go on to the password for "mine", to the link page for everything else."""
        if request.POST.get("whose") == "mine":
            self.pending.save(request.session, local_name="")
            return to_step("prove")
        self.pending.save(request.session, local_name="", login="")
        return to_step("link")
