"""The pages of the example site."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from dossier import views
from dossier.forms import LoginForm

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("dossier/", views.DossierView.as_view(), name="dossier"),
    path("inloggen/", LoginView.as_view(authentication_form=LoginForm), name="login"),
    # Forgotten passwords: Django's own pages, in the same browser as the journey.
    path("wachtwoord/", include("doorstroom.password_urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", RedirectView.as_view(url=static("dossier/mark.svg"))),
    path("i18n/", include("django.conf.urls.i18n")),
    # School accounts.
    path("", include("django_intergrip_link.urls")),
]
if settings.DEBUG:
    urlpatterns += [path("sandbox/", include("django_intergrip_link.sandbox.urls"))]
