"""Step *prove* with a code by e-mail, for who forgot the password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.errors import TooManyTries, WrongCode
from django_intergrip_link.forms import MailedCodeForm, OwnerForm
from django_intergrip_link.journey import limits, mail_proof, proven

from .redirects import to_step
from .steps import StepView


class MailView(StepView):
    """``school-account/link/mail/``: which site account."""

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need an open way.

        Raises:
            NoArrival: no journey.
            NoRegistration: the settings leave this way closed.
        """
        response = super().prepare(request)
        if response is None:
            mail_proof.require_open(self.pending)
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form; the name of who was logged in here only after that question."""
        is_answered = not self.pending.local_name
        return self._show(OwnerForm(initial={"login": self.pending.login if is_answered else ""}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mail a code, or do as if; on to the code."""
        form = OwnerForm(request.POST)
        if not form.is_valid():
            return self._show(form)
        login = form.cleaned_data["login"]
        try:
            mail_proof.ask_for_code(request, self.pending, self.arrival, self.account, login=login)
        except TooManyTries as error:
            self.note(error)
            return self._show(form, limit=error)
        return to_step("mail_code")

    def _show(self, form: OwnerForm, *, limit: TooManyTries | None = None) -> HttpResponse:
        return self.step(
            "mail_proof.html",
            status=limit.status if limit else 200,
            form=form,
            wait_minutes=limit.wait_minutes if limit else None,
            was_just_sent=limits.is_cool_down(limit),
        )


class MailCodeView(StepView):
    """``school-account/link/mail/code/``: the code that was mailed."""

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need a code that was asked for in this journey.

        Raises:
            NoArrival: no journey.
            NoRegistration: the settings leave this way closed.
        """
        response = super().prepare(request)
        if response is not None:
            return response
        mail_proof.require_open(self.pending)
        return None if mail_proof.has_asked(self.arrival) else to_step("mail")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self._show(MailedCodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the code, or send another one."""
        if "send" in request.POST:
            return self._send_again(request)
        form = MailedCodeForm(request.POST)
        if not form.is_valid():
            return self._show(form)
        code = form.cleaned_data["code"]
        try:
            pending = mail_proof.prove_by_code(request, self.pending, self.arrival, code=code)
        except WrongCode as error:
            return self._refuse_code(form, error, "over")
        if pending is None:
            return self._refuse_code(form, WrongCode(), "wrong")
        return to_step(proven.next_step(pending))

    def _send_again(self, request: HttpRequest) -> HttpResponse:
        login = self.pending.login
        if not login:
            return to_step("mail")
        try:
            mail_proof.ask_for_code(request, self.pending, self.arrival, self.account, login=login)
        except TooManyTries as error:
            self.note(error)
            return self._show(MailedCodeForm(), limit=error)
        return self._show(MailedCodeForm(), sent=True)

    def _refuse_code(self, form: MailedCodeForm, error: WrongCode, cause: str) -> HttpResponse:
        self.note(error)
        form.refuse(cause)
        return self._show(form)

    def _show(
        self, form: MailedCodeForm, *, sent: bool = False, limit: TooManyTries | None = None
    ) -> HttpResponse:
        return self.step(
            "mail_code.html",
            status=limit.status if limit else 200,
            form=form,
            sent=sent,
            wait_minutes=limit.wait_minutes if limit else None,
            was_just_sent=limits.is_cool_down(limit),
        )
