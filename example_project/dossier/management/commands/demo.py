"""``manage.py demo``: a database with people and schools, and a server; nothing else to type."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import override

from django_intergrip_link.sandbox.people import PASSWORD
from dossier.people import PEOPLE, SPARE_CODES


class Command(BaseCommand):
    """Migrate, seed, say who is who, serve."""

    help = "Prepares the example site and serves it on localhost."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until the user stops it."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed", stdout=self.stdout)
        call_command("intergrip_demo", stdout=self.stdout)
        self.stdout.write(describe(port=settings.DEMO_PORT))
        # One process: the keys of the sandbox are made in its memory.
        call_command("runserver", f"localhost:{settings.DEMO_PORT}", use_reloader=False)


def describe(*, port: str) -> str:
    """Return the addresses, and a table of the people and their passwords."""
    with override("en"):
        people = "\n".join(
            f"  {person.username:<11}{person.password:<18}{person.description}" for person in PEOPLE
        )
    return f"""
The site, Doorstroom:        http://localhost:{port}/
The portals of the schools:  http://127.0.0.1:{port}/sandbox/
All mails that were sent:    http://127.0.0.1:{port}/sandbox/outbox/

  Doorstroom account           who
{people}

  Daan's one-time code of this moment is on the home page; {SPARE_CODES[0]} works once.
  School accounts are listed with the portals; their password is {PASSWORD}.

Stop with Ctrl-C.
"""
