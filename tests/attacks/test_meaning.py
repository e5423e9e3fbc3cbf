"""Meaning of the message (SEM): signed, and still not an answer to us, now, for this request.

Every row is a message that the hub really signs, in each of the three shapes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django_intergrip_link.federation.meaning import MAX_AGE, MAX_LIFETIME, SKEW
from django_intergrip_link.models import School
from django_intergrip_link.testing import names
from django_intergrip_link.testing.hub import SignedParts
from tests.attacks.bending import (
    ASSERTION,
    AUDIENCE,
    CONDITIONS,
    CONFIRMATION,
    CONFIRMATION_DATA,
    RESPONSE,
    SCHOOL_CODE,
    STATEMENT,
    UID,
    UID_VALUE,
    attribute,
    inserted,
    says,
    signed,
    text,
    twice,
    without,
    without_attribute,
)
from tests.attacks.case import OK, SHAPES, Act, Case, deny, each, start
from tests.attacks.invariants import run
from tests.attacks.stage import VICTIM_UID, Stage

ACS = "https://testserver/saml2/kennisnet/acs"
US = "https://testserver/saml2/kennisnet/metadata"
ELSEWHERE = "https://elsewhere.invalid/saml2/kennisnet/acs"
SECOND = timedelta(seconds=1)
STATUS = "urn:oasis:names:tc:SAML:2.0:status"
BRIN = "nlEduPersonHomeOrganizationId"
TYPE = f"{{{names.XSI}}}type"
MACE = "urn:mace:dir:attribute-def"


def at(**offsets: timedelta) -> Act:
    """Fields of the answer lie this far from now; the clock stands still at a whole second."""

    def act(stage: Stage) -> Any:
        now = datetime.now(UTC).replace(microsecond=0)
        moments: dict[str, Any] = {name: now + offset for name, offset in offsets.items()}
        with mock.patch("django_intergrip_link.federation.answer.datetime") as clock:
            clock.now.return_value = now
            return stage.send(stage.answer(**moments).xml())

    return act


def about(role: str = "", **bent: Any) -> Act:
    """Another message of the same hub: a refusal by the school."""
    return says(status=role or f"{STATUS}:Responder", **bent)


def without_school_row(stage: Stage) -> None:
    """The school is not on the list, and somebody of it comes in."""
    School.objects.filter(pk=stage.school.row.pk).update(brin="99ZZ99")
    start(stage)


def with_an_s(stage: Stage) -> None:
    """There is a school whose code has an S."""
    School.objects.create(federation="kennisnet", brin="99AS00", name="Sterflat", realm="99as00")
    start(stage)


def from_the_list_again(act: Act) -> Act:
    """Put the school on the list again, so that the honest login after it can be tried."""

    def put_back(stage: Stage) -> Any:
        try:
            return act(stage)
        finally:
            stage.school.row.save()

    return put_back


def switched_off(stage: Stage) -> Any:
    """The school is switched off while the student is there."""
    School.objects.filter(pk=stage.school.row.pk).update(is_active=False)
    return stage.send(stage.answer().xml())


AUDIENCE_CASES = (
    Case("SEM-01-conditions", "no Conditions", signed(without(CONDITIONS)), deny("audience")),
    Case("SEM-01-restriction", "no AudienceRestriction", says(audiences=()), deny("audience")),
    Case("SEM-01-empty", "an empty Audience", signed(text(AUDIENCE, "")), deny("audience")),
    Case("SEM-01-none", "an AudienceRestriction with nothing in it", says(audiences=((),)),
         deny("structure")),
    Case("SEM-02-other", "another audience", says(audience=ELSEWHERE), deny("audience")),
    Case("SEM-02-case", "other letter case", says(audience=US.upper()), deny("audience")),
    Case("SEM-02-slash", "a slash added", says(audience=f"{US}/"), deny("audience")),
    Case("SEM-02-space", "a space added", says(audience=f" {US}"), deny("audience")),
    Case("SEM-02-prefix", "an audience that begins as we do", says(audience=f"{US}.evil"),
         deny("audience")),
    Case("SEM-02-and", "a second restriction that leaves us out",
         says(audiences=((US,), (ELSEWHERE,))), deny("audience")),
    Case("SEM-02-also", "us among others", says(audiences=((ELSEWHERE, US),)), deny("audience")),
    Case("SEM-02-condition", "a condition that nobody knows", signed(inserted(
        CONDITIONS, "<saml:Condition xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
        "xmlns:x='urn:x' xsi:type='x:OnTuesdays'/>")), deny("structure")),
)  # fmt: skip

ADDRESSES = (
    Case("SEM-03-other", "Recipient elsewhere", says(recipient=ELSEWHERE), deny("recipient")),
    Case("SEM-03-absent", "no Recipient", says(recipient=None), deny("recipient")),
    Case("SEM-03-http", "Recipient with http", says(recipient=ACS.replace("https", "http")),
         deny("recipient")),
    Case("SEM-03-federation", "Recipient of another federation of ours",
         says(recipient=ACS.replace("kennisnet", "surfconext")), deny("recipient")),
    Case("SEM-03-data", "no SubjectConfirmationData", signed(without(CONFIRMATION_DATA)),
         deny("recipient")),
    Case("SEM-03-none", "no SubjectConfirmation", signed(without(CONFIRMATION)),
         deny("recipient")),
    Case("SEM-03-subject", "no Subject", signed(without(f"{ASSERTION}/saml:Subject")),
         deny("recipient")),
    Case("SEM-03-two", "two confirmations", signed(twice(CONFIRMATION)), deny("recipient")),
    Case("SEM-03-holder", "holder-of-key", says(
        confirmation_method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"), deny("recipient")),
    Case("SEM-03-vouches", "sender-vouches", says(
        confirmation_method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"), deny("recipient")),
    Case("SEM-04-other", "Destination elsewhere", says(destination=ELSEWHERE),
         deny("destination")),
    Case("SEM-04-absent", "no Destination", says(destination=None), deny("destination")),
    Case("SEM-04-empty", "an empty Destination", says(destination=""), deny("destination")),
    Case("SEM-04-http", "Destination with http", says(destination=ACS.replace("https", "http")),
         deny("destination")),
    Case("SEM-04-version", "SAML 1.1", signed(attribute(RESPONSE, "Version", "1.1")),
         deny("structure")),
    Case("SEM-04-assertion", "an assertion of SAML 1.1",
         signed(attribute(ASSERTION, "Version", "1.1")), deny("structure")),
)  # fmt: skip

TIMES = (
    Case("SEM-05-none", "bearer without NotOnOrAfter", says(subject_not_on_or_after=None),
         deny("time")),
    Case("SEM-05-at", "exactly at NotOnOrAfter and the allowed skew",
         at(subject_not_on_or_after=-SKEW), deny("time")),
    Case("SEM-05-inside", "one second inside", at(subject_not_on_or_after=SECOND - SKEW), OK),
    Case("SEM-05-conditions", "Conditions over, bearer not", at(not_on_or_after=-SKEW),
         deny("time")),
    Case("SEM-05-conditions-inside", "Conditions not yet over",
         at(not_on_or_after=SECOND - SKEW), OK),
    Case("SEM-06-future", "valid from too far ahead", at(not_before=SKEW + SECOND), deny("time")),
    Case("SEM-06-ahead", "a clock ahead as far as allowed", at(not_before=SKEW), OK),
    Case("SEM-06-issued", "issued in the future", at(now=SKEW + SECOND), deny("time")),
    Case("SEM-06-old", "issued too long ago", at(now=-MAX_AGE - SKEW - SECOND), deny("time")),
    Case("SEM-06-login", "logged in at school in the future", at(authn_instant=SKEW + SECOND),
         deny("time")),
    Case("SEM-07-long", "a bearer that stays good for an hour",
         at(subject_not_on_or_after=timedelta(hours=1)), deny("time")),
    Case("SEM-07-limit", "a bearer that stays good for one second too long",
         at(subject_not_on_or_after=MAX_LIFETIME + SKEW + SECOND), deny("time")),
    Case("SEM-07-conditions", "Conditions that stay good for an hour",
         at(not_on_or_after=timedelta(hours=1)), deny("time")),
    Case("SEM-07-session", "a school session that is over", signed(attribute(
        f"{ASSERTION}/saml:AuthnStatement", "SessionNotOnOrAfter", "2020-01-01T00:00:00Z")),
         deny("time")),
    Case("SEM-07-zone", "a time without its zone", signed(attribute(
        CONFIRMATION_DATA, "NotOnOrAfter", "2099-01-01T00:00:00")), deny("time")),
    Case("SEM-07-offset", "a time in another zone", signed(attribute(
        CONFIRMATION_DATA, "NotOnOrAfter", "2020-01-01T00:00:00+01:00")), deny("time")),
    Case("SEM-07-year", "a year that no calendar has", signed(attribute(
        CONFIRMATION_DATA, "NotOnOrAfter", "99999-01-01T00:00:00Z")), deny("time")),
    Case("SEM-07-text", "no time at all", signed(attribute(
        CONFIRMATION_DATA, "NotOnOrAfter", "tomorrow")), deny("structure")),
)  # fmt: skip

SHAPE = (
    Case("SEM-08-zero", "no assertion", signed(without(ASSERTION)), deny("structure"),
         ("response",)),
    Case("SEM-08-two", "two assertions, both signed", signed(
        twice(ASSERTION), attribute(f"{ASSERTION}[2]", "ID", "_22222222222222222222222222222222")),
         deny("structure"), SHAPES),
    Case("SEM-08-statement", "no AuthnStatement",
         signed(without(f"{ASSERTION}/saml:AuthnStatement")), deny("structure"), SHAPES),
    Case("SEM-08-statements", "two AuthnStatements",
         signed(twice(f"{ASSERTION}/saml:AuthnStatement")), deny("structure"), SHAPES),
    Case("SEM-09-unknown", "both Issuers are somebody else",
         says(issuer="https://evil.invalid/", assertion_issuer="https://evil.invalid/"),
         deny("issuer"), SHAPES),
    Case("SEM-09-response", "Issuer of the response is somebody else",
         says(issuer="https://evil.invalid/"), deny("issuer"), SHAPES),
    Case("SEM-09-assertion", "Issuer of the assertion is somebody else",
         says(assertion_issuer="https://evil.invalid/"), deny("issuer"), SHAPES),
    Case("SEM-09-absent", "no Issuer of the response", says(issuer=None),
         deny("issuer"), ("assertion",)),
    Case("SEM-09-case", "Issuer in capitals", signed(text(f"{RESPONSE}/saml:Issuer", (
        "https://ENGINE.entree.kennisnet.nl/authentication/idp/metadata"))),
         deny("issuer"), SHAPES),
)  # fmt: skip

STATUSES = (
    *(Case(f"SEM-10-{sub}", f"the school says {sub}", about(sub_status=f"{STATUS}:{sub}"),
           deny("status"), ("response",))
      for sub in ("AuthnFailed", "NoPassive", "RequestDenied", "NoAvailableIDP")),
    Case("SEM-10-unknown", "a status that nobody knows", about("urn:x:maybe"), deny("status"),
         ("response",)),
    Case("SEM-10-unsigned", "a refusal without any signature", about(sign="none"),
         deny("status")),
    Case("SEM-10-assertion", "a refusal with a good assertion in it",
         about(has_assertion=True), deny("status"), SHAPES),
    Case("SEM-10-sub", "Success with a second thought below it",
         says(sub_status=f"{STATUS}:AuthnFailed"), deny("status"), SHAPES),
)  # fmt: skip

IDENTIFIERS = (
    Case("SEM-11-absent", "no uid", says({"uid": None}), deny("identifier")),
    Case("SEM-11-empty", "an empty uid", says({"uid": ""}), deny("identifier")),
    Case("SEM-11-valueless", "a uid without a value", says({"uid": []}), deny("identifier")),
    Case("SEM-11-blank", "a blank uid", says({"uid": " \u00a0\u3000"}), deny("identifier")),
    Case("SEM-11-257", "a uid of 257 characters", says({"uid": "a" * 250 + "@99aa00"}),
         deny("identifier")),
    Case("SEM-11-two", "two values", says({"uid": [VICTIM_UID, VICTIM_UID]}), deny("identifier")),
    Case("SEM-11-twice", "the attribute twice", signed(twice(UID)), deny("identifier")),
    Case("SEM-11-spellings", "two spellings that contradict each other",
         says({f"{MACE}:uid": "other@99aa00"}), deny("identifier")),
    Case("SEM-11-control", "a tab in it", says({"uid": f"\t{VICTIM_UID}"}), deny("identifier")),
    Case("SEM-11-bidi", "a bidirectional mark in it", says({"uid": f"\u202e{VICTIM_UID}"}),
         deny("identifier")),
    Case("SEM-11-zero", "a space of no width in it", says({"uid": f"{VICTIM_UID}\u200b"}),
         deny("identifier")),
    Case("SEM-11-nested", "an element inside the uid, which is said to be text",
         signed(inserted(UID_VALUE, "<x/>")), deny("structure")),
    Case("SEM-11-pieces", "a uid in pieces, one of them invisible",
         signed(without_attribute(UID_VALUE, TYPE), inserted(UID_VALUE, "<x>\u200b</x>")),
         deny("identifier")),
    Case("SEM-11-friendly", "a uid by its FriendlyName only", signed(
        attribute(UID, "FriendlyName", "uid"), attribute(UID, "Name", "urn:x")),
         deny("identifier")),
    Case("SEM-11-nameid", "a NameID and no attributes", signed(without(STATEMENT)),
         deny("identifier")),
)  # fmt: skip

SCHOOLS = (
    Case("SEM-12-absent", "no school code", says({BRIN: None}), deny("school")),
    Case("SEM-12-malformed", "a code of three characters", says({BRIN: "99A"}), deny("school")),
    Case("SEM-12-long", "a code with something after it", says({BRIN: "99AA00X"}),
         deny("school")),
    Case("SEM-12-foreign", "a letter that only becomes one in capitals",
         says({"uid": "abcd1234@99as00", BRIN: "99A\u017f00"}, authority=None), deny("school"),
         scene=with_an_s),
    Case("SEM-12-digits", "digits of another script", says({BRIN: "99AA\u0660\u0660"}),
         deny("school")),
    Case("SEM-12-two", "two values", says({BRIN: ["99AA00", "99AB00"]}), deny("school")),
    Case("SEM-12-twice", "the attribute twice", signed(twice(f"{SCHOOL_CODE}/..")),
         deny("school")),
    Case("SEM-12-unknown", "a school that is not on the list", says({BRIN: "88XX00"}),
         deny("school")),
    Case("SEM-12-realm", "a uid of another school's realm", says({"uid": "abcd1234@88xx00"}),
         deny("school")),
    Case("SEM-12-bare", "a uid without any realm", says({"uid": "abcd1234"}), deny("school")),
    Case("SEM-12-authority", "the IdP of another school speaks for this one",
         says(authority="https://88xx00.school.invalid"), deny("school")),
    Case("SEM-12-off", "a school that was switched off meanwhile",
         from_the_list_again(switched_off), deny("school")),
    Case("SEM-12-list", "a school that was taken off the list",
         from_the_list_again(lambda stage: stage.send(stage.answer().xml())), deny("school"),
         scene=without_school_row),
)  # fmt: skip

ONE_SHAPE = (*AUDIENCE_CASES, *ADDRESSES, *TIMES, *IDENTIFIERS, *SCHOOLS)


@each((*SHAPE, *STATUSES, *ONE_SHAPE))
def test_meaning(case: Case, sign: SignedParts, stage: Stage) -> None:
    run(case, stage, sign)
