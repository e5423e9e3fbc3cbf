"""The registry: which schools take part, and under which name the hub knows them."""

from __future__ import annotations

from collections.abc import Sequence

from django_intergrip_link.brin import institution_of, normal_brin
from django_intergrip_link.conf import settings
from django_intergrip_link.models import School


def find_school(*, federation: str, code: str) -> School | None:
    """Return the school with this code: the site itself, else its institution.

    A code of an institution that is listed by its sites only finds the first of them.

    Args:
        code: BRIN of 4 or 6 characters, in any case.
    """
    return next(iter(meant_by(code, find_institution(federation=federation, code=code))), None)


def find_linked_school(*, federation: str, code: str) -> School | None:
    """Return the school that a link ``?school=`` means: of this federation, else of another."""
    others = [name for name in settings.FEDERATIONS if name != federation]
    found = (find_school(federation=name, code=code) for name in (federation, *others))
    return next((school for school in found if school is not None), None)


def find_institution(*, federation: str, code: str) -> list[School]:
    """Return all rows of the institution that a code belongs to."""
    # SECURITY: only what can be a code reaches the database; PostgreSQL fails on a NUL.
    brin = normal_brin(code)
    if brin is None:
        return []
    start = institution_of(brin)
    rows = School.objects.filter(federation=federation, brin__startswith=start)
    return list(rows.order_by("brin"))


def meant_by(code: str, institution: Sequence[School]) -> list[School]:
    """Return the rows of an institution that a code can mean, the likeliest first."""
    code = normal_brin(code) or ""
    if code != institution_of(code):
        exact = [school for school in institution if school.brin == code]
        return exact or [school for school in institution if school.brin == institution_of(code)]
    # Of an institution that is listed by its sites, one that is open before one that is not.
    return sorted(institution, key=lambda s: (s.brin != code, not s.is_active, s.brin))


def scope_of(school: School, *, accepts_realm: bool) -> str:
    """Return what to put into Scoping for this school, or ``""`` when the hub has to ask.

    Args:
        accepts_realm: the hub takes a realm too. It says more than an entityID: where a supplier's
            IdP serves many schools, the supplier's own list is skipped as well.

    Source: Kennisnet developer wiki, "Scoping"; a ProviderID is an entityID or a realm.
    """
    # SECURITY: only values of our own table travel to the hub, never what the visitor typed.
    return (school.realm if accepts_realm else "") or school.entity_id
