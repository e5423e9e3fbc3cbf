"""User names, e-mail addresses or chosen site accounts → who gets a code from school.

Called by the admin and by ``intergrip_codes``. Nobody is left out without a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from django_intergrip_link.plain_text import plain_text

from .addresses import address_of, fold, fold_address
from .policy import is_privileged

AT_ONCE: Final = 200
"""Lines in one query; each asks for several spellings."""

LONGEST_NUMBER: Final = 12
"""Digits of a student number with all its leading zeros."""

FEW: Final = 4
"""Site accounts that are named where more than one fits."""

_SEPARATORS: Final = "\t;,"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the list: its number, and what was typed in its first column."""

    number: int
    typed: str


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A line that gets no code, and why."""

    line: Line
    reason: str


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Whose codes can be made, in the order of the list and each once, and who is left out."""

    users: Sequence[Any]
    skipped: Sequence[Skipped]


def read_lines(text: str) -> list[Line]:
    """Return the filled lines; of a row that was copied from a spreadsheet the first column."""
    cells = [
        Line(number=number, typed=_first_column(line))
        for number, line in enumerate(text.splitlines(), start=1)
    ]
    return [line for line in cells if line.typed]


def find_recipients(lines: Sequence[Line]) -> Recipients:
    """Look up the site accounts by user name or e-mail address.

    A number is also tried with other leading zeros, which spreadsheets drop. A line that may mean
    more than one account is nobody's.
    """
    users: dict[Any, Any] = {}
    skipped: list[Skipped] = []
    for start in range(0, len(lines), AT_ONCE):
        some = lines[start : start + AT_ONCE]
        known = _Accounts(line.typed for line in some)
        for line in some:
            found = known.of(line.typed)
            reason = _reason_against(found)
            if reason:
                skipped.append(Skipped(line=line, reason=reason))
            else:
                users.setdefault(found[0].pk, found[0])
    return Recipients(users=list(users.values()), skipped=skipped)


def pick_recipients(users: Sequence[Any]) -> Recipients:
    """Take site accounts that somebody chose themselves, so that no text has to be understood."""
    reasons = [(user, _reason_against([user])) for user in users]
    skipped = [
        Skipped(line=Line(number=number, typed=user.get_username()), reason=reason)
        for number, (user, reason) in enumerate(reasons, start=1)
        if reason
    ]
    return Recipients(users=[user for user, reason in reasons if not reason], skipped=skipped)


class _Accounts:
    """The site accounts that these texts may name."""

    def __init__(self, texts: Iterable[str]) -> None:
        spellings = {name for text in texts for name in (text, *_numbers_like(text))}
        self._by_name: dict[str, list[Any]] = defaultdict(list)
        self._by_address: dict[str, list[Any]] = defaultdict(list)
        for user in _users_called(spellings):
            self._by_name[fold(user.get_username())].append(user)
            self._by_address[fold_address(address_of(user))].append(user)

    def of(self, text: str) -> list[Any]:
        """Return all accounts that this text may mean, each once."""
        named = [u for name in (fold(text), *_numbers_like(text)) for u in self._by_name[name]]
        addressed = self._by_address[fold_address(text)] if "@" in text else []
        # SECURITY: none goes before another, not even the exact name. People choose their user
        # names; with the address or the number of another as theirs they would get that one's code.
        return list({user.pk: user for user in (*named, *addressed)}.values())


def _users_called(spellings: set[str]) -> Iterator[Any]:
    model = get_user_model()
    email = model.get_email_field_name()
    columns = [model.USERNAME_FIELD]
    if email in {field.name for field in model._meta.get_fields()}:  # noqa: SLF001 - documented
        columns.append(email)
    small = {text.lower() for text in spellings}
    query = Q()
    for column in columns:
        query |= Q(**{f"{column}__in": spellings}) | Q(**{f"small_{column}__in": small})
    users = model._default_manager  # noqa: SLF001 - the documented way to any user model
    lowered = {f"small_{column}": Lower(column) for column in columns}
    yield from users.alias(**lowered).filter(query)


def _numbers_like(text: str) -> list[str]:
    """Return a number with fewer and with more leading zeros; nothing for other texts."""
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_NUMBER:
        return []
    digits = text.lstrip("0") or "0"
    lengths = range(len(digits), LONGEST_NUMBER + 1)
    return [number for length in lengths if (number := digits.zfill(length)) != text]


def _reason_against(found: Sequence[Any]) -> str:
    """Return why there is no code for this line, or ``""``."""
    if not found:
        return _("not found")
    if len(found) > 1:
        return _(
            "more than one site account fits (%(names)s). Type what only one of them has, its user "
            "name or its e-mail address. Or choose it in the list of users"
        ) % {"names": ", ".join(sorted(user.get_username() for user in found)[:FEW])}
    if not found[0].is_active:
        return _("this site account is switched off")
    # SECURITY: paper that lies in a classroom must never open an account with power over the site.
    if is_privileged(found[0]):
        return _("this site account has rights in the admin")
    return ""


def _first_column(line: str) -> str:
    for separator in _SEPARATORS:
        line = line.split(separator, 1)[0]
    # An apostrophe is how a spreadsheet says that a number is text.
    return plain_text(line).strip("\"' ")
