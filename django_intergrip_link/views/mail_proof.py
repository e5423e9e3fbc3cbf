"""Step *prove* with a code by e-mail, for who forgot the password."""

from __future__ import annotations

from .steps import StepView


class MailView(StepView):
    """``school-account/link/mail/``: which site account."""


class MailCodeView(StepView):
    """``school-account/link/mail/code/``: the code that was mailed."""
