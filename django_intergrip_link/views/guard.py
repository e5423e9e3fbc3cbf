"""Django's CSRF check, asked by our pages themselves, so that a refusal is our page too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from django_intergrip_link.errors import ForeignForm, OutdatedForm


class _FormGuard(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        # Ours, by its origin, and cookies are on; but a login has given this browser a new token.
        if reason.endswith(" incorrect."):
            raise OutdatedForm(reason)
        # The reason names the foreign site after a dash; that part stays out of the log.
        raise ForeignForm(reason.partition(" - ")[0])


def _guarded(request: HttpRequest) -> HttpResponse:
    """Stand in for the view that is guarded: Django looks at its ``csrf_exempt``; it has none."""
    return HttpResponse()


def require_own_form(request: HttpRequest) -> None:
    """Refuse a POST that does not carry this browser's CSRF token.

    Raises:
        ForeignForm: another site's form, or cookies are off.
        OutdatedForm: it was open while somebody logged in here.
    """
    # SECURITY: the cookie is read by CsrfViewMiddleware, which a system check demands; without it
    # every form is refused.
    _FormGuard(_guarded).process_view(request, _guarded, (), {})
