"""The project's own login page as the proof of a site account.

Django's ``user_logged_in`` tells of every login, whatever page made it: Django's own, allauth's,
two-factor-auth's, or a registration that logs in the new user.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.http import HttpRequest

from django_intergrip_link.conf import settings
from django_intergrip_link.models import AccountLink

from . import binding, proofs
from .entering import BACKEND
from .pending import Pending


def is_wanted(pending: Pending) -> bool:
    """Whether the project lets a login on its own pages be the proof in this journey."""
    mode, is_paused = settings.REGISTRATION, bool(pending.relink_id)
    logs_in = bool(settings.LOGIN_VIEW) and (is_paused or mode != "new_only")
    registers = bool(settings.REGISTER_URL) and not is_paused and mode != "existing_only"
    return logs_in or registers


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
    """Take a login that is made while an arrival waits as the proof of a site account.

    A receiver of ``user_logged_in``. Nothing is linked here: the confirm page follows.
    """
    pending = open_journey(request) if request is not None else None
    if request is None or pending is None:
        return
    # SECURITY: only a login made now counts. One from before this arrival may be an earlier
    # pupil's; begin_linking() ended it. And a school login proves no site account.
    if is_wanted(pending) and request.session.get(BACKEND_SESSION_KEY) != BACKEND:
        proofs.accept(request.session, pending, user=user, origin=AccountLink.Origin.LOGIN)
    elif pending.user_id != str(user.pk):
        # SECURITY: shared computers. What an earlier person proved is not for who logs in now.
        pending.save(request.session, **pending.without_proof())


def is_proven(request: HttpRequest, pending: Pending) -> bool:
    """Whether the person who is logged in has proven their site account by that login."""
    is_same = request.user.is_authenticated and str(request.user.pk) == pending.user_id
    return is_same and pending.has_proof and pending.origin == AccountLink.Origin.LOGIN


def take_over_otp(request: HttpRequest, pending: Pending) -> Pending:
    """Ask for no second code when the login page of the project has asked for one.

    django-otp's middleware answers only for a device that belongs to the user who is logged in.
    """
    is_verified = getattr(request.user, "is_verified", None)
    # SECURITY: the mark was set in this session, and the session is younger than the arrival.
    if pending.needs_otp and is_verified is not None and is_verified():
        return pending.save(request.session, needs_otp=False)
    return pending


def log_out(request: HttpRequest, pending: Pending) -> None:
    """End the login of the project, keep the journey, and forget the proof."""
    # Django ends the whole session, the journey too, when somebody else logs in over this one.
    logout(request)
    pending.save(request.session, **pending.without_proof())
