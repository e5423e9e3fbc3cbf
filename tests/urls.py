"""The test project: our journey, the admin, and one page that says who is logged in."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def show_user(request: HttpRequest) -> HttpResponse:
    """Answer with the user name, or ``-`` for a visitor."""
    return HttpResponse(request.user.get_username() or "-", content_type="text/plain")


urlpatterns = [
    path("", include("django_intergrip_link.urls")),
    path("inside/", show_user, name="inside"),
    path("admin/", admin.site.urls),
]
