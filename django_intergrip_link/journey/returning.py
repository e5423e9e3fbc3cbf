"""A school account that is linked already: may its link open the site now?"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from django_intergrip_link import audit
from django_intergrip_link.errors import AccountSwitchedOff, LinkBlocked, UnknownSchool
from django_intergrip_link.models import AccountLink

from .account import SchoolAccount
from .answering import require_voice_of
from .policy import is_privileged, require_allowed


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
