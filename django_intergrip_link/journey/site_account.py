"""The other side of a link, as the confirm page may show it: proven, and still masked."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class SiteAccount:
    """A site account by what its owner recognises; ``masked_email`` is ``s•••@gmail.com``."""

    display_name: str
    username: str
    first_name: str
    masked_email: str

    @classmethod
    def from_user(cls, user: Any) -> Self:
        """Read a user of any model."""
        full_name = getattr(user, "get_full_name", lambda: "")()
        email = getattr(user, user.get_email_field_name(), "") or ""
        masked_email = mask_address(email)
        name = str(user.get_username())
        if masked_email and name.casefold() == email.casefold():
            # The address is the user name: it stays masked, and is shown once.
            name, masked_email = masked_email, masked_email if full_name else ""
        return cls(
            display_name=full_name or name,
            username=name if name != masked_email else "",
            first_name=getattr(user, "first_name", "") or "",
            masked_email=masked_email,
        )

    def differs_from(self, given_name: str) -> bool:
        """Whether both first names are known and share no word."""
        words = _words(given_name), _words(self.first_name)
        return all(words) and not words[0] & words[1]


def call_name(user: Any) -> str:
    """Return what to call a user of any model: the short name, else the user name."""
    short_name = getattr(user, "get_short_name", str)()
    return str(short_name or user.get_username())


def mask_address(email: str) -> str:
    """Return an e-mail address that only its owner recognises, or ``""``."""
    name, at, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}" if at and name else ""


def _words(name: str) -> set[str]:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c if c.isalpha() else " " for c in decomposed if not unicodedata.combining(c))
    return set(plain.split())
