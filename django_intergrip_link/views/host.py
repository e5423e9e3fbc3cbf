"""Step *prove* on the project's own login page."""

from __future__ import annotations

from .steps import StepView


class LoggedInView(StepView):
    """GET ``school-account/link/logged-in/``: back from the login page of the site."""
