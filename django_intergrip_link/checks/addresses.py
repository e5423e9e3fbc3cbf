"""Can the project be asked whose an e-mail address is?"""

from __future__ import annotations

from collections.abc import Iterator

from django.core import checks

from django_intergrip_link.conf import settings

from .ids import BAD_VERIFIED_ADDRESS


def check_verified_address() -> Iterator[checks.CheckMessage]:
    """VERIFIED_ADDRESS can be imported and called."""
    if not settings.declared:
        return
    try:
        usable = callable(settings.VERIFIED_ADDRESS)
    except (ImportError, AttributeError, ValueError):
        usable = False
    if not usable:
        named = settings.declared.get("VERIFIED_ADDRESS")
        yield checks.Error(
            f"VERIFIED_ADDRESS cannot be imported: {named!r}.",
            hint="Give the dotted path of a function (*, user) -> bool | None.",
            id=BAD_VERIFIED_ADDRESS,
        )
