"""The link itself, made at *confirm*: everything in one transaction, signals after it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from django_intergrip_link import audit
from django_intergrip_link.conf import settings
from django_intergrip_link.errors import (
    AlreadyLinked,
    LinkBlocked,
    PlaceTaken,
    Replayed,
    StaleSchoolLogin,
    UnknownSchool,
)
from django_intergrip_link.models import AccountLink, LinkCode, LinkEvent, School
from django_intergrip_link.signals import account_linked, account_registered

from . import codes, registration
from .account import SchoolAccount
from .addresses import address_of, digest_address
from .arrivals import close_arrival
from .conflicts import links_to_replace
from .ending import end_link
from .finding import find_link
from .pausing import resume_link
from .pending import Pending
from .policy import require_allowed
from .proven import hold_proven_user


def require_fresh(account: SchoolAccount, *, arrival_key: str) -> None:
    """Refuse a first link on an older school login, where the project asks for a fresh one.

    Raises:
        StaleSchoolLogin: the person logged in at school before we asked; the arrival is closed.
    """
    if settings.FRESH_LOGIN and not account.is_fresh:
        close_arrival(arrival_key)
        raise StaleSchoolLogin


def require_linkable(*, user: Any, account: SchoolAccount) -> School:
    """Return the school when this site account may be linked to this school account.

    Args:
        user: of any model; one that a registration has yet to save is fine.

    Raises:
        UnknownSchool: switched off since the arrival.
        AccountSwitchedOff, PrivilegedAccount, UnknownRole, PolicyRefused: by the policy's reason.
    """
    school = School.objects.filter(pk=account.school_id).first()
    if school is None or not school.is_active:
        raise UnknownSchool("switched off", school=school)
    require_allowed(user=user, account=account, school=school)
    return school


def make_link(*, request: HttpRequest, account: SchoolAccount, pending: Pending) -> AccountLink:
    """Link a school account to the site account that was proven for this arrival.

    A last look at the proof, the end of the arrival, the used code, a new user, the links that are
    replaced, the link and its event are one transaction; the signals follow commit.

    Raises:
        AlreadyLinked, PlaceTaken: the school account, or the place at this school, is taken.
        LinkBlocked: the link at this school is blocked.
        NoProof: the proof ended a moment ago; the arrival stays open.
        AddressTaken: a registration came too late.
        Replayed: the arrival was closed meanwhile (double submit, "not me" in another tab), or the
            code was used.
        UnknownSchool, AccountSwitchedOff, PrivilegedAccount, UnknownRole, PolicyRefused: not
            allowed.
    """
    school = None
    try:
        with transaction.atomic():
            # SECURITY: closing first takes the row; a second confirm finds it closed and stops.
            if not close_arrival(pending.arrival):
                raise Replayed("closed meanwhile")
            user = hold_proven_user(pending)
            code = codes.use_up(pending.code_id, user=user) if pending.code_id else None
            school = require_linkable(user=user, account=account)
            if code is not None and pending.is_registration:
                user = registration.save_user(user, code)
            link = _take(user=user, account=account, school=school, pending=pending)
            if code is not None:
                LinkCode.objects.filter(pk=code.pk).update(link=link, user=user)
            _announce(request, user, link, is_new=pending.is_registration)
    except IntegrityError as error:
        taken = find_link(account) is not None
        raise (AlreadyLinked if taken else PlaceTaken)(school=school) from error
    return link


def _take(*, user: Any, account: SchoolAccount, school: School, pending: Pending) -> AccountLink:
    # An old key's digest is not covered by the unique column, so it is looked at here as well.
    found = find_link(account)
    if found is not None:
        return _take_up(found.link, user=user, account=account)
    _make_room(user=user, school=school, pending=pending)
    link = _insert(user=user, account=account, school=school, pending=pending)
    audit.record(LinkEvent.Kind.LINKED, link=link, actor=user, reason=_history(link, account))
    return link


def _take_up(link: AccountLink, *, user: Any, account: SchoolAccount) -> AccountLink:
    """Take up a paused link again; only its own user can."""
    # SECURITY: whoever was proven, a paused link never moves to another site account.
    if link.state == AccountLink.State.BLOCKED:
        raise LinkBlocked
    if link.state != AccountLink.State.SUSPENDED or link.user_id != user.pk:
        raise AlreadyLinked
    key_id, digest = account.digest
    is_resumed = resume_link(
        link,
        actor=user,
        subject_key=key_id,
        subject_digest=digest,
        live_digest=digest,
        role=account.role,
        realm=account.realm,
        hint=account.hint,
        last_used_at=timezone.now(),
    )
    if not is_resumed:
        raise Replayed("changed meanwhile")
    return link


def _make_room(*, user: Any, school: School, pending: Pending) -> None:
    """End what the person chose to replace; refuse when the place is still taken.

    Raises:
        PlaceTaken, LinkBlocked: by the link that stands there.
    """
    for link in links_to_replace(user=user, pending=pending):
        code = audit.new_support_code("removed")
        end_link(link, actor=user, reason="replaced", support_code=code)
    standing = AccountLink.objects.filter(user=user, live_school=school.pk).first()
    if standing is not None:
        # SECURITY: a new link beside or instead of a blocked one would be a way around the block.
        is_blocked = standing.state == AccountLink.State.BLOCKED
        raise (LinkBlocked if is_blocked else PlaceTaken)(school=school)


def _insert(*, user: Any, account: SchoolAccount, school: School, pending: Pending) -> AccountLink:
    key_id, digest = account.digest
    now = timezone.now()
    return AccountLink.objects.create(
        user=user,
        federation=account.federation,
        school=school,
        subject_digest=digest,
        subject_key=key_id,
        hint=account.hint,
        realm=account.realm,
        role=account.role,
        origin=pending.origin,
        linked_at=now,
        last_used_at=now,
        address_digest=digest_address(address_of(user)) if pending.is_registration else "",
        live_digest=digest,
        live_school=school.pk,
    )


def _announce(request: HttpRequest, user: Any, link: AccountLink, *, is_new: bool) -> None:
    for signal in (account_registered, account_linked) if is_new else (account_linked,):
        transaction.on_commit(
            partial(signal.send_robust, AccountLink, request=request, user=user, link=link)
        )


def _history(link: AccountLink, account: SchoolAccount) -> str:
    """Return ``moved`` when this school account was linked to somebody else before."""
    earlier = AccountLink.objects.filter(subject_digest__in=account.digests.values())
    return "moved" if earlier.exclude(user_id=link.user_id).exists() else ""
