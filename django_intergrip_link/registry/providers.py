"""The IdPs of a school in time: what the hub called it before stays known."""

from __future__ import annotations

from datetime import date

from django_intergrip_link.models import School, SchoolProvider


def has_new_provider(*, before: School, after: School) -> bool:
    """Whether an entityID or realm was replaced or wiped; filling in an empty one is no change."""
    pairs = ((before.entity_id, after.entity_id), (before.realm, after.realm))
    return any(old and old != new for old, new in pairs)


def keep_former_provider(school_before: School, today: date) -> SchoolProvider | None:
    """Write down that the IdP of this row counts until today; call it when the row changes.

    A row for the same IdP gets the new date, so that changing back and forth leaves one.

    Args:
        school_before: the school as it was, with its old ``entity_id`` and ``realm``.

    Returns:
        The row, or ``None`` when nothing was known of the IdP.
    """
    named = {"entity_id": school_before.entity_id, "realm": school_before.realm}
    if not any(named.values()):
        return None
    same = SchoolProvider.objects.filter(school_id=school_before.pk, **named)
    if same.update(accepted_until=today):
        return same.first()
    return SchoolProvider.objects.create(school_id=school_before.pk, accepted_until=today, **named)
