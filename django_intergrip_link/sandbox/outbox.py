"""A mailbox for the demo: the last mails of this process, for the page that shows them.

``EMAIL_BACKEND = "django_intergrip_link.sandbox.outbox.OutboxBackend"``; every mail is printed too.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend
from django.utils import timezone

KEPT: Final = 50
_LETTERS: deque[Letter] = deque(maxlen=KEPT)
_LOCK: Final = threading.Lock()
_NUMBERS: Final = count(1)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail as it went out; ``html`` is ``""`` for a mail of text alone."""

    number: int
    sent_at: datetime
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str


class OutboxBackend(EmailBackend):
    """Keep mails in memory, and print them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Refuse outside DEBUG.

        Raises:
            ImproperlyConfigured: DEBUG is off.
        """
        # SECURITY: everybody can read this mailbox, with the codes that prove site accounts in it.
        if not django_settings.DEBUG:
            raise ImproperlyConfigured(
                "The mailbox of the sandbox needs DEBUG = True; set another EMAIL_BACKEND."
            )
        super().__init__(*args, **kwargs)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep and print; return how many."""
        for message in email_messages:
            keep(message)
        return super().send_messages(email_messages) or 0


def keep(message: EmailMessage) -> None:
    """Put a mail into the mailbox; the oldest of more than fifty goes."""
    pages = [
        str(part[0]) for part in getattr(message, "alternatives", []) if part[1] == "text/html"
    ]
    letter = Letter(
        number=next(_NUMBERS),
        sent_at=timezone.now(),
        recipients=tuple(message.recipients()),
        subject=str(message.subject),
        text=str(message.body),
        html=pages[0] if pages else "",
    )
    with _LOCK:
        _LETTERS.append(letter)


def letters() -> list[Letter]:
    """Return what is kept, the newest first."""
    with _LOCK:
        return list(reversed(_LETTERS))


def find_letter(number: int) -> Letter | None:
    """Return one mail, or ``None`` when it is gone."""
    return next((letter for letter in letters() if letter.number == number), None)


def empty() -> None:
    """Throw all mails away."""
    with _LOCK:
        _LETTERS.clear()
