"""``manage.py intergrip_purge``: wipe what is expired, remove what is old. For cron, anywhere."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from django_intergrip_link.journey.arrivals import purge_arrivals
from django_intergrip_link.registry.uploads import purge_uploads


class Command(BaseCommand):
    """Remove what no login needs any more."""

    help = (
        "Wipe the identity of expired arrivals, delete arrivals that are an hour past, and forget "
        "uploaded lists of schools that were not confirmed in time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the counts."""
        wiped, deleted = purge_arrivals()
        self.stdout.write(f"Arrivals: {wiped} wiped, {deleted} deleted.")
        self.stdout.write(f"Uploads: {purge_uploads()} wiped.")
