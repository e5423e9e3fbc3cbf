"""The signed cookies of the journey: one way to name, read, write and remove them.

Each belongs to one browser and one site; none is for scripts, and none holds a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, kw_only=True)
class SignedCookie:
    """One kind of cookie.

    Attributes:
        name: without the prefix.
        salt: keeps a value of one kind from passing for another.
        max_age: how long the browser keeps it, and how long its signature counts.
    """

    name: str
    salt: str
    max_age: timedelta

    def full_name(self, *, is_https: bool) -> str:
        """Return the name; over TLS it has the ``__Host-`` prefix."""
        # SECURITY: __Host- keeps sibling domains from planting this cookie (login CSRF, somebody
        # else's journey). The prefix needs TLS, so plain http (development only) goes without.
        return f"__Host-{self.name}" if is_https else self.name

    def read(self, request: HttpRequest, *, is_https: bool) -> Any:
        """Return the value, or ``None`` when there is none, or it is forged or too old."""
        return self.unpack(request.COOKIES.get(self.full_name(is_https=is_https), ""))

    def write(self, response: HttpResponse, value: Any, *, is_https: bool) -> None:
        """Set the cookie; an empty value removes it."""
        name = self.full_name(is_https=is_https)
        if not value:
            response.delete_cookie(name, samesite="Lax")
            # SECURITY: browsers ignore the removal of a __Host- cookie without Secure.
            response.cookies[name]["secure"] = is_https or ""
            return
        response.set_cookie(
            name,
            self.pack(value),
            max_age=self.max_age,
            path="/",
            secure=is_https,
            httponly=True,
            samesite="Lax",
        )

    def pack(self, value: Any) -> str:
        """Return a JSON value, signed."""
        return signing.dumps(value, salt=self.salt, compress=True)

    def unpack(self, text: str) -> Any:
        """Return what :meth:`pack` packed, or ``None``."""
        try:
            return signing.loads(text, salt=self.salt, max_age=self.max_age)
        except signing.BadSignature:
            return None
