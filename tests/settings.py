"""Settings of the test project. ``TEST_DATABASE_URL`` and ``TEST_CACHE_URL`` choose the servers."""

from __future__ import annotations

import os

from tests.servers import read_cache, read_database

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ROOT_URLCONF = "tests.urls"
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
STATIC_URL = "static/"
# Django 6.1 and later; older ones have their default, and both become locmem in a test.
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": read_database(os.environ.get("TEST_DATABASE_URL", "sqlite:///"))}
CACHES = {"default": read_cache(os.environ.get("TEST_CACHE_URL", "locmem://"))}
if "TEST_CACHE_URL" in os.environ:
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_email",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_intergrip_link",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Django 6.1 warns without it; Django 5.2 does not know it.
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "django_intergrip_link.backends.SchoolBackend",
]
# A quick hash: no test is about how slow a password is to guess.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_REDIRECT_URL = "/inside/"

INTERGRIP_LINK = {
    "SITE_NAME": "Doorstroom",
    "SUBJECT_KEYS": {"test": "only for tests, and long enough for the check"},
    # The fixture fake_school adds its own.
    "FEDERATIONS": {},
    "SUPPORT": "https://help.example/",
}
