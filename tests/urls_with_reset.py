"""The test project with a password reset page of its own."""

from __future__ import annotations

from django.contrib.auth.views import PasswordResetView
from django.urls import path

from tests.urls import urlpatterns as urls

urlpatterns = [*urls, path("reset/", PasswordResetView.as_view(), name="password_reset")]
