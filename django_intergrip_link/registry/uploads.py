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
from .outcomes import Plan
from .plan import make_plan
from .reading import read_schools
from .records import SchoolFile
from .refused import ImportRefused

KEPT = timedelta(minutes=30)
MAXIMUM_UPLOAD = 32 * 1024 * 1024


@dataclass(frozen=True)
class Preview:
    """What an uploaded file would do now."""

    file: SchoolFile
    plan: Plan


def keep_upload(
    upload: SchoolImport, *, content: bytes, file_name: str, kind: str, listed: bool, by: Any
) -> None:
    """Save a new upload with the bytes of its file and the counts of its plan.

    Raises:
        ImportRefused: the file cannot be read.
    """
    upload.created_at = timezone.now()
    upload.created_by = by
    upload.file_name = plain_text(file_name)[:200]
    upload.options = {"kind": kind, "listed": listed}
    preview = _preview(upload, content)
    upload.sha256 = preview.file.sha256
    upload.summary = preview.plan.counts
    upload.content = zlib.compress(content)
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
    preview = _preview(upload, zlib.decompress(upload.content))
    # SECURITY: whoever confirms must get the bytes that were shown, also when the row was changed.
    if not constant_time_compare(preview.file.sha256, upload.sha256):
        raise ImportRefused(_("The stored file is not the one that was uploaded."))
    return preview


def confirm_upload(upload: SchoolImport, *, sha256: str, fingerprint: str) -> Plan:
    """Apply an upload, and forget its file.

    Args:
        upload: the upload.
        sha256: hash of the file, from the page that was confirmed.
        fingerprint: of the plan on that page.

    Raises:
        ImportRefused: not what was shown, or no longer; nothing is written.
    """
    preview = preview_upload(upload)
    if not constant_time_compare(sha256, upload.sha256):
        raise ImportRefused(_("You confirmed another file. Nothing was written."))
    if not constant_time_compare(fingerprint, preview.plan.fingerprint):
        raise ImportRefused(
            _("The schools changed since this was shown. Nothing was written; look again.")
        )
    with transaction.atomic(using=router.db_for_write(SchoolImport)):
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


def _preview(upload: SchoolImport, content: bytes) -> Preview:
    file = read_schools(content, kind=upload.options["kind"])
    listed = upload.options["listed"]
    return Preview(file, make_plan(file, federation=upload.federation, listed=listed))
