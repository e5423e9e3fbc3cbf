"""``manage.py intergrip_purge``: wipe what is expired, remove what is old. For cron, anywhere."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from django_intergrip_link.journey.arrivals import purge_arrivals
from django_intergrip_link.journey.codes import purge_codes
from django_intergrip_link.journey.dormant import pause_dormant, warn_dormant
from django_intergrip_link.journey.limits import purge_counts
from django_intergrip_link.registry.uploads import purge_uploads


class Command(BaseCommand):
    """Remove what no login needs any more; a second run finds nothing to do."""

    help = (
        "Wipe the identity of expired arrivals, delete arrivals that are an hour past, mailed "
        "codes and counts of tries that are over, and codes from school 13 months after their end, "
        "forget uploaded lists of schools that were not confirmed in time, and pause links that "
        "nobody used for 13 months, two weeks after a mail about it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the counts."""
        wiped, deleted = purge_arrivals()
        self.stdout.write(f"Arrivals: {wiped} wiped, {deleted} deleted.")
        self.stdout.write(f"Codes: {purge_codes()} deleted.")
        self.stdout.write(f"Counts of tries: {purge_counts()} deleted.")
        self.stdout.write(f"Uploads: {purge_uploads()} wiped.")
        # Last: mails take long, and may fail.
        paused, warned = pause_dormant(), warn_dormant()
        self.stdout.write(f"Unused links: {paused} paused, {warned} warned.")
