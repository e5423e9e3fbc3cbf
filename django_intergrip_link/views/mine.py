"""My school accounts: the list. For who is logged in."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse

from django_intergrip_link.conf import settings
from django_intergrip_link.journey import own_links
from django_intergrip_link.models import AccountLink

from .errand import Errand
from .pages import PageView, home_url
from .redirects import SeeOther, step_url

NEW_PASSWORD_PAGES: Final = (
    "password_change",
    "account_change_password",
    "password_reset",
    "account_reset_password",
)
"""URL names under which a project, or allauth, lets somebody choose another password."""


class OwnView(PageView):
    """A page for who is logged in, by whatever backend."""

    def prepare(self, request: HttpRequest) -> HttpResponse | None:
        """Lead a visitor to the login page of the project, and back."""
        if request.user.is_authenticated:
            return None
        return SeeOther(_login_url(request.get_full_path()))


class MineView(OwnView):
    """GET ``school-account/``: the list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the links of this person, and what has just happened to one of them."""
        links = own_links.list_own(request.user)
        resumed = [i for i in links if i.pk == _number(request, "resumed")]
        return self.page(
            "mine.html",
            links=links,
            add_url=_add_url(),
            home_url=home_url(),
            removal=own_links.find_end(pk=_number(request, "removed"), user=request.user),
            new_password_url=first_page(NEW_PASSWORD_PAGES),
            resumed=next((i for i in resumed if i.state == AccountLink.State.ACTIVE), None),
        )


def first_page(names: tuple[str, ...]) -> str | None:
    """Return the first of these pages that the project has."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return None


def _add_url() -> str | None:
    """Return where to begin with one more school account, and come back here."""
    name = next(iter(settings.FEDERATIONS), "")
    return Errand(next=step_url("mine")).url("start", name) if name else None


def _login_url(path: str) -> str:
    """Return the login page of the project with the way back; ours where that would go round."""
    try:
        page = resolve_url(django_settings.LOGIN_URL)
    except NoReverseMatch:
        page = step_url("mine")
    name = next(iter(settings.FEDERATIONS), "")
    if name and urlsplit(page).path == step_url("mine"):
        return Errand(next=path).url("start", name)
    return redirect_to_login(path, page).url


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
