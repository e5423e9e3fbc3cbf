"""A site with the sandbox beside it, as a development project has it."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("django_intergrip_link.urls")),
    path("sandbox/", include("django_intergrip_link.sandbox.urls")),
]
