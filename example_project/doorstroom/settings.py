"""Settings of the example for development: DEBUG, SQLite, and the sandbox as its federation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import django

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO_PORT = os.environ.get("DEMO_PORT", "8000")

DEBUG = True
SECRET_KEY = "for the demo on this machine only"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "doorstroom.urls"
WSGI_APPLICATION = "doorstroom.wsgi.application"

INSTALLED_APPS = [
    "dossier",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_otp",
    # In this order the login pages offer them: the app first, spare codes after it.
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
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
TEMPLATES: list[dict[str, Any]] = [
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
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DOORSTROOM_DATABASE", BASE_DIR / "doorstroom.sqlite3"),
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Mails, such as "your school account is linked", appear in the terminal and at /sandbox/outbox/.
MAILERS = {"default": {"BACKEND": "django_intergrip_link.sandbox.outbox.OutboxBackend"}}
if django.VERSION < (6, 1):
    EMAIL_BACKEND = MAILERS["default"]["BACKEND"]

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
STATIC_URL = "static/"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dossier"

# School accounts: one app (above), one backend, one dict, one include (in urls.py).
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "django_intergrip_link.backends.SchoolBackend",
]
INTERGRIP_LINK: dict[str, Any] = {
    "SITE_NAME": "Doorstroom",
    "SUBJECT_KEYS": {"demo": "for the demo on this machine only, 2026"},
    "FEDERATIONS": {
        "kennisnet": {"preset": "sandbox", "base_url": f"http://localhost:{DEMO_PORT}"},
        # Vocational schools come through a federation of their own; one page offers both.
        "surfconext": {"preset": "sandbox", "base_url": f"http://localhost:{DEMO_PORT}"},
    },
    "CHOOSER": os.environ.get("DOORSTROOM_CHOOSER", "auto"),
    # Who forgot the password may use a code by e-mail, if the address is known to be theirs.
    "VERIFIED_ADDRESS": "dossier.addresses.is_verified",
    "SUPPORT": "mailto:help@doorstroom.example",
}
