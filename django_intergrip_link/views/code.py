"""Step *prove* with a code from school."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict

from django_intergrip_link.errors import TooManyTries, WrongCode
from django_intergrip_link.forms import CodeForm
from django_intergrip_link.journey import code_proof, proven, ways

from .redirects import to_step
from .steps import StepView


class CodeView(StepView):
    """``school-account/link/code/``: the code on the strip of paper."""

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need a way that the settings leave open.

        Raises:
            NoArrival: no journey.
            NoRegistration: only new site accounts may link.
        """
        response = super().prepare(request)
        if response is None:
            ways.require_existing(self.pending)
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self._show(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the code; on to the second proof or the confirmation."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show(form)
        try:
            pending = code_proof.prove_by_code(
                request, self.pending, self.arrival, self.account, **form.cleaned_data
            )
        except TooManyTries as error:
            self.note(error)
            return self._show(form, wait_minutes=error.wait_minutes, status=error.status)
        if pending is None:
            self.note(WrongCode())
            form.refuse_code()
            return self._show(form)
        return to_step(proven.next_step(pending))

    def _form(self, sent: QueryDict | None = None) -> CodeForm:
        return CodeForm(sent, school_name=self.account.school_name)

    def _show(
        self, form: CodeForm, *, wait_minutes: int | None = None, status: int = 200
    ) -> HttpResponse:
        return self.step("code.html", status=status, form=form, wait_minutes=wait_minutes)
