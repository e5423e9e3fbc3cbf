"""What a school may not share: its names at the hub with another institution, and being Entree.

One rule for both doors: ``plan`` asks it for a file, the form in the admin for one school.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from django_intergrip_link.brin import institution_of
from django_intergrip_link.federation.directory import tells_schools_by_realm
from django_intergrip_link.models import School, SchoolProvider

DECIDED_BY = {
    "realm": frozenset(["federation", "brin", "realm", "entity_id"]),
    "kind": frozenset(["federation", "kind"]),
}
"""Field with the objection → fields that may have caused it."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Whatever of a school others may not have."""

    brin: str
    name: str
    kind: str
    realm: str
    entity_id: str

    @classmethod
    def of(cls, school: School) -> Claim:
        """Return what a school has, or would have."""
        return cls(
            brin=school.brin,
            name=str(school),
            kind=school.kind,
            realm=school.realm,
            entity_id=school.entity_id,
        )

    @classmethod
    def of_provider(cls, provider: SchoolProvider, school: School) -> Claim:
        """Return what a school has by another IdP, one that counts now or later."""
        named = {"realm": provider.realm, "entity_id": provider.entity_id}
        return replace(cls.of(school), kind="", **named)


class Claims:
    """What the schools of one federation have, now and after a change."""

    def __init__(self, claims: Iterable[Claim], *, federation: str) -> None:
        """Look at each claim once, and at the other IdPs of these schools."""
        self._by_realm = tells_schools_by_realm(federation)
        self._owners: defaultdict[Any, dict[str, str]] = defaultdict(dict)
        for claim in (*claims, *_claims_of_providers(federation)):
            for _field, key, owner in self._keys(claim):
                self._owners[key].setdefault(owner, claim.name)

    def objections(self, claim: Claim, *, changed: Collection[str]) -> dict[str, str]:
        """Return field → why a school cannot have this; only for what its change decides.

        What was wrong before stays as it is, so that one can still correct the rest.
        """
        found = {}
        for field, key, owner in self._keys(claim):
            others = [name for other, name in self._owners[key].items() if other != owner]
            if others and not DECIDED_BY[field].isdisjoint(changed):
                found[field] = self._words(field) % {"school": others[0]}
        return found

    def _keys(self, claim: Claim) -> Iterator[tuple[str, Any, str]]:
        """Yield the field, what nobody else may have, and who "else" is."""
        if claim.realm:
            # SECURITY: an answer that bears no BRIN is told apart by these alone; with one key for
            # two institutions somebody of the one would come in as somebody of the other.
            entity_id = "" if self._by_realm else claim.entity_id
            yield "realm", (claim.realm.casefold(), entity_id), institution_of(claim.brin)
        if claim.kind == School.Kind.ENTREE:
            yield "kind", claim.kind, claim.brin

    def _words(self, field: str) -> str:
        if field == "kind":
            return _("This federation already has a row of this kind: %(school)s.")
        if self._by_realm:
            return _("Another school has this realm: %(school)s.")
        return _("Another school has this realm and this entityID: %(school)s.")


def _claims_of_providers(federation: str) -> Iterator[Claim]:
    past = Q(accepted_until__lte=timezone.localdate())
    rows = SchoolProvider.objects.filter(~past, ~Q(realm=""), school__federation=federation)
    return (Claim.of_provider(row, row.school) for row in rows.select_related("school"))


def find_clashes(
    school: School, *, changed: Collection[str], provider: SchoolProvider | None = None
) -> dict[str, str]:
    """Return field → why one school cannot be written like this.

    Args:
        school: as it would be; ``pk`` is empty for a new one.
        changed: names of the fields that are new.
        provider: another IdP of the school, when that is what is written.
    """
    others = School.objects.filter(
        ~Q(realm="") | Q(kind=School.Kind.ENTREE), federation=school.federation
    ).exclude(pk=school.pk)
    claims = Claims(map(Claim.of, others), federation=school.federation)
    claim = Claim.of(school) if provider is None else Claim.of_provider(provider, school)
    return claims.objections(claim, changed=changed)
