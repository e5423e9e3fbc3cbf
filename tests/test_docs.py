"""The documentation says what the code does: its lists are compared, its examples are run."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.dispatch import Signal
from django.template.loader import render_to_string
from django.utils import translation

from django_intergrip_link import audit, checks, conf, errors, signals, urls
from django_intergrip_link.errors import IntergripError, PolicyRefused
from django_intergrip_link.federation.presets import PRESETS
from django_intergrip_link.testing import fixtures
from tests.check_cases import CASES
from tests.code_reading import (
    PACKAGE,
    methods,
    own_arguments,
    rendered_contexts,
    signal_arguments,
)
from tests.markdown import DOCS, README, ROOT, code, codes, commands, rows, section

TEMPLATES = PACKAGE / "templates" / "django_intergrip_link"
REFERENCE = DOCS / "reference"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]


def table(page: str, heading: str) -> list[list[str]]:
    return rows(section(REFERENCE / page, heading))


def message_pattern(message: str) -> re.Pattern[str]:
    """Return a documented message as a pattern; ``…`` stands for what differs each time."""
    return re.compile(".+".join(map(re.escape, message.split("…"))))


def first_codes(page: str, heading: str) -> list[str]:
    return [codes(row[0])[0] for row in table(page, heading)]


# README ---------------------------------------------------------------------------------------


def test_readme__is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 80


def test_readme__names_the_two_commands() -> None:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")

    assert commands(section(README, "Try it")) == [
        "python -m pip install tox && python -m tox run -e demo",
        "python -m pip install tox && python -m tox run",
    ]
    assert "testenv:demo" in tox
    assert tox["tox"]["env_list"] == "py"


def test_readme__shows_the_settings_of_the_tutorial() -> None:
    # test_startproject runs the README's lines; the tutorial must not drift from them.
    ours, _ = code(section(README, "Add it to a project"), "python")
    tutorial = DOCS / "tutorial.md"

    assert code(section(tutorial, "2. Add the app"), "python")[0] == ours
    tried = commands(section(README, "Add it to a project"))[1:]
    assert [line for line in tried if line not in commands(tutorial.read_text())] == []


def test_readme__links_exist() -> None:
    targets = re.findall(r"\]\((?!http)([^)]+)\)", README.read_text(encoding="utf-8"))
    # The browser test makes the picture.
    pages = [target for target in targets if not target.endswith(".png")]

    assert pages
    assert [target for target in pages if not (ROOT / target).is_file()] == []


# Examples -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_python_examples__compile(page: Path) -> None:
    for example in code(page.read_text(encoding="utf-8"), "python"):
        lines = example if not example.startswith('"') else f"_ = {{{example}}}"
        compile(lines, str(page), "exec")


def test_how_to_test__examples_pass(tmp_path: Path) -> None:
    policies = code((DOCS / "howto" / "policy.md").read_text(encoding="utf-8"), "python")[0]
    examples = code((DOCS / "howto" / "testing.md").read_text(encoding="utf-8"), "python")
    (tmp_path / "mysite").mkdir()
    (tmp_path / "mysite" / "__init__.py").touch()
    (tmp_path / "mysite" / "policies.py").write_text(policies)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nDJANGO_SETTINGS_MODULE = tests.settings\ndjango_find_project = false\n"
        f"pythonpath = . {ROOT}\n"
    )
    (tmp_path / "test_examples.py").write_text("\n\n".join(examples))

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr


# Reference ------------------------------------------------------------------------------------


def test_settings__keys() -> None:
    assert set(first_codes("settings.md", "Keys")) == conf.KEYS


def test_settings__federation_keys() -> None:
    assert set(first_codes("settings.md", "Keys of a federation")) == conf.FEDERATION_KEYS


def test_settings__presets() -> None:
    documented = {codes(row[0])[0]: row for row in table("settings.md", "Presets")}

    assert list(documented) == list(PRESETS)
    for name, preset in PRESETS.items():
        assert preset.entity_id in documented[name][1]
        assert codes(documented[name][2]) == [preset.subject]
        assert codes(documented[name][3]) == [preset.school]


def test_checks__ids() -> None:
    ids = {value for value in vars(checks.ids).values() if str(value).startswith("intergrip_link.")}

    assert set(first_codes("checks.md", "System checks")) == ids


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_checks__message(case: Any) -> None:
    messages = [
        row[1] for row in table("checks.md", "System checks") if codes(row[0])[0] == case.id
    ]

    assert any(message_pattern(message).fullmatch(case.message) for message in messages), messages


def test_checks__deploy() -> None:
    documented = {
        codes(row[0])[0] for row in table("checks.md", "System checks") if "*deploy*" in row[2]
    }

    assert documented == {
        getattr(checks.ids, name)
        for check in checks.DEPLOY_CHECKS
        for name in check.__code__.co_names
        if name.isupper() and hasattr(checks.ids, name)
    }


def test_errors__reasons() -> None:
    documented = [
        (codes(reason)[0], codes(page)[0], int(status), codes(name)[0])
        for reason, page, status, name, _ in table("errors.md", "Reason codes")
    ]
    raised = [
        (error.reason, error.page, int(error.status), error.__name__)
        for error in IntergripError.__subclasses__()
    ]

    assert sorted(documented) == sorted(raised)


def test_errors__pages() -> None:
    documented = {codes(page)[0]: letter for page, letter, _ in table("errors.md", "Pages")}
    pages = {error.page for error in IntergripError.__subclasses__()}

    assert set(documented) == pages
    assert documented == {page: audit.new_support_code(page)[0] for page in pages}


@pytest.mark.parametrize("row", table("errors.md", "Pages"), ids=lambda row: row[0])
def test_errors__headings(row: list[str]) -> None:
    with translation.override("en"):
        heading = render_to_string(
            "django_intergrip_link/error_heading.html",
            {"page": codes(row[0])[0], "site_name": "Doorstroom"},
        )

    assert " ".join(heading.split()) == row[2]


def test_errors__policy_reason() -> None:
    assert PolicyRefused("no_dossier").reason == "no_dossier"
    assert errors.PolicyRefused.reason == "policy"


def test_signals__arguments() -> None:
    declared = {name: value for name, value in vars(signals).items() if isinstance(value, Signal)}
    documented = {codes(row[0])[0]: codes(row[2]) for row in table("signals.md", "Signals")}

    assert set(documented) == set(declared)
    assert documented == signal_arguments()


def test_urls__in_their_order() -> None:
    documented = [
        (codes(name)[0], codes(address)[0], allowed)
        for name, address, allowed, _ in table("urls.md", "URLs")[: len(urls.urlpatterns)]
    ]

    assert documented == [
        (str(pattern.name), str(pattern.pattern), methods(pattern)) for pattern in urls.urlpatterns
    ]


def test_templates__files() -> None:
    documented = [
        name
        for heading in ("Pages", "Parts", "Mail")
        for name in first_codes("templates.md", heading)
        if "." in name
    ]
    files = [
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.*")
        if "sandbox" not in path.parts
    ]

    assert sorted(documented) == sorted(files)


def test_templates__context() -> None:
    documented = {
        codes(row[0])[0]: set(codes(row[2]))
        for row in table("templates.md", "Pages")
        if len(row) == 3
    }

    assert documented == rendered_contexts()


def test_commands__arguments() -> None:
    documented = {codes(row[0])[0]: codes(row[1]) for row in table("commands.md", "Commands")}
    folder = PACKAGE / "management" / "commands"
    names = {path.stem for path in folder.glob("intergrip_*.py")}

    assert set(documented) == names
    assert documented == {name: own_arguments(name) for name in names}


@pytest.mark.parametrize(
    "name", ["School", "SchoolProvider", "SchoolImport", "AccountLink", "Arrival", "LinkEvent"]
)
def test_models__fields(name: str) -> None:
    model = apps.get_model("intergrip_link", name)
    fields = [field.name for field in model._meta.concrete_fields if field.name != "id"]

    assert first_codes("models.md", name) == fields


def test_models__all_are_described() -> None:
    assert {model.__name__ for model in apps.get_app_config("intergrip_link").get_models()} == {
        "School",
        "SchoolProvider",
        "SchoolImport",
        "AccountLink",
        "Arrival",
        "LinkCode",
        "LinkEvent",
        "TryCount",
    }


def test_testing__fixtures() -> None:
    made = {name for name, value in vars(fixtures).items() if type(value).__name__.startswith("Fi")}

    assert set(first_codes("testing.md", "Fixtures")) == made


# Explanation ----------------------------------------------------------------------------------


def test_dependencies__each_has_its_reason() -> None:
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "setup.cfg")
    lines = metadata["options"]["install_requires"].splitlines()
    required = [re.split(r"[<>=]", line)[0] for line in lines if line and not line.startswith("#")]
    documented = rows(section(DOCS / "explanation" / "dependencies.md", "Dependencies"))

    assert [codes(row[0])[0] for row in documented] == required


def test_howtos__are_all_listed() -> None:
    for folder in ("howto", "reference", "explanation"):
        index = (DOCS / folder / "index.md").read_text(encoding="utf-8")
        listed = index.partition(":maxdepth: 1\n\n")[2].partition("\n```")[0].split()
        assert sorted(listed) == sorted(
            path.stem for path in (DOCS / folder).glob("*.md") if path.stem != "index"
        )
