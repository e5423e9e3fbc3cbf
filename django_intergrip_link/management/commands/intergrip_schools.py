"""``manage.py intergrip_schools import|diff|export``: fill the registry from files, and read it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from django_intergrip_link.conf import settings
from django_intergrip_link.management.progress import Progress
from django_intergrip_link.management.school_report import (
    counts_line,
    file_lines,
    plan_lines,
    wrong_lines,
    wrong_table,
)
from django_intergrip_link.models import School
from django_intergrip_link.registry.apply import apply_plan
from django_intergrip_link.registry.export import write_schools, write_table
from django_intergrip_link.registry.outcomes import Plan
from django_intergrip_link.registry.plan import make_plan
from django_intergrip_link.registry.reading import FORMATS, KINDS, read_schools
from django_intergrip_link.registry.records import SchoolFile
from django_intergrip_link.registry.refused import ImportRefused

LONG = 1_000
TROUBLE = 2
"""Exit code for what cannot be done; 1 is how ``diff`` says that something would change."""

LISTED_HELP = (
    "new schools are shown to students and may log in; without it they are known, but closed. "
    "Schools that exist already keep both flags"
)


class Command(BaseCommand):
    """Import writes only with ``--apply``; diff and export never write to the registry."""

    help = "Fill the registry of schools from a DUO file, the hub's metadata or our own CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one of three actions, each with its own arguments."""
        actions = parser.add_subparsers(dest="action", metavar="import|diff|export", required=True)
        common = BaseCommand().create_parser("manage.py", "intergrip_schools")
        own = partial(actions.add_parser, parents=[common], add_help=False)
        one = own("import", help="show what a file would change; with --apply, change it")
        one.add_argument("file", type=Path)
        _add_reading(one)
        one.add_argument("--apply", action="store_true", help="write it, in one transaction")
        one.add_argument("--sha256", default="", help="refuse a file with another SHA-256")
        one.add_argument("--errors", type=Path, help="write the rows that are left out as CSV")
        several = own("diff", help="exit with 1 when a file would change something; for cron")
        several.add_argument("files", type=Path, nargs="+")
        _add_reading(several)
        out = own("export", help="write the registry as our own CSV")
        out.add_argument("target", type=Path, nargs="?", help="without it: to the terminal")
        out.add_argument("--federation", default="")
        out.add_argument("--kind", default="", choices=School.Kind.values)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Do the action; what is refused ends with its reason."""
        if options["federation"]:
            _require_federation(options["federation"])
        try:
            getattr(self, f"_{options['action']}")(options)
        except ImportRefused as error:
            raise CommandError(str(error), returncode=TROUBLE) from error

    def _import(self, options: dict[str, Any]) -> None:
        content = _read_bytes(options["file"])
        file = _read(content, options)
        if options["sha256"] and options["sha256"].lower() != file.sha256:
            raise ImportRefused(f"The file has another SHA-256: {file.sha256}.")
        plan = self._plan(file, options)
        if options["errors"]:
            _write_bytes(options["errors"], write_table(*wrong_table(plan.left_out)))
        if plan.is_useless:
            self._show(options["file"], file, plan, options)
            raise ImportRefused("Every row is wrong. Nothing was written.")
        if options["apply"] and plan.left_out:
            self.stderr.write("\n".join(wrong_lines(plan.left_out)))
        self._show(options["file"], file, plan, options)
        if options["apply"]:
            self._apply(file, plan, options)
        else:
            self.stdout.write("Trial run: nothing has changed. Add --apply to write this.")

    def _apply(self, file: SchoolFile, plan: Plan, options: dict[str, Any]) -> None:
        progress = Progress(self.stderr, more_than=LONG)
        apply_plan(file, plan, listed=options["listed"], progress=progress)
        done = plan.counts
        self.stdout.write(
            self.style.SUCCESS(
                f"Written: {done['new']} new, {done['changed']} changed, {done['gone']} no longer "
                f"listed. Left out: {len(plan.left_out)}."
            )
        )

    def _diff(self, options: dict[str, Any]) -> None:
        plans = []
        for path in options["files"]:
            file = _read(_read_bytes(path), options)
            plan = self._plan(file, options)
            self._show(path, file, plan, options)
            plans.append(plan)
        if any(plan.is_useless for plan in plans):
            raise ImportRefused("Every row of a file is wrong.")
        if any(plan.changes_something for plan in plans):
            raise SystemExit(1)

    def _export(self, options: dict[str, Any]) -> None:
        chosen = {name: options[name] for name in ("federation", "kind") if options[name]}
        schools = School.objects.filter(**chosen).order_by("federation", "brin")
        content = write_schools(schools)
        if options["target"] is None:
            self.stdout.write(content.decode("utf-8"), ending="")
        else:
            _write_bytes(options["target"], content)
            self.stdout.write(f"{len(schools)} schools written to {options['target']}.")

    def _plan(self, file: SchoolFile, options: dict[str, Any]) -> Plan:
        return make_plan(file, federation=options["federation"], listed=options["listed"])

    def _show(self, path: Path, file: SchoolFile, plan: Plan, options: dict[str, Any]) -> None:
        is_full = options["verbosity"] > 1
        for line in (*file_lines(str(path), file), *plan_lines(plan, is_full=is_full)):
            self.stdout.write(line)
        self.stdout.write(counts_line(plan.counts))


def _add_reading(parser: CommandParser) -> None:
    parser.add_argument("--federation", required=True, help="whose schools these are")
    parser.add_argument("--kind", default="", choices=KINDS, help="when the file does not tell")
    parser.add_argument("--format", default="auto", choices=("auto", *FORMATS))
    parser.add_argument("--listed", action="store_true", help=LISTED_HELP)


def _require_federation(name: str) -> None:
    if name not in settings.FEDERATIONS:
        known = ", ".join(settings.FEDERATIONS) or "none"
        raise CommandError(f"No federation {name} in INTERGRIP_LINK; known: {known}.")


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}.") from error


def _write_bytes(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.") from error


def _read(content: bytes, options: dict[str, Any]) -> SchoolFile:
    return read_schools(content, kind=options["kind"], file_format=options["format"])
