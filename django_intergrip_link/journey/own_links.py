"""My school accounts: the list, and the fresh proof that an owner gives before a link changes.

For who is logged in by any backend. A session may be one that was left open on a shared computer,
so it is never enough to change a link.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link import audit
from django_intergrip_link.backends import links_of
from django_intergrip_link.errors import (
    LastWayIn,
    LinkBlocked,
    StaleSchoolLogin,
    WrongPassword,
    WrongToken,
)
from django_intergrip_link.models import AccountLink, LinkEvent

from . import devices, limits, proofs
from .ending import OWN_REASONS, end_link
from .entering import has_just_entered, stay_in
from .pausing import resume_link


class Need(StrEnum):
    """What an owner has to give before a link changes."""

    PASSWORD = "password"  # noqa: S105 - a kind of proof, not a password
    YES = "yes"
    SCHOOL_LOGIN = "school_login"
    FIRST_PASSWORD = "first_password"  # noqa: S105 - a kind of proof, not a password


def list_own(user: Any) -> list[AccountLink]:
    """Return the live links of a user, with user and school loaded, the newest first."""
    return [link for link in links_of(user.pk) if link.state != AccountLink.State.ENDED]


def find_own(*, pk: int, user: Any, states: tuple[AccountLink.State, ...]) -> AccountLink | None:
    """Return the link with this key if it is this user's and in one of these states.

    Raises:
        LinkBlocked: it is this user's and blocked.
    """
    # SECURITY: the key comes from the address; another person's link is as good as none.
    links = AccountLink.objects.with_owner().filter(pk=pk, user_id=user.pk)
    link = links.exclude(state=AccountLink.State.ENDED).first()
    # SECURITY: remove and link again would be a way around the block.
    if link is not None and link.state == AccountLink.State.BLOCKED:
        raise LinkBlocked(school=link.school)
    return link if link is not None and link.state in states else None


def find_end(*, pk: int, user: Any) -> LinkEvent | None:
    """Return the event of a link of this user that its owner has ended here, or ``None``."""
    if not pk:
        return None
    events = LinkEvent.objects.select_related("link__school").filter(
        kind=LinkEvent.Kind.ENDED, link_id=pk, link__user=user.pk, reason__in=OWN_REASONS
    )
    return events.first()


def what_is_needed(request: HttpRequest, link: AccountLink, *, is_ending: bool) -> Need:
    """Return the proof that this visitor has to give before the link changes."""
    user: Any = request.user
    if user.has_usable_password():
        return Need.PASSWORD
    # SECURITY: without a password, a paused link is taken up again in the journey, which asks for
    # another proof; and the last open way in stays.
    if not is_ending or not _has_another_way(link):
        return Need.FIRST_PASSWORD
    return Need.YES if has_just_entered(request.session) else Need.SCHOOL_LOGIN


def asks_token(request: HttpRequest) -> bool:
    """Whether the owner has an OTP device that this session has not asked yet."""
    is_verified = getattr(request.user, "is_verified", None)
    if is_verified is not None and is_verified():
        return False
    return bool(devices.confirmed_devices(request.user))


@sensitive_variables("password", "token")
def require_owner(
    request: HttpRequest,
    link: AccountLink,
    *,
    is_ending: bool,
    password: str = "",
    token: str = "",
    device_id: str = "",
) -> Any | None:
    """Ask for the fresh proof: password, and a code where the owner has an OTP device.

    Returns:
        The user as ``authenticate()`` gave it, or ``None`` when no password was needed.

    Raises:
        LastWayIn: there is no password, and no other open link.
        StaleSchoolLogin: there is no password, and the school login is older than five minutes.
        TooManyTries: for this account or this network.
        WrongPassword, WrongToken: what was typed is wrong.
        DeviceMustWait: the device takes no codes for a while.
    """
    need = what_is_needed(request, link, is_ending=is_ending)
    if need == Need.FIRST_PASSWORD:
        raise LastWayIn
    if need == Need.SCHOOL_LOGIN:
        raise StaleSchoolLogin
    tries = (
        (limits.NETWORK, limits.network_of(request)),
        # SECURITY: not the counter of the journey, which anybody can fill who knows the name; an
        # intruder would keep the owner from removing a link. This one takes a login to fill.
        (limits.ACCOUNT, f"own:{request.user.pk}"),
    )
    for limit, value in tries:
        limits.take(limit, value)
    try:
        proven = _check_password(request, password) if need == Need.PASSWORD else None
        _check_token(request, token, device_id)
    except (WrongPassword, WrongToken):
        limits.remember_failure(*tries[1])
        raise
    for limit, value in tries:
        limits.give_back(limit, value)
    return proven


def remove_own(request: HttpRequest, link: AccountLink, *, proven: Any | None, reason: str) -> None:
    """End a link for its owner; this session stays, the others of school logins end.

    Raises:
        LastWayIn: another tab removed the other way in a moment ago.
    """
    with transaction.atomic():
        # SECURITY: two tabs that remove two links at once must not leave an account without a way.
        list(AccountLink.objects.select_for_update().filter(user_id=link.user_id))
        if proven is None and not _has_another_way(link):
            raise LastWayIn
        code = audit.new_support_code("removed")
        end_link(link, actor=link.user, reason=reason, support_code=code)
    stay_in(request, proven=proven, links=links_of(link.user_id))


def resume_own(request: HttpRequest, link: AccountLink, *, proven: Any | None) -> None:
    """Take a paused link up again for its owner."""
    resume_link(link, actor=link.user)
    stay_in(request, proven=proven, links=links_of(link.user_id))


def _check_password(request: HttpRequest, password: str) -> Any:
    user: Any = request.user
    proven = authenticate(request, username=user.get_username(), password=password)
    # SECURITY: a backend that finds somebody else by this name is no proof for this account.
    if proven is None or proven.pk != user.pk:
        raise WrongPassword
    return proven


def _check_token(request: HttpRequest, token: str, device_id: str) -> None:
    # SECURITY: after the password, so that a session that was left open cannot use the device up.
    if not asks_token(request) or devices.accepts_token(request.user, token, device_id):
        return
    proofs.report_failure(request, request.user.get_username())
    raise WrongToken


def _has_another_way(link: AccountLink) -> bool:
    return any(other.is_open for other in links_of(link.user_id) if other.pk != link.pk)
