"""Settings of the example as it would run for real; what differs by machine is in the environment.

``DOORSTROOM_FILES`` is a folder outside the repository with ``sp.key`` and ``sp.crt`` (made by
``manage.py intergrip_keys``) and ``hub.xml`` (the metadata that Kennisnet publishes).
"""

from __future__ import annotations

import os
from pathlib import Path

import django

from doorstroom.settings import *  # noqa: F403
from doorstroom.settings import BASE_DIR, INTERGRIP_LINK

HOST = os.environ["DOORSTROOM_HOST"]
FILES = Path(os.environ["DOORSTROOM_FILES"])

DEBUG = False
SECRET_KEY = os.environ["DOORSTROOM_SECRET_KEY"]
ALLOWED_HOSTS = [HOST]
STATIC_ROOT = os.environ.get("DOORSTROOM_STATIC", BASE_DIR / "static")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("DOORSTROOM_DATABASE", "doorstroom"),
        "USER": os.environ.get("DOORSTROOM_DATABASE_USER", "doorstroom"),
        "PASSWORD": os.environ.get("DOORSTROOM_DATABASE_PASSWORD", ""),
        "HOST": os.environ.get("DOORSTROOM_DATABASE_HOST", ""),
    },
}
# Shared by all processes: the limits on wrong passwords are counted here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["DOORSTROOM_REDIS"],
    },
}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
if django.VERSION < (6, 1):
    EMAIL_BACKEND = MAILERS["default"]["BACKEND"]

# The proxy in front ends TLS, and removes this header from what visitors send.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

INTERGRIP_LINK = {
    **INTERGRIP_LINK,
    "SUBJECT_KEYS": {"2026": os.environ["DOORSTROOM_SUBJECT_KEY"]},
    "FEDERATIONS": {
        "kennisnet": {
            "preset": "kennisnet",
            "base_url": f"https://{HOST}",
            "key_file": FILES / "sp.key",
            "cert_file": FILES / "sp.crt",
            "metadata_file": FILES / "hub.xml",
        },
    },
}
