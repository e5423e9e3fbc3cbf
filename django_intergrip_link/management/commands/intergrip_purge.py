"""``manage.py intergrip_purge``: wipe expired arrivals, remove old ones. For cron, anywhere."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from django_intergrip_link.journey.arrivals import purge_arrivals


class Command(BaseCommand):
    """Remove what no login needs any more."""

    help = "Wipe the identity of expired arrivals and delete arrivals that are an hour past."

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the counts."""
        wiped, deleted = purge_arrivals()
        self.stdout.write(f"Arrivals: {wiped} wiped, {deleted} deleted.")
