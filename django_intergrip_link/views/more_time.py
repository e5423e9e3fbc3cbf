"""More time, from every page of the journey that says until when there is time."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.journey import binding, extending

from .redirects import to_step
from .steps import StepView

RETURNS: Final = frozenset(
    {
        "link",
        "someone_else",
        "prove",
        "mail",
        "mail_code",
        "code",
        "otp",
        "register",
        "register_code",
        "more",
        "confirm",
    }
)
"""The steps that show the end time."""

_PART: Final = "deadline.html"


class MoreTimeView(StepView):
    """POST ``school-account/link/time/``: ten minutes from now."""

    # After a refusal the address cannot be opened again.
    is_lasting = False

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go back to the page; the script of the page asks for the new end alone."""
        self.pending = extending.give_more_time(request.session, self.pending, self.arrival)
        if request.POST.get("part") == "deadline":
            response = self.step(_PART)
        else:
            # SECURITY: a name from our own list; an address from the form could lead anywhere.
            name = request.POST.get("step", "")
            response = to_step(name if name in RETURNS else "link")
        party = settings.FEDERATIONS[self.pending.federation]
        binding.write(response, self.arrival.key, party)
        return response
