"""What all our pages share: headers, language, and the one place where an error becomes a page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.db import Error as AnyDatabaseError
from django.db import connections, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from django_intergrip_link import audit
from django_intergrip_link.conf import settings
from django_intergrip_link.errors import IntergripError, StaleSchoolLogin, Unavailable
from django_intergrip_link.federation.config import Federation, UnknownFederation, get_federation
from django_intergrip_link.journey import limits
from django_intergrip_link.signals import school_login_refused

from .errand import Errand
from .guard import require_own_form


def federation_or_404(name: str) -> Federation:
    """Return the federation in the URL.

    Raises:
        Http404: the settings do not know it.
    """
    try:
        return get_federation(name)
    except UnknownFederation as error:
        raise Http404 from error


def default_destination() -> str:
    """Return the page to go to when the person did not ask for another one."""
    try:
        return resolve_url(django_settings.LOGIN_REDIRECT_URL or home_url())
    except NoReverseMatch:
        return home_url()


def home_url() -> str:
    """Return the root of this site, also below a path of the web server."""
    return get_script_prefix()


# SECURITY: never inside one big transaction (ATOMIC_REQUESTS): failed tries and used tokens must
# stay written when the request ends in an error.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
# SECURITY: exempt from the middleware only because dispatch() asks the same check itself, first.
@method_decorator(csrf_exempt, name="dispatch")
class PageView(View):
    """A page of the journey. Subclasses raise :class:`IntergripError`; here it becomes a page.

    Attributes:
        federation_name: of the journey, as far as it is known.
        errand: what the visitor came for, as far as it is known.
        school_code: of the school to start again with, or ``""``.
        is_form_guarded: whether a POST needs this browser's CSRF token.
        is_lasting: whether the address can be opened again, as the language switch does.
        form_targets: other origins that a form of this page may lead on to, for the CSP.
        may_be_framed: this page does nothing, so a portal may show it in a frame.
    """

    federation_name = ""
    errand = Errand()
    school_code = ""
    is_form_guarded = True
    is_lasting = True
    form_targets: tuple[str, ...] = ()
    may_be_framed = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the visitor's language, with our headers, and with a page for every refusal."""
        self.federation_name = kwargs.get("federation", "")
        with translation.override(_language(request)):
            try:
                if self.is_form_guarded:
                    require_own_form(request)
                response = self.prepare(request) or super().dispatch(request, *args, **kwargs)
            except IntergripError as error:
                response = self.refuse(error)
            except AnyDatabaseError as error:
                _drop_lost_connections()
                response = self.refuse(Unavailable(type(error).__name__))
        if hasattr(request, "axes_locked_out"):
            # SECURITY: django-axes' middleware would answer in the place of our neutral page, and
            # tell which names it locks out. Its refusal stands; only the words are ours.
            request.axes_locked_out = False
        return self._secure(response)

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Read what every method of the page rests on; subclasses may answer or refuse here."""
        return None

    def page(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render one of our templates with what all of them need."""
        shared = {
            "site_name": settings.SITE_NAME,
            "support_url": settings.SUPPORT,
            "here": self.request.get_full_path() if self.is_lasting else "",
            # SECURITY: at DEBUG Django logs the whole context for a name that is missing in it.
            "form": None,
            "wait_minutes": None,
            "with_not_me": False,
        }
        name = f"django_intergrip_link/{template}"
        return render(self.request, name, shared | context, status=status)

    def note(self, error: IntergripError) -> str:
        """Write down a refusal: one event, one log line, one signal; return its support code."""
        has_room = limits.has_room(limits.REFUSALS, error.reason)
        code = audit.record_refusal(error, federation=self.federation_name, has_room=has_room)
        school_login_refused.send_robust(
            type(self),
            request=self.request,
            reason=error.reason,
            support_code=code,
            federation=self.federation_name,
        )
        return code

    def refuse(self, error: IntergripError) -> HttpResponse:
        """Turn a refusal into a calm page."""
        code = self.note(error)
        response = self.page(
            "error.html",
            status=error.status,
            page=error.page,
            support_code=code,
            school_name=getattr(error.school, "short_name", ""),
            school_message=getattr(error.school, "message", ""),
            restart_url=self.restart_url(is_fresh=isinstance(error, StaleSchoolLogin)),
            wait_minutes=error.wait_minutes or None,
        )
        if error.wait_minutes or error.status == Unavailable.status:
            response["Retry-After"] = str((error.wait_minutes or 1) * 60)
        return response

    def restart_url(self, *, is_fresh: bool = False) -> str | None:
        """Return where to begin again, or ``None`` when that is not known.

        Args:
            is_fresh: begin with a new login at school.
        """
        name = self.federation_name or next(iter(settings.FEDERATIONS), "")
        if not name:
            return None
        errand = replace(self.errand, is_fresh=is_fresh)
        return errand.url("start", name, school=self.school_code)

    def _secure(self, response: HttpResponseBase) -> HttpResponseBase:
        # SECURITY: nothing of a journey is kept by a cache, framed, or told to another site.
        response["Cache-Control"] = "no-store, private"
        policy = _content_security_policy(self.form_targets)
        # SECURITY: clickjacking; only the page that opens a tab of its own may be framed.
        frames = "*" if self.may_be_framed else "'none'"
        response["Content-Security-Policy"] = f"{policy}; frame-ancestors {frames}"
        # Not "no-referrer": browsers would send "Origin: null" with our forms, and CSRF would fail.
        response["Referrer-Policy"] = "same-origin"
        response["X-Content-Type-Options"] = "nosniff"
        if self.may_be_framed:
            # Django's XFrameOptionsMiddleware reads this.
            response.xframe_options_exempt = True  # type: ignore[attr-defined]
        else:
            response["X-Frame-Options"] = "DENY"
        response["X-Robots-Tag"] = "noindex"
        return response


def _drop_lost_connections() -> None:
    """Let go of a database connection that was lost, or it would stay lost to this process.

    That is what happens when it goes on the way out of a transaction.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _language(request: HttpRequest) -> str:
    """Return the language that the visitor chose with our switch, else the active one.

    Works without LocaleMiddleware; with it, the active language is the visitor's already.
    """
    chosen = request.COOKIES.get(django_settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(django_settings.LANGUAGES):
        return chosen
    return translation.get_language() or django_settings.LANGUAGE_CODE


def _content_security_policy(form_targets: tuple[str, ...]) -> str:
    own = " ".join(dict.fromkeys(("'self'", *_origin(static("django_intergrip_link/link.css")))))
    forms = " ".join(("'self'", *form_targets))
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src {own}; font-src {own}; "
        f"form-action {forms}; connect-src 'self'; base-uri 'none'"
    )


def _origin(url: str) -> tuple[str, ...]:
    """Return scheme and host of an absolute address, e.g. of static files on another host."""
    parts = urlsplit(url)
    return (f"{parts.scheme}://{parts.netloc}",) if parts.scheme and parts.netloc else ()
