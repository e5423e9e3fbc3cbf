"""Into the site: log in through a link, out again, and the tidy session in between."""

from __future__ import annotations

import time
from collections.abc import Iterable, MutableMapping
from dataclasses import replace
from typing import Any, Final

from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY, login
from django.http import HttpRequest

from django_intergrip_link.backends import bind_session
from django_intergrip_link.errors import AccountSwitchedOff
from django_intergrip_link.models import AccountLink

from .arrivals import leave_arrival
from .extending import age_as_usual, outlast_arrival
from .pending import Pending
from .site_account import call_name

BACKEND: Final = "django_intergrip_link.backends.SchoolBackend"
_ENTERED_AT: Final = "intergrip_link_entered_at"
_JUST: Final = 300


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
    request.session[_ENTERED_AT] = int(time.time())
    return user


def has_just_entered(session: MutableMapping[str, Any]) -> bool:
    """Whether this session began with a school login in the last five minutes."""
    is_by_school = session.get(BACKEND_SESSION_KEY) == BACKEND
    return is_by_school and time.time() - session.get(_ENTERED_AT, 0) < _JUST


def stay_in(request: HttpRequest, *, proven: Any | None, links: Iterable[AccountLink]) -> None:
    """Keep this session after a link of its user changed, which ends the others.

    Args:
        proven: the user as ``authenticate()`` returned it a moment ago, or ``None``.
        links: all links of the user, as they are now.
    """
    if request.session.get(BACKEND_SESSION_KEY) != BACKEND:
        return
    if proven is not None:
        login(request, proven)
        return
    user, entered_at = bind_session(links), request.session.get(_ENTERED_AT, 0)
    if user is not None:
        request.session.flush()
        login(request, user, backend=BACKEND)
        # SECURITY: this was no new school login; the five minutes go on from the real one.
        request.session[_ENTERED_AT] = entered_at


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
    outlast_arrival(request.session)
    return pending.save(request.session)


def leave_journey(session: MutableMapping[str, Any]) -> None:
    """Wipe the arrival that this session holds, if it holds one, and forget the journey."""
    pending = Pending.load(session)
    if pending is not None:
        leave_arrival(pending.arrival)
        Pending.drop(session)
        age_as_usual(session)
