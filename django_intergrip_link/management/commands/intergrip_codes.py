"""``manage.py intergrip_codes make|list|revoke``: codes from school without the admin."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import transaction
from django.utils import timezone, translation

from django_intergrip_link.journey import school_codes
from django_intergrip_link.journey.code_sheet import sheet_file
from django_intergrip_link.journey.code_states import STATES, state_of
from django_intergrip_link.journey.handing_out import (
    DEFAULT_DAYS,
    LANGUAGES,
    MOST_DAYS,
    ROWS_AT_ONCE,
    ClassSheet,
    hand_out,
    last_moment,
    withdraw_codes,
)
from django_intergrip_link.journey.recipients import Skipped, find_recipients, read_lines
from django_intergrip_link.management.progress import Progress
from django_intergrip_link.models import LinkCode, School

TROUBLE = 2
"""Exit code for what cannot be done; nothing is written then."""


class Command(BaseCommand):
    """Codes stand in the files that ``make`` writes, and nowhere else."""

    help = "Make, list and withdraw codes from school."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one of three actions, each with its own arguments."""
        actions = parser.add_subparsers(dest="action", metavar="make|list|revoke", required=True)
        common = BaseCommand().create_parser("manage.py", "intergrip_codes")
        own = partial(actions.add_parser, parents=[common], add_help=False)
        make = own("make", help="make a code for each account of a list")
        _add_school(make, is_required=True)
        make.add_argument("--accounts", required=True, help="a file of names, or - for stdin")
        make.add_argument("--csv", type=Path, help="write the codes as CSV")
        make.add_argument("--sheet", type=Path, help="write the strips as HTML, to print")
        make.add_argument("--days", type=int, default=DEFAULT_DAYS, help="how long they are valid")
        make.add_argument("--language", choices=LANGUAGES, default="nl", help="of the strips")
        make.add_argument("--skip", action="store_true", help="leave out lines without a code")
        make.add_argument("--force", action="store_true", help="overwrite files")
        shown = own("list", help="show who has a code, and what became of it")
        _add_school(shown, is_required=False)
        shown.add_argument("--unused", action="store_true", help="only what can be used now")
        revoke = own("revoke", help="withdraw the codes that were not used yet")
        _add_school(revoke, is_required=True)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Do the action."""
        getattr(self, f"_{options['action']}")(options)

    def _make(self, options: dict[str, Any]) -> None:
        school = _find_school(options)
        _require_days(options["days"])
        _require_targets(options)
        users = self._users(options)
        progress = Progress(self.stderr, more_than=ROWS_AT_ONCE, of="codes")
        # The files are written before commit: without them nobody would know the codes.
        with transaction.atomic():
            sheet = _hand_out(users, school, options, progress)
            _write(sheet, options)
        done = f"{len(users)} codes for {school} ({school.brin}), valid until {sheet.expiry:%F}."
        self.stdout.write(self.style.SUCCESS(done))

    def _users(self, options: dict[str, Any]) -> Sequence[Any]:
        lines = read_lines(_read_accounts(options["accounts"]))
        recipients = find_recipients(lines)
        for skipped in recipients.skipped:
            self.stderr.write(_told(skipped))
        if recipients.skipped and not options["skip"]:
            raise _Refused("Nothing was made. Correct the list, or add --skip.")
        if not recipients.users:
            raise _Refused("There is no account to make a code for.")
        return recipients.users

    def _list(self, options: dict[str, Any]) -> None:
        rows = _chosen(options).select_related("user", "school").order_by("pk")
        for row in rows.iterator():
            state = str(STATES[state_of(row)].name).lower()
            until = timezone.localdate(row.expires_at)
            cells = (getattr(row.school, "brin", ""), row.group or "-", row.user, until, state)
            self.stdout.write("\t".join(map(str, cells)))

    def _revoke(self, options: dict[str, Any]) -> None:
        count = withdraw_codes(_chosen(options), actor=None)
        self.stdout.write(self.style.SUCCESS(f"{count} codes withdrawn."))


class _Refused(CommandError):
    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=TROUBLE)


def _add_school(parser: CommandParser, *, is_required: bool) -> None:
    parser.add_argument("--school", required=is_required, default="", help="its code (BRIN)")
    parser.add_argument("--federation", default="", help="when two have a school with this code")
    parser.add_argument("--class", dest="group", default="", help="such as 2B")


def _find_school(options: dict[str, Any]) -> School:
    brin, federation = options["school"].upper(), options["federation"]
    named = {"federation": federation} if federation else {}
    found = list(School.objects.filter(brin=brin, **named)[:2])
    if not found:
        raise _Refused(f"No school {brin} in the registry; see intergrip_schools.")
    if len(found) > 1:
        names = " or ".join(school.federation for school in found)
        raise _Refused(f"Two schools have the code {brin}; add --federation {names}.")
    if found[0].kind == School.Kind.ENTREE:
        raise _Refused("An Entree account is no school; anybody can make one.")
    return found[0]


def _chosen(options: dict[str, Any]) -> Any:
    rows = LinkCode.objects.filter(purpose=LinkCode.Purpose.SCHOOL)
    if options["school"]:
        rows = rows.filter(school=_find_school(options))
    if options["group"]:
        rows = rows.filter(group=options["group"])
    if options.get("unused"):
        rows = rows.filter(pk__in=school_codes.unused(timezone.now()).values("pk"))
    return rows


def _require_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise _Refused(f"--days must be 1 to {MOST_DAYS}.")


def _require_targets(options: dict[str, Any]) -> None:
    targets = [target for target in (options["csv"], options["sheet"]) if target]
    if not targets:
        raise _Refused("Where to? Add --csv FILE or --sheet FILE, or both.")
    for target in targets:
        if target.exists() and not options["force"]:
            raise _Refused(f"{target} exists; add --force to overwrite it.")


def _read_accounts(name: str) -> str:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise _Refused(f"Cannot read {name}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise _Refused(f"{name} is not UTF-8 text.") from error


def _hand_out(
    users: Sequence[Any], school: School, options: dict[str, Any], progress: Progress
) -> ClassSheet:
    until = last_moment(options["days"])
    sheets = []
    for start in range(0, len(users), ROWS_AT_ONCE):
        some = users[start : start + ROWS_AT_ONCE]
        sheets.append(
            hand_out(some, school=school, group=options["group"], expires_at=until, by=None)
        )
        progress(start + len(some), len(users))
    return sheets[0].with_strips_of(sheets[1:])


def _write(sheet: ClassSheet, options: dict[str, Any]) -> None:
    language = options["language"]
    with translation.override(LANGUAGES[language][0]):
        texts = {
            options["csv"]: sheet.as_csv(),
            options["sheet"]: sheet_file(sheet, language=language).encode(),
        }
    for target, content in texts.items():
        if target:
            _write_private(target, content, is_forced=options["force"])


def _write_private(target: Path, content: bytes, *, is_forced: bool) -> None:
    try:
        with os.fdopen(_open_private(target, is_forced=is_forced), "wb") as file:
            file.write(content)
    except OSError as error:
        raise _Refused(f"Cannot write {target}: {error.strerror}. Nothing was made.") from error


def _open_private(target: Path, *, is_forced: bool) -> int:
    # SECURITY: a link that somebody else put there would send the codes elsewhere, or overwrite
    # another file. Without --force the file must be new, which links cannot be.
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(target, flags | (os.O_TRUNC if is_forced else os.O_EXCL), 0o600)
    if hasattr(os, "fchmod"):
        # SECURITY: codes are keys; nobody else on this machine reads them, nor what was there.
        os.fchmod(descriptor, 0o600)
    return descriptor


def _told(skipped: Skipped) -> str:
    return f"Line {skipped.line.number}, {skipped.line.typed}: {skipped.reason}."
