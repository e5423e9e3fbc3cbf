"""What a school vouches for, once its answer is read. Behind this nobody sees XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

CLOCKS: Final = timedelta(seconds=30)
"""How far two clocks may differ before a login counts as older than the request for it."""


@dataclass(frozen=True, kw_only=True)
class SchoolIdentity:
    """One verified answer.

    Attributes:
        federation: name of the federation in the settings.
        request_id: the request of ours that was answered.
        assertion_id: ID of the assertion, unique per issuer.
        issuer: entityID of the hub.
        authority: entityID of the school's own IdP behind the hub, or ``""``.
        subject: stable key of the school account inside the federation, 1-256 characters.
        brin: school code of 4 or 6 characters, or ``""`` where the federation tells schools by
        realm.
        realm: what the subject is scoped by, or ``""``.
        role: ``student``, ``employee``, ``staff`` or ``""``.
        given_name: first name for the screen only, or ``""``.
        requested_at: when the request was made.
        authenticated_at: when the school says the person logged in.
        is_certificate_expired: the hub signed with a key whose certificate is past its end date.
    """

    federation: str
    request_id: str
    assertion_id: str
    issuer: str
    authority: str
    # SECURITY: identities never reach a log through repr().
    subject: str = field(repr=False)
    brin: str
    realm: str
    role: str
    given_name: str = field(repr=False)
    requested_at: datetime
    authenticated_at: datetime
    is_certificate_expired: bool = False

    @property
    def institution(self) -> str:
        """Return what keeps equal subjects of two schools apart: BRIN (4), or the realm."""
        return self.brin[:4] or self.realm

    @property
    def is_fresh(self) -> bool:
        """Whether the person logged in at school after we asked, give or take half a minute."""
        return self.authenticated_at >= self.requested_at - CLOCKS
