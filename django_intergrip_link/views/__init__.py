"""One class per route, in the order of ``urls.py``. A view reads input, calls one step, answers."""

from .answer import ReturnView
from .choose import ChooseView
from .complete import CompleteView
from .confirm import ConfirmView, DoneView, UndoView
from .leave import LanguageView, LogoutView, NotMeView, StopView
from .link import LinkView, SomeoneElseView
from .prove import ProveView, TokenView
from .start import StartView

__all__ = [
    "ChooseView",
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
