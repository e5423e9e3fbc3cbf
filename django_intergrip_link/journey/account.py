"""SchoolIdentity + School → SchoolAccount: what we may keep of an identity, without the subject."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _

from django_intergrip_link.conf import settings
from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.models import School

HINT_LENGTH = 4


@dataclass(frozen=True, kw_only=True)
class SchoolAccount:
    """A school account as the journey knows it: pseudonymous, and fit for a database row.

    Attributes:
        digests: key id → HMAC-SHA256 of the subject (64 hex digits), the current key first.
        hint: last characters of the subject's local part, for people; ``""`` for short ones.
        given_name: for the screen only; wiped when the arrival is used.
        is_fresh: the person logged in at school after we asked.
        authority: entityID of the IdP that vouched, or ``""`` when the hub did not say.
        brin: code of the school in our registry.
    """

    federation: str
    school_id: int
    school_name: str
    place: str
    realm: str
    role: str
    given_name: str = field(repr=False)
    hint: str
    digests: Mapping[str, str] = field(repr=False)
    is_fresh: bool
    authority: str = ""
    brin: str = ""

    @classmethod
    def from_identity(cls, identity: SchoolIdentity, school: School) -> Self:
        """Take over what we may keep."""
        local_part = identity.subject.rpartition("@")[0] or identity.subject
        return cls(
            federation=identity.federation,
            school_id=school.pk,
            school_name=school.short_name,
            place=school.place,
            realm=identity.realm,
            role=identity.role,
            given_name=identity.given_name,
            hint=local_part[-HINT_LENGTH:] if len(local_part) >= 2 * HINT_LENGTH else "",
            digests=digest_subject(identity),
            is_fresh=identity.is_fresh,
            authority=identity.authority,
            brin=school.brin,
        )

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_row` wrote."""
        return cls(**row)

    def to_row(self) -> dict[str, Any]:
        """Return plain values for a JSON column."""
        return asdict(self)

    @property
    def digest(self) -> tuple[str, str]:
        """Return key id and digest under the current key."""
        return next(iter(self.digests.items()))

    @property
    def role_label(self) -> str:
        """Return the role in the words of the screens."""
        if self.role == "student":
            return _("student")
        return _("staff member") if self.role else ""


def digest_subject(identity: SchoolIdentity) -> dict[str, str]:
    """Return key id → HMAC-SHA256 of federation, institution and subject.

    The institution is part of it, so that equal subjects of two schools, or of two federations, are
    two school accounts.
    """
    parts = (identity.federation, identity.institution, identity.subject)
    message = "\n".join(parts).encode()
    # SECURITY: keyed, so a stolen database does not tell who has an account here.
    return {
        key_id: hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
        for key_id, secret in settings.SUBJECT_KEYS.items()
    }
