"""Step *return*: the school's signed answer, kept as an arrival."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from django_intergrip_link import audit
from django_intergrip_link.errors import MalformedAnswer
from django_intergrip_link.federation.answer import read_answer
from django_intergrip_link.federation.gate import MAX_BODY
from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.journey.account import SchoolAccount
from django_intergrip_link.journey.answering import find_answering_school
from django_intergrip_link.journey.arrivals import store_arrival
from django_intergrip_link.models import LinkEvent

from .pages import PageView, federation_or_404
from .redirects import SeeOther, complete_url


class ReturnView(PageView):
    """POST ``saml2/<federation>/acs``: read the answer, keep it as an arrival, go on by GET.

    The browser sends no ``SameSite=Lax`` cookie with this cross-site POST; it does with the GET
    that follows the 303, so everything that needs to know the browser waits for *complete*.
    """

    http_method_names = ["post"]
    # SECURITY: the one POST without a CSRF token, because the hub sends it from another site. The
    # answer itself is bound to this browser one step later, by the attempt cookie.
    is_form_guarded = False
    is_lasting = False

    def post(self, request: HttpRequest, federation: str) -> HttpResponse:
        """Store a verified answer and send the browser to *complete*."""
        party = federation_or_404(federation)
        identity = read_answer(party, _read_body(request))
        school = find_answering_school(identity)
        arrival = store_arrival(identity, SchoolAccount.from_identity(identity, school))
        _warn_about_certificate(identity)
        return SeeOther(complete_url(arrival))


def _read_body(request: HttpRequest) -> bytes:
    """Return the form body, never more of it than the gate would accept.

    Raises:
        MalformedAnswer: too large, or not a plain form.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise MalformedAnswer("content type")
    # SECURITY: a bound before reading, so that a huge body costs nothing.
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise MalformedAnswer("body too large")
    try:
        body: bytes = request.read(MAX_BODY + 1)
    except OSError as error:
        raise MalformedAnswer("body cut off") from error
    return body


def _warn_about_certificate(identity: SchoolIdentity) -> None:
    """Write one event an hour while the hub signs with an expired certificate."""
    key = f"intergrip_link:expired:{identity.federation}"
    if identity.is_certificate_expired and cache.add(key, 1, 3600):
        audit.record(
            LinkEvent.Kind.WARNING, federation=identity.federation, reason="certificate_expired"
        )
