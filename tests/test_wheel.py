"""The wheel holds what a site needs to run, and nothing of how we test it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
PACKAGE = "django_intergrip_link"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """Build sdist and wheel of a copy, so that nothing left in the checkout gets in."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in SOURCES:
        shutil.copy(ROOT / name, source)
    for name in (PACKAGE, "tests", "example_project"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    # Must not get in: a key that somebody left in the package.
    (source / PACKAGE / "sp.key").write_text("not a key")
    (source / PACKAGE / "static" / PACKAGE / "sp.pem").write_text("not a key")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(built), str(source)],
        check=True,
        capture_output=True,
    )
    return ZipFile(next(built.glob("*.whl")))


@pytest.fixture(scope="module")
def names(wheel: ZipFile) -> set[str]:
    return set(wheel.namelist())


def package_files(*patterns: str) -> set[str]:
    package = ROOT / PACKAGE
    return {
        path.relative_to(ROOT).as_posix()
        for pattern in patterns
        for path in package.rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize(
    "patterns",
    [("*.py",), ("templates/**/*",), ("static/**/*",), ("locale/**/*.mo",), ("py.typed",)],
    ids=["modules", "templates", "static", "locale", "types"],
)
def test_wheel__holds_every_file_of_the_package(names: set[str], patterns: tuple[str, ...]) -> None:
    expected = package_files(*patterns)

    assert expected
    assert expected <= names


def test_wheel__holds_nothing_else(names: set[str]) -> None:
    folders = {name.partition("/")[0] for name in names}
    metadata = next(folder for folder in folders if folder.endswith(".dist-info"))

    assert folders == {PACKAGE, metadata}
    assert f"{metadata}/licenses/LICENSE" in names


def test_wheel__holds_no_keys(names: set[str]) -> None:
    endings = (".key", ".pem", ".crt", ".p12", ".sqlite3")

    assert not [name for name in names if name.endswith(endings)]


def test_wheel__offers_the_pytest_plugin(wheel: ZipFile, names: set[str]) -> None:
    entry_points = next(name for name in names if name.endswith("entry_points.txt"))

    assert (
        "[pytest11]\nintergrip_link = django_intergrip_link.testing.fixtures"
        in wheel.read(entry_points).decode()
    )
