"""Which school answered, whether its IdP may speak for it, and whether it is the chosen one.

Asked at *return* of every answer, and at *complete* with what the browser remembers of its choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q

from django_intergrip_link.brin import institution_of
from django_intergrip_link.errors import UnknownSchool, WrongSchool
from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.models import School

from .account import SchoolAccount
from .schools import find_institution, find_school, meant_by
from .voices import Voice, accepted_now, own_voice, voices_of


def find_answering_school(identity: SchoolIdentity) -> School:
    """Return the school that an answer came from.

    Raises:
        UnknownSchool: not in the registry, switched off, or answering with the realm or the IdP of
        another school.
    """
    school = _judge_institution(identity) if identity.brin else _find_by_realm(identity)
    if not school.is_active:
        raise UnknownSchool("switched off", school=school)
    return school


def require_chosen(code: str, account: SchoolAccount) -> None:
    """Compare the school that answered with the one that was chosen.

    Schools that share an IdP may answer for each other; who logged in says which it is.

    Args:
        code: of the chosen school in the federation of the account, or ``""`` for none.

    Raises:
        UnknownSchool: the chosen school is gone.
        WrongSchool: the answer came from another school's IdP.
    """
    if code in ("", account.brin):
        return
    chosen = find_school(federation=account.federation, code=code)
    if chosen is None:
        raise UnknownSchool("the chosen school is gone")
    if chosen.pk == account.school_id:
        return
    answered = School.objects.get(pk=account.school_id)
    # SECURITY: never a silent login at another school than the person asked for.
    if not _may_answer_for(chosen, answered, account):
        raise WrongSchool(chosen=chosen, answered=answered)


def require_voice_of(school: School, account: SchoolAccount) -> None:
    """Refuse an answer whose IdP is not one of this school, where that is known.

    Raises:
        UnknownSchool: the IdP speaks for another school of the same institution.
    """
    voices = voices_of([school])[school.pk]
    objections = [voice.objection(account.authority, account.realm) for voice in voices]
    # SECURITY: equal subjects of two IdPs of one institution are two people.
    if objections and all(objections):
        raise UnknownSchool(objections[0], school=school)


def _judge_institution(identity: SchoolIdentity) -> School:
    """Return the row that an answer with a BRIN means, and whose IdP may have sent it."""
    institution = find_institution(federation=identity.federation, code=identity.brin)
    meant = meant_by(identity.brin, institution)
    if not meant:
        raise UnknownSchool("not in the registry")
    said = identity.authority, identity.realm
    own = {school.pk: own_voice(school) for school in institution}
    found = _first_heard(meant, own, said)
    if found is not None:
        return found
    voices = voices_of(institution)
    found = _first_heard(meant, voices, said)
    if found is not None:
        return found
    # SECURITY: an IdP behind the hub may speak only for its own school (over-broad hub trust).
    # A row that names no IdP, as most imported ones, is judged by the others of its institution.
    unnamed = next((school for school in meant if not voices[school.pk]), None)
    every = [voice for of_school in voices.values() for voice in of_school]
    if unnamed is None or (every and not any(voice.is_heard_in(*said) for voice in every)):
        raise UnknownSchool(_why_not(every, said), school=meant[0])
    if not every and _is_heard_elsewhere(identity):
        raise UnknownSchool("IdP of another institution", school=meant[0])
    return unnamed


def _first_heard(
    schools: Sequence[School], voices: Mapping[int, Sequence[Voice]], said: tuple[str, str]
) -> School | None:
    """Return the school that an answer names, or else the first that nothing contradicts."""
    for is_of in (Voice.is_heard_in, _fits):
        for school in schools:
            if any(is_of(voice, *said) for voice in voices[school.pk]):
                return school
    return None


def _fits(voice: Voice, authority: str, realm: str) -> bool:
    return not voice.objection(authority, realm)


def _why_not(voices: Sequence[Voice], said: tuple[str, str]) -> str:
    return next((voice.objection(*said) for voice in voices if voice.objection(*said)), "unnamed")


def _is_heard_elsewhere(identity: SchoolIdentity) -> bool:
    """Whether the registry knows the IdP that answered as one of another institution."""
    said = identity.authority, identity.realm
    named = Q()
    if identity.authority:
        named |= Q(entity_id=identity.authority)
    if identity.realm:
        named |= Q(realm__iexact=identity.realm)
    if not named:
        return False
    institution = institution_of(identity.brin)
    others = School.objects.filter(named, federation=identity.federation)
    providers = accepted_now().filter(named, school__federation=identity.federation)
    voices = [
        *others.exclude(brin__startswith=institution).values_list("entity_id", "realm"),
        *providers.exclude(school__brin__startswith=institution).values_list("entity_id", "realm"),
    ]
    return any(Voice(*names).is_heard_in(*said) for names in voices)


def _find_by_realm(identity: SchoolIdentity) -> School:
    """Return the school of a realm, where the federation tells schools apart by that."""
    said = identity.authority, identity.realm
    schools = School.objects.filter(federation=identity.federation)
    now = accepted_now().filter(realm__iexact=identity.realm)
    # SECURITY: only a realm that is written down, and today; what is not known fits nobody.
    is_named = Q(realm__iexact=identity.realm) | Q(pk__in=now.values("school"))
    found = list(schools.filter(is_named).order_by("-is_active", "brin")) if identity.realm else []
    if not found:
        raise UnknownSchool("not in the registry")
    voices = voices_of(found)
    for school in found:
        if any(voice.is_heard_in(*said) for voice in voices[school.pk]):
            return school
    raise UnknownSchool("foreign authority", school=found[0])


def _may_answer_for(chosen: School, answered: School, account: SchoolAccount) -> bool:
    """Whether both schools have one IdP, as far as the registry knows."""
    is_one_institution = institution_of(chosen.brin) == institution_of(answered.brin)
    voices = voices_of([chosen])[chosen.pk]
    authority = account.authority or answered.entity_id
    for voice in voices:
        if voice.entity_id and authority:
            is_shared = voice.entity_id == authority
        elif voice.realm:
            is_shared = voice.realm.casefold() == account.realm.casefold()
        else:
            is_shared = is_one_institution
        if is_shared:
            return True
    return is_one_institution and not voices
