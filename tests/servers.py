"""Reads the addresses of the database and the cache that the tests run against."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

ENGINES = {
    "sqlite": "django.db.backends.sqlite3",
    "postgres": "django.db.backends.postgresql",
    "mysql": "django.db.backends.mysql",
}


def read_database(url: str) -> dict[str, Any]:
    """Return an entry of ``DATABASES`` for ``engine://user:password@host:port/name``."""
    parts = urlsplit(url)
    database: dict[str, Any] = {
        "ENGINE": ENGINES[parts.scheme],
        "NAME": parts.path.lstrip("/") or ("" if parts.hostname else ":memory:"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # Two runs beside each other must not share a database.
        "TEST": {"NAME": f"test_intergrip_{os.getpid()}"} if parts.hostname else {},
    }
    if parts.scheme == "mysql":
        _use_pymysql()
        database["OPTIONS"] = {"charset": "utf8mb4"}
    return database


def read_cache(url: str) -> dict[str, Any]:
    """Return an entry of ``CACHES`` for ``locmem://`` or ``redis://host:port/number``."""
    if urlsplit(url).scheme == "locmem":
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": f"test_intergrip_{os.getpid()}",
    }


def _use_pymysql() -> None:
    """Let Django find PyMySQL where it looks for mysqlclient, which needs a compiler."""
    import pymysql  # noqa: PLC0415 - installed for MariaDB only

    pymysql.install_as_MySQLdb()
