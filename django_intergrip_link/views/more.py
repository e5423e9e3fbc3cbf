"""Between *prove* and *confirm*: the site account has a school account already."""

from __future__ import annotations

from .steps import StepView


class MoreView(StepView):
    """``school-account/link/more/``: use both, only the new one, or change nothing."""
