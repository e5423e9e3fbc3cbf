"""What the card and the guide of a school show: its link, and how things stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.text import slugify

from django_intergrip_link.conf import settings
from django_intergrip_link.models import AccountLink, School
from django_intergrip_link.registry.address import address_of, parts_of


@dataclass(frozen=True, kw_only=True)
class SchoolCard:
    """A school and its way in.

    Attributes:
        address: the deep link; empty when the federation is not in the settings.
        is_direct: whether the hub can be told which school it is.
        live_links: how many site accounts the school opens, or would open if they were not blocked.
    """

    school: School
    address: str
    is_direct: bool
    live_links: int

    @classmethod
    def of(cls, school: School) -> SchoolCard:
        """Look up what the card needs."""
        live = AccountLink.objects.filter(school=school).exclude(state=AccountLink.State.ENDED)
        return cls(
            school=school,
            address=address_of(school),
            is_direct=bool(school.entity_id or school.realm),
            live_links=live.count(),
        )

    @property
    def address_parts(self) -> list[str]:
        """The address in pieces after which a line may end."""
        return parts_of(self.address)


def file_name(school: School, kind: str) -> str:
    """Return a name to download the QR code under, such as ``doorstroom-99AB00.svg``."""
    code = re.sub(r"[^A-Z0-9]", "", school.brin)
    return f"{slugify(settings.SITE_NAME) or 'qr'}-{code}.{kind}"


def support_text() -> str:
    """Return where to get help in the form that can be read from paper."""
    support = settings.SUPPORT
    return urlsplit(support).path if support.startswith("mailto:") else support
