"""The test project with a login page of its own, and a page that offers the way back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model, login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from tests.urls import urlpatterns as urls

_PAGE = "{% load intergrip_link %}<main>{% school_link_banner %}</main>"


def show_news(request: HttpRequest) -> HttpResponse:
    """Answer with the banner, if there is one."""
    return HttpResponse(engines["django"].from_string(_PAGE).render({}, request))


def sign_up(request: HttpRequest) -> HttpResponse:
    """Make a site account, log it in and go back to where the visitor came from."""
    users: Any = get_user_model()._default_manager
    user = users.create_user(request.POST["name"], "", request.POST["password"])
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(request.GET.get("next", "/inside/"))


urlpatterns = [
    *urls,
    path("login/", LoginView.as_view(template_name="admin/login.html"), name="login"),
    path("news/", show_news, name="news"),
    path("sign-up/", sign_up, name="sign_up"),
]
