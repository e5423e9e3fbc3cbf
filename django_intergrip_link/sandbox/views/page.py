"""What every page of the sandbox does: refuse outside DEBUG, move to 127.0.0.1, speak Dutch.

Also the page that carries an answer back to the site, and the hub's own error page.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views import View

from django_intergrip_link.testing.answer import Answer

from .. import cookies
from ..hub import HOST, sandbox_origin
from ..requests import OpenRequest, RefusedRequest
from ..schools import DemoSchool, get_school

logger = logging.getLogger("django_intergrip_link")

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


class SandboxView(View):
    """A page of the sandbox. Subclasses return :meth:`page`; ``RefusedRequest`` becomes a page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Guard, then answer in Dutch."""
        # SECURITY: whoever can open these pages can be anybody at any school.
        if not django_settings.DEBUG:
            logger.error("The sandbox was asked for %s, but works with DEBUG only", request.path)
            raise Http404("The sandbox works with DEBUG only.")
        if urlsplit(f"//{request.get_host()}").hostname != HOST:
            return self._move(request)
        with translation.override("nl"):
            try:
                return super().dispatch(request, *args, **kwargs)
            except RefusedRequest as error:
                logger.warning("The sandbox hub refused a request: %s", error)
                return self.page("error", {"message": str(error)}, status=404)

    def page(
        self,
        template: str,
        context: dict[str, Any] | None = None,
        *,
        status: int = 200,
        form_target: str = "",
    ) -> HttpResponse:
        """Return a rendered page; ``form_target`` is one more origin its forms may post to."""
        response = render(
            self.request,
            f"django_intergrip_link/sandbox/{template}.html",
            context or {},
            status=status,
        )
        response["Content-Security-Policy"] = f"{CONTENT_POLICY} {form_target}".rstrip()
        response["Cache-Control"] = "no-store"
        return response

    def answer(self, pending: OpenRequest, school: DemoSchool, answer: Answer) -> HttpResponse:
        """Return the form that carries ``answer`` to the site, and remember the hub session."""
        site = pending.site
        message = answer.xml()
        last_answer[:] = [message]
        response = self.page(
            "answer",
            {
                "site": site,
                "form_value": b64encode(message).decode("ascii"),
                "relay_state": pending.relay_state,
            },
            form_target=site.base_url,
        )
        cookies.remember_hub_school(response, school)
        cookies.forget(response, cookies.NOTICE)
        return response

    def _move(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            raise Http404("The sandbox takes forms on 127.0.0.1 only.")
        origin = sandbox_origin(f"{request.scheme}://{request.get_host()}")
        return HttpResponseRedirect(f"{origin}{request.get_full_path()}")


last_answer: list[bytes] = []
"""The last message that left the hub, for the page that shows it to developers."""


def require_school(slug: str) -> DemoSchool:
    """Return the school with this slug, or end in a 404."""
    school = get_school(slug)
    if school is None:
        raise Http404("No such school in the sandbox.")
    return school
