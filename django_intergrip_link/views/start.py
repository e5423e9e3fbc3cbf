"""Steps *start* and *choose*: which school, and off to its hub with a signed request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import UnknownSchool
from django_intergrip_link.federation.config import Federation
from django_intergrip_link.federation.request import build_login
from django_intergrip_link.journey import choosing
from django_intergrip_link.journey.attempts import Attempts
from django_intergrip_link.journey.recents import Recents
from django_intergrip_link.journey.schools import find_linked_school, scope_of
from django_intergrip_link.models import School

from .errand import Errand
from .pages import PageView, federation_or_404
from .redirects import SeeOther


class AskingView(PageView):
    """What *start* and *choose* share: they may end at the hub, and never in a frame."""

    party: Federation

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Offer a tab of its own when a portal shows us in a frame; cookies do not work there."""
        self.party = federation_or_404(self.federation_name)
        self.errand = Errand.read(request.POST if request.method == "POST" else request.GET)
        is_framed = request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame", "embed", "object")
        if request.method == "GET" and is_framed:
            self.may_be_framed = True
            return self.page("framed.html", address=request.get_full_path())
        return None

    def ask(
        self, school: School | None, *, is_scoped: bool = True, remembers: bool = False
    ) -> HttpResponse:
        """Redirect to the hub and remember the attempt in this browser only.

        Args:
            school: the chosen one, or ``None`` when the hub asks.
            is_scoped: tell the hub which school, so that it does not ask again.
            remembers: the browser may remember the school, once the login succeeded.

        Raises:
            UnknownSchool: the school is switched off.
        """
        if school is not None and not school.is_active:
            raise UnknownSchool("switched off", school=school)
        party = federation_or_404(school.federation) if school else self.party
        scope = scope_of(school, accepts_realm=party.preset.accepts_realm) if school else ""
        login = build_login(party, scope=scope if is_scoped else "", is_fresh=self.errand.is_fresh)
        attempts = Attempts(self.request, settings.FEDERATIONS[party.name])
        attempts.add(
            request_id=login.id,
            next_path=self.errand.next,
            school=school.brin if school else "",
            remembers=remembers,
        )
        response = HttpResponseRedirect(login.url)
        attempts.write(response)
        return response


class StartView(AskingView):
    """GET ``saml2/<federation>/login?school=&next=&fresh=&hub=``: chooser, or straight on."""

    def get(self, request: HttpRequest, federation: str) -> HttpResponse:
        """Decide who asks for the school."""
        code = request.GET.get("school", "")
        asks_hub = request.GET.get("hub") == "1"
        school = find_linked_school(federation=federation, code=code) if code else None
        if school is not None:
            return self.ask(school, is_scoped=not asks_hub)
        if asks_hub or choosing.hub_asks():
            return self.ask(None)
        only = None if code else choosing.only_school()
        if only is not None:
            return self.ask(only)
        return SeeOther(self.errand.url("choose", federation, unknown="1" if code else ""))


class ChooseView(AskingView):
    """``saml2/<federation>/school?q=``: search, recently used, and the account without a school."""

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
            results = self._results(self.recents.schools())
            return self.page(
                "results.html",
                results=results,
                is_part=True,
                new_from=None,
                federation=federation,
                carried=self.errand.fields,
                hub_title=self.party.preset.title,
                hub_url=self._start(hub="1"),
            )
        return self._show()

    def post(self, request: HttpRequest, federation: str) -> HttpResponse:
        """Go to the chosen school, or change the list of recent ones."""
        if "school" in request.POST:
            return self._go(request.POST["school"])
        before, removed = "", request.POST.get("remove", "")
        codes = [school.brin for school in self.recents.schools()]
        if "restore" in request.POST:
            self.recents.restore(request.POST["restore"])
        elif removed or "clear" in request.POST:
            before = self.recents.remove(removed)
        at = codes.index(removed) if removed in codes[:-1] else "title"
        response = self._show(before=before, removed=removed, focus_at=at)
        self.recents.write(response)
        return response

    def _go(self, code: str) -> HttpResponse:
        school = self._find(code)
        if school is None:
            return SeeOther(self.errand.url("choose", self.party.name, unknown="1"))
        return self.ask(school, remembers=self.request.POST.get("remember") == "yes")

    def _show(
        self, *, before: str = "", removed: str = "", focus_at: int | str = ""
    ) -> HttpResponse:
        recent = self.recents.schools()
        home = self.party.name
        results, unanswered = self._results(recent), self._unanswered()
        return self.page(
            "choose.html",
            results=results,
            is_part=False,
            new_from=results.new_from,
            recent=choosing.describe(recent),
            guests=choosing.find_guests(),
            before=before,
            removed_school=self._find(removed),
            focus_at=focus_at,
            unanswered=unanswered,
            unanswered_url=unanswered and self._start(hub="1", school=unanswered.brin),
            retry_url=unanswered and self._start(school=unanswered.brin),
            is_unknown=self.request.GET.get("unknown") == "1",
            is_editing=self.request.GET.get("edit") == "1",
            asks_to_remember=settings.REMEMBER_SCHOOL == "ask",
            federation=home,
            hub_title=self.party.preset.title,
            hub_url=self._start(hub="1"),
            edit_url=self.errand.url("choose", home, edit="1"),
            done_url=self.errand.url("choose", home),
            carried=self.errand.fields,
        )

    def _start(self, **query: str) -> str:
        return self.errand.url("start", self.party.name, **query)

    def _unanswered(self) -> School | None:
        """Return the school that this browser was sent to, and from which it came back alone."""
        attempts = Attempts(self.request, settings.FEDERATIONS[self.party.name])
        return self._find(attempts.latest_school)

    def _find(self, code: str) -> School | None:
        return find_linked_school(federation=self.party.name, code=code) if code else None

    def _results(self, recent: Sequence[School]) -> choosing.Results:
        shown = self.request.GET.get("shown", "")
        return choosing.find_schools(
            self.request.GET.get("q", ""),
            shown=int(shown) if re.fullmatch(r"[0-9]{1,4}", shown) else 0,
            recent=recent,
        )
