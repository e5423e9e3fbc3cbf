"""``intergrip_codes``: codes in files, for a list of site accounts."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from django_intergrip_link.journey import school_codes
from django_intergrip_link.models import LinkCode, LinkEvent, School


@pytest.fixture
def pupils(fake_school: Any, django_user_model: Any) -> list[Any]:
    """A class of two."""
    make = django_user_model.objects.create_user
    return [make("sanne", first_name="Sanne"), make("0012345")]


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """The list of that class, as a spreadsheet saves it."""
    file = tmp_path / "2b.txt"
    file.write_bytes(b"\xef\xbb\xbfsanne;Sanne\r\n12345;Daan\r\n")
    return file


def run(*arguments: object) -> tuple[str, str]:
    """Return what the command prints, and what it prints on stderr."""
    out, err = StringIO(), StringIO()
    call_command("intergrip_codes", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def make(names: object, *arguments: object, school: str = "99aa00") -> tuple[str, str]:
    return run("make", "--school", school, "--class", "2B", "--accounts", names, *arguments)


def codes_in(text: str) -> list[str]:
    return re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", text)


def test_make__csv_and_sheet_hold_the_same_codes(
    pupils: list[Any], names: Path, tmp_path: Path, fake_school: Any
) -> None:
    table, sheet = tmp_path / "2b.csv", tmp_path / "2b.html"

    out, err = make(names, "--csv", table, "--sheet", sheet, "--days", 7, "--language", "en")

    shown = codes_in(table.read_text("utf-8-sig"))
    assert len(shown) == 2
    assert codes_in(sheet.read_text()) == shown
    assert "<style>" in sheet.read_text()
    assert 'src="' not in sheet.read_text()
    assert "Log in with your school account." in sheet.read_text()
    assert table.stat().st_mode & 0o077 == 0
    day = timezone.localdate() + timedelta(days=7)
    assert out == f"2 codes for Petteflat College (99AA00), valid until {day}.\n".replace(
        "Petteflat College", str(fake_school.row)
    )
    assert err == ""
    found = school_codes.find(shown[1], federation="kennisnet", brin=fake_school.brin)
    assert found is not None
    assert found.user == pupils[1]
    assert LinkEvent.objects.get().reason == "made"


def test_make__from_stdin(
    pupils: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"sanne\n")))

    make("-", "--sheet", tmp_path / "2b.html")

    assert LinkCode.objects.get().user == pupils[0]


def test_make__both_languages(pupils: list[Any], names: Path, tmp_path: Path) -> None:
    make(names, "--sheet", tmp_path / "2b.html", "--language", "both")

    text = (tmp_path / "2b.html").read_text()
    assert text.count('<ol lang="nl">') == text.count('<ol lang="en">') == 2


def test_make__says_what_was_not_found_and_makes_nothing(
    pupils: list[Any], names: Path, tmp_path: Path
) -> None:
    names.write_text("sanne\nnobody\n")
    err = StringIO()

    with pytest.raises(CommandError, match="--skip") as caught:
        call_command(
            *("intergrip_codes", "make", "--school", "99AA00", "--accounts", str(names)),
            *("--csv", str(tmp_path / "2b.csv")),
            stderr=err,
        )

    assert caught.value.returncode == 2
    assert err.getvalue() == "Line 2, nobody: not found.\n"
    assert not LinkCode.objects.exists()
    assert not (tmp_path / "2b.csv").exists()

    make(names, "--csv", tmp_path / "2b.csv", "--skip")
    assert LinkCode.objects.count() == 1


def test_make__never_over_a_file(pupils: list[Any], names: Path, tmp_path: Path) -> None:
    table = tmp_path / "2b.csv"
    table.write_text("of the mentor")

    with pytest.raises(CommandError, match="--force"):
        make(names, "--csv", table)

    assert table.read_text() == "of the mentor"
    assert not LinkCode.objects.exists()
    make(names, "--csv", table, "--force")
    assert len(codes_in(table.read_text("utf-8-sig"))) == 2
    assert table.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("more", [(), ("--force",)], ids=["", "forced"])
@pytest.mark.parametrize("is_there", [True, False], ids=["", "dangling"])
def test_make__never_through_a_link(
    pupils: list[Any], names: Path, tmp_path: Path, more: tuple[str, ...], *, is_there: bool
) -> None:
    table, other = tmp_path / "2b.csv", tmp_path / "other"
    table.symlink_to(other)
    if is_there:
        other.write_text("of somebody else")

    with pytest.raises(CommandError, match=r"2b\.csv"):
        make(names, "--csv", table, *more)

    assert other.exists() == is_there
    assert not is_there or other.read_text() == "of somebody else"
    assert not LinkCode.objects.exists()


def test_make__never_through_a_link_where_the_system_cannot_tell(
    pupils: list[Any], names: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("os.O_NOFOLLOW")
    table, other = tmp_path / "2b.csv", tmp_path / "other"
    table.symlink_to(other)

    with pytest.raises(CommandError, match=r"File exists\. Nothing was made"):
        make(names, "--csv", table)

    assert not other.exists()


def test_command__without_the_admin() -> None:
    """A site whose admin is not installed cannot import ours."""
    program = (
        "import django, sys; from django.conf import settings as s;"
        "s.INSTALLED_APPS = [a for a in s.INSTALLED_APPS if 'admin' not in a]; django.setup();"
        "from django_intergrip_link.management.commands import intergrip_codes;"
        "sys.exit('django_intergrip_link.admin' in sys.modules)"
    )

    subprocess.run([sys.executable, "-c", program], check=True)


def test_make__a_file_that_cannot_be_written_makes_nothing(
    pupils: list[Any], names: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="Nothing was made"):
        make(names, "--csv", tmp_path / "missing" / "2b.csv")

    assert not LinkCode.objects.exists()
    assert not LinkEvent.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--csv FILE or --sheet FILE"),
        (("--csv", "{}/2b.csv", "--days", "121"), "1 to 120"),
        (("--csv", "{}/2b.csv", "--federation", "other"), "No school 99AA00"),
    ],
)
def test_make__refuses(
    pupils: list[Any], names: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        make(names, *(argument.format(tmp_path) for argument in arguments))

    assert caught.value.returncode == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["UTF-16", "missing"])
def test_make__a_list_that_cannot_be_read(
    pupils: list[Any], names: Path, tmp_path: Path, content: bytes | None
) -> None:
    names.unlink()
    if content:
        names.write_bytes(content)

    with pytest.raises(CommandError, match=r"2b\.txt"):
        make(names, "--csv", tmp_path / "2b.csv")


def test_make__nobody(pupils: list[Any], names: Path, tmp_path: Path) -> None:
    names.write_text("nobody\n")

    with pytest.raises(CommandError, match="no account"):
        make(names, "--csv", tmp_path / "2b.csv", "--skip")


def test_make__asks_which_of_two_schools(
    pupils: list[Any], names: Path, tmp_path: Path, fake_school: Any
) -> None:
    School.objects.create(federation="surfconext", brin=fake_school.brin, name="The same")

    with pytest.raises(CommandError, match="--federation kennisnet or surfconext"):
        make(names, "--csv", tmp_path / "2b.csv")


def test_make__not_for_entree_accounts(pupils: list[Any], names: Path, tmp_path: Path) -> None:
    School.objects.update(kind=School.Kind.ENTREE)

    with pytest.raises(CommandError, match="no school"):
        make(names, "--csv", tmp_path / "2b.csv")


def test_make__tells_how_far_it_is(
    fake_school: Any, names: Path, tmp_path: Path, django_user_model: Any
) -> None:
    django_user_model.objects.bulk_create(
        django_user_model(username=f"u{n:04d}") for n in range(1_001)
    )
    names.write_text("\n".join(f"u{n:04d}" for n in range(1_001)))

    _, err = make(names, "--csv", tmp_path / "2b.csv")

    assert "100 % of 1001 codes" in err
    assert len(codes_in((tmp_path / "2b.csv").read_text("utf-8-sig"))) == 1_001


def test_list__tells_the_state(pupils: list[Any], names: Path, tmp_path: Path) -> None:
    make(names, "--csv", tmp_path / "2b.csv")
    LinkCode.objects.filter(user=pupils[0]).update(used_at=timezone.now())
    day = timezone.localdate() + timedelta(days=14)

    assert run("list")[0] == (
        f"99AA00\t2B\tsanne\t{day}\tused\n99AA00\t2B\t0012345\t{day}\tnot used yet\n"
    )
    assert run("list", "--school", "99AA00", "--unused")[0].split("\t")[2] == "0012345"
    assert run("list", "--class", "3C")[0] == ""


def test_revoke__of_a_class(pupils: list[Any], names: Path, tmp_path: Path) -> None:
    make(names, "--csv", tmp_path / "2b.csv")

    assert run("revoke", "--school", "99AA00", "--class", "3C")[0] == "0 codes withdrawn.\n"
    assert run("revoke", "--school", "99AA00", "--class", "2B")[0] == "2 codes withdrawn.\n"
    assert run("revoke", "--school", "99AA00")[0] == "0 codes withdrawn.\n"
    assert LinkEvent.objects.filter(reason="withdrawn").count() == 1
