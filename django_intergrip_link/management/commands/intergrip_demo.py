"""``manage.py intergrip_demo``: puts the schools of the sandbox in our registry. Repeatable."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.management.base import BaseCommand, CommandError

from django_intergrip_link.models import School
from django_intergrip_link.sandbox.schools import DemoSchool
from django_intergrip_link.sandbox.sites import list_sites, schools_of


class Command(BaseCommand):
    """Writes one School row per sandbox school."""

    help = "Adds the invented schools of the sandbox to every federation with preset 'sandbox'."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the rows; what an earlier run wrote is brought up to date."""
        # SECURITY: rows of invented schools in a live registry would trust whoever claims them.
        if not django_settings.DEBUG:
            raise CommandError("The sandbox schools are for development: DEBUG is off.")
        sites = list_sites()
        if not sites:
            raise CommandError("No federation in INTERGRIP_LINK has preset 'sandbox'.")
        for site in sites:
            schools = schools_of(site.federation)
            for school in schools:
                write_school(site.federation, school)
            self.stdout.write(f"{site.federation}: {len(schools)} sandbox schools are ready.")


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
