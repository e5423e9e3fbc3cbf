"""More time for somebody who is linking: ten minutes from now, two hours in all."""

from __future__ import annotations

import time
from typing import Any

from django_intergrip_link.models import Arrival

from .arrivals import LIFETIME, extend_arrival
from .pending import Pending


def give_more_time(session: Any, pending: Pending, arrival: Arrival) -> Pending:
    """Extend the arrival, and with it the proof and the session.

    The binding cookie must be written anew with the response.

    Raises:
        NoArrival: the arrival was closed meanwhile, or its time was over.
    """
    extend_arrival(arrival)
    outlast_arrival(session)
    # SECURITY: a proof that is over stays over; only one that still counts lives on.
    proven_at = int(time.time()) if pending.has_proof else pending.proven_at
    return pending.save(session, proven_at=proven_at)


def outlast_arrival(session: Any) -> None:
    """Let the session of a journey live as long as its arrival, where a site's own are shorter."""
    if session.get_expiry_age() < LIFETIME.total_seconds():
        session.set_expiry(int(LIFETIME.total_seconds()))


def age_as_usual(session: Any) -> None:
    """Let the session end again when the site says; nobody is logged in longer for a journey."""
    session.set_expiry(None)
