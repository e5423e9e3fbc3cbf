"""The pages of the test project, and the login pages of Django, allauth and two-factor-auth."""

from __future__ import annotations

from django.urls import include, path
from two_factor.urls import urlpatterns as two_factor_urls

from tests.urls_with_login import urlpatterns as urls

urlpatterns = [
    *urls,
    path("allauth/", include("allauth.urls")),
    path("", include(two_factor_urls)),
]
