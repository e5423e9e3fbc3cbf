"""Our journey with djangosaml2's own views beside it, as no project should have it."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("django_intergrip_link.urls")),
    path("inner/", include([path("saml2/", include("djangosaml2.urls"))])),
]
