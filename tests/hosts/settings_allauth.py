"""The example site with allauth's pages for logging in and registering; served by browser tests."""

from __future__ import annotations

from pathlib import Path

from doorstroom.settings import *  # noqa: F403
from doorstroom.settings import (
    AUTHENTICATION_BACKENDS,
    INSTALLED_APPS,
    INTERGRIP_LINK,
    MIDDLEWARE,
    TEMPLATES,
)

ROOT_URLCONF = "tests.hosts.urls_allauth"
INSTALLED_APPS = [*INSTALLED_APPS, "allauth", "allauth.account"]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = [
    *AUTHENTICATION_BACKENDS,
    "allauth.account.auth_backends.AuthenticationBackend",
]
# A frame for allauth's pages, as most projects make one.
TEMPLATES = [
    {**TEMPLATES[0], "DIRS": [Path(__file__).with_name("templates")]},
]

INTERGRIP_LINK = {
    **INTERGRIP_LINK,
    "LOGIN_VIEW": "account_login",
    "REGISTER_URL": "account_signup",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
