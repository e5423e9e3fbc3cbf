"""Do the project's own pages for logging in and registering exist on this site?"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings as django_settings
from django.core import checks
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from django_intergrip_link.conf import settings

from .ids import NO_HOST_PAGE


def check_host_pages() -> Iterator[checks.CheckMessage]:
    """LOGIN_VIEW and REGISTER_URL are pages of this site."""
    for key in ("LOGIN_VIEW", "REGISTER_URL"):
        page = getattr(settings, key)
        if page and not _is_here(page):
            yield checks.Error(
                f"INTERGRIP_LINK[{key!r}] is no page of this site: {page!r}.",
                hint=f"Set '{key}' to the name of a URL, e.g. 'login', or a path that begins with "
                "a slash; or leave it out.",
                id=NO_HOST_PAGE,
            )


def _is_here(page: str) -> bool:
    try:
        address = resolve_url(page)
    except NoReverseMatch:
        return False
    # SECURITY: a login page elsewhere would get the way back, and prove nothing here.
    if not address.startswith("/") or not url_has_allowed_host_and_scheme(address, None):
        return False
    path = "/" + address.partition("?")[0].removeprefix(get_script_prefix())
    # With i18n_patterns() a path may exist in one language only.
    return any(_leads_somewhere(path, code) for code, _ in django_settings.LANGUAGES)


def _leads_somewhere(path: str, language: str) -> bool:
    with translation.override(language):
        try:
            resolve(path)
        except Resolver404:
            return False
    return True
