"""The forms of the journey: proof of a site account, or a new one."""

from .code import CodeForm
from .prove import PasswordForm, TokenForm
from .register import RegistrationForm

__all__ = ["CodeForm", "PasswordForm", "RegistrationForm", "TokenForm"]
