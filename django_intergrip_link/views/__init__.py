"""One class per route; ``urls.py`` has them in the order of the walk.

A view reads input, calls one step, answers.
"""

from .answer import ReturnView
from .choose import ChooseView
from .code import CodeView
from .complete import CompleteView
from .confirm import ConfirmView, DoneView, UndoView
from .host import LoggedInView
from .leave import LanguageView, LogoutView, NotMeView, StopView
from .link import LinkView, SomeoneElseView
from .mail_proof import MailCodeView, MailView
from .mine import MineView
from .more import MoreView
from .more_time import MoreTimeView
from .own_link import RemoveView, ResumeView
from .prove import ProveView, TokenView
from .register import RegisterCodeView, RegisterView
from .start import StartView

__all__ = [
    "ChooseView",
    "CodeView",
    "CompleteView",
    "ConfirmView",
    "DoneView",
    "LanguageView",
    "LinkView",
    "LoggedInView",
    "LogoutView",
    "MailCodeView",
    "MailView",
    "MineView",
    "MoreTimeView",
    "MoreView",
    "NotMeView",
    "ProveView",
    "RegisterCodeView",
    "RegisterView",
    "RemoveView",
    "ResumeView",
    "ReturnView",
    "SomeoneElseView",
    "StartView",
    "StopView",
    "TokenView",
    "UndoView",
]
