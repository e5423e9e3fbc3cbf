"""The link itself: found at *complete*, made at *confirm*, ended by *undo*."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from django_intergrip_link import audit
from django_intergrip_link.conf import settings
from django_intergrip_link.errors import (
    AccountSwitchedOff,
    AlreadyLinked,
    LinkBlocked,
    PlaceTaken,
    Replayed,
    StaleSchoolLogin,
    UnknownSchool,
)
from django_intergrip_link.models import AccountLink, LinkEvent, School
from django_intergrip_link.signals import account_linked, account_unlinked

from .account import SchoolAccount
from .answering import require_voice_of
from .arrivals import close_arrival
from .policy import is_privileged, require_allowed

UNDO_WINDOW: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Found:
    """The live link of a school account, and all links of its user, in one query."""

    link: AccountLink
    all_of_user: tuple[AccountLink, ...]


def find_link(account: SchoolAccount) -> Found | None:
    """Return the live link of a school account, with its user and school, or ``None``."""
    digests = set(account.digests.values())
    owner = AccountLink.objects.filter(live_digest__in=digests).values("user")
    links = list(AccountLink.objects.with_owner().filter(user__in=owner))
    link = next((link for link in links if link.live_digest in digests), None)
    if link is None:
        return None
    return Found(link=link, all_of_user=tuple(i for i in links if i.user_id == link.user_id))


def find_own_link(*, pk: int, user: Any) -> AccountLink | None:
    """Return the active link with this key if it belongs to this user, else ``None``."""
    if not pk or not user.is_authenticated:
        return None
    links = AccountLink.objects.select_related("user", "school")
    return links.filter(pk=pk, user_id=user.pk, state=AccountLink.State.ACTIVE).first()


def is_recent(link: AccountLink) -> bool:
    """Whether the link was made in the last fifteen minutes, so undo needs no reason."""
    return timezone.now() - link.linked_at < UNDO_WINDOW


def require_usable(link: AccountLink, account: SchoolAccount) -> None:
    """Refuse a link that must not open anything now.

    Raises:
        LinkBlocked, AccountSwitchedOff, UnknownSchool: by what is switched off.
        UnknownSchool: another IdP of the same institution answered.
        PrivilegedAccount, UnknownRole, PolicyRefused: the account became privileged since.
    """
    if link.state != AccountLink.State.ACTIVE:
        raise LinkBlocked
    if not link.has_open_user:
        raise AccountSwitchedOff
    if not link.school.is_active:
        raise UnknownSchool("switched off", school=link.school)
    if link.school_id != account.school_id:
        require_voice_of(link.school, account)
    # SECURITY: somebody who was linked as a student may be site staff by now; ask again then.
    if is_privileged(link.user):
        require_allowed(user=link.user, account=account, school=link.school)


def use_link(link: AccountLink, account: SchoolAccount) -> None:
    """Note a returning login; a link under an old subject key moves to the current one."""
    key_id, digest = account.digest
    change: dict[str, Any] = {"last_used_at": timezone.now()}
    if link.subject_key != key_id:
        change |= {"subject_key": key_id, "subject_digest": digest, "live_digest": digest}
    # SECURITY: only while it is live; a link that ended a moment ago must not come back to life.
    live = AccountLink.objects.filter(pk=link.pk, state=AccountLink.State.ACTIVE)
    if not live.update(**change):
        raise LinkBlocked
    audit.log_login(link)


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

    Raises:
        UnknownSchool: switched off since the arrival.
        AccountSwitchedOff, PrivilegedAccount, UnknownRole, PolicyRefused: by the policy's reason.
        PlaceTaken: the site account has a live link at this school.
    """
    school = School.objects.filter(pk=account.school_id).first()
    if school is None or not school.is_active:
        raise UnknownSchool("switched off", school=school)
    require_allowed(user=user, account=account, school=school)
    if AccountLink.objects.filter(user=user, live_school=school.pk).exists():
        raise PlaceTaken(school=school)
    return school


def make_link(
    *, request: HttpRequest, user: Any, account: SchoolAccount, arrival_key: str
) -> AccountLink:
    """Link a school account to a site account that was proven for this arrival.

    Link, event and the end of the arrival are one transaction; the signal follows commit.

    Raises:
        AlreadyLinked, PlaceTaken: the school account, or the place at this school, is taken.
        Replayed: the arrival was closed meanwhile (double submit, "not me" in another tab).
        UnknownSchool, AccountSwitchedOff, PrivilegedAccount, UnknownRole, PolicyRefused: not
        allowed.
    """
    try:
        with transaction.atomic():
            # SECURITY: closing first takes the row; a second confirm finds it closed and stops.
            if not close_arrival(arrival_key):
                raise Replayed("closed meanwhile")
            school = require_linkable(user=user, account=account)
            link = _insert(user=user, account=account, school=school)
            audit.record(
                LinkEvent.Kind.LINKED, link=link, actor=user, reason=_history(link, account)
            )
            transaction.on_commit(
                partial(
                    account_linked.send_robust, AccountLink, request=request, user=user, link=link
                )
            )
    except IntegrityError as error:
        taken = find_link(account) is not None
        raise (AlreadyLinked if taken else PlaceTaken)(school=school) from error
    return link


def _insert(*, user: Any, account: SchoolAccount, school: School) -> AccountLink:
    key_id, digest = account.digest
    # An old key's digest is not covered by the unique column, so it is looked at here as well.
    if find_link(account) is not None:
        raise AlreadyLinked
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
        origin=AccountLink.Origin.PASSWORD,
        linked_at=now,
        last_used_at=now,
        live_digest=digest,
        live_school=school.pk,
    )


def _history(link: AccountLink, account: SchoolAccount) -> str:
    """Return ``moved`` when this school account was linked to somebody else before."""
    earlier = AccountLink.objects.filter(subject_digest__in=account.digests.values())
    return "moved" if earlier.exclude(user_id=link.user_id).exists() else ""


def end_link(link: AccountLink, *, actor: Any | None, reason: str) -> bool:
    """End a link; its sessions end with their next request.

    Args:
        actor: the user who did it, or ``None`` for the holder of an undo link.
        reason: code for the event.

    Returns:
        Whether it was live until now.
    """
    with transaction.atomic():
        live = AccountLink.objects.filter(pk=link.pk).exclude(state=AccountLink.State.ENDED)
        ended = live.update(
            state=AccountLink.State.ENDED,
            live_digest=None,
            live_school=None,
            ended_at=timezone.now(),
            ended_by=actor,
            reason=reason,
        )
        if not ended:
            return False
        audit.record(LinkEvent.Kind.ENDED, link=link, actor=actor, reason=reason)
        transaction.on_commit(
            partial(
                account_unlinked.send_robust,
                AccountLink,
                user=link.user,
                link=link,
                actor=actor,
                reason=reason,
            )
        )
    return True
