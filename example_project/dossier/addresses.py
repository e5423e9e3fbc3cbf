"""Whose the e-mail addresses of this site are: the hook ``VERIFIED_ADDRESS``."""

from __future__ import annotations

from typing import Any

from django_intergrip_link.journey.addresses import default_verified_address

from .models import Transfer


def is_verified(*, user: Any) -> bool | None:
    """Say yes for who has a file: the mentor wrote the address down together with the student.

    Nobody can change an address on this site, so it is still that one. For all others it is known
    only when a code of the registration went there.
    """
    if user.email and Transfer.objects.filter(student=user.pk).exists():
        return True
    return default_verified_address(user=user)
