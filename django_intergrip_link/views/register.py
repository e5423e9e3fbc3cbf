"""Step *register*: a new site account, for who has none."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import TooManyTries, WrongCode
from django_intergrip_link.forms import MailedCodeForm
from django_intergrip_link.journey import limits, registering, registration
from django_intergrip_link.journey.site_account import mask_address

from .redirects import to_step
from .steps import StepView


class RegistrationStep(StepView):
    """What both pages share.

    Attributes:
        details: what was filled in before, or ``None``.
    """

    details: dict[str, Any] | None

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Read what was filled in; whose code was right goes on to *confirm*.

        Raises:
            NoArrival: no journey.
            NoRegistration: there is no registration here.
        """
        response = super().prepare(request)
        if response is not None:
            return response
        registration.require_open(relink_id=self.pending.relink_id)
        if self.pending.is_registration and self.pending.has_proof:
            return to_step("confirm")
        self.details = registering.filled_in(self.arrival)
        return None

    def show_code(
        self,
        form: MailedCodeForm,
        *,
        news: str = "",
        limit: TooManyTries | None = None,
    ) -> HttpResponse:
        """Ask for the code.

        Args:
            news: ``sent`` or ``failed``, after a mail.
            limit: why no mail went out.
        """
        return self.step(
            "register_code.html",
            form=form,
            news=news,
            status=limit.status if limit else 200,
            wait_minutes=limit.wait_minutes if limit else None,
            was_just_sent=limits.is_cool_down(limit),
            password_reset_url=None,
            masked_email=mask_address((self.details or {}).get("email", "")),
        )


class RegisterView(RegistrationStep):
    """``school-account/link/register/``: e-mail address, name and password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form, with what is known already."""
        # SECURITY: never the hash of the password, although the field would not show it.
        known = {name: v for name, v in (self.details or {}).items() if name != "password"}
        initial = {"first_name": self.account.given_name, **known}
        return self._show(settings.REGISTRATION_FORM(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mail a code."""
        form = settings.REGISTRATION_FORM(request.POST)
        if not form.is_valid():
            return self._show(form)
        try:
            is_sent = registering.begin(request, self.arrival, form)
        except TooManyTries as error:
            self.note(error)
            return self._show(form, limit=error)
        if is_sent:
            return to_step("register_code")
        self.details = registering.filled_in(self.arrival)
        return self.show_code(MailedCodeForm(), news="failed")

    def _show(self, form: Any, *, limit: TooManyTries | None = None) -> HttpResponse:
        return self.step(
            "register.html",
            form=form,
            status=limit.status if limit else 200,
            wait_minutes=limit.wait_minutes if limit else None,
            was_just_sent=limits.is_cool_down(limit),
            password_reset_url=None,
        )


class RegisterCodeView(RegistrationStep):
    """``school-account/link/register/code/``: the code that was mailed."""

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need something filled in.

        Raises:
            NoArrival: no journey.
            NoRegistration: there is no registration here.
        """
        response = super().prepare(request)
        if response is None and self.details is None:
            return to_step("register")
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the code."""
        return self.show_code(MailedCodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the code, or mail a new one."""
        if "resend" in request.POST:
            return self._resend(request)
        form = MailedCodeForm(request.POST)
        if not form.is_valid():
            return self.show_code(form)
        code, cause = form.cleaned_data["code"], "wrong"
        try:
            if registering.check_code(request.session, self.pending, self.arrival, code):
                return to_step("confirm")
        except WrongCode:
            cause = "over"
        self.note(WrongCode(cause))
        form.refuse(cause)
        return self.show_code(form)

    def _resend(self, request: HttpRequest) -> HttpResponse:
        form = MailedCodeForm()
        try:
            is_sent = registering.send(request, self.arrival, self.details or {})
        except TooManyTries as error:
            self.note(error)
            return self.show_code(form, limit=error)
        return self.show_code(form, news="sent" if is_sent else "failed")
