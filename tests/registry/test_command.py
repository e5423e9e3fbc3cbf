"""``manage.py intergrip_schools``: what it prints, where, and how it exits."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import translation

from django_intergrip_link.management.progress import Progress
from django_intergrip_link.models import School

from .files import add, duo, duo_row, idp, metadata, own, real

pytestmark = pytest.mark.usefixtures("kennisnet")

BROKEN = [duo_row(f"99C{n}") for n in range(5)]


@dataclass
class Ran:
    """What a run printed, and how it ended."""

    out: str
    err: str
    code: int = 0


@pytest.fixture
def schools(tmp_path: Path) -> Any:
    def run(action: str, content: bytes, *options: str) -> Ran:
        path = tmp_path / "schools.csv"
        path.write_bytes(content)
        return manage(action, "--federation", "kennisnet", str(path), *options)

    return run


def manage(*arguments: str) -> Ran:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("intergrip_schools", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(str(end.code))
    return Ran(out.getvalue(), err.getvalue(), code)


def test_import__dry_run_by_default(schools: Any) -> None:
    content = duo(duo_row())

    ran = schools("import", content)

    assert "duo, UTF-8, kind vo, 1 rows" in ran.out
    assert f"sha256 {sha256(content).hexdigest()}" in ran.out
    assert "  new: row 2, 99AA00 Petteflat College\n" in ran.out
    assert "1 new, 0 changed, 0 same, 0 gone, 0 conflict, 0 error." in ran.out
    assert "Trial run: nothing has changed." in ran.out
    assert not School.objects.exists()


def test_import__options_on_either_side_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(duo(duo_row()))

    manage("import", str(path), "--federation", "kennisnet", "--listed", "--apply")

    school = School.objects.get()
    assert (school.listed, school.is_active, school.source) == (True, True, "duo")


def test_import__new_schools_are_closed_without_listed(schools: Any) -> None:
    schools("import", duo(duo_row()), "--apply")

    school = School.objects.get()
    assert (school.listed, school.is_active) == (False, False)
    # What a person or an earlier import decided stays.
    schools("import", duo(duo_row(place="ASSEN")), "--apply", "--listed")
    school.refresh_from_db()
    assert (school.listed, school.is_active, school.place) == (False, False, "Assen")


def test_import__says_which_rows_are_wrong_before_the_rest_is_written(
    schools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def tell(rows: list[Any]) -> list[str]:
        told.append(f"{len(rows)} wrong")
        return ["wrong"]

    command = "django_intergrip_link.management.commands.intergrip_schools"
    monkeypatch.setattr(f"{command}.wrong_lines", tell)
    monkeypatch.setattr(f"{command}.apply_plan", lambda *a, **k: told.append("written"))

    schools("import", duo(duo_row("99AA00"), *BROKEN), "--apply")

    assert told == ["5 wrong", "written"]


def test_import__imports_the_rest(schools: Any) -> None:
    ran = schools("import", duo(duo_row("99AA00"), *BROKEN, duo_row("99BB00")), "--apply")

    assert ran.err.count("error: row") == 5
    assert "Written: 2 new, 0 changed, 0 no longer listed. Left out: 5." in ran.out
    assert sorted(School.objects.values_list("brin", flat=True)) == ["99AA00", "99BB00"]


def test_import__the_list_of_wrong_rows_is_capped(schools: Any) -> None:
    rows = [duo_row("99C", f"School {n}") for n in range(60)]

    ran = schools("import", duo(duo_row(), *rows), "--apply")

    assert ran.err.count("error: row") == 50
    assert "and 10 more; --errors FILE writes them all." in ran.err


def test_import__same_file_again_changes_nothing(schools: Any) -> None:
    content = duo(*[duo_row(f"99A{c}00", f"School {c}") for c in "ABCDE"])
    schools("import", content, "--apply")
    before = list(School.objects.values())

    ran = schools("import", content, "--apply")

    assert "Written: 0 new, 0 changed, 0 no longer listed. Left out: 0." in ran.out
    assert list(School.objects.values()) == before


def test_import__shows_what_changes_and_what_is_gone(schools: Any) -> None:
    schools("import", duo(duo_row("99AA00"), duo_row("99BB00")), "--apply", "--listed")

    ran = schools("import", duo(duo_row("99AA00", place="ASSEN")))

    assert "  changed: row 2, 99AA00 Petteflat College: place 'Zwolle' → 'Assen'\n" in ran.out
    assert (
        "  gone: not in the file, 99BB00 Petteflat College: no longer shown to students; links "
        "stay, and students still get in\n"
    ) in ran.out


def test_import__few_rows_unless_asked(schools: Any) -> None:
    content = duo(*[duo_row(f"99AA{n:02}", f"School {n}") for n in range(30)])

    assert schools("import", content).out.count("new: row") == 20
    assert "and 10 more new; --verbosity 2" in schools("import", content).out
    assert schools("import", content, "--verbosity", "2").out.count("new: row") == 30


def test_import__bound_to_a_hash(schools: Any) -> None:
    content = duo(duo_row())

    with pytest.raises(CommandError, match="another SHA-256"):
        schools("import", content, "--apply", "--sha256", "0" * 64)
    assert not School.objects.exists()
    schools("import", content, "--apply", "--sha256", sha256(content).hexdigest().upper())
    assert School.objects.exists()


def test_import__writes_the_wrong_rows(schools: Any, tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"

    schools("import", duo(duo_row(), duo_row("99B", "=x")), "--errors", str(path))

    rows = list(csv.reader(StringIO(path.read_bytes().decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["row", "outcome", "brin", "name", "reason"]
    assert rows[1][:4] == ["3", "error", "", "'=x"]


@pytest.mark.parametrize("content", [duo(*BROKEN), b"a;b\n1;2\n", b""])
def test_import__nothing_of_a_file_without_one_good_row(schools: Any, content: bytes) -> None:
    with pytest.raises(CommandError) as refused:
        schools("import", content, "--apply")

    assert refused.value.returncode == 2
    assert not School.objects.exists()


def test_import__speaks_english_to_the_log(schools: Any) -> None:
    with translation.override("nl"):
        assert "the header has 9" in schools("import", duo(duo_row(), "x")).out


def test_import__refused_rows_cannot_write_over_the_terminal(schools: Any) -> None:
    ran = schools("import", duo(duo_row(), duo_row("99X", "\u202eegelloC\x1b[2J\x07")), "--apply")

    assert "egelloC [2J" in ran.out
    assert not set("\u202e\x1b\x07") & set(ran.out + ran.err)


def test_import__a_database_that_fails(schools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(School.objects, "bulk_create", fail, raising=False)
    with pytest.raises(CommandError, match="could not be written") as refused:
        schools("import", duo(duo_row()), "--apply")
    assert refused.value.returncode == 2


def test_import__unknown_federation() -> None:
    with pytest.raises(CommandError, match="known: kennisnet, surfconext"):
        manage("import", "x.csv", "--federation", "entree")


def test_import__no_such_file() -> None:
    with pytest.raises(CommandError, match=r"Cannot read x\.csv"):
        manage("import", "x.csv", "--federation", "kennisnet")


def test_export__to_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Cannot write .*: Is a directory"):
        manage("export", str(tmp_path))


def test_import__metadata(schools: Any) -> None:
    add(realm="petteflat.nl")

    ran = schools("import", metadata(idp(scopes=["petteflat.nl"])), "--apply")

    assert "metadata, XML, kind -, 1 rows" in ran.out
    assert School.objects.get().entity_id == "https://idp.petteflat.example"


def test_import__long_files_tell_how_far_they_are(schools: Any) -> None:
    ran = schools("import", real("vo"), "--apply")

    assert "30 % of 1619 schools\n" in ran.err
    assert "100 % of 1619 schools\n" in ran.err
    assert schools("import", real("mbo"), "--apply").err == ""


def test_diff__exit_code(schools: Any) -> None:
    assert schools("diff", duo(duo_row())).code == 1
    assert not School.objects.exists()
    schools("import", duo(duo_row()), "--apply")
    assert schools("diff", duo(duo_row())).code == 0
    with pytest.raises(CommandError) as refused:
        schools("diff", duo(*BROKEN))
    assert refused.value.returncode == 2


def test_diff__several_files(tmp_path: Path) -> None:
    for name in ("vo", "mbo"):
        (tmp_path / name).write_bytes(real(name))
    files = [str(tmp_path / name) for name in ("vo", "mbo")]

    ran = manage("diff", *files, "--federation", "kennisnet")

    assert (ran.code, ran.out.count("sha256")) == (1, 2)


def test_export__to_a_file_or_the_terminal(tmp_path: Path) -> None:
    add()
    add("99ZZ", "ROC Dorp", kind="mbo", federation="surfconext")
    path = tmp_path / "out.csv"

    assert manage("export", str(path)).out == f"2 schools written to {path}.\n"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfbrin;name")
    assert "ROC Dorp" not in manage("export", "--federation", "kennisnet").out
    assert "Petteflat" not in manage("export", "--kind", "mbo").out


def test_export__and_back(schools: Any, tmp_path: Path) -> None:
    schools("import", real("mbo"), "--apply")
    path = tmp_path / "out.csv"
    manage("export", str(path))

    assert schools("diff", path.read_bytes()).code == 0


class Terminal(StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


class Stream:
    """As Django's OutputWrapper: a line, unless told how it ends."""

    def __init__(self, stream: StringIO) -> None:
        self.stream = stream
        self.isatty, self.flush = stream.isatty, stream.flush

    def write(self, text: str, ending: str = "\n") -> None:
        self.stream.write(text + ending)


def test_progress__one_line_on_a_terminal() -> None:
    terminal = Terminal()
    tell = Progress(Stream(terminal), more_than=10)
    for done in (5, 5, 10, 20):
        tell(done, 20)

    assert terminal.getvalue() == "\r25 % of 20 schools\r50 % of 20 schools\r100 % of 20 schools\n"


def test_progress__a_line_each_ten_percent_in_a_log() -> None:
    log = StringIO()
    tell = Progress(Stream(log), more_than=10)
    for done in range(1, 101):
        tell(done, 100)
    tell(5, 10)

    assert log.getvalue().splitlines() == [f"{n} % of 100 schools" for n in range(10, 101, 10)]


def test_own__example_of_the_documentation(schools: Any) -> None:
    ran = schools("import", own("brin;name;kind", "ENTR;Entree-account;entree"), "--apply")

    assert "1 new" in ran.out
    assert School.objects.get().kind == "entree"
