"""Step *register*: a new site account, for who has none."""

from __future__ import annotations

from .steps import StepView


class RegisterView(StepView):
    """``school-account/link/register/``: e-mail address, name and password."""


class RegisterCodeView(StepView):
    """``school-account/link/register/code/``: the code that was mailed."""
