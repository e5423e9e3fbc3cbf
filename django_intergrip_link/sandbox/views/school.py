"""A school's own login page, and "Entree Referentie", where the answer can be edited."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare

from django_intergrip_link.testing.answer import SignedParts

from .. import cookies
from ..answers import OUTCOMES, SIGNED_PARTS, honest_answer, reference_answer
from ..people import PASSWORD, Person, find_person, people_of
from ..portals import after_login
from ..requests import OpenRequest, open_token
from ..schools import DemoSchool
from .page import SandboxView, require_school

REFERENCE_ATTRIBUTES = {
    "uid": "3f1c9a77d20be54@referentie",
    "givenName": "Robin",
    "eduPersonAffiliation": "student",
    "nlEduPersonHomeOrganizationId": "99ZZ00",
    "nlEduPersonHomeOrganization": "Entree Referentie",
}


class SchoolLoginView(SandboxView):
    """GET and POST ``school/<slug>/login``, with ``?request=`` when the hub sent the browser."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Answer for who is logged in already, or ask who you are."""
        school = require_school(slug)
        pending = self._pending(request.GET.get("request", ""))
        if school.style == "reference":
            return self._ask_reference(school, pending)
        login = cookies.read_login(request, school)
        if login is None or (pending is not None and pending.is_fresh and login.at < pending.at):
            return self._ask(school, token=request.GET.get("request", ""))
        if pending is None:
            return HttpResponseRedirect(after_login(request, school))
        return self.answer(pending, school, honest_answer(pending, school, login))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Log in, by one click (``person``) or with user name and password."""
        school = require_school(slug)
        token = request.POST.get("request", "")
        pending = self._pending(token)
        if school.style == "reference" and pending is not None:
            return self._answer_reference(school, pending)
        person = self._read_person(school)
        if person is None:
            return self._ask(school, token=token, username=request.POST.get("username", ""))
        here = f"{request.path}?{urlencode({'request': token})}"
        response = HttpResponseRedirect(here if token else after_login(request, school), status=303)
        cookies.write_login(request, response, school, person)
        return response

    def _pending(self, token: str) -> OpenRequest | None:
        return open_token(token) if token else None

    def _read_person(self, school: DemoSchool) -> Person | None:
        posted = self.request.POST
        if "person" in posted:
            return find_person(school, posted["person"])
        is_right = constant_time_compare(posted.get("password", ""), PASSWORD)
        return find_person(school, posted.get("username", "")) if is_right else None

    def _ask(self, school: DemoSchool, *, token: str, username: str | None = None) -> HttpResponse:
        return self.page(
            "login",
            {
                "school": school,
                "people": people_of(school),
                "password": PASSWORD,
                "token": token,
                "username": username or "",
                "is_wrong": username is not None,
            },
        )

    def _ask_reference(self, school: DemoSchool, pending: OpenRequest | None) -> HttpResponse:
        return self.page(
            "reference",
            {
                "school": school,
                "token": self.request.GET.get("request", "") if pending else "",
                "attributes": REFERENCE_ATTRIBUTES,
                "outcomes": OUTCOMES,
                "signed_parts": SIGNED_PARTS,
            },
        )

    def _answer_reference(self, school: DemoSchool, pending: OpenRequest) -> HttpResponse:
        posted = self.request.POST
        sign: SignedParts = next(
            (part for part in SIGNED_PARTS if part == posted.get("sign")), "both"
        )
        answer = reference_answer(
            pending,
            school,
            {name: posted.get(name, "") for name in REFERENCE_ATTRIBUTES},
            outcome=posted.get("outcome", "ok"),
            sign=sign,
        )
        return self.answer(pending, school, answer)
