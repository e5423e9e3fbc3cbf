"""A file uploaded in the admin: kept for half an hour, shown as a plan, confirmed once."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import router, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from django_intergrip_link.models import SchoolImport
from django_intergrip_link.plain_text import plain_text

from .apply import apply_plan
from .failures import database_refusals
from .outcomes import Outcome, Plan
from .plan import make_plan
from .reading import read_schools
from .records import SchoolFile
from .refused import ImportRefused

KEPT = timedelta(minutes=30)
MAXIMUM_UPLOAD = 32 * 1024 * 1024
MAXIMUM_KEPT = 8 * 1024 * 1024
"""Bytes after compression. MariaDB takes 16 MB in one packet, and some bytes count double."""


@dataclass(frozen=True)
class Preview:
    """What an uploaded file would do now."""

    file: SchoolFile
    plan: Plan


@dataclass(frozen=True)
class TakenFile:
    """A file that was read once: what it says, and its bytes as they are kept."""

    file: SchoolFile
    packed: bytes


def take_file(content: bytes, *, kind: str) -> TakenFile:
    """Read an uploaded file.

    Raises:
        ImportRefused: it cannot be read, or is too large to keep.
    """
    packed = zlib.compress(content)
    if len(packed) > MAXIMUM_KEPT:
        raise ImportRefused(_("The file is larger than 8 MB when it is compressed."))
    return TakenFile(read_schools(content, kind=kind), packed)


def keep_upload(
    upload: SchoolImport, taken: TakenFile, *, file_name: str, kind: str, listed: bool, by: Any
) -> None:
    """Save a new upload with the bytes of its file and the counts of its plan."""
    upload.created_at = timezone.now()
    upload.created_by = by
    upload.file_name = plain_text(file_name)[:200]
    upload.options = {"kind": kind, "listed": listed}
    upload.sha256 = taken.file.sha256
    upload.summary = _preview(upload, taken.file).plan.counts
    upload.content = taken.packed
    upload.save()


def preview_upload(upload: SchoolImport) -> Preview:
    """Return the file and the plan of an upload that waits for its confirmation.

    Raises:
        ImportRefused: applied already, too old, or other bytes than were uploaded.
    """
    if upload.applied_at is not None:
        raise ImportRefused(_("This import was applied already."))
    if upload.content is None or upload.created_at + KEPT <= timezone.now():
        raise ImportRefused(_("This upload is older than 30 minutes. Upload the file again."))
    content = zlib.decompress(upload.content)
    preview = _preview(upload, read_schools(content, kind=upload.options["kind"]))
    # SECURITY: whoever confirms must get the bytes that were shown, also when the row was changed.
    if not constant_time_compare(preview.file.sha256, upload.sha256):
        raise ImportRefused(_("The stored file is not the one that was uploaded."))
    return preview


def confirm_upload(upload: SchoolImport, *, sha256: str, fingerprint: str, may_add: bool) -> Plan:
    """Apply an upload, and forget its file.

    Args:
        upload: the upload.
        sha256: hash of the file, from the page that was confirmed.
        fingerprint: of the plan on that page.
        may_add: whoever confirms may make new schools too.

    Raises:
        ImportRefused: not what was shown, or no longer, or not allowed; nothing is written.
    """
    preview = preview_upload(upload)
    if not constant_time_compare(sha256, upload.sha256):
        raise ImportRefused(_("You confirmed another file. Nothing was written."))
    if not constant_time_compare(fingerprint, preview.plan.fingerprint):
        raise ImportRefused(
            _("The schools changed since this was shown. Nothing was written; look again.")
        )
    if preview.plan.of(Outcome.NEW) and not may_add:
        raise ImportRefused(_("New schools need the permission to add schools."))
    with database_refusals(), transaction.atomic(using=router.db_for_write(SchoolImport)):
        waiting = SchoolImport.objects.filter(pk=upload.pk, applied_at=None)
        counts = preview.plan.counts
        if not waiting.update(applied_at=timezone.now(), content=None, summary=counts):
            raise ImportRefused(_("This import was applied already."))
        apply_plan(preview.file, preview.plan, listed=upload.options["listed"])
    return preview.plan


def purge_uploads() -> int:
    """Forget the files of uploads that can no longer be confirmed; return how many."""
    old = SchoolImport.objects.filter(created_at__lte=timezone.now() - KEPT)
    return old.filter(content__isnull=False).update(content=None)


def _preview(upload: SchoolImport, file: SchoolFile) -> Preview:
    listed = upload.options["listed"]
    return Preview(file, make_plan(file, federation=upload.federation, listed=listed))
