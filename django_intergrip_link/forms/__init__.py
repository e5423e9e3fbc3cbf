"""The forms of the journey: proof of a site account, or a new one."""

from .code import CodeForm
from .mail import MailedCodeForm, OwnerForm
from .own import FreshProofForm
from .prove import PasswordForm, TokenForm
from .register import RegistrationForm

__all__ = [
    "CodeForm",
    "FreshProofForm",
    "MailedCodeForm",
    "OwnerForm",
    "PasswordForm",
    "RegistrationForm",
    "TokenForm",
]
