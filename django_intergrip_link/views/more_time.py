"""More time, from every page of the journey."""

from __future__ import annotations

from .steps import StepView


class MoreTimeView(StepView):
    """POST ``school-account/link/time/``: ten minutes from now."""
