"""The management commands."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from django_intergrip_link.models import Arrival


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_keys__usable_and_private(tmp_path: Path) -> None:
    out = run("intergrip_keys", str(tmp_path / "keys"), "--name", "Doorstroom")

    key_file = tmp_path / "keys" / "sp.key"
    key = load_pem_private_key(key_file.read_bytes(), password=None)
    certificate = x509.load_pem_x509_certificate((tmp_path / "keys" / "sp.crt").read_bytes())
    assert certificate.public_key() == key.public_key()
    assert certificate.subject.rfc4514_string() == "CN=Doorstroom"
    assert key_file.stat().st_mode & 0o077 == 0
    assert len(out.splitlines()[-1]) >= 32


def test_keys__never_over_what_exists(tmp_path: Path) -> None:
    run("intergrip_keys", str(tmp_path))
    before = (tmp_path / "sp.key").read_bytes()

    with pytest.raises(CommandError, match="not overwritten"):
        run("intergrip_keys", str(tmp_path))

    assert (tmp_path / "sp.key").read_bytes() == before


def test_purge__wipes_then_deletes(school_login: Any, fake_school: Any) -> None:
    others = (
        "Codes: 0 deleted.\nCounts of tries: 0 deleted.\nUploads: 0 wiped.\n"
        "Unused links: 0 paused, 0 warned.\n"
    )
    school_login(Client())
    assert run("intergrip_purge") == f"Arrivals: 0 wiped, 0 deleted.\n{others}"

    Arrival.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert run("intergrip_purge") == f"Arrivals: 1 wiped, 0 deleted.\n{others}"
    assert Arrival.objects.get().account is None

    Arrival.objects.update(expires_at=timezone.now() - timedelta(hours=2))
    assert run("intergrip_purge") == f"Arrivals: 0 wiped, 1 deleted.\n{others}"
