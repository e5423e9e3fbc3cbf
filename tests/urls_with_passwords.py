"""The test project with Django's own pages for a forgotten password; one kind logs in as well."""

from __future__ import annotations

from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import include, path

from tests.urls import urlpatterns as urls

urlpatterns = [
    *urls,
    path("accounts/", include("django.contrib.auth.urls")),
    path(
        "in-at-once/<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(
            post_reset_login=True,
            post_reset_login_backend="django.contrib.auth.backends.ModelBackend",
            success_url="/inside/",
        ),
    ),
]
