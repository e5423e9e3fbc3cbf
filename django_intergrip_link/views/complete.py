"""Step *complete*: the browser's own cookies are back; claim the arrival and follow it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import UnknownRequest
from django_intergrip_link.journey import binding, linking
from django_intergrip_link.journey.account import SchoolAccount
from django_intergrip_link.journey.arrivals import claim_arrival, find_arrival
from django_intergrip_link.journey.attempts import Attempt, Attempts
from django_intergrip_link.journey.entering import begin_linking, enter
from django_intergrip_link.journey.linking import Found
from django_intergrip_link.journey.pending import Pending
from django_intergrip_link.models import AccountLink, Arrival
from django_intergrip_link.signals import school_login

from .pages import PageView, default_destination, federation_or_404
from .redirects import SeeOther, to_step


class CompleteView(PageView):
    """GET ``saml2/<federation>/complete/<key>``: linked → in; not linked → *link*."""

    http_method_names = ["get"]
    is_lasting = False

    def get(self, request: HttpRequest, federation: str, key: str) -> HttpResponse:
        """Claim the arrival for this browser and follow it."""
        federation_or_404(federation)
        arrival = find_arrival(federation=federation, key=key)
        attempts = Attempts(request, settings.FEDERATIONS[federation])
        attempt = attempts.take(arrival.request_id)
        # SECURITY: the answer counts only in the browser that asked for it (login CSRF).
        if attempt is None:
            raise UnknownRequest("no such attempt in this browser")
        account = SchoolAccount.from_row(arrival.account or {})
        found = linking.find_link(account)
        claim_arrival(arrival, is_used=found is not None)
        if found is not None:
            response = self._go_in(request, found, account, attempt)
        else:
            response = self._go_linking(request, arrival, account, attempt)
        attempts.write(response)
        return response

    def _go_in(
        self, request: HttpRequest, found: Found, account: SchoolAccount, attempt: Attempt
    ) -> HttpResponse:
        linking.require_usable(found.link, account)
        linking.use_link(found.link, account)
        user = enter(request, found.all_of_user)
        school_login.send_robust(AccountLink, request=request, user=user, link=found.link)
        return SeeOther(attempt.next or default_destination())

    def _go_linking(
        self, request: HttpRequest, arrival: Arrival, account: SchoolAccount, attempt: Attempt
    ) -> HttpResponse:
        linking.require_fresh(account, arrival_key=arrival.key)
        pending = begin_linking(
            request,
            Pending(arrival=arrival.key, federation=arrival.federation, next=attempt.next),
        )
        response = to_step("someone_else" if pending.local_name else "link")
        binding.write(response, arrival.key, settings.FEDERATIONS[arrival.federation])
        return response
