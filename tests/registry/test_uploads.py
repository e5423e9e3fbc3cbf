"""An upload waits half an hour for its confirmation, and is confirmed once."""

from __future__ import annotations

import zlib
from base64 import b64encode
from datetime import timedelta
from secrets import token_bytes
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from django_intergrip_link.models import School, SchoolImport
from django_intergrip_link.registry import uploads
from django_intergrip_link.registry.refused import ImportRefused
from django_intergrip_link.registry.uploads import (
    confirm_upload,
    keep_upload,
    preview_upload,
    purge_uploads,
    take_file,
)

from .files import add, duo, duo_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload() -> SchoolImport:
    upload = SchoolImport(federation="kennisnet")
    content = duo(duo_row(), duo_row("99BB00"))
    taken = take_file(content, kind="")
    keep_upload(upload, taken, file_name="vo\u202e.csv", kind="", listed=True, by=None)
    return upload


def confirm(upload: SchoolImport, **changed: str) -> Any:
    shown = preview_upload(upload)
    answer = {"sha256": shown.file.sha256, "fingerprint": shown.plan.fingerprint, **changed}
    return confirm_upload(upload, **answer, may_add=True)


def hard_to_compress(megabytes: int) -> bytes:
    """Return a table of one wrong row after another, in which nothing repeats."""
    noise = b64encode(token_bytes(megabytes * 750_000))
    lines = [noise[start : start + 100_000] for start in range(0, len(noise), 100_000)]
    return b"\n".join([b"brin;name", *lines])


def test_upload__that_hardly_fits_the_database() -> None:
    upload = SchoolImport(federation="kennisnet")
    # Base64 is a quarter air.
    taken = take_file(hard_to_compress(10), kind="")
    keep_upload(upload, taken, file_name="x.csv", kind="", listed=False, by=None)

    upload.refresh_from_db()
    assert len(upload.content or b"") > 7 * 1024 * 1024


def test_upload__that_does_not_fit_the_database() -> None:
    with pytest.raises(ImportRefused, match="larger than 8 MB when it is compressed"):
        take_file(hard_to_compress(12), kind="")


def test_upload__is_kept_as_it_came(upload: SchoolImport) -> None:
    upload.refresh_from_db()

    assert upload.content is not None
    assert zlib.decompress(upload.content) == duo(duo_row(), duo_row("99BB00"))
    assert (upload.file_name, upload.summary["new"]) == ("vo.csv", 2)
    assert not School.objects.exists()


def test_confirm__applies_and_forgets(upload: SchoolImport) -> None:
    confirm(upload)

    upload.refresh_from_db()
    assert (upload.content, upload.summary["new"]) == (None, 2)
    assert upload.applied_at is not None
    assert School.objects.open_for_choice().count() == 2
    with pytest.raises(ImportRefused, match="applied already"):
        preview_upload(upload)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"sha256": "0" * 64}, "another file"),
        ({"sha256": "é"}, "another file"),
        ({"fingerprint": ""}, "changed since"),
    ],
)
def test_confirm__of_something_else(
    upload: SchoolImport, changed: dict[str, str], reason: str
) -> None:
    with pytest.raises(ImportRefused, match=reason):
        confirm(upload, **changed)
    assert not School.objects.exists()


def test_confirm__after_the_registry_changed(upload: SchoolImport) -> None:
    fingerprint = preview_upload(upload).plan.fingerprint
    add("99BB00", "Nieuw")

    with pytest.raises(ImportRefused, match="changed since"):
        confirm(upload, fingerprint=fingerprint)
    assert School.objects.count() == 1


def test_confirm__of_bytes_that_were_exchanged(upload: SchoolImport) -> None:
    upload.content = zlib.compress(duo(duo_row("99EE00", "Evil College")))

    with pytest.raises(ImportRefused, match="not the one that was uploaded"):
        confirm(upload)


def test_confirm__twice_at_the_same_moment(upload: SchoolImport) -> None:
    shown = preview_upload(upload)
    SchoolImport.objects.update(applied_at=timezone.now())

    with pytest.raises(ImportRefused, match="applied already"):
        confirm_upload(
            upload,
            sha256=shown.file.sha256,
            fingerprint=shown.plan.fingerprint,
            may_add=True,
        )
    assert not School.objects.exists()


def test_confirm__that_meets_another_confirmation(
    upload: SchoolImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise OperationalError(1213, "Deadlock found")

    monkeypatch.setattr(SchoolImport.objects, "filter", fail, raising=False)
    with pytest.raises(ImportRefused, match="Somebody else"):
        confirm(upload)


def test_confirm__that_fails_can_be_tried_again(
    upload: SchoolImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise ImportRefused("raced")

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "apply_plan", fail)
        with pytest.raises(ImportRefused, match="raced"):
            confirm(upload)

    upload.refresh_from_db()
    assert upload.applied_at is None
    confirm(upload)


def test_confirm__too_late(upload: SchoolImport) -> None:
    upload.created_at = timezone.now() - timedelta(minutes=30)

    with pytest.raises(ImportRefused, match="older than 30 minutes"):
        confirm(upload)


def test_purge__wipes_what_waited_too_long(
    upload: SchoolImport, capsys: pytest.CaptureFixture[str]
) -> None:
    assert purge_uploads() == 0

    SchoolImport.objects.update(created_at=timezone.now() - timedelta(minutes=31))
    call_command("intergrip_purge")
    assert "Uploads: 1 wiped.\n" in capsys.readouterr().out

    upload.refresh_from_db()
    assert upload.content is None
    with pytest.raises(ImportRefused, match="older than 30 minutes"):
        preview_upload(upload)
    assert purge_uploads() == 0
