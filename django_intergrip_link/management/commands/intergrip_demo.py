"""``manage.py intergrip_demo``: puts the schools of the sandbox in our registry. Repeatable."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.management.base import BaseCommand, CommandError

from django_intergrip_link.conf import settings
from django_intergrip_link.models import School
from django_intergrip_link.sandbox.schools import SCHOOLS, DemoSchool


class Command(BaseCommand):
    """Writes one School row per sandbox school and federation."""

    help = "Adds the invented schools of the sandbox to every federation with preset 'sandbox'."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the rows; what an earlier run wrote is brought up to date."""
        # SECURITY: rows of invented schools in a live registry would trust whoever claims them.
        if not django_settings.DEBUG:
            raise CommandError("The sandbox schools are for development: DEBUG is off.")
        names = [name for name, entry in settings.FEDERATIONS.items() if entry.preset == "sandbox"]
        if not names:
            raise CommandError("No federation in INTERGRIP_LINK has preset 'sandbox'.")
        for federation in names:
            for school in SCHOOLS:
                write_school(federation, school)
            self.stdout.write(f"{federation}: {len(SCHOOLS)} sandbox schools are ready.")


def write_school(federation: str, school: DemoSchool) -> School:
    """Create or update the row of one sandbox school."""
    row, _ = School.objects.update_or_create(
        federation=federation,
        brin=school.brin,
        defaults={
            "name": school.name,
            "place": school.place,
            "kind": school.kind,
            "aliases": "\n".join(school.aliases),
            "entity_id": school.entity_id,
            "realm": school.realm,
        },
    )
    return row
