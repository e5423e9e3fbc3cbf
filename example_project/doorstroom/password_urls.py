"""Forgotten passwords: Django's own four pages, with templates of this site.

Under Django's usual names, so that the journey finds the first one and links to it.
"""

from __future__ import annotations

from django.contrib.auth import views
from django.urls import path

urlpatterns = [
    path("", views.PasswordResetView.as_view(), name="password_reset"),
    path("verstuurd/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path("klaar/", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
