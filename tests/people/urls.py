"""The app, and one page to come out on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def inside(request: HttpRequest) -> HttpResponse:
    """Say who is logged in."""
    return HttpResponse(request.user.get_username() or "-")


urlpatterns = [path("", include("django_intergrip_link.urls")), path("inside/", inside)]
