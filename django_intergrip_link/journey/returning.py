"""A school account that is linked already: may its link open the site now?"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from django_intergrip_link import audit
from django_intergrip_link.errors import AccountSwitchedOff, LinkBlocked, Replayed, UnknownSchool
from django_intergrip_link.models import AccountLink

from .account import SchoolAccount
from .answering import require_voice_of
from .policy import is_privileged, require_allowed


def require_usable(link: AccountLink, account: SchoolAccount) -> None:
    """Refuse a link that must not open anything now; a paused one only waits for its owner.

    Raises:
        LinkBlocked, AccountSwitchedOff, UnknownSchool: by what is switched off.
        UnknownSchool: another IdP of the same institution answered.
        PrivilegedAccount, UnknownRole, PolicyRefused: the account became privileged since.
    """
    if link.state not in (AccountLink.State.ACTIVE, AccountLink.State.SUSPENDED):
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
    """Note a returning login; a link under an old subject key moves to the current one.

    Raises:
        Replayed: the link ended, or was paused or blocked, a moment ago.
    """
    key_id, digest = account.digest
    change: dict[str, Any] = {"last_used_at": timezone.now()}
    if link.subject_key != key_id:
        change |= {"subject_key": key_id, "subject_digest": digest, "live_digest": digest}
    # SECURITY: only while it is active; one that ended or was paused a moment ago opens nothing.
    active = AccountLink.objects.filter(pk=link.pk, state=AccountLink.State.ACTIVE)
    if not active.update(**change):
        raise Replayed("changed meanwhile")
    audit.log_login(link)
