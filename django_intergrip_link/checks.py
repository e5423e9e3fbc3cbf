"""System checks: every setting and neighbour this app needs, each with what to type to mend it.

One small function a check; ids are listed in the documentation and compared with it by a test.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from . import conf
from .conf import FederationSettings, settings
from .errors import Unavailable
from .federation.config import get_federation
from .federation.metadata import Hub, MetadataError
from .federation.presets import PRESETS, SANDBOX

NO_SETTINGS = "intergrip_link.E001"
UNKNOWN_KEY = "intergrip_link.E002"
NO_SITE_NAME = "intergrip_link.E003"
WEAK_SUBJECT_KEY = "intergrip_link.E004"
BAD_FEDERATION = "intergrip_link.E005"
BAD_BASE_URL = "intergrip_link.E006"
NO_KEYS = "intergrip_link.E007"
NO_METADATA = "intergrip_link.E008"
SANDBOX_OUTSIDE_DEBUG = "intergrip_link.E009"
NO_BACKEND = "intergrip_link.E010"
SAML2_BACKEND = "intergrip_link.E011"
DJANGOSAML2_URLS = "intergrip_link.E012"
NO_URLS = "intergrip_link.E013"
BAD_POLICY = "intergrip_link.E014"
COOKIE_SESSIONS = "intergrip_link.E015"
NO_MIDDLEWARE = "intergrip_link.E016"
INSECURE_COOKIES = "intergrip_link.E017"
ANY_HOST = "intergrip_link.E018"
SAML_SETTINGS = "intergrip_link.E019"
STRICT_SESSIONS = "intergrip_link.E020"
LOCAL_CACHE = "intergrip_link.W001"
NO_SUPPORT = "intergrip_link.W002"
NO_DUTCH = "intergrip_link.W003"
CERTIFICATE_ENDS = "intergrip_link.W004"
FOREIGN_COOKIES = "intergrip_link.W005"
PYXMLSECURITY = "intergrip_link.W006"
METADATA_ENDED = "intergrip_link.W007"

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
WARN_BEFORE = timedelta(days=30)

Found = Iterator[checks.CheckMessage]


def register() -> None:
    """Register every check; called once by the app."""
    checks.register(_run(*SETTINGS_CHECKS), checks.Tags.security)
    checks.register(_run(*NEIGHBOUR_CHECKS), checks.Tags.security)
    checks.register(_run(*DEPLOY_CHECKS), checks.Tags.security, deploy=True)


def _run(*parts: Callable[[], Found]) -> Callable[..., list[checks.CheckMessage]]:
    def run(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
        return [message for part in parts for message in part()]

    return run


def check_settings_exist() -> Found:
    """INTERGRIP_LINK is there, a dict, and not empty."""
    if not settings.declared:
        yield checks.Error(
            "INTERGRIP_LINK is not set.",
            hint="Add INTERGRIP_LINK = {'SITE_NAME': …, 'SUBJECT_KEYS': …, 'FEDERATIONS': …}.",
            id=NO_SETTINGS,
        )


def check_known_keys() -> Found:
    """No key is misspelled."""
    for key in sorted(set(settings.declared) - conf.KEYS):
        yield checks.Error(
            f"INTERGRIP_LINK has an unknown key {key!r}.",
            hint=f"Known keys: {', '.join(sorted(conf.KEYS))}.",
            id=UNKNOWN_KEY,
        )


def check_site_name() -> Found:
    """Students see the name of the site in nearly every sentence."""
    if settings.declared and not settings.declared.get("SITE_NAME"):
        yield checks.Error(
            "INTERGRIP_LINK['SITE_NAME'] is missing.",
            hint="Type the name that students know, e.g. 'SITE_NAME': 'Doorstroom'.",
            id=NO_SITE_NAME,
        )


def check_subject_keys() -> Found:
    """School accounts are stored under a key of their own, long enough to be one."""
    keys = settings.declared.get("SUBJECT_KEYS")
    is_usable = isinstance(keys, dict) and all(
        len(str(secret)) >= conf.MINIMUM_SUBJECT_KEY_LENGTH for secret in keys.values()
    )
    if settings.declared and (not keys or not is_usable):
        yield checks.Error(
            "INTERGRIP_LINK['SUBJECT_KEYS'] needs at least one secret, each of 32 characters or "
            "more.",
            hint="Add 'SUBJECT_KEYS': {'1': os.environ['SUBJECT_KEY']}; `manage.py intergrip_keys` "
            "makes one. Never change it once people are linked; add a new one in front.",
            id=WEAK_SUBJECT_KEY,
        )
    elif any(len(str(key_id)) > conf.MAXIMUM_KEY_ID_LENGTH for key_id in keys or ()):
        yield checks.Error(
            "INTERGRIP_LINK['SUBJECT_KEYS'] has an id of more than 32 characters.",
            hint="Give each key a short id, such as the year: 'SUBJECT_KEYS': {'2026': …}.",
            id=WEAK_SUBJECT_KEY,
        )


def check_federations() -> Found:
    """Each federation is readable and has a known preset."""
    try:
        federations = settings.FEDERATIONS if settings.declared else {}
    except ImproperlyConfigured as error:
        yield checks.Error(
            str(error),
            hint="Add 'FEDERATIONS': {'kennisnet': {'base_url': 'https://www.example.nl', …}}.",
            id=BAD_FEDERATION,
        )
        return
    for entry in federations.values():
        if entry.preset not in PRESETS:
            yield checks.Error(
                f"Federation {entry.name!r} has no preset {entry.preset!r}.",
                hint=f"Set 'preset' to one of: {', '.join(PRESETS)}.",
                id=BAD_FEDERATION,
            )


def check_base_urls() -> Found:
    """base_url is scheme and host, and TLS outside DEBUG."""
    for entry in _federations():
        parts = urlsplit(entry.base_url)
        is_tls = parts.scheme == "https" or (_is_debug() and parts.scheme == "http")
        if not is_tls or not parts.netloc or parts.path or parts.query:
            yield checks.Error(
                f"Federation {entry.name!r}: base_url must be https://host without a path.",
                hint="Answers arrive at this address; http is allowed only with DEBUG.",
                id=BAD_BASE_URL,
            )


def check_keys() -> Found:
    """Each federation has a usable private key."""
    for entry in _federations():
        if entry.preset == SANDBOX and not django_settings.DEBUG:
            continue  # check_sandbox says it
        try:
            get_federation(entry.name)
        except ImproperlyConfigured as error:
            identifier = NO_METADATA if "metadata_file" in str(error) else NO_KEYS
            yield checks.Error(str(error), hint=_KEY_HINTS[identifier], id=identifier)
        except NoReverseMatch:
            return  # check_urls says it


_KEY_HINTS = {
    NO_KEYS: "Run `manage.py intergrip_keys FOLDER` and name both files in the settings.",
    NO_METADATA: "Save the hub's metadata as a file and name it in 'metadata_file'.",
}


def check_metadata() -> Found:
    """The hub's metadata can be read, still counts, and its certificates do not end soon."""
    for entry in _federations():
        try:
            hub = get_federation(entry.name).read_hub()
        except (MetadataError, Unavailable) as error:
            yield checks.Error(
                f"Federation {entry.name!r}: {error}.",
                hint="Save the hub's metadata again and check 'metadata_file'.",
                id=NO_METADATA,
            )
        except (ImproperlyConfigured, NoReverseMatch):
            continue  # check_keys, check_sandbox or check_urls says it
        else:
            yield from _metadata_ended(entry, hub)
            yield from _certificate_ends(entry, hub)


