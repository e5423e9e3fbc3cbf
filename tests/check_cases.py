"""One row for each way to break a good production site, and the whole message that follows.

``test_checks`` breaks the site; ``test_docs`` compares the messages with the documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django_intergrip_link import checks


@dataclass(frozen=True, kw_only=True)
class Case:
    """``breaks`` changes pytest-django's settings; ``message`` may hold ``{folder}``."""

    name: str
    id: str
    message: str
    breaks: Callable[[Any], None]


def declare(**changes: Any) -> Callable[[Any], None]:
    """Return a change of keys of ``INTERGRIP_LINK``; ``None`` removes one."""

    def change(settings: Any) -> None:
        declared = {**settings.INTERGRIP_LINK, **changes}
        settings.INTERGRIP_LINK = {k: v for k, v in declared.items() if v is not None}

    return change


def federate(**changes: Any) -> Callable[[Any], None]:
    """Return a change of the one federation; ``None`` removes a key."""

    def change(settings: Any) -> None:
        federations = settings.INTERGRIP_LINK["FEDERATIONS"]
        entry = {**federations["kennisnet"], **changes}
        kept = {k: v for k, v in entry.items() if v is not None}
        declare(FEDERATIONS={"kennisnet": kept})(settings)

    return change


def set_to(**changes: Any) -> Callable[[Any], None]:
    """Return a change of Django's own settings."""

    def change(settings: Any) -> None:
        for name, value in changes.items():
            setattr(settings, name, value)

    return change


def without(setting: str, *values: str) -> Callable[[Any], None]:
    """Return the removal of values from a list setting."""

    def change(settings: Any) -> None:
        kept = [value for value in getattr(settings, setting) if value not in values]
        setattr(settings, setting, kept)

    return change


def play_sandbox(settings: Any) -> None:
    """Trust the sandbox on a development site, without its pages."""
    settings.DEBUG = True
    declare(FEDERATIONS={"kennisnet": {"preset": "sandbox", "base_url": "http://localhost:8000"}})(
        settings
    )


