"""Step *choose*: search, recently used, and the account for who has no school."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from django_intergrip_link.conf import settings
from django_intergrip_link.journey import choosing
from django_intergrip_link.journey.attempts import Attempts
from django_intergrip_link.journey.recents import NOTHING_REMOVED, Recents, Removal
from django_intergrip_link.journey.schools import find_linked_school
from django_intergrip_link.models import School

from .redirects import SeeOther
from .start import AskingView


class ChooseView(AskingView):
    """``saml2/<federation>/school?q=``: GET shows and searches, POST chooses or tidies the list."""

    # Chromium holds form-action against every redirect after the POST: hub, school, anywhere.
    form_targets = ("https:", "http:")

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Read what this browser remembers."""
        response = super().prepare(request)
        self.recents = Recents(request, is_https=self.party.is_https)
        return response

    def get(self, request: HttpRequest, federation: str) -> HttpResponse:
        """Show the page, or only the list of results for ``part=results``."""
        if request.GET.get("part") == "results":
            return self._show_part()
        return self._show()

    def post(self, request: HttpRequest, federation: str) -> HttpResponse:
        """Go to the chosen school, or change the list of recent ones."""
        if "school" in request.POST:
            return self._go(request.POST["school"])
        removal = NOTHING_REMOVED
        if "restore" in request.POST:
            self.recents.restore(request.POST["restore"])
        elif "clear" in request.POST:
            removal = self.recents.remove()
        elif request.POST.get("remove"):
            removal = self.recents.remove(request.POST["remove"])
        response = self._show(removal=removal, is_tidied=True)
        self.recents.write(response)
        return response

    def _go(self, code: str) -> HttpResponse:
        school = find_linked_school(federation=self.party.name, code=code)
        if school is None:
            return SeeOther(self.errand.url("choose", self.party.name, unknown="1"))
        return self.ask(school, remembers=self.request.POST.get("remember") == "yes")

    def _show_part(self) -> HttpResponse:
        return self.page(
            "results.html",
            results=self._results(self.recents.schools()),
            is_part=True,
            new_from=None,
            federation=self.party.name,
            carried=self.errand.fields,
            hub_title=self.party.preset.title,
            hub_url=self._start(hub="1"),
        )

    def _show(self, *, removal: Removal = NOTHING_REMOVED, is_tidied: bool = False) -> HttpResponse:
        recent = self.recents.schools()
        results = self._results(recent)
        unanswered = self._unanswered()
        has_next = removal.at is not None and removal.at < len(recent)
        return self.page(
            "choose.html",
            results=results,
            is_part=False,
            new_from=results.new_from,
            recent=choosing.describe(recent),
            guests=results.guests,
            removal=removal,
            focus_at=removal.at if has_next else "title" if is_tidied else "",
            unanswered=unanswered,
            unanswered_url=unanswered and self._start(hub="1", school=unanswered.brin),
            retry_url=unanswered and self._start(school=unanswered.brin),
            is_unknown=self.request.GET.get("unknown") == "1",
            is_editing=self.request.GET.get("edit") == "1",
            asks_to_remember=settings.REMEMBER_SCHOOL == "ask",
            federation=self.party.name,
            hub_title=self.party.preset.title,
            hub_url=self._start(hub="1"),
            edit_url=self._here(edit="1"),
            done_url=self._here(),
            carried=self.errand.fields,
        )

    def _start(self, **query: str) -> str:
        return self.errand.url("start", self.party.name, **query)

    def _here(self, **query: str) -> str:
        return self.errand.url("choose", self.party.name, **query)

    def _unanswered(self) -> School | None:
        """Return the school that this browser was sent to, and from which it came back alone."""
        attempts = Attempts(self.request, settings.FEDERATIONS[self.party.name])
        federation, code = attempts.latest_school
        return find_linked_school(federation=federation, code=code) if code else None

    def _results(self, recent: list[School]) -> choosing.Results:
        shown = self.request.GET.get("shown", "")
        return choosing.find_schools(
            self.request.GET.get("q", ""),
            shown=int(shown) if re.fullmatch(r"[0-9]{1,4}", shown) else 0,
            recent=recent,
        )