def _metadata_ended(entry: FederationSettings, hub: Hub) -> Found:
    if hub.valid_until is not None and hub.valid_until <= datetime.now(UTC):
        yield checks.Warning(
            f"Federation {entry.name!r}: the hub's metadata ended on {hub.valid_until:%Y-%m-%d}.",
            hint="Nobody can log in through it until you save the hub's metadata again.",
            id=METADATA_ENDED,
        )


def _certificate_ends(entry: FederationSettings, hub: Hub) -> Found:
    last = max(certificate.not_valid_after_utc for certificate in hub.certificates)
    if last < datetime.now(UTC) + WARN_BEFORE:
        yield checks.Warning(
            f"Federation {entry.name!r}: the hub's last certificate ends on {last:%Y-%m-%d}.",
            hint="Logins go on, but ask the hub for its new metadata now.",
            id=CERTIFICATE_ENDS,
        )


def check_sandbox() -> Found:
    """The sandbox lets anybody be anybody: DEBUG only. And it has pages of its own."""
    for entry in _federations():
        if entry.preset == SANDBOX and not _is_debug():
            yield checks.Error(
                f"Federation {entry.name!r} trusts the sandbox while DEBUG is off.",
                hint="Set 'preset' to 'kennisnet' and name the hub's metadata file.",
                id=SANDBOX_OUTSIDE_DEBUG,
            )
        elif entry.preset == SANDBOX and not _is_included("intergrip_sandbox:index"):
            yield checks.Error(
                f"Federation {entry.name!r} uses the sandbox, but its URLs are not included.",
                hint="Add path('sandbox/', include('django_intergrip_link.sandbox.urls')) to your "
                "urlpatterns.",
                id=NO_URLS,
            )


