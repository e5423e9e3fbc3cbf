"""``manage.py intergrip_export --user NAME``: what is kept about one person, as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_intergrip_link.journey.exporting import export_person


class Command(BaseCommand):
    """For who asks to see their own data; changes nothing."""

    help = "Print the links of one site account, their events and the codes made for it, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the user name."""
        parser.add_argument("--user", required=True, help="user name of the site account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one JSON document."""
        model = get_user_model()
        users = model._default_manager  # noqa: SLF001 - the documented way to any user model
        user = users.filter(**{model.USERNAME_FIELD: options["user"]}).first()
        if user is None:
            raise CommandError("No site account has this user name.")
        self.stdout.write(json.dumps(export_person(user), indent=2, ensure_ascii=False))
