"""The project's own login page as the proof of a site account.

Django's ``user_logged_in`` tells of every login, whatever page made it: Django's own, allauth's,
two-factor-auth's, or a registration that logs in the new user. It becomes a proof when it leads
straight back into the journey, also from login pages that do not name where they lead.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Final

from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.http import HttpRequest

from django_intergrip_link.conf import settings
from django_intergrip_link.models import AccountLink, Arrival

from . import binding, proofs, ways
from .entering import BACKEND
from .pending import Pending

WAY_BACK: Final = 30
"""Seconds between a login on a page of the project and the return to the journey."""


def is_wanted(pending: Pending, user: Any) -> bool:
    """Whether the project lets a login of this user on its own pages be the proof here."""
    if settings.LOGIN_VIEW and ways.takes_existing(pending):
        return True
    return bool(settings.REGISTER_URL) and ways.takes_new(pending) and _is_new(user, pending)


def open_journey(request: HttpRequest) -> Pending | None:
    """Return the journey of this session and this browser while nothing is linked yet."""
    session = getattr(request, "session", None)
    pending = Pending.load(session) if session is not None else None
    if pending is None or pending.link_id:
        return None
    party = settings.FEDERATIONS.get(pending.federation)
    # SECURITY: a planted session would bring somebody else's school account to this login.
    if party is None or not binding.is_bound(request, pending.arrival, party):
        return None
    return pending


def note_login(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Remember who logs in while an arrival waits; :func:`accept` may take it for a proof.

    A receiver of ``user_logged_in``.
    """
    pending = open_journey(request) if request is not None else None
    if request is None or pending is None:
        return
    # SECURITY: shared computers. What an earlier person proved is not for who logs in now.
    changes = {} if pending.user_id == str(user.pk) else pending.without_proof()
    # SECURITY: only a login made now counts. One from before this arrival may be an earlier
    # pupil's; begin_linking() ended it. And a school login proves no site account.
    if request.session.get(BACKEND_SESSION_KEY) != BACKEND and is_wanted(pending, user):
        changes |= {"logged_in_id": str(user.pk), "logged_in_at": int(time.time())}
    pending.save(request.session, **changes)


def has_come_straight_back(request: HttpRequest, pending: Pending) -> bool:
    """Whether who is logged in did so for this journey, a moment ago."""
    # SECURITY: shared computers. A pupil leaves an arrival open; the next one logs in to the site,
    # for another reason and to another page. The first would find that login taken for a proof.
    is_same = request.user.is_authenticated and str(request.user.pk) == pending.logged_in_id
    return is_same and time.time() - pending.logged_in_at <= WAY_BACK


def accept(request: HttpRequest, pending: Pending) -> Pending:
    """Take the login of who has come straight back as the proof of the site account.

    No second code is asked for where the login page of the project has asked for one: django-otp's
    middleware answers only for a device that belongs to the user who is logged in.
    """
    proven = proofs.accept(
        request.session, pending, user=request.user, origin=AccountLink.Origin.LOGIN
    )
    is_verified = getattr(request.user, "is_verified", None)
    # SECURITY: no mark of an earlier pupil's device skips the code; the session in which it was set
    # is younger than the arrival.
    if is_verified is None or not is_verified():
        return proven
    return proven.save(request.session, has_otp=True)


def is_proven(request: HttpRequest, pending: Pending) -> bool:
    """Whether the person who is logged in has proven their site account by that login."""
    is_same = request.user.is_authenticated and str(request.user.pk) == pending.user_id
    return is_same and pending.has_proof and pending.origin == AccountLink.Origin.LOGIN


def log_out(request: HttpRequest, pending: Pending) -> None:
    """End the login of the project, keep the journey, and forget the proof."""
    # Django ends the whole session, the journey too, when somebody else logs in over this one.
    logout(request)
    pending.save(request.session, **pending.without_proof())


def _is_new(user: Any, pending: Pending) -> bool:
    """Whether this user was made in this journey; ``True`` where the user model does not say."""
    joined = getattr(user, "date_joined", None)
    if not isinstance(joined, datetime):
        return True
    # SECURITY: a login right after registering looks like any other. Where only a registration
    # counts, or where logging in is left to our own form, that of an older account does not.
    return Arrival.objects.filter(key=pending.arrival, claimed_at__lte=joined).exists()
