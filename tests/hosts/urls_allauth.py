"""The pages of the example site, and allauth's."""

from __future__ import annotations

from django.urls import include, path

from doorstroom.urls import urlpatterns as urls

urlpatterns = [path("allauth/", include("allauth.urls")), *urls]
