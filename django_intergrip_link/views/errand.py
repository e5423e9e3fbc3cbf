"""What a visitor came for, as it goes along from page to page until the hub is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from django_intergrip_link.journey.attempts import local_path


@dataclass(frozen=True, kw_only=True)
class Errand:
    """Parameters of *start* and *choose*.

    Attributes:
        next: local path to go to in the end, or ``""``.
        is_fresh: ask for a new login at school.
    """

    next: str = ""
    is_fresh: bool = False

    @classmethod
    def read(cls, fields: QueryDict) -> Self:
        """Read it from the address or from a form."""
        return cls(next=local_path(fields.get("next", "")), is_fresh=fields.get("fresh") == "1")

    @property
    def fields(self) -> dict[str, str]:
        """Return what :meth:`read` reads, without empty values."""
        fields = {"next": self.next, "fresh": "1" if self.is_fresh else ""}
        return {name: value for name, value in fields.items() if value}

    def url(self, name: str, federation: str, **more: str) -> str:
        """Return the address of *start* or *choose* that goes on with this errand."""
        given = {name: value for name, value in more.items() if value}
        query = urlencode({**given, **self.fields})
        address = reverse(f"intergrip_link:{name}", args=[federation])
        return f"{address}?{query}" if query else address
