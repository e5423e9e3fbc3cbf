"""The audit trail: one row and one log line for what happened, without names and subjects.

Rows of a change are written inside its transaction, so a link without its event cannot exist.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from django.db import Error as AnyDatabaseError
from django.db import transaction
from django.utils import timezone

from django_intergrip_link.errors import IntergripError
from django_intergrip_link.models import AccountLink, LinkEvent, School
from django_intergrip_link.readable_codes import ALPHABET, random_code

_PAGES: Final = (
    "e1",
    "e2",
    "e3",
    "e4",
    "e5",
    "e6",
    "e7",
    "e8",
    "taken",
    "more",
    "limit",
    "not_allowed",
    "undo_expired",
    "blocked",
    "other_school",
    "left_open",
    "address",
)
_KINDS: Final = dict(zip(_PAGES, ALPHABET, strict=False))
_OTHER: Final = ALPHABET[-1]
logger = logging.getLogger("django_intergrip_link")


def new_support_code(page: str) -> str:
    """Return a code like ``K7F-2QD``: its first letter tells the page, the rest is random.

    Args:
        page: page of a refusal, or ``removed`` for the mail about a link that its owner ended.
    """
    letters = _KINDS.get(page, _OTHER) + random_code(5)
    return f"{letters[:3]}-{letters[3:]}"


def record(
    kind: LinkEvent.Kind,
    *,
    link: AccountLink | None = None,
    school: School | None = None,
    federation: str = "",
    actor: Any | None = None,
    reason: str = "",
    support_code: str = "",
) -> LinkEvent:
    """Write one event and one log line."""
    event = LinkEvent.objects.create(
        at=timezone.now(),
        kind=kind,
        link=link,
        school_id=link.school_id if link else getattr(school, "pk", None),
        federation=link.federation if link else federation,
        actor=actor,
        reason=reason,
        support_code=support_code,
    )
    # SECURITY: codes and keys only; the log must hold no identity, token or XML.
    logger.info(
        "%s reason=%s code=%s federation=%s school=%s link=%s",
        event.kind,
        reason,
        support_code,
        event.federation,
        event.school_id,
        event.link_id,
    )
    return event


def log_login(link: AccountLink) -> None:
    """Write the log line of a returning login; the trail has no row for each."""
    logger.info("login federation=%s school=%s link=%s", link.federation, link.school_id, link.pk)


def record_refusal(error: IntergripError, *, federation: str, has_room: bool) -> str:
    """Write down a refusal and return its support code.

    Args:
        has_room: whether there is room for one more row; without it only the log line is written,
            so that junk sent to us cannot fill the database.
    """
    code = new_support_code(error.page)
    if has_room:
        try:
            with transaction.atomic():
                record(
                    LinkEvent.Kind.REFUSED,
                    school=error.school,
                    federation=federation,
                    reason=error.reason,
                    support_code=code,
                )
        except AnyDatabaseError:
            logger.exception("event not written code=%s", code)
    logger.warning(
        "refused reason=%s code=%s federation=%s detail=%s",
        error.reason,
        code,
        federation,
        error.detail,
    )
    return code
