"""Step *prove* with a code from school."""

from __future__ import annotations

from .steps import StepView


class CodeView(StepView):
    """``school-account/link/code/``: the code on the strip of paper."""
