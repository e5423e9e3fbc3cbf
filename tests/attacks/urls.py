"""The test project with one page more: it wants a one-time password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django_otp.decorators import otp_required

from tests.urls import urlpatterns as shared


def show_guarded(request: HttpRequest) -> HttpResponse:
    """Answer whoever is verified."""
    return HttpResponse("guarded")


urlpatterns = [
    *shared,
    path("guarded/", otp_required(show_guarded, login_url="/inside/"), name="guarded"),
]
