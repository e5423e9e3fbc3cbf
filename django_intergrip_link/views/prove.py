"""Step *prove*: password of the site account, then the code of its OTP device if it has one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from django_intergrip_link.errors import TooManyTries, WrongPassword, WrongToken
from django_intergrip_link.forms import PasswordForm, TokenForm
from django_intergrip_link.journey import proofs

from .redirects import to_step
from .steps import StepView


class ProveView(StepView):
    """``school-account/link/login/``: log in with the site account, once."""

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
        return to_step("otp" if pending.needs_otp else "confirm")

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

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need the first proof too.

        Raises:
            NoArrival: no journey.
        """
        response = super().prepare(request)
        if response is not None:
            return response
        if not self.pending.has_proof:
            return to_step("link")
        self.user = proofs.proven_user(self.pending)
        return None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the code, as long as one is needed."""
        if self.pending.is_proven:
            return to_step("confirm")
        return self._show(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the code, or let a device send one."""
        if "send" in request.POST:
            device_id = request.POST.get("device", "")
            sent = proofs.send_challenge(self.user, device_id=device_id)
            return self._show(self._form(), sent=sent)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show(form)
        pending = proofs.prove_by_token(
            request.session,
            self.pending,
            self.arrival,
            user=self.user,
            token=form.cleaned_data["token"],
            device_id=form.cleaned_data.get("device", ""),
        )
        if pending is None:
            self.note(WrongToken())
            form.refuse_token()
            return self._show(form)
        return to_step("confirm")

    def _form(self, data: Any = None) -> TokenForm:
        devices = proofs.confirmed_devices(self.user)
        return TokenForm(data, devices=[(d.persistent_id, d.name) for d in devices])

    def _show(self, form: TokenForm, *, sent: bool = False) -> HttpResponse:
        can_send = any(d.is_interactive() for d in proofs.confirmed_devices(self.user))
        return self.step("otp.html", form=form, can_send=can_send, sent=sent)


def _password_reset_url() -> str | None:
    """Return the project's own password reset page, when it has one under Django's usual name."""
    try:
        return reverse("password_reset")
    except NoReverseMatch:
        return None
