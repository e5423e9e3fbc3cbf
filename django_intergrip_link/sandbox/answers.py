"""What the fake hub says about somebody, honestly or bent the way "Entree Referentie" asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from django_intergrip_link.testing import names
from django_intergrip_link.testing.answer import Answer, SignedParts

from .cookies import SchoolLogin
from .hub import get_hub
from .requests import OpenRequest
from .schools import DemoSchool, find_schools

OUTCOMES: Final = {
    "ok": "Gelukt",
    "refusal": "School weigert (AuthnFailed)",
    "missing": "Attribuut uid ontbreekt",
    "audience": "Voor een andere dienst (Audience)",
    "expired": "Verlopen",
    "other_school": "Andere school dan gekozen",
    "unsigned": "Niet ondertekend",
}
SIGNED_PARTS: Final[dict[SignedParts, str]] = {
    "both": "Response en Assertion",
    "response": "Alleen Response",
    "assertion": "Alleen Assertion",
}
OTHER_SCHOOL: Final = find_schools(["veenpolder"])[0]
_EXPIRED_SINCE: Final = timedelta(hours=1)


def attributes_of(school: DemoSchool, login: SchoolLogin) -> dict[str, str]:
    """Return the default attribute set of the hub for somebody at ``school``."""
    return {
        "uid": login.person.uid(school),
        "givenName": login.person.given_name,
        "eduPersonAffiliation": login.person.affiliation,
        "nlEduPersonHomeOrganizationId": school.brin,
        "nlEduPersonHomeOrganization": school.name,
    }


def honest_answer(pending: OpenRequest, school: DemoSchool, login: SchoolLogin) -> Answer:
    """Return the answer for somebody who is logged in at ``school``."""
    answer = reference_answer(pending, school, attributes_of(school, login))
    return replace(answer, authn_instant=datetime.fromtimestamp(login.at, UTC))


def reference_answer(
    pending: OpenRequest,
    school: DemoSchool,
    attributes: Mapping[str, str],
    *,
    outcome: str = "ok",
    sign: SignedParts = "both",
) -> Answer:
    """Return an answer with these attributes (empty ones left out) and this outcome of OUTCOMES."""
    if outcome == "other_school":
        attributes = _at_other_school(attributes)
    if outcome == "missing":
        attributes = {**attributes, "uid": ""}
    now = datetime.now(UTC) - (_EXPIRED_SINCE if outcome == "expired" else timedelta())
    site = pending.site
    answer = get_hub(pending.federation).answer(
        request_id=pending.request_id,
        acs_url=site.acs_url,
        audience=f"{site.entity_id}/other" if outcome == "audience" else site.entity_id,
        attributes={name: [value] for name, value in attributes.items() if value},
        authority=(OTHER_SCHOOL if outcome == "other_school" else school).entity_id,
        sign="none" if outcome == "unsigned" else sign,
        now=now,
    )
    return _refused(answer) if outcome == "refusal" else answer


def _refused(answer: Answer) -> Answer:
    return replace(
        answer,
        status=names.RESPONDER,
        sub_status=names.AUTHN_FAILED,
        has_assertion=False,
        sign="response",
    )


def _at_other_school(attributes: Mapping[str, str]) -> dict[str, str]:
    return {
        **attributes,
        "uid": f"{attributes['uid'].rpartition('@')[0]}@{OTHER_SCHOOL.realm}",
        "nlEduPersonHomeOrganizationId": OTHER_SCHOOL.brin,
        "nlEduPersonHomeOrganization": OTHER_SCHOOL.name,
    }
