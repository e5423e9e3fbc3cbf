"""Step *complete*: the browser's own cookies are back; claim the arrival and follow it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import IntergripError, UnknownRequest, WrongSchool
from django_intergrip_link.journey import answering, binding, finding, linking, returning
from django_intergrip_link.journey.account import SchoolAccount
from django_intergrip_link.journey.arrivals import claim_arrival, close_arrival, find_arrival
from django_intergrip_link.journey.attempts import Attempt, Attempts
from django_intergrip_link.journey.entering import begin_linking, enter
from django_intergrip_link.journey.finding import Found
from django_intergrip_link.journey.pending import Pending
from django_intergrip_link.journey.recents import Recents
from django_intergrip_link.models import AccountLink, Arrival
from django_intergrip_link.signals import school_login

from .errand import Errand
from .pages import PageView, default_destination, federation_or_404
from .redirects import SeeOther, to_step


class CompleteView(PageView):
    """GET ``saml2/<federation>/complete/<key>``: linked → in; not linked → *link*."""

    http_method_names = ["get"]
    is_lasting = False

    def get(self, request: HttpRequest, federation: str, key: str) -> HttpResponse:
        """Claim the arrival for this browser and follow it."""
        party = federation_or_404(federation)
        arrival = find_arrival(federation=federation, key=key)
        attempts = Attempts(request, settings.FEDERATIONS[federation])
        attempt = attempts.take(arrival.request_id)
        # SECURITY: the answer counts only in the browser that asked for it (login CSRF).
        if attempt is None:
            raise UnknownRequest("no such attempt in this browser")
        self.errand, self.school_code = Errand(next=attempt.next), attempt.school
        account = SchoolAccount.from_row(arrival.account or {})
        try:
            answering.require_chosen(attempt.school, account)
        except IntergripError as error:
            claim_arrival(arrival, is_used=True)
            if isinstance(error, WrongSchool):
                return self._explain(error, attempt)
            raise
        response = self._follow(request, arrival, account, attempt)
        attempts.write(response)
        recents = Recents(request, is_https=party.is_https)
        if recents.note_login(federation, account.brin, is_asked_for=attempt.remembers):
            recents.write(response)
        return response

    def _follow(
        self, request: HttpRequest, arrival: Arrival, account: SchoolAccount, attempt: Attempt
    ) -> HttpResponse:
        """Go in with a link, to *link* without one; a paused one waits there for its owner."""
        found = finding.find_link(account)
        paused = found.link if found and found.link.state == AccountLink.State.SUSPENDED else None
        claim_arrival(arrival, is_used=bool(found and not paused))
        if found and not paused:
            return self._go_in(request, found, account, attempt)
        if paused:
            self._require_usable(paused, arrival, account)
        relink_id = paused.pk if paused else 0
        return self._go_linking(request, arrival, account, attempt, relink_id=relink_id)

    def _require_usable(
        self, paused: AccountLink, arrival: Arrival, account: SchoolAccount
    ) -> None:
        try:
            returning.require_usable(paused, account)
        except IntergripError:
            close_arrival(arrival.key)
            raise

    def _explain(self, error: WrongSchool, attempt: Attempt) -> HttpResponse:
        """Show which school was asked and which answered, with a way on to either."""
        code = self.note(error)
        fresh = Errand(next=attempt.next, is_fresh=True)
        again = Errand(next=attempt.next)
        return self.page(
            "other_school.html",
            status=error.status,
            support_code=code,
            chosen=error.chosen,
            answered=error.answered,
            chosen_url=fresh.url("start", error.chosen.federation, school=error.chosen.brin),
            answered_url=again.url("start", error.answered.federation, school=error.answered.brin),
            restart_url=again.url("start", error.chosen.federation),
        )

    def _go_in(
        self, request: HttpRequest, found: Found, account: SchoolAccount, attempt: Attempt
    ) -> HttpResponse:
        returning.require_usable(found.link, account)
        returning.use_link(found.link, account)
        user = enter(request, found.all_of_user)
        school_login.send_robust(AccountLink, request=request, user=user, link=found.link)
        return SeeOther(attempt.next or default_destination())

    def _go_linking(
        self,
        request: HttpRequest,
        arrival: Arrival,
        account: SchoolAccount,
        attempt: Attempt,
        *,
        relink_id: int,
    ) -> HttpResponse:
        linking.require_fresh(account, arrival_key=arrival.key)
        pending = begin_linking(
            request,
            Pending(
                arrival=arrival.key,
                federation=arrival.federation,
                next=attempt.next,
                school=account.brin,
                relink_id=relink_id,
            ),
        )
        response = to_step("someone_else" if pending.local_name else "link")
        binding.write(response, arrival.key, settings.FEDERATIONS[arrival.federation])
        return response
