"""Into the site: log in through a link, out again, and the tidy session in between."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import replace
from typing import Any, Final

from django.contrib.auth import SESSION_KEY, login
from django.http import HttpRequest

from django_intergrip_link.backends import bind_session
from django_intergrip_link.errors import AccountSwitchedOff
from django_intergrip_link.models import AccountLink

from .arrivals import close_arrival
from .pending import Pending
from .site_account import call_name

BACKEND: Final = "django_intergrip_link.backends.SchoolBackend"


def enter(request: HttpRequest, links: Iterable[AccountLink]) -> Any:
    """Log in the user of these links and return the user.

    Args:
        links: all links of one user, with ``user`` and ``school`` loaded.

    Raises:
        AccountSwitchedOff: the account or the link was switched off a moment ago.
    """
    leave_journey(request.session)
    user = bind_session(links)
    if user is None:
        raise AccountSwitchedOff
    # SECURITY: login() gives a visitor's session a new id; one in which somebody was logged in,
    # the same person too, ends here, with its OTP mark: a school login is no second factor.
    if SESSION_KEY in request.session:
        request.session.flush()
    login(request, user, backend=BACKEND)
    return user


def begin_linking(request: HttpRequest, pending: Pending) -> Pending:
    """Start a linking journey in a clean session.

    Whoever was logged in is logged out first; their name is kept for the one question whether that
    account belongs to the same person.
    """
    user = request.user
    if user.is_authenticated:
        pending = replace(pending, local_name=call_name(user), login=user.get_username())
    # SECURITY: shared computers. Nothing of an earlier person survives into this journey but the
    # name for that question; the login is filled in only after "mine".
    leave_journey(request.session)
    request.session.flush()
    return pending.save(request.session)


def leave_journey(session: MutableMapping[str, Any]) -> None:
    """Wipe the arrival that this session holds, if it holds one, and forget the journey."""
    pending = Pending.load(session)
    if pending is not None:
        close_arrival(pending.arrival)
        Pending.drop(session)