def _is_debug() -> bool:
    """Whether the project itself says DEBUG; Django's test runner switches it off for its tests."""
    module = sys.modules.get(getattr(django_settings, "SETTINGS_MODULE", None) or "")
    return bool(django_settings.DEBUG or getattr(module, "DEBUG", False))


def check_policy() -> Found:
    """The link policy can be imported and called."""
    if not settings.declared:
        return
    try:
        usable = callable(settings.LINK_POLICY)
    except (ImportError, AttributeError):
        usable = False
    if not usable:
        yield checks.Error(
            f"LINK_POLICY cannot be imported: {settings.declared.get('LINK_POLICY')!r}.",
            hint="Give the dotted path of a function (*, user, account, school) -> str | None.",
            id=BAD_POLICY,
        )


def check_support() -> Found:
    """Pages can say where to get help."""
    if settings.declared and not settings.SUPPORT:
        yield checks.Warning(
            "INTERGRIP_LINK['SUPPORT'] is not set, so pages have no help link.",
            hint="Add 'SUPPORT': 'https://www.example.nl/help' or a mailto: address.",
            id=NO_SUPPORT,
        )


def check_backends() -> Found:
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


def check_urls() -> Found:
    """Our URLs are included, djangosaml2's are not."""
    if not _is_included("intergrip_link:start", "kennisnet"):
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


def _is_included(name: str, *args: str) -> bool:
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


def check_sessions() -> Found:
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


def check_saml_settings() -> Found:
    """No setting of djangosaml2 that makes or renames users."""
    for name in DANGEROUS_SAML_SETTINGS:
        if getattr(django_settings, name, None):
            yield checks.Error(
                f"{name} is set.",
                hint=f"Remove {name}: this app never makes or finds users by what a school sends.",
                id=SAML_SETTINGS,
            )


def check_languages() -> Found:
    """Dutch is among the languages."""
    if "nl" not in dict(django_settings.LANGUAGES):
        yield checks.Warning(
            "LANGUAGES does not hold 'nl', so students read English.",
            hint="Add ('nl', 'Nederlands') to LANGUAGES.",
            id=NO_DUTCH,
        )


def check_pyxmlsecurity() -> Found:
    """pysaml2 is set to a backend that must stay without its library."""
    if find_spec("xmlsec") is not None and find_spec("xmlsec.crypto") is not None:
        yield checks.Warning(
            "pyXMLSecurity is installed.",
            hint="Uninstall it; its signature check can be fooled and nothing here needs it.",
            id=PYXMLSECURITY,
        )


def check_cookies() -> Found:
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


def check_hosts() -> Found:
    """The site answers to its own names only."""
    if "*" in django_settings.ALLOWED_HOSTS:
        yield checks.Error(
            "ALLOWED_HOSTS accepts every host.",
            hint="List the host names of this site in ALLOWED_HOSTS.",
            id=ANY_HOST,
        )


def check_cache() -> Found:
    """Limits are counted in one place for all processes."""
    engine = django_settings.CACHES.get("default", {}).get("BACKEND", "")
    if engine.endswith(("LocMemCache", "DummyCache")):
        yield checks.Warning(
            "The default cache is not shared, so limits count per process.",
            hint="Set CACHES['default'] to Redis, Memcached or the database.",
            id=LOCAL_CACHE,
        )


def _federations() -> list[FederationSettings]:
    try:
        return [e for e in settings.FEDERATIONS.values() if e.preset in PRESETS]
    except ImproperlyConfigured:
        return []  # check_federations says it


SETTINGS_CHECKS = (
    check_settings_exist,
    check_known_keys,
    check_site_name,
    check_subject_keys,
    check_federations,
    check_base_urls,
    check_keys,
    check_metadata,
    check_sandbox,
    check_policy,
    check_support,
)
NEIGHBOUR_CHECKS = (
    check_backends,
    check_urls,
    check_sessions,
    check_saml_settings,
    check_languages,
    check_pyxmlsecurity,
)
DEPLOY_CHECKS = (check_cookies, check_hosts, check_cache)
