"""A good production site passes in silence; each thing broken gives its one message and a hint."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.core import checks as django_checks
from django.core.checks import CheckMessage
from django.db import OperationalError

from django_intergrip_link import checks
from django_intergrip_link.checks.registry import check_schools
from django_intergrip_link.models import School
from tests.check_cases import CASES, Case, federate, play_sandbox
from tests.production_files import write_production_files

ALL_CHECKS = (*checks.SETTINGS_CHECKS, *checks.NEIGHBOUR_CHECKS, *checks.DEPLOY_CHECKS)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a key, its certificate and a hub's metadata."""
    folder = tmp_path_factory.mktemp("production")
    write_production_files(folder)
    return folder


@pytest.fixture(autouse=True)
def good_site(settings: Any, files: Path) -> None:
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["www.example.nl"]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache"}}
    settings.INTERGRIP_LINK = {
        "SITE_NAME": "Doorstroom",
        "SUBJECT_KEYS": {"2026": "only for tests, and long enough for the check"},
        "FEDERATIONS": {
            "kennisnet": {
                "base_url": "https://www.example.nl",
                "key_file": files / "sp.key",
                "cert_file": files / "sp.crt",
                "metadata_file": files / "hub.xml",
            }
        },
        "SUPPORT": "https://www.example.nl/help",
    }


def run_checks() -> list[CheckMessage]:
    return [message for check in ALL_CHECKS for message in check()]


def found() -> list[tuple[str | None, str]]:
    return [(message.id, message.msg) for message in run_checks()]


def test_good_site__silent() -> None:
    assert run_checks() == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_broken_site__one_message(settings: Any, case: Case) -> None:
    case.breaks(settings)

    messages = run_checks()

    assert [(message.id, message.msg) for message in messages] == [(case.id, case.message)]
    assert messages[0].hint
    assert messages[0].is_serious() == case.id.startswith("intergrip_link.E")


def test_cases__every_id_is_broken_somewhere() -> None:
    ids = {value for value in vars(checks.ids).values() if str(value).startswith("intergrip_link.")}
    tested_below = {
        checks.ids.CERTIFICATE_ENDS,
        checks.ids.METADATA_ENDED,
        checks.ids.PYXMLSECURITY,
        checks.ids.UNFILLED_FIELD,
        checks.ids.EMPTY_CHOOSER,
    }

    assert ids == {case.id for case in CASES} | tested_below


def test_certificate__ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.federations, "WARN_BEFORE", timedelta(days=400))
    last = datetime.now(UTC) + timedelta(days=365)

    message = f"Federation 'kennisnet': the hub's last certificate ends on {last:%Y-%m-%d}."

    assert found() == [(checks.ids.CERTIFICATE_ENDS, message)]


def test_metadata__ended(settings: Any, files: Path, tmp_path: Path) -> None:
    later = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}".encode()
    text = (files / "hub.xml").read_bytes()
    assert later in text
    (tmp_path / "hub.xml").write_bytes(text.replace(later, b"2026-01-31"))
    federate(metadata_file=tmp_path / "hub.xml")(settings)

    message = "Federation 'kennisnet': the hub's metadata ended on 2026-01-31."

    assert found() == [(checks.ids.METADATA_ENDED, message)]


def test_metadata__not_signed_by_the_pinned_certificate(settings: Any, files: Path) -> None:
    federate(metadata_cert_file=files / "sp.crt")(settings)

    message = "Federation 'kennisnet': not signed by the pinned certificate."

    assert found() == [(checks.ids.NO_METADATA, message)]


def test_pyxmlsecurity__installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.neighbours, "find_spec", lambda name: object())

    assert found() == [(checks.ids.PYXMLSECURITY, "pyXMLSecurity is installed.")]


def test_sandbox__silent_in_development(settings: Any) -> None:
    play_sandbox(settings)
    settings.ROOT_URLCONF = "tests.sandbox.urls"

    assert run_checks() == []


def test_sandbox__silent_in_the_tests_of_a_development_project(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_sandbox(settings)
    settings.ROOT_URLCONF = "tests.sandbox.urls"
    # Django's test runner switches DEBUG off before it runs the checks; the module still has it.
    settings.DEBUG = False
    monkeypatch.setitem(sys.modules, "mysite.settings", SimpleNamespace(DEBUG=True))
    settings.SETTINGS_MODULE = "mysite.settings"

    assert run_checks() == []


def test_register__runs_them_all(settings: Any) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "SITENAME": "Doorstroom"}
    settings.SESSION_COOKIE_SAMESITE = "None"
    settings.SAML_USE_NAME_ID_AS_USERNAME = True
    tags = [django_checks.Tags.security]

    always = django_checks.run_checks(tags=tags)
    deploying = django_checks.run_checks(tags=tags, include_deployment_checks=True)

    ours = {checks.ids.UNKNOWN_KEY, checks.ids.SAML_SETTINGS}
    assert {message.id for message in always} == ours
    assert {message.id for message in deploying} >= ours | {checks.ids.FOREIGN_COOKIES}


@pytest.mark.parametrize(("chooser", "expected"), [("site", 1), ("auto", 0), ("both", 0)])
def test_schools__our_chooser_has_none(
    settings: Any, db: None, chooser: str, expected: int
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "CHOOSER": chooser}

    messages = django_checks.run_checks(tags=["database"], databases=["default"])

    ours = [message for message in messages if message.id == checks.ids.EMPTY_CHOOSER]
    assert len(ours) == expected
    assert all("intergrip_schools import" in (message.hint or "") for message in ours)


def test_schools__our_chooser_has_one(settings: Any, db: None) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "CHOOSER": "site"}
    School.objects.create(federation="kennisnet", brin="99AA", name="Petteflat College")

    assert list(check_schools()) == []


def test_schools__no_table_yet(settings: Any) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "CHOOSER": "site"}

    with patch.object(School.objects, "open_for_choice", side_effect=OperationalError):
        assert list(check_schools()) == []
