"""What the session holds while somebody links: the arrival's key, the proof so far, where to go."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

from django_intergrip_link.models import AccountLink

_SESSION_KEY: Final = "intergrip_link"
PROOF_LIFETIME: Final = 600
"""Seconds that a proof of the site account counts."""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """One linking journey in one session.

    Attributes:
        arrival: key of the claimed arrival; a proof can never serve another one.
        federation: where to start again.
        next: path to go to in the end.
        school: code of the school, to start again with.
        local_name: who was logged in on this device before, until the question is answered.
        login: what to fill in on the password form.
        origin: how the site account was proven, a value of ``AccountLink.Origin``; ``""`` before.
        user_id: the proven site account, as text; ``""`` before that, and for a new one.
        code_id: the ``LinkCode`` that is part of the proof and is used up at confirm, or 0.
        proven_at: Unix time of the proof.
        mark: of that account when it was proven; another one now, and the proof is over.
        has_otp: a device of that account has given its code.
        logged_in_id: who logged in on the pages of the project, as text; not yet a proof.
        logged_in_at: Unix time of that login.
        relink_id: the paused link of this school account, which only its own user may take up.
        choice: answer to "you have a school account already": ``""``, ``both`` or ``swap``.
        replaces: keys of the links that end at confirm, as shown to the person who chose ``swap``.
        link_id: the link that was made; only *done* and *undo* follow.
        is_mailed: the mail about it went out.
    """

    arrival: str
    federation: str
    next: str
    school: str = ""
    local_name: str = ""
    login: str = ""
    origin: str = ""
    user_id: str = ""
    code_id: int = 0
    proven_at: int = 0
    mark: str = field(default="", repr=False)
    has_otp: bool = False
    logged_in_id: str = ""
    logged_in_at: int = 0
    relink_id: int = 0
    choice: str = ""
    replaces: list[int] = field(default_factory=list)
    link_id: int = 0
    is_mailed: bool = False

    @classmethod
    def load(cls, session: MutableMapping[str, Any]) -> Self | None:
        """Return the journey of this session, or ``None``."""
        row = session.get(_SESSION_KEY)
        try:
            return cls(**row) if row else None
        except TypeError:  # written by another release of this app during an update
            return None

    def save(self, session: MutableMapping[str, Any], **changes: Any) -> Self:
        """Write the journey with these changes to the session and return it."""
        changed = replace(self, **changes)
        session[_SESSION_KEY] = asdict(changed)
        return changed

    @staticmethod
    def drop(session: MutableMapping[str, Any]) -> None:
        """Forget the journey of this session."""
        session.pop(_SESSION_KEY, None)

    def without_proof(self) -> dict[str, Any]:
        """Return the changes that forget the proof and what was chosen after it."""
        return {
            "origin": "",
            "user_id": "",
            "code_id": 0,
            "proven_at": 0,
            "mark": "",
            "has_otp": False,
            "logged_in_id": "",
            "logged_in_at": 0,
            "choice": "",
            "replaces": [],
        }

    @property
    def is_registration(self) -> bool:
        """Whether confirm makes a new site account."""
        return self.origin == AccountLink.Origin.REGISTRATION and bool(self.code_id)

    @property
    def has_proof(self) -> bool:
        """Whether a site account was proven in the last ten minutes.

        What that is worth now says :mod:`~django_intergrip_link.journey.proven`.
        """
        is_known = bool(self.user_id) or self.is_registration
        return is_known and time.time() - self.proven_at < PROOF_LIFETIME
