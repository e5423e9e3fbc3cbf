"""A new site account: a form, a code to its address, and a user made together with the link."""

from __future__ import annotations

from typing import Any

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import NoArrival
from django_intergrip_link.models import LinkCode


def unsaved_user(code_id: int) -> Any:
    """Return the user that confirm will save, from what was filled in before the code was mailed.

    Raises:
        NoArrival: that is gone.
    """
    code = LinkCode.objects.filter(pk=code_id, used_at=None).first()
    if code is None or code.details is None:
        raise NoArrival("no registration")
    return settings.REGISTRATION_FORM.build_user(code.details)


def save_user(user: Any, code: LinkCode) -> Any:
    """Save the user of a registration, inside the transaction of its link.

    Raises:
        AddressTaken: somebody was first with this address or name.
    """
    raise NotImplementedError
