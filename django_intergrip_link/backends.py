"""SchoolBackend: sessions that began with a school login and end when its link ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from django_intergrip_link.models import AccountLink

_SALT = "django_intergrip_link.backends"


class SchoolBackend(BaseBackend):
    """Logs in the site account of a link that the journey has just verified.

    A session of this backend is bound to the set of active links its user has: Django compares the
    session's auth hash at each request, and ours changes when one of these links is ended or blocked,
    or its school is switched off. No middleware is needed, and no list of sessions.
    """

    def authenticate(
        self, request: HttpRequest | None, *, school_link: AccountLink | None = None, **kwargs: Any
    ) -> Any:
        """Return the user of ``school_link``, or ``None`` when it is not active any more."""
        return self.get_user(school_link.user_id) if school_link is not None else None

    def get_user(self, user_id: Any) -> Any:
        """Return the active user with at least one active link, in one query; else ``None``."""
        links = list(
            AccountLink.objects.filter(
                user_id=user_id,
                user__is_active=True,
                state=AccountLink.State.ACTIVE,
                school__is_active=True,
            )
            .select_related("user")
            .order_by("pk")
        )
        return _bind(links[0].user, (link.pk for link in links)) if links else None


def _bind(user: Any, link_ids: Iterable[int]) -> Any:
    """Make the session auth hash of this user object depend on these links."""
    mark = ",".join(str(pk) for pk in link_ids)
    current, fallbacks = user.get_session_auth_hash, user.get_session_auth_fallback_hash

    def bound(original: str) -> str:
        return salted_hmac(_SALT, f"{original}:{mark}", algorithm="sha256").hexdigest()

    def bound_fallbacks() -> Iterator[str]:
        return (bound(original) for original in fallbacks())

    # SECURITY: an ended link must end its sessions, also while the user has another active link.
    user.get_session_auth_hash = lambda: bound(current())
    user.get_session_auth_fallback_hash = bound_fallbacks
    return user
