"""Who may link: the default rule, and the shape of the one hook ``LINK_POLICY``."""

from __future__ import annotations

from typing import Any

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import (
    AccountSwitchedOff,
    IntergripError,
    PolicyRefused,
    PrivilegedAccount,
    UnknownRole,
)
from django_intergrip_link.models import School

from .account import SchoolAccount

LINKABLE_ROLES = frozenset({"student", "employee", "staff"})
_ERRORS: dict[str, type[IntergripError]] = {
    "inactive": AccountSwitchedOff,
    "privileged": PrivilegedAccount,
    "role": UnknownRole,
}


def default_policy(*, user: Any, account: SchoolAccount, school: School) -> str | None:
    """Allow students and school staff to link ordinary site accounts.

    Returns:
        ``None`` to allow, or a reason code.
    """
    if not user.is_active:
        return "inactive"
    # SECURITY: a school's IdP must never be able to open an account with power over the site.
    if is_privileged(user):
        return "privileged"
    if account.role not in LINKABLE_ROLES:
        return "role"
    return None


def is_privileged(user: Any) -> bool:
    """Whether this site account has power over the site: staff, or superuser."""
    return bool(getattr(user, "is_staff", False) or getattr(user, "is_superuser", False))


def require_allowed(*, user: Any, account: SchoolAccount, school: School) -> None:
    """Ask the project's policy.

    Raises:
        AccountSwitchedOff, PrivilegedAccount, UnknownRole, PolicyRefused: by its reason.
    """
    reason = settings.LINK_POLICY(user=user, account=account, school=school)
    if reason in _ERRORS:
        raise _ERRORS[reason]
    if reason is not None:
        raise PolicyRefused(reason)
