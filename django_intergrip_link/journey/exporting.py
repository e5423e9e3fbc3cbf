"""What is kept about one person, in a form to hand to them (GDPR article 15). By command."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_intergrip_link.models import AccountLink, LinkCode, LinkEvent


def export_person(user: Any) -> dict[str, Any]:
    """Return the links of a site account, their events and the codes made for it, fit for JSON.

    Arrivals belong to nobody until they are linked, and are wiped then. Who else did something is
    not told: that is the data of somebody else.
    """
    # SECURITY: by the user's own key only, and column by column: no digest of a code or a subject.
    links = AccountLink.objects.filter(user=user).select_related("school").order_by("pk")
    codes = LinkCode.objects.filter(user=user).select_related("school").order_by("pk")
    return {
        "site_account": user.get_username(),
        "links": [_link(link) for link in links],
        "codes": [_code(code) for code in codes],
    }


def _link(link: AccountLink) -> dict[str, Any]:
    return {
        "school": link.school.name,
        "school_code": link.school.brin,
        "federation": link.federation,
        "role": link.role,
        "school_account_ends_in": link.hint,
        "realm": link.realm,
        "state": link.state,
        "proven_by": link.origin,
        "linked_at": _time(link.linked_at),
        "last_used_at": _time(link.last_used_at),
        "ended_at": _time(link.ended_at),
        "ended_by_yourself": link.ended_by_id == link.user_id if link.ended_at else None,
        "reason": link.reason,
        "events": _events(link),
    }


def _events(link: AccountLink) -> list[dict[str, Any]]:
    events = LinkEvent.objects.filter(link=link).order_by("at", "pk")
    return [
        {
            "at": _time(event.at),
            "kind": event.kind,
            "reason": event.reason,
            "code_for_help": event.support_code,
            "by_yourself": event.actor_id == link.user_id,
        }
        for event in events
    ]


def _code(code: LinkCode) -> dict[str, Any]:
    return {
        "purpose": code.purpose,
        "school": code.school.name if code.school else "",
        "class": code.group,
        "made_at": _time(code.created_at),
        "valid_until": _time(code.expires_at),
        "used_at": _time(code.used_at),
        "withdrawn_at": _time(code.revoked_at),
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
