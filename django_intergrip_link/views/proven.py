"""What *more* and *confirm* share: a whole proof, and a school account that is still free."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.errors import AlreadyLinked, IntergripError
from django_intergrip_link.journey import conflicts
from django_intergrip_link.journey.arrivals import require_not_closed
from django_intergrip_link.journey.proven import lacks_otp, proven_user

from .redirects import to_step
from .steps import StepView


class ProvenView(StepView):
    """A step after the proof of the site account.

    Attributes:
        user: the proven site account; one that a registration has yet to save has no key.
        conflict: the links it has already that the person has to decide about, or ``None``.
    """

    user: Any
    conflict: conflicts.Conflict | None = None

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Need the whole proof, and look at what stands in the way.

        Raises:
            NoArrival: no journey.
            NoProof: no proof, or it is over.
            Replayed: it was made while this request was on its way.
            AlreadyLinked, LinkBlocked, PlaceTaken: this link cannot be made.
        """
        response = super().prepare(request)
        if response is not None:
            return response
        try:
            response = self._look()
        except IntergripError:
            # The second of two clicks; what stands in the way is what the first has just made.
            require_not_closed(self.arrival.key)
            raise
        if self.conflict is not None:
            require_not_closed(self.arrival.key)
        return response

    def _look(self) -> HttpResponse | None:
        self.user = proven_user(self.pending)
        # SECURITY: asked at every page and again at the finish; no step before can be left out.
        if lacks_otp(self.user, self.pending):
            return to_step("otp")
        self.conflict = conflicts.find_conflict(
            user=self.user, account=self.account, pending=self.pending
        )
        return None

    def refuse(self, error: IntergripError) -> HttpResponse:
        """Warn the owner of a school account that is taken; the page here says nothing of them."""
        response = super().refuse(error)
        if isinstance(error, AlreadyLinked):
            conflicts.warn_owner(self.account)
        return response
