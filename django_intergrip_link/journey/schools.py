"""The registry: which schools take part, and under which name the hub knows them."""

from __future__ import annotations

from django_intergrip_link.errors import UnknownSchool
from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.models import School


def find_school(*, federation: str, code: str) -> School | None:
    """Return the school with this code: the site itself, else its institution.

    A code of an institution that is listed by its sites only finds the first of them.

    Args:
        code: BRIN of 4 or 6 characters, in any case.
    """
    code = code.strip().upper()
    # SECURITY: only what can be a code reaches the database; PostgreSQL fails on a NUL.
    if len(code) not in (4, 6) or not (code.isascii() and code.isalnum()):
        return None
    rows = School.objects.filter(federation=federation, brin__startswith=code[:4])
    by_brin = {school.brin: school for school in rows.order_by("-brin")}
    if len(code) == 4 and code not in by_brin and by_brin:
        return by_brin[min(by_brin)]
    return by_brin.get(code) or by_brin.get(code[:4])


def find_answering_school(identity: SchoolIdentity) -> School:
    """Return the school that an answer came from.

    Raises:
        UnknownSchool: not in the registry, switched off, or answering with the realm or the IdP of
        another school.
    """
    if identity.brin:
        school = find_school(federation=identity.federation, code=identity.brin)
    else:
        rows = School.objects.filter(federation=identity.federation, realm__iexact=identity.realm)
        school = rows.first()
    if school is None:
        raise UnknownSchool("not in the registry")
    if not school.is_active:
        raise UnknownSchool("switched off", school=school)
    # SECURITY: an IdP behind the hub may speak only for its own school (over-broad hub trust), also
    # by leaving the realm out.
    if school.realm and school.realm.casefold() != identity.realm.casefold():
        raise UnknownSchool("foreign realm", school=school)
    if school.entity_id and identity.authority not in ("", school.entity_id):
        raise UnknownSchool("foreign authority", school=school)
    return school


def scope_for(*, federation: str, code: str) -> str:
    """Return what to put into Scoping for a school code from a link, or ``""`` for no scoping.

    Raises:
        UnknownSchool: the school is switched off.
    """
    school = find_school(federation=federation, code=code) if code else None
    if school is None:
        return ""
    if not school.is_active:
        raise UnknownSchool("switched off", school=school)
    # SECURITY: only values of our own table travel to the hub, never what the visitor typed.
    return school.entity_id or school.realm
