"""What stands around us: backends, URLs, sessions, languages, and production settings."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.conf import settings as django_settings
from django.core import checks
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from .ids import (
    ANY_HOST,
    COOKIE_SESSIONS,
    DJANGOSAML2_URLS,
    FOREIGN_COOKIES,
    INSECURE_COOKIES,
    LOCAL_CACHE,
    NO_BACKEND,
    NO_DUTCH,
    NO_MIDDLEWARE,
    NO_URLS,
    PYXMLSECURITY,
    SAML2_BACKEND,
    SAML_SETTINGS,
    STRICT_SESSIONS,
)

NEEDED_MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
DANGEROUS_SAML_SETTINGS = (
    "SAML_USE_NAME_ID_AS_USERNAME",
    "SAML_DJANGO_USER_MAIN_ATTRIBUTE",
    "SAML_DJANGO_USER_MAIN_ATTRIBUTE_LOOKUP",
    "SAML_CREATE_UNKNOWN_USER",
)


def check_backends() -> Iterator[checks.CheckMessage]:
    """Our backend is listed, djangosaml2's is not."""
    listed = django_settings.AUTHENTICATION_BACKENDS
    if "django_intergrip_link.backends.SchoolBackend" not in listed:
        yield checks.Error(
            "SchoolBackend is not in AUTHENTICATION_BACKENDS.",
            hint="Add 'django_intergrip_link.backends.SchoolBackend' to AUTHENTICATION_BACKENDS.",
            id=NO_BACKEND,
        )
    for path in listed:
        if path.endswith("Saml2Backend") or path.startswith("djangosaml2"):
            yield checks.Error(
                f"{path} is listed beside SchoolBackend.",
                hint="Remove it: it makes a user of whatever name an answer holds.",
                id=SAML2_BACKEND,
            )


def check_urls() -> Iterator[checks.CheckMessage]:
    """Our URLs are included, djangosaml2's are not."""
    if not is_included("intergrip_link:start", "kennisnet"):
        yield checks.Error(
            "The URLs of django_intergrip_link are not included.",
            hint="Add path('', include('django_intergrip_link.urls')) to your urlpatterns.",
            id=NO_URLS,
        )
    if any(name == "djangosaml2.urls" for name in _included(get_resolver().url_patterns)):
        yield checks.Error(
            "djangosaml2.urls is included beside ours.",
            hint="Remove it: its views accept what ours refuse.",
            id=DJANGOSAML2_URLS,
        )


def is_included(name: str, *args: str) -> bool:
    """Whether an address of this name exists in the project."""
    try:
        reverse(name, args=args)
    except NoReverseMatch:
        return False
    return True


def _included(patterns: Any) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield getattr(pattern.urlconf_module, "__name__", "")
            yield from _included(pattern.url_patterns)


def check_sessions() -> Iterator[checks.CheckMessage]:
    """Sessions live on the server, so that they can be ended there."""
    if django_settings.SESSION_ENGINE == "django.contrib.sessions.backends.signed_cookies":
        yield checks.Error(
            "Sessions are kept in cookies.",
            hint="Remove SESSION_ENGINE to use the database, or name a cache backend.",
            id=COOKIE_SESSIONS,
        )
    if str(django_settings.SESSION_COOKIE_SAMESITE).lower() == "strict":
        yield checks.Error(
            "SESSION_COOKIE_SAMESITE is Strict, so the return from school finds no session.",
            hint="Remove SESSION_COOKIE_SAMESITE; Django's own value is Lax, and Lax is safe here.",
            id=STRICT_SESSIONS,
        )
    for path in NEEDED_MIDDLEWARE:
        if path not in django_settings.MIDDLEWARE:
            yield checks.Error(
                f"{path} is not in MIDDLEWARE.",
                hint="Add it; the journey needs sessions, users and CSRF tokens.",
                id=NO_MIDDLEWARE,
            )


def check_saml_settings() -> Iterator[checks.CheckMessage]:
    """No setting of djangosaml2 that makes or renames users."""
    for name in DANGEROUS_SAML_SETTINGS:
        if getattr(django_settings, name, None):
            yield checks.Error(
                f"{name} is set.",
                hint=f"Remove {name}: this app never makes or finds users by what a school sends.",
                id=SAML_SETTINGS,
            )


def check_languages() -> Iterator[checks.CheckMessage]:
    """Dutch is among the languages."""
    if "nl" not in dict(django_settings.LANGUAGES):
        yield checks.Warning(
            "LANGUAGES does not hold 'nl', so students read English.",
            hint="Add ('nl', 'Nederlands') to LANGUAGES.",
            id=NO_DUTCH,
        )


def check_pyxmlsecurity() -> Iterator[checks.CheckMessage]:
    """pysaml2 is set to a backend that must stay without its library."""
    if find_spec("xmlsec") is not None and find_spec("xmlsec.crypto") is not None:
        yield checks.Warning(
            "pyXMLSecurity is installed.",
            hint="Uninstall it; its signature check can be fooled and nothing here needs it.",
            id=PYXMLSECURITY,
        )


def check_cookies() -> Iterator[checks.CheckMessage]:
    """Session and CSRF cookies travel over TLS only."""
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        if not getattr(django_settings, name):
            yield checks.Error(f"{name} is off.", hint=f"Set {name} = True.", id=INSECURE_COOKIES)
    if str(django_settings.SESSION_COOKIE_SAMESITE).lower() not in ("lax", "strict"):
        yield checks.Warning(
            "SESSION_COOKIE_SAMESITE lets other sites use the session.",
            hint="Remove SESSION_COOKIE_SAMESITE; the return from school works with Lax.",
            id=FOREIGN_COOKIES,
        )


def check_hosts() -> Iterator[checks.CheckMessage]:
    """The site answers to its own names only."""
    if "*" in django_settings.ALLOWED_HOSTS:
        yield checks.Error(
            "ALLOWED_HOSTS accepts every host.",
            hint="List the host names of this site in ALLOWED_HOSTS.",
            id=ANY_HOST,
        )


def check_cache() -> Iterator[checks.CheckMessage]:
    """Limits are counted in one place for all processes; without a cache that is the database."""
    engine = django_settings.CACHES.get("default", {}).get("BACKEND", "")
    if engine.endswith("LocMemCache"):
        yield checks.Warning(
            "The default cache is not shared, so limits count per process.",
            hint="Set CACHES['default'] to Redis or Memcached.",
            id=LOCAL_CACHE,
        )
