"""The django-otp devices of a site account: which there are, do they take a code, let one send it.

Called by ``proofs.py`` and by the step *otp*. Only confirmed devices count, and they are asked for
again whenever a code comes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django_otp import devices_for_user
from django_otp.models import Device

from django_intergrip_link.errors import DeviceMustWait

from . import limits

logger = logging.getLogger("django_intergrip_link")
_TOKEN = re.compile(r"[0-9]{6,8}|[a-z2-7]{8}")


def confirmed_devices(user: Any) -> list[Device]:
    """Return the confirmed django-otp devices of a user, of every installed kind."""
    return list(devices_for_user(user, confirmed=True))


def senders_among(devices: Iterable[Device]) -> list[Device]:
    """Return the devices that can send a code, such as by e-mail."""
    return [device for device in devices if device.is_interactive()]


def name_of(device: Device) -> str:
    """Return what a person calls this device, or else what kind it is."""
    return device.name or str(device._meta.verbose_name)  # noqa: SLF001 - documented


@sensitive_variables("token")
def accepts_token(user: Any, token: str, device_id: str = "") -> bool:
    """Whether one of the user's confirmed devices accepts a one-time password.

    Args:
        device_id: ``persistent_id`` of the one device that is asked, or ``""`` for all of them.

    Raises:
        DeviceMustWait: after wrong codes it takes none for a while; this one was not looked at.
    """
    token = "".join(token.split()).lower()
    # SECURITY: a strict shape; devices would read signs, underscores and foreign digits as numbers.
    if not _TOKEN.fullmatch(token):
        return False
    waits: list[int] = []
    # SECURITY: a transaction of its own, committed before anything else can fail, so the device's
    # own failure counter and used-token mark always stay. The views are never in ATOMIC_REQUESTS.
    with transaction.atomic():
        # SECURITY: read again and locked; a device may have been taken away since the page.
        for device in devices_for_user(user, confirmed=True, for_verify=True):
            if device_id not in ("", device.persistent_id):
                continue
            may_ask, why = device.verify_is_allowed()
            if not may_ask:
                waits.append(_seconds_until(why, "locked_until"))
            elif device.verify_token(token):
                return True
            else:
                waits.append(0)
    if waits and min(waits) > 0:
        raise DeviceMustWait(seconds=min(waits))
    return False


def send_challenge(user: Any, *, device_id: str = "") -> Device | None:
    """Let an interactive device of the user send its token.

    Args:
        device_id: ``persistent_id`` of one device; the first that can send, if that one cannot.

    Returns:
        The device that sent one, or ``None`` when sending failed.

    Raises:
        TooManyTries: three were sent in ten minutes.
        DeviceMustWait: it sent one a moment ago.
    """
    able = senders_among(confirmed_devices(user))
    chosen = [device for device in able if device_id in ("", device.persistent_id)] or able
    if not chosen:
        return None
    device = chosen[0]
    may_send, why = device.generate_is_allowed()
    if not may_send:
        raise DeviceMustWait(seconds=_seconds_until(why, "next_generation_at"), is_sending=True)
    limits.take(limits.CHALLENGES, str(user.pk))
    try:
        device.generate_challenge()
    except Exception as error:  # noqa: BLE001 - mail and text gateways raise errors of their own
        # SECURITY: these errors name the address; only their kind goes into the log.
        logger.error("code not sent error=%s", type(error).__name__)  # noqa: TRY400
        return None
    return device


def _seconds_until(why: Mapping[str, Any] | None, key: str) -> int:
    """Return how long a device wants to be left alone; a minute when it does not say."""
    moment = (why or {}).get(key)
    return max(1, ceil((moment - timezone.now()).total_seconds())) if moment else 60
