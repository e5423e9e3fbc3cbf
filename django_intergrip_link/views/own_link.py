"""One link of one's own: remove it, or take it up again. After a fresh proof only."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from django_intergrip_link.errors import (
    DeviceMustWait,
    IntergripError,
    LastWayIn,
    StaleSchoolLogin,
    TooManyTries,
    WrongPassword,
    WrongToken,
)
from django_intergrip_link.forms import FreshProofForm
from django_intergrip_link.journey import devices, ending, own_links
from django_intergrip_link.journey.own_links import Need
from django_intergrip_link.models import AccountLink

from .errand import Errand
from .mine import OwnView, first_page
from .redirects import SeeOther, step_url

PASSWORD_PAGES: Final = ("set_password", "account_set_password", "account_reset_password")
"""URL names under which a project, or allauth, lets somebody without a password choose one."""

REFUSALS: Final = (
    DeviceMustWait,
    LastWayIn,
    StaleSchoolLogin,
    TooManyTries,
    WrongPassword,
    WrongToken,
)
"""What the page itself says, in place of a page of refusal."""


class OwnLinkView(OwnView):
    """A page that changes one link, after a fresh proof."""

    states: tuple[AccountLink.State, ...]
    is_ending = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first; who comes back to a link that is gone by now finds the list."""
        try:
            link = self._find(pk)
        except Http404:
            user: Any = request.user
            if AccountLink.objects.filter(pk=pk, user_id=user.pk).exists():
                return SeeOther(step_url("mine"))
            raise
        return self._show(link)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Check the proof and change the link, or let a device send its code."""
        link = self._find(pk)
        is_sending = "send" in request.POST
        form = self._form(link, request.POST, is_sending=is_sending)
        is_valid = form.is_valid()
        try:
            if is_sending:
                return self._send(link, form)
            if is_valid:
                return self.change(link, self._require_owner(link, form))
        except REFUSALS as error:
            return self._refuse_proof(link, form, error)
        return self._show(link, form)

    def change(self, link: AccountLink, proven: Any | None) -> HttpResponse:
        """Do what the page is for."""
        raise NotImplementedError

    def _find(self, pk: int) -> AccountLink:
        link = own_links.find_own(pk=pk, user=self.request.user, states=self.states)
        if link is None:
            raise Http404
        self.federation_name = link.federation
        return link

    def _form(
        self, link: AccountLink, sent: QueryDict | None = None, *, is_sending: bool = False
    ) -> FreshProofForm:
        request = self.request
        need = own_links.what_is_needed(request, link, is_ending=self.is_ending)
        is_open = need in (Need.PASSWORD, Need.YES)
        asks_token = is_open and own_links.asks_token(request)
        return FreshProofForm(
            sent,
            asks_password=need == Need.PASSWORD,
            devices=devices.confirmed_devices(request.user) if asks_token else [],
            is_sending=is_sending,
        )

    def _require_owner(self, link: AccountLink, form: FreshProofForm) -> Any | None:
        return own_links.require_owner(
            self.request, link, is_ending=self.is_ending, **form.cleaned_data
        )

    def _send(self, link: AccountLink, form: FreshProofForm) -> HttpResponse:
        device_id = form.cleaned_data["device_id"]
        device = devices.send_challenge(self.request.user, device_id=device_id)
        if device is None:
            form.tell_not_sent()
        return self._show(link, form, sent=device is not None)

    def _refuse_proof(
        self, link: AccountLink, form: FreshProofForm, error: IntergripError
    ) -> HttpResponse:
        """Show the form again, with the words for what was wrong."""
        self.note(error)
        if isinstance(error, WrongPassword):
            form.refuse_password()
        elif isinstance(error, WrongToken):
            form.refuse_token()
        elif isinstance(error, DeviceMustWait):
            form.ask_to_wait(seconds=error.seconds, is_sending=error.is_sending)
        status = 200 if form.errors else error.status
        return self._show(link, form, status=status, wait_minutes=error.wait_minutes or None)

    def _show(
        self,
        link: AccountLink,
        form: FreshProofForm | None = None,
        *,
        status: int = 200,
        wait_minutes: int | None = None,
        sent: bool = False,
    ) -> HttpResponse:
        request = self.request
        form = form or self._form(link)
        again = Errand(next=request.get_full_path(), is_fresh=True)
        return self.page(
            "own_link.html",
            status=status,
            form=form,
            link=link,
            is_ending=self.is_ending,
            need=own_links.what_is_needed(request, link, is_ending=self.is_ending).value,
            is_unknown="unknown" in request.GET or "unknown" in request.POST,
            can_send="token" in form.fields and _can_send(request.user),
            password_url=first_page(PASSWORD_PAGES),
            login_again_url=again.url("start", link.federation),
            wait_minutes=wait_minutes,
            sent=sent,
        )


class RemoveView(OwnLinkView):
    """``school-account/<pk>/remove/``: end one link, after a fresh proof."""

    states = (AccountLink.State.ACTIVE, AccountLink.State.SUSPENDED)
    is_ending = True

    def change(self, link: AccountLink, proven: Any | None) -> HttpResponse:
        """End the link, keep this session, tell the owner by mail."""
        reason = "not_recognised" if "unknown" in self.request.POST else "removed"
        own_links.remove_own(self.request, link, proven=proven, reason=reason)
        ending.tell_owner([link.pk], request=self.request)
        return SeeOther(f"{step_url('mine')}?removed={link.pk}")


class ResumeView(OwnLinkView):
    """``school-account/<pk>/resume/``: take up a paused link again, after a fresh proof."""

    states = (AccountLink.State.SUSPENDED,)

    def change(self, link: AccountLink, proven: Any | None) -> HttpResponse:
        """Take the link into use again."""
        own_links.resume_own(self.request, link, proven=proven)
        return SeeOther(f"{step_url('mine')}?resumed={link.pk}")


def _can_send(user: Any) -> bool:
    return bool(devices.senders_among(devices.confirmed_devices(user)))
