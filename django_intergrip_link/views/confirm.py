"""Steps *confirm* and *done*: both sides named, one POST, and a way back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from django_intergrip_link.backends import links_of
from django_intergrip_link.errors import LinkBlocked, NoArrival, NotConfirmed, UndoExpired
from django_intergrip_link.journey import ending, finding, host_login, linking, mails
from django_intergrip_link.journey.entering import enter
from django_intergrip_link.journey.pending import Pending
from django_intergrip_link.journey.site_account import SiteAccount
from django_intergrip_link.models import AccountLink

from .pages import PageView, default_destination, home_url
from .proven import ProvenView
from .redirects import to_step


class ConfirmView(ProvenView):
    """``school-account/link/confirm/``: is this right? One POST makes the link."""

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need an answer about the links that the site account has already.

        Raises:
            NoArrival: no journey.
            AlreadyLinked, LinkBlocked, PlaceTaken: this link cannot be made.
        """
        response = super().prepare(request)
        if response is not None or request.POST.get("confirm") == "no":
            return response
        if self.conflict is not None and not self.conflict.is_settled_by(self.pending):
            return to_step("more")
        return None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Name both sides, and what ends.

        Raises:
            UnknownSchool, AccountSwitchedOff, PrivilegedAccount, UnknownRole, PolicyRefused: may
                not be linked; ``make_link`` asks again.
        """
        linking.require_linkable(user=self.user, account=self.account)
        site_account = SiteAccount.from_user(self.user)
        return self.step(
            "confirm.html",
            site_account=site_account,
            names_differ=site_account.differs_from(self.account.given_name),
            ending_links=self.conflict.links if self.conflict and self.pending.replaces else (),
            is_new=self.pending.is_registration,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Link and log in for "yes"; forget the proof for "no"."""
        answer = request.POST.get("confirm")
        if answer == "no":
            host_login.log_out(request, self.pending)
            return to_step("link")
        if answer != "yes":
            raise NotConfirmed
        link = linking.make_link(request=request, account=self.account, pending=self.pending)
        enter(request, links_of(link.user_id))
        done = self.pending.save(request.session, **self.pending.without_proof(), link_id=link.pk)
        # Last, because a slow mail server must not keep anybody from getting in.
        done.save(request.session, is_mailed=mails.send_linked(link, request=request))
        ending.tell_owner(self.pending.replaces, request=request)
        return to_step("done")


class DoneView(PageView):
    """GET ``school-account/link/done/``: what to do next time, and undo."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the link that this session has just made."""
        pending = Pending.load(request.session)
        made = pending.link_id if pending else 0
        link = finding.find_own_link(pk=made, user=request.user)
        if pending is None or link is None:
            raise NoArrival("nothing was linked in this session")
        token = mails.make_undo_token(link, lifetime=mails.PAGE_LIFETIME)
        undo_url = reverse("intergrip_link:undo", args=[token])
        return self.page(
            "done.html",
            school_name=link.school.short_name,
            continue_url=pending.next or default_destination(),
            undo_url=undo_url if finding.is_recent(link) else None,
            mail_sent=pending.is_mailed,
        )


class UndoView(PageView):
    """``school-account/undo/<token>/``: end a link from the done page or from the mail."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask first; a mail scanner that opens the link changes nothing."""
        return self._show(self._link(token), is_undone=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """End the link."""
        link = self._link(token)
        ending.end_link(link, actor=None, reason="undo")
        Pending.drop(request.session)
        return self._show(link, is_undone=True)

    def _link(self, token: str) -> AccountLink:
        link = mails.read_undo_token(token)
        if link is None:
            raise UndoExpired
        # SECURITY: undo and link again would be a way around the block.
        if link.state == AccountLink.State.BLOCKED:
            raise LinkBlocked
        self.federation_name = link.federation
        return link

    def _show(self, link: AccountLink, *, is_undone: bool) -> HttpResponse:
        is_over = is_undone or link.state == AccountLink.State.ENDED
        return self.page(
            "undo.html", school_name=link.school.short_name, undone=is_over, home_url=home_url()
        )
