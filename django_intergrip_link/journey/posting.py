"""How a mail is written from its templates, in one language or two, and handed to Django."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from django_intergrip_link.conf import settings

MAXIMUM_SUBJECT: Final = 60
"""Characters of a subject that a phone shows."""

_FOLDER: Final = "django_intergrip_link/mail"
_OWN_LANGUAGES: Final[tuple[str, ...]] = ("nl", "en")
_THREAD: Final = "django_intergrip_link.mail"
_LINE_BETWEEN: Final = "\n\n----------\n\n"
logger = logging.getLogger("django_intergrip_link")


def send(
    name: str, *, address: str, context: Mapping[str, Any], request: HttpRequest | None = None
) -> bool:
    """Send the mail whose templates are ``mail/<name>_subject.txt``, ``.txt`` and ``.html``.

    In the active language. A mail server that is down never undoes what the mail is about.

    Returns:
        Whether it went out; ``False`` without an address.
    """
    if not address:
        return False
    return deliver(name, write(name, address=address, context=context, request=request))


def send_in_every_language(name: str, *, address: str, context: Mapping[str, Any]) -> bool:
    """Send a mail to somebody who is not at the browser, so whose language is not known.

    Returns:
        Whether it went out; ``False`` without an address.
    """
    if not address:
        return False
    languages = mail_languages()
    return deliver(name, write(name, address=address, context=context, languages=languages))


def mail_languages() -> list[str]:
    """Return the languages that the project offers and this app speaks, Dutch first."""
    offered = dict(django_settings.LANGUAGES)
    ours = [code for code in _OWN_LANGUAGES if code in offered]
    return ours or [_active_language()]


def write(
    name: str,
    *,
    address: str,
    context: Mapping[str, Any],
    request: HttpRequest | None = None,
    languages: Sequence[str] = (),
) -> EmailMultiAlternatives:
    """Return a mail, written in these languages one after the other, or in the active one."""
    known = {"site_name": settings.SITE_NAME, "support_url": settings.SUPPORT, **context}
    languages = languages or [_active_language()]
    layout = f"{_FOLDER}/{'part' if len(languages) > 1 else 'base'}.html"
    subjects, texts, pages = [], [], []
    for language in languages:
        with translation.override(language):
            subjects.append(_subject(name, known, request))
            own = known | {"layout": layout, "subject": subjects[-1]}
            texts.append(_text(name, own, request))
            pages.append(render_to_string(f"{_FOLDER}/{name}.html", own, request))
    subject = _join(subjects)
    mail = EmailMultiAlternatives(subject, _LINE_BETWEEN.join(texts) + "\n", to=[address])
    if len(pages) > 1:
        both = {"subject": subject, "parts": pages, "language": languages[0]}
        pages = [render_to_string(f"{_FOLDER}/both.html", both, request)]
    mail.attach_alternative(pages[0], "text/html")
    return mail


def deliver(name: str, mail: EmailMultiAlternatives) -> bool:
    """Hand a mail to Django; return whether it went out."""
    try:
        return bool(mail.send())
    except Exception as error:  # noqa: BLE001 - mail services raise errors of their own
        # SECURITY: these errors name the address; only their kind goes into the log.
        logger.error("mail not sent: %s error=%s", name, type(error).__name__)  # noqa: TRY400
        return False


def deliver_later(name: str, mail: EmailMultiAlternatives) -> None:
    """Hand a mail to Django in a thread, so that the page takes as long with it as without it.

    The process waits for the thread when it stops.
    """
    threading.Thread(target=_deliver_and_close, args=(name, mail), name=_THREAD).start()


def wait_for_mails() -> None:
    """Wait for :func:`deliver_later`; for tests."""
    for thread in threading.enumerate():
        if thread.name == _THREAD:
            thread.join()


def _deliver_and_close(name: str, mail: EmailMultiAlternatives) -> None:
    try:
        deliver(name, mail)
    finally:
        # Mail backends that keep a queue have opened a connection for this thread only.
        connections.close_all()


def _active_language() -> str:
    return translation.get_language() or django_settings.LANGUAGE_CODE


def _subject(name: str, context: Mapping[str, Any], request: HttpRequest | None) -> str:
    """Return one line that fits; templates leave out names when ``is_short`` is true."""
    line = ""
    for is_short in (False, True):
        known = {**context, "is_short": is_short}
        # SECURITY: one line, whatever a name in it holds; else it could add headers.
        line = " ".join(render_to_string(f"{_FOLDER}/{name}_subject.txt", known, request).split())
        if len(line) <= MAXIMUM_SUBJECT:
            return line
    return f"{line[: MAXIMUM_SUBJECT - 1]}…"


def _join(subjects: Sequence[str]) -> str:
    """Return all subjects where they fit together, else the first."""
    line = " / ".join(subjects)
    return line if len(line) <= MAXIMUM_SUBJECT else subjects[0]


def _text(name: str, context: Mapping[str, Any], request: HttpRequest | None) -> str:
    text = render_to_string(f"{_FOLDER}/{name}.txt", context, request)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
