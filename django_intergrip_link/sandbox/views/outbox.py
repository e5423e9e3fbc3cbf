"""The mailbox of everybody in the demo: which mails went out, and one of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from ..outbox import find_letter, letters
from .page import SandboxView


class OutboxView(SandboxView):
    """GET ``outbox/``: the last mails, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        return self.page("outbox", {"letters": letters()})


class LetterView(SandboxView):
    """GET ``outbox/<number>/``: one mail, as text and as it looks."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show it."""
        letter = find_letter(number)
        if letter is None:
            raise Http404("This mail is no longer in the sandbox.")
        return self.page("outbox_letter", {"letter": letter})
