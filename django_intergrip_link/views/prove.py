"""Step *prove*: password of the site account, then the code of its OTP device if it has one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import (
    DeviceMustWait,
    TooManyTries,
    WrongPassword,
    WrongToken,
)
from django_intergrip_link.forms import PasswordForm, TokenForm
from django_intergrip_link.journey import devices, proofs, proven, ways

from .redirects import SeeOther, login_page_url, to_step
from .steps import StepView


class ProveView(StepView):
    """``school-account/link/login/``: log in with the site account, once."""

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need a way that the settings leave open.

        Raises:
            NoArrival: no journey.
            NoRegistration: only new site accounts may link.
        """
        response = super().prepare(request)
        if response is not None:
            return response
        ways.require_existing(self.pending)
        # SECURITY: the project's own login page may ask for more than a password (a code, a
        # captcha, single sign-on); this form must not be a door around it.
        return SeeOther(login_page_url()) if settings.LOGIN_VIEW else None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        is_answered = not self.pending.local_name
        return self._show(
            PasswordForm(initial={"login": self.pending.login if is_answered else ""})
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check name and password; on to the code or the confirmation."""
        form = PasswordForm(request.POST)
        if not form.is_valid():
            return self._show(form)
        try:
            pending = proofs.prove_by_password(
                request, self.pending, self.arrival, **form.cleaned_data
            )
        except TooManyTries as error:
            self.note(error)
            return self._show(form, wait_minutes=error.wait_minutes, status=error.status)
        if pending is None:
            self.note(WrongPassword())
            form.refuse_pair()
            return self._show(form)
        return to_step(proven.next_step(pending))

    def _show(
        self, form: PasswordForm, *, wait_minutes: int | None = None, status: int = 200
    ) -> HttpResponse:
        return self.step(
            "prove.html",
            status=status,
            form=form,
            wait_minutes=wait_minutes,
            password_reset_url=_password_reset_url(),
        )


class TokenView(StepView):
    """``school-account/link/otp/``: the code of a confirmed device, when the account has one."""

    user: Any
    devices: list[Any]

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need the first proof too.

        Raises:
            NoArrival: no journey.
            NoProof: no proof, or it is over.
            AccountSwitchedOff: the account was switched off or deleted since.
        """
        response = super().prepare(request)
        if response is not None:
            return response
        self.user = proven.proven_user(self.pending)
        self.devices = devices.confirmed_devices(self.user)
        return None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the code, as long as one is needed."""
        if not proven.lacks_otp(self.user, self.pending):
            return to_step("confirm")
        return self._show(TokenForm(devices=self.devices))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the code, or let a device send one."""
        is_sending = "send" in request.POST
        form = TokenForm(request.POST, devices=self.devices, is_sending=is_sending)
        if not form.is_valid():
            return self._show(form)
        try:
            return self._send(form) if is_sending else self._check(form)
        except DeviceMustWait as error:
            self.note(error)
            form.ask_to_wait(seconds=error.seconds, is_sending=error.is_sending)
            return self._show(form, status=error.status)
        except TooManyTries as error:
            self.note(error)
            return self._show(form, wait_minutes=error.wait_minutes, status=error.status)

    def _check(self, form: TokenForm) -> HttpResponse:
        pending = proofs.prove_by_token(
            self.request, self.pending, self.arrival, user=self.user, **form.cleaned_data
        )
        if pending is None:
            self.note(WrongToken())
            form.refuse_token()
            return self._show(form)
        return to_step("confirm")

    def _send(self, form: TokenForm) -> HttpResponse:
        device = devices.send_challenge(self.user, device_id=form.cleaned_data["device_id"])
        if device is None:
            form.tell_not_sent()
            return self._show(form)
        # The device that sent it is chosen, or the code would be tried on another one.
        chosen = {"device": device.persistent_id}
        return self._show(TokenForm(initial=chosen, devices=self.devices), is_sent=True)

    def _show(
        self,
        form: TokenForm,
        *,
        is_sent: bool = False,
        wait_minutes: int | None = None,
        status: int = 200,
    ) -> HttpResponse:
        return self.step(
            "otp.html",
            status=status,
            form=form,
            wait_minutes=wait_minutes,
            sent=is_sent,
            can_send=bool(devices.senders_among(self.devices)),
        )


def _password_reset_url() -> str | None:
    """Return the project's own password reset page, when it has one under Django's usual name."""
    try:
        return reverse("password_reset")
    except NoReverseMatch:
        return None
