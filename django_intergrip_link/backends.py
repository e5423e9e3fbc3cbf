"""SchoolBackend: sessions that began with a school login and end when its link ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import Any

from django.contrib.auth.backends import BaseBackend

from django_intergrip_link.models import AccountLink


class SchoolBackend(BaseBackend):
    """Logs in the site account of a link that the journey has just verified.

    A session of this backend is bound to the set of active links its user has: Django compares the
    session's auth hash at each request, and ours changes when one of these links is ended or
    blocked, its school is switched off, or the user gets power over the site. No middleware is
    needed, and no list of sessions. It authenticates nobody by itself; ``journey.entering`` calls
    ``login()`` with it.
    """

    def get_user(self, user_id: Any) -> Any:
        """Return the active user with at least one active link, in one query; else ``None``."""
        return bind_session(links_of(user_id))


def links_of(user_id: Any) -> list[AccountLink]:
    """Return all links of a user, with ``user`` and ``school`` loaded."""
    return list(AccountLink.objects.with_owner().filter(user_id=user_id))


def bind_session(links: Iterable[AccountLink]) -> Any:
    """Return the user of these links, whose session auth hash depends on which of them are active.

    Args:
        links: all links of one user, with ``user`` and ``school`` loaded.

    Returns:
        The user, or ``None`` when the user is inactive or no link opens the account.
    """
    open_links = [link for link in links if link.is_open]
    if not open_links:
        return None
    user = open_links[0].user
    power = getattr(user, "is_staff", False), getattr(user, "is_superuser", False)
    mark = f"{sorted(link.pk for link in open_links)}{power}"
    # SECURITY: an ended link must end its sessions, also while the user has another active link;
    # and a session that began as a pupil's must not go on with the rights of an administrator.
    vars(user).update(
        get_session_auth_hash=partial(_bound_hash, user, mark),
        get_session_auth_fallback_hash=partial(_bound_fallbacks, user, mark),
    )
    return user


def _bound_hash(user: Any, mark: str) -> str:
    return _mix(type(user).get_session_auth_hash(user), mark)


def _bound_fallbacks(user: Any, mark: str) -> Iterator[str]:
    return (_mix(h, mark) for h in type(user).get_session_auth_fallback_hash(user))


def _mix(original: str, mark: str) -> str:
    # The original is a keyed hash already, under the current or an earlier SECRET_KEY.
    return sha256(f"{original}:{mark}".encode()).hexdigest()
