"""Between *prove* and *confirm*: the site account has a school account already."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.errors import NotConfirmed
from django_intergrip_link.journey import linking

from .leave import forget
from .proven import ProvenView
from .redirects import to_step


class MoreView(ProvenView):
    """``school-account/link/more/``: use both, only the new one, or change nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what is linked already, and ask.

        Raises:
            UnknownSchool, AccountSwitchedOff, PrivilegedAccount, UnknownRole, PolicyRefused: may
                not be linked anyway.
        """
        if self.conflict is None:
            return to_step("confirm")
        linking.require_linkable(user=self.user, account=self.account)
        links = self.conflict.links
        is_here = links[0].live_school == self.account.school_id
        return self.step(
            "more.html", links=links, choices=self.conflict.choices, is_same_school=is_here
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the answer for *confirm*; nothing ends before that."""
        choice = request.POST.get("choice", "")
        if choice == "keep":
            forget(request)
            return to_step("stop")
        if self.conflict is None:
            return to_step("confirm")
        if choice not in self.conflict.choices:
            raise NotConfirmed
        replaces = self.conflict.keys if choice == "swap" else []
        self.pending.save(request.session, choice=choice, replaces=replaces)
        return to_step("confirm")
