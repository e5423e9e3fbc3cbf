"""One class per route, in the order of ``urls.py``. A view reads input, calls one step, answers."""

from .complete import CompleteView
from .confirm import ConfirmView, DoneView, UndoView
from .leave import LanguageView, LogoutView, NotMeView, StopView
from .link import LinkView, SomeoneElseView
from .prove import ProveView, TokenView
from .start import ReturnView, StartView

__all__ = [
    "CompleteView",
    "ConfirmView",
    "DoneView",
    "LanguageView",
    "LinkView",
    "LogoutView",
    "NotMeView",
    "ProveView",
    "ReturnView",
    "SomeoneElseView",
    "StartView",
    "StopView",
    "TokenView",
    "UndoView",
]
