"""Honest answers in every shape, straight to ``read_answer``: thousands of them in seconds.

For the mutations and for the count of wrong refusals; no view and no database in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django_intergrip_link.federation.answer import read_answer
from django_intergrip_link.federation.config import Federation, get_federation
from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.federation.request import new_request_id
from django_intergrip_link.testing.answer import Answer
from django_intergrip_link.testing.hub import FakeHub, SignedParts
from tests.attacks.stage import form_body

AttributeSet = dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where answers are read: one federation, its hub, and a clock that stands still."""

    federation: Federation
    hub: FakeHub
    now: datetime

    @classmethod
    def open(cls, hub: FakeHub) -> Desk:
        """Take the federation ``kennisnet`` of the settings."""
        return cls(federation=get_federation("kennisnet"), hub=hub, now=datetime.now(UTC))

    def answer(
        self, uid: str, *, sign: SignedParts, attributes: AttributeSet | None = None, **bent: Any
    ) -> Answer:
        """Return an honest answer to a request of its own."""
        said: AttributeSet = {
            "uid": (uid,),
            "givenName": ("Noor",),
            "eduPersonAffiliation": ("student",),
            "nlEduPersonHomeOrganizationId": ("99AA00",),
        }
        return self.hub.answer(
            request_id=new_request_id("kennisnet"),
            acs_url=self.federation.acs_url,
            audience=self.federation.entity_id,
            attributes={**said, **(attributes or {})},
            sign=sign,
            now=self.now,
            authority="https://99aa00.school.invalid",
            **bent,
        )

    def read(self, xml: bytes) -> SchoolIdentity:
        """Read a document as the view does."""
        return read_answer(self.federation, form_body(xml), now=self.now)


def identity_said(answer: Answer) -> dict[str, Any]:
    """Return what the answer says about a person, told by the answer itself."""
    return {
        "subject": answer.attributes["uid"][0],
        "issuer": answer.issuer,
        "request_id": answer.request_id,
        "assertion_id": answer.assertion_id,
        "brin": answer.attributes["nlEduPersonHomeOrganizationId"][0],
        "given_name": answer.attributes["givenName"][0],
        "authority": answer.authority,
        "authenticated_at": answer.authn_instant.replace(microsecond=0),
    }


def later(answer: Answer, by: timedelta) -> Answer:
    """Return an answer that a hub with another clock would give."""
    moments = {
        name: getattr(answer, name) + by
        for name in (
            "now",
            "subject_not_on_or_after",
            "not_before",
            "not_on_or_after",
            "authn_instant",
        )
    }
    return replace(answer, **moments)
