"""Is there anything to choose from? Needs the database, so it runs when Django is given one."""

from __future__ import annotations

from collections.abc import Iterator

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as AnyDatabaseError

from django_intergrip_link.conf import settings
from django_intergrip_link.models import School

from .ids import EMPTY_CHOOSER


def check_schools() -> Iterator[checks.CheckMessage]:
    """Our own chooser has schools to offer."""
    try:
        is_ours = settings.CHOOSER == "site"
        is_empty = is_ours and not School.objects.open_for_choice().exists()
    except (AnyDatabaseError, ImproperlyConfigured):
        return  # before the first migrate; check_choices says the other
    if is_empty:
        yield checks.Warning(
            "CHOOSER is 'site', but no school is listed and active.",
            hint="Run `manage.py intergrip_schools import FILE --federation NAME --listed --apply`,"
            " or set 'CHOOSER' to 'auto'.",
            id=EMPTY_CHOOSER,
        )