CASES = (
    Case(
        name="chooser that does not exist",
        id=checks.ids.BAD_CHOICE,
        message="INTERGRIP_LINK['CHOOSER'] must be one of auto, site, hub; it is 'both'.",
        breaks=declare(CHOOSER="both"),
    ),
    Case(
        name="memory that does not exist",
        id=checks.ids.BAD_CHOICE,
        message="INTERGRIP_LINK['REMEMBER_SCHOOL'] must be one of ask, auto, off; it is True.",
        breaks=declare(REMEMBER_SCHOOL=True),
    ),
    Case(
        name="registration that does not exist",
        id=checks.ids.BAD_CHOICE,
        message="INTERGRIP_LINK['REGISTRATION'] must be one of ask, existing_only, new_only; "
        "it is 'closed'.",
        breaks=declare(REGISTRATION="closed"),
    ),
    Case(
        name="registration form that is not there",
        id=checks.ids.BAD_REGISTRATION_FORM,
        message="REGISTRATION_FORM is no registration form: 'tests.check_cases.nothing'.",
        breaks=declare(REGISTRATION_FORM="tests.check_cases.nothing"),
    ),
    Case(
        name="registration form without its contract",
        id=checks.ids.BAD_REGISTRATION_FORM,
        message="REGISTRATION_FORM is no registration form: 'django.forms.Form'.",
        breaks=declare(REGISTRATION_FORM="django.forms.Form"),
    ),
    Case(
        name="registration form that is no form",
        id=checks.ids.BAD_REGISTRATION_FORM,
        message="REGISTRATION_FORM is no registration form: 'tests.check_cases.CASES'.",
        breaks=declare(REGISTRATION_FORM="tests.check_cases.CASES"),
    ),
    Case(
        name="nothing declared",
        id=checks.ids.NO_SETTINGS,
        message="INTERGRIP_LINK is not set.",
        breaks=set_to(INTERGRIP_LINK=None),
    ),
    Case(
        name="not a dict",
        id=checks.ids.NO_SETTINGS,
        message="INTERGRIP_LINK is not set.",
        breaks=set_to(INTERGRIP_LINK="Doorstroom"),
    ),
    Case(
        name="misspelled key",
        id=checks.ids.UNKNOWN_KEY,
        message="INTERGRIP_LINK has an unknown key 'SITENAME'.",
        breaks=declare(SITENAME="Doorstroom"),
    ),
    Case(
        name="no name",
        id=checks.ids.NO_SITE_NAME,
        message="INTERGRIP_LINK['SITE_NAME'] is missing.",
        breaks=declare(SITE_NAME=None),
    ),
    Case(
        name="no subject keys",
        id=checks.ids.WEAK_SUBJECT_KEY,
        message="INTERGRIP_LINK['SUBJECT_KEYS'] needs at least one secret, "
        "each of 32 characters or more.",
        breaks=declare(SUBJECT_KEYS=None),
    ),
    Case(
        name="subject keys of another shape",
        id=checks.ids.WEAK_SUBJECT_KEY,
        message="INTERGRIP_LINK['SUBJECT_KEYS'] needs at least one secret, "
        "each of 32 characters or more.",
        breaks=declare(SUBJECT_KEYS="s" * 40),
    ),
    Case(
        name="one short subject key",
        id=checks.ids.WEAK_SUBJECT_KEY,
        message="INTERGRIP_LINK['SUBJECT_KEYS'] needs at least one secret, "
        "each of 32 characters or more.",
        breaks=declare(SUBJECT_KEYS={"2": "s" * 32, "1": "s" * 31}),
    ),
    Case(
        name="long key id",
        id=checks.ids.WEAK_SUBJECT_KEY,
        message="INTERGRIP_LINK['SUBJECT_KEYS'] has an id of more than 32 characters.",
        breaks=declare(SUBJECT_KEYS={"k" * 33: "s" * 32}),
    ),
    Case(
        name="no federations",
        id=checks.ids.BAD_FEDERATION,
        message="INTERGRIP_LINK['FEDERATIONS'] is missing; "
        "see the settings page of the documentation.",
        breaks=declare(FEDERATIONS=None),
    ),
    Case(
        name="unknown preset",
        id=checks.ids.BAD_FEDERATION,
        message="Federation 'kennisnet' has no preset 'entree'.",
        breaks=federate(preset="entree"),
    ),
    Case(
        name="path in base_url",
        id=checks.ids.BAD_BASE_URL,
        message="Federation 'kennisnet': base_url must be https://host without a path.",
        breaks=federate(base_url="https://www.example.nl/app"),
    ),
    Case(
        name="no TLS",
        id=checks.ids.BAD_BASE_URL,
        message="Federation 'kennisnet': base_url must be https://host without a path.",
        breaks=federate(base_url="http://www.example.nl"),
    ),
    Case(
        name="no key",
        id=checks.ids.NO_KEYS,
        message="Federation 'kennisnet' needs 'key_file' and 'cert_file'. "
        "Make both with `manage.py intergrip_keys`.",
        breaks=federate(key_file=None),
    ),
    Case(
        name="key file gone",
        id=checks.ids.NO_KEYS,
        message="No usable private key in '/nowhere/sp.key'. "
        "Make one with `manage.py intergrip_keys`.",
        breaks=federate(key_file="/nowhere/sp.key"),
    ),
    Case(
        name="no metadata",
        id=checks.ids.NO_METADATA,
        message="Federation 'kennisnet' needs 'metadata_file': "
        "the hub's metadata, saved as a file.",
        breaks=federate(metadata_file=None),
    ),
    Case(
        name="metadata file gone",
        id=checks.ids.NO_METADATA,
        message="Federation 'kennisnet': metadata file is gone.",
        breaks=federate(metadata_file="/nowhere/hub.xml"),
    ),
    Case(
        name="metadata of another hub",
        id=checks.ids.NO_METADATA,
        message="Federation 'kennisnet': 0 entities match "
        "https://engine.entree-s.kennisnet.nl/authentication/idp/metadata.",
        breaks=federate(preset="kennisnet-staging"),
    ),
    Case(
        name="sandbox in production",
        id=checks.ids.SANDBOX_OUTSIDE_DEBUG,
        message="Federation 'kennisnet' trusts the sandbox while DEBUG is off.",
        breaks=federate(preset="sandbox"),
    ),
    Case(
        name="backend not listed",
        id=checks.ids.NO_BACKEND,
        message="SchoolBackend is not in AUTHENTICATION_BACKENDS.",
        breaks=without("AUTHENTICATION_BACKENDS", "django_intergrip_link.backends.SchoolBackend"),
    ),
    Case(
        name="djangosaml2's backend",
        id=checks.ids.SAML2_BACKEND,
        message="djangosaml2.backends.Saml2Backend is listed beside SchoolBackend.",
        breaks=set_to(
            AUTHENTICATION_BACKENDS=[
                "django_intergrip_link.backends.SchoolBackend",
                "djangosaml2.backends.Saml2Backend",
            ]
        ),
    ),
    Case(
        name="djangosaml2's URLs",
        id=checks.ids.DJANGOSAML2_URLS,
        message="djangosaml2.urls is included beside ours.",
        breaks=set_to(ROOT_URLCONF="tests.urls_with_djangosaml2"),
    ),
    Case(
        name="URLs not included",
        id=checks.ids.NO_URLS,
        message="The URLs of django_intergrip_link are not included.",
        breaks=set_to(ROOT_URLCONF="django.contrib.auth.urls"),
    ),
    Case(
        name="sandbox without its URLs",
        id=checks.ids.NO_URLS,
        message="Federation 'kennisnet' uses the sandbox, but its URLs are not included.",
        breaks=play_sandbox,
    ),
    Case(
        name="policy that is not there",
        id=checks.ids.BAD_POLICY,
        message="LINK_POLICY cannot be imported: 'tests.check_cases.nothing'.",
        breaks=declare(LINK_POLICY="tests.check_cases.nothing"),
    ),
    Case(
        name="policy that is no function",
        id=checks.ids.BAD_POLICY,
        message="LINK_POLICY cannot be imported: 'tests.check_cases.CASES'.",
        breaks=declare(LINK_POLICY="tests.check_cases.CASES"),
    ),
    Case(
        name="question about addresses that is not there",
        id=checks.ids.BAD_VERIFIED_ADDRESS,
        message="VERIFIED_ADDRESS cannot be imported: 'tests.check_cases.nothing'.",
        breaks=declare(VERIFIED_ADDRESS="tests.check_cases.nothing"),
    ),
    Case(
        name="question about addresses that is no function",
        id=checks.ids.BAD_VERIFIED_ADDRESS,
        message="VERIFIED_ADDRESS cannot be imported: 'tests.check_cases.CASES'.",
        breaks=declare(VERIFIED_ADDRESS="tests.check_cases.CASES"),
    ),
    Case(
        name="sessions in cookies",
        id=checks.ids.COOKIE_SESSIONS,
        message="Sessions are kept in cookies.",
        breaks=set_to(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"),
    ),
    Case(
        name="strict session cookie",
        id=checks.ids.STRICT_SESSIONS,
        message="SESSION_COOKIE_SAMESITE is Strict, so the return from school finds no session.",
        breaks=set_to(SESSION_COOKIE_SAMESITE="Strict"),
    ),
    Case(
        name="no CSRF middleware",
        id=checks.ids.NO_MIDDLEWARE,
        message="django.middleware.csrf.CsrfViewMiddleware is not in MIDDLEWARE.",
        breaks=without("MIDDLEWARE", "django.middleware.csrf.CsrfViewMiddleware"),
    ),
    Case(
        name="session cookie over http",
        id=checks.ids.INSECURE_COOKIES,
        message="SESSION_COOKIE_SECURE is off.",
        breaks=set_to(SESSION_COOKIE_SECURE=False),
    ),
    Case(
        name="CSRF cookie over http",
        id=checks.ids.INSECURE_COOKIES,
        message="CSRF_COOKIE_SECURE is off.",
        breaks=set_to(CSRF_COOKIE_SECURE=False),
    ),
    Case(
        name="any host",
        id=checks.ids.ANY_HOST,
        message="ALLOWED_HOSTS accepts every host.",
        breaks=set_to(ALLOWED_HOSTS=["*"]),
    ),
    Case(
        name="users made by what a school sends",
        id=checks.ids.SAML_SETTINGS,
        message="SAML_CREATE_UNKNOWN_USER is set.",
        breaks=set_to(SAML_CREATE_UNKNOWN_USER=True),
    ),
    Case(
        name="cache of one process",
        id=checks.ids.LOCAL_CACHE,
        message="The default cache is not shared, so limits count per process.",
        breaks=set_to(
            CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        ),
    ),
    Case(
        name="login page that does not exist",
        id=checks.ids.NO_HOST_PAGE,
        message="INTERGRIP_LINK['LOGIN_VIEW'] is no page of this site: 'account_login'.",
        breaks=declare(LOGIN_VIEW="account_login"),
    ),
    Case(
        name="path without a page",
        id=checks.ids.NO_HOST_PAGE,
        message="INTERGRIP_LINK['LOGIN_VIEW'] is no page of this site: '/accounts/login/'.",
        breaks=declare(LOGIN_VIEW="/accounts/login/"),
    ),
    Case(
        name="login page of another site",
        id=checks.ids.NO_HOST_PAGE,
        message="INTERGRIP_LINK['LOGIN_VIEW'] is no page of this site: '//www.example/admin/'.",
        breaks=declare(LOGIN_VIEW="//www.example/admin/"),
    ),
    Case(
        name="registration on another site",
        id=checks.ids.NO_HOST_PAGE,
        message="INTERGRIP_LINK['REGISTER_URL'] is no page of this site: 'https://id.example/'.",
        breaks=declare(REGISTER_URL="https://id.example/"),
    ),
    Case(
        name="no help",
        id=checks.ids.NO_SUPPORT,
        message="INTERGRIP_LINK['SUPPORT'] is not set, so pages have no help link.",
        breaks=declare(SUPPORT=None),
    ),
    Case(
        name="English only",
        id=checks.ids.NO_DUTCH,
        message="LANGUAGES does not hold 'nl', so students read English.",
        breaks=set_to(LANGUAGES=[("en", "English")]),
    ),
    Case(
        name="session cookie for other sites",
        id=checks.ids.FOREIGN_COOKIES,
        message="SESSION_COOKIE_SAMESITE lets other sites use the session.",
        breaks=set_to(SESSION_COOKIE_SAMESITE="None"),
    ),
)
