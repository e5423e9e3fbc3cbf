"""Which IdP may speak for which school: the names that the registry has for each of them.

A *voice* is an entityID, a realm, or both: what the hub calls a school's IdP. A school has the one
in its own row, and those of :class:`~django_intergrip_link.models.SchoolProvider` whose dates
include today. A school without any is *unnamed*, as most are that came from a file.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from django_intergrip_link.models import School, SchoolProvider


class Voice(NamedTuple):
    """What the hub calls one IdP; either part may be ``""`` when it is not known."""

    entity_id: str
    realm: str

    def objection(self, authority: str, realm: str) -> str:
        """Return why an answer is not of this IdP, or ``""``; what is not known fits.

        Args:
            authority: entityID of the IdP that vouched, or ``""`` when the hub did not say.
            realm: what stands after the ``@`` of the subject.
        """
        if self.realm and self.realm.casefold() != realm.casefold():
            return "foreign realm"
        if self.entity_id and authority not in ("", self.entity_id):
            return "foreign authority"
        return ""

    def is_heard_in(self, authority: str, realm: str) -> bool:
        """Whether an answer names this IdP: nothing contradicts, and something is equal."""
        is_named = (self.entity_id and self.entity_id == authority) or (self.realm and realm)
        return bool(is_named) and not self.objection(authority, realm)


def own_voice(school: School) -> list[Voice]:
    """Return the voice in the school's own row, if there is one."""
    voice = Voice(school.entity_id, school.realm)
    return [voice] if any(voice) else []


def accepted_now() -> QuerySet[SchoolProvider]:
    """Return the other providers whose answers count today."""
    today = timezone.localdate()
    return SchoolProvider.objects.filter(
        Q(accepted_from=None) | Q(accepted_from__lte=today),
        Q(accepted_until=None) | Q(accepted_until__gt=today),
    )


def voices_of(schools: Collection[School]) -> dict[int, list[Voice]]:
    """Return primary key → voices of each school today, its own first."""
    voices = {school.pk: own_voice(school) for school in schools}
    for provider in accepted_now().filter(school__in=voices):
        voices[provider.school_id].append(Voice(provider.entity_id, provider.realm))
    return voices
