"""The registry: which schools take part, and under which name the hub knows them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils import timezone

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import UnknownSchool, WrongSchool
from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.models import School, SchoolProvider

from .account import SchoolAccount


def find_school(*, federation: str, code: str) -> School | None:
    """Return the school with this code: the site itself, else its institution.

    A code of an institution that is listed by its sites only finds the first of them.

    Args:
        code: BRIN of 4 or 6 characters, in any case.
    """
    return next(_schools_with(federation=federation, code=code), None)


def find_linked_school(*, federation: str, code: str) -> School | None:
    """Return the school that a link ``?school=`` means: of this federation, else of another."""
    others = [name for name in settings.FEDERATIONS if name != federation]
    found = (find_school(federation=name, code=code) for name in (federation, *others))
    return next((school for school in found if school is not None), None)


def find_answering_school(identity: SchoolIdentity) -> School:
    """Return the school that an answer came from.

    Raises:
        UnknownSchool: not in the registry, switched off, or answering with the realm or the IdP of
        another school.
    """
    if identity.brin:
        found = list(_schools_with(federation=identity.federation, code=identity.brin))
    else:
        found = list(_schools_with_realm(identity))
    if not found:
        raise UnknownSchool("not in the registry")
    # A code of four characters may stand for a secondary and a vocational school: the one whose
    # IdP answered is meant.
    objections = [(school, _objection(school, identity)) for school in found]
    school, objection = next((pair for pair in objections if not pair[1]), objections[0])
    if not school.is_active:
        raise UnknownSchool("switched off", school=school)
    # SECURITY: an IdP behind the hub may speak only for its own school (over-broad hub trust), also
    # by leaving the realm out.
    if objection and not _has_other_provider(school, identity):
        raise UnknownSchool(objection, school=school)
    return school


def require_chosen(code: str, account: SchoolAccount) -> None:
    """Compare the school that answered with the one that was chosen.

    Sites and schools that share an IdP may answer for each other; who logged in says which it is.

    Args:
        code: of the chosen school in the federation of the account, or ``""`` for none.

    Raises:
        WrongSchool: the answer came from another school's IdP.
    """
    if code in ("", account.brin):
        return
    chosen = find_school(federation=account.federation, code=code)
    if chosen is None or chosen.pk == account.school_id:
        return
    answered = School.objects.get(pk=account.school_id)
    if chosen.brin[:4] == answered.brin[:4] or _share_provider(chosen, answered, account):
        return
    # SECURITY: never a silent login at another school than the person asked for.
    raise WrongSchool(chosen=chosen, answered=answered)


def scope_of(school: School, *, accepts_realm: bool) -> str:
    """Return what to put into Scoping for this school, or ``""`` when the hub has to ask.

    Args:
        accepts_realm: the hub takes a realm too. It is used for a school that has no entityID of
            its own, so that the supplier's list of schools is skipped as well.

    Source: Kennisnet developer wiki, "Scoping"; a ProviderID is an entityID or a realm.
    """
    # SECURITY: only values of our own table travel to the hub, never what the visitor typed.
    if school.realm and accepts_realm and (not school.entity_id or _shares_entity_id(school)):
        return school.realm
    return school.entity_id


def _schools_with(*, federation: str, code: str) -> Iterator[School]:
    """Yield the schools that a code can mean, the likeliest first."""
    code = code.strip().upper()
    # SECURITY: only what can be a code reaches the database; PostgreSQL fails on a NUL.
    if len(code) not in (4, 6) or not (code.isascii() and code.isalnum()):
        return
    rows = School.objects.filter(federation=federation, brin__startswith=code[:4])
    by_brin = {school.brin: school for school in rows.order_by("brin")}
    if len(code) == 6:
        yield from (by_brin[brin] for brin in (code, code[:4]) if brin in by_brin)
        return
    # Of an institution that is listed by its sites, one that is open before one that is not.
    yield from sorted(by_brin.values(), key=lambda s: (s.brin != code, not s.is_active, s.brin))


def _schools_with_realm(identity: SchoolIdentity) -> QuerySet[School]:
    is_named = Q(realm__iexact=identity.realm) | Q(providers__realm__iexact=identity.realm)
    schools = School.objects.filter(is_named, federation=identity.federation)
    return schools.order_by("-is_active", "brin").distinct()


def _objection(named: School | SchoolProvider, identity: SchoolIdentity) -> str:
    """Return why an answer is not of this school's IdP, or ``""``; what is not known fits."""
    if named.realm and named.realm.casefold() != identity.realm.casefold():
        return "foreign realm"
    if named.entity_id and identity.authority not in ("", named.entity_id):
        return "foreign authority"
    return ""


def _has_other_provider(school: School, identity: SchoolIdentity) -> bool:
    """Whether the answer came from another IdP that this school has at the moment."""
    return any(not _objection(provider, identity) for provider in _accepted_now(school))


def _accepted_now(school: School) -> QuerySet[SchoolProvider]:
    today = timezone.localdate()
    return school.providers.filter(
        Q(accepted_from=None) | Q(accepted_from__lte=today),
        Q(accepted_until=None) | Q(accepted_until__gt=today),
    )


def _share_provider(chosen: School, answered: School, account: SchoolAccount) -> bool:
    known = {chosen.entity_id, *_accepted_now(chosen).values_list("entity_id", flat=True)} - {""}
    return (account.authority or answered.entity_id) in known


def _shares_entity_id(school: School) -> bool:
    others = School.objects.filter(federation=school.federation, entity_id=school.entity_id)
    return others.exclude(realm=school.realm).exists()
