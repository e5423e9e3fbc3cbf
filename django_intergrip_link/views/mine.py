"""My school accounts: see, add, remove, take up again. For who is logged in."""

from __future__ import annotations

from .pages import PageView


class MineView(PageView):
    """GET ``school-account/``: the list."""


class RemoveView(PageView):
    """``school-account/<pk>/remove/``: end one link, with a fresh password."""


class ResumeView(PageView):
    """``school-account/<pk>/resume/``: take up a paused link again, with a fresh password."""
