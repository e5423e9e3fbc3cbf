"""What the session holds while somebody links: the arrival's key, the proof so far, where to go."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

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
        user_id: the site account whose password was right, as text; ``""`` before that.
        proven_at: Unix time of that.
        needs_otp: a device of that account has yet to confirm.
        link_id: the link that was made; only *done* and *undo* follow.
        is_mailed: the mail about it went out.
    """

    arrival: str
    federation: str
    next: str
    school: str = ""
    local_name: str = ""
    login: str = ""
    user_id: str = ""
    proven_at: int = 0
    needs_otp: bool = False
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

    @property
    def has_password_proof(self) -> bool:
        """Whether the password was right, not longer than ten minutes ago."""
        return bool(self.user_id) and time.time() - self.proven_at < PROOF_LIFETIME

    @property
    def is_proven(self) -> bool:
        """Whether nothing is missing but the confirmation."""
        # SECURITY: the one question before confirm; a password alone is not enough with a device.
        return self.has_password_proof and not self.needs_otp
