"""The steps between *complete* and *done*: each rests on one open arrival held by this session."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import IntergripError, NoArrival, NoProof, OutdatedForm
from django_intergrip_link.journey import binding
from django_intergrip_link.journey.account import SchoolAccount
from django_intergrip_link.journey.arrivals import latest_end, open_arrival, require_not_closed
from django_intergrip_link.journey.pending import Pending
from django_intergrip_link.models import Arrival

from .errand import Errand
from .pages import PageView
from .redirects import to_step


class StepView(PageView):
    """A page that only somebody with an open arrival may see.

    Attributes:
        pending: the journey in this session.
        arrival: its arrival, claimed and not yet closed.
        account: the school account in it.
    """

    pending: Pending
    arrival: Arrival
    account: SchoolAccount

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Read the journey of this session; one that is done leads to *done* (Back, double click).

        Raises:
            NoArrival: there is none.
            OutdatedForm: the form was made for another one.
            Replayed: the form was sent before.
        """
        sent = request.POST.get("arrival", "")
        pending = Pending.load(request.session)
        if pending is None:
            require_not_closed(sent)
            raise NoArrival("no journey in this session")
        if pending.link_id:
            return to_step("done")
        self.federation_name = pending.federation
        self.errand, self.school_code = Errand(next=pending.next), pending.school
        self.pending = pending
        try:
            self.arrival, self.account = open_arrival(pending.arrival)
        except NoArrival:
            # The second of two clicks, while the first is on its way to a new session.
            require_not_closed(sent)
            raise
        self._require_this_browser(request)
        # SECURITY: shared computers. A form that an earlier pupil left open carries another key.
        if request.method == "POST" and sent != pending.arrival:
            self.errand, self.school_code = Errand(), ""
            raise OutdatedForm("the form belongs to another arrival")
        return None

    def refuse(self, error: IntergripError) -> HttpResponse:
        """Lead back to the link page without a proof that does not count; the arrival stays."""
        if not isinstance(error, NoProof):
            return super().refuse(error)
        if self.request.method == "POST":
            self.note(error)
        self.pending.save(self.request.session, **self.pending.without_proof())
        return to_step("link")

    def step(self, template: str, **context: Any) -> HttpResponse:
        """Render a page of the journey with the school account on it."""
        return self.page(
            template,
            account=self.account,
            arrival_key=self.arrival.key,
            deadline=self.arrival.expires_at,
            may_extend=self.arrival.expires_at < latest_end(self.arrival),
            step_name=getattr(self.request.resolver_match, "url_name", None),
            restart_url=self.restart_url(),
            **context,
        )

    def _require_this_browser(self, request: HttpRequest) -> None:
        # SECURITY: the session may be another's that was planted here; the binding cannot be.
        party = settings.FEDERATIONS.get(self.pending.federation)
        if party is None or not binding.is_bound(request, self.pending.arrival, party):
            raise NoArrival("the journey belongs to another browser")
