"""The signed element + our expectations → SchoolIdentity.

Third step of reading an answer: every rule of the Web Browser SSO profile (SAML profiles 2.0,
section 4.1.4) that makes an answer *ours, now, for this request*. Values come from the signed
element only; what the unsigned envelope says may cause a refusal, never an acceptance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lxml import etree

from django_intergrip_link.errors import (
    LoginFailedAtSchool,
    UnknownRequest,
    WrongAudience,
    WrongDestination,
    WrongIssuer,
    WrongRecipient,
    WrongStructure,
    WrongTime,
)

from . import names
from .attributes import (
    Attributes,
    read_given_name,
    read_role,
    read_school,
    read_subject,
    text_of,
)
from .identity import SchoolIdentity
from .presets import Preset

SKEW: Final = timedelta(seconds=180)
"""Clock difference allowed both ways (SAML2int SDP-G01: three to five minutes)."""

MAX_AGE: Final = timedelta(minutes=10)
MAX_LIFETIME: Final = timedelta(minutes=15)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_CONDITIONS = frozenset(
    f"{{{names.SAML}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What an answer must say to be meant for us, for this request.

    ``issuer`` is the hub's entityID, ``audience`` ours, ``acs_url`` the only Recipient and
    Destination; ``requested_at`` and ``now`` are aware datetimes.
    """

    federation: str
    preset: Preset
    issuer: str
    audience: str
    acs_url: str
    request_id: str
    requested_at: datetime
    now: datetime


def check_envelope(response: etree._Element, expected: Expectation) -> None:
    """Hold the response element itself against what we expect.

    Raises:
        LoginFailedAtSchool, UnknownRequest, WrongDestination, WrongIssuer, WrongTime,
        WrongStructure: see their docstrings.
    """
    if response.get("Version") != "2.0":
        raise WrongStructure("version")
    if response.get("InResponseTo") != expected.request_id:
        raise UnknownRequest("InResponseTo of the response")
    if response.get("Destination") != expected.acs_url:
        raise WrongDestination
    _check_issuer(response, expected)
    _check_issue_instant(response, expected)
    check_status(response)


def check_status(response: etree._Element) -> None:
    """Refuse every status but Success.

    Raises:
        LoginFailedAtSchool: with the last parts of both status codes as detail.
    """
    codes = [code.get("Value", "") for code in response.iter(f"{{{names.SAMLP}}}StatusCode")]
    if codes != [names.SUCCESS]:
        raise LoginFailedAtSchool(" ".join(_last_part(code) for code in codes[:2]))


def read_identity(
    assertion: etree._Element, expected: Expectation, *, is_certificate_expired: bool
) -> SchoolIdentity:
    """Check one signed assertion and read who it is about.

    Args:
        assertion: the element that came back from the seal.
        expected: see :class:`Expectation`.
        is_certificate_expired: handed on for a warning.

    Raises:
        IntergripError: the subclass names what was wrong.
    """
    if assertion.get("Version") != "2.0":
        raise WrongStructure("version")
    _check_issuer(assertion, expected)
    _check_issue_instant(assertion, expected)
    _check_confirmation(assertion, expected)
    _check_conditions(assertion, expected)
    statement = _check_authn_statement(assertion, expected)
    attributes = Attributes(assertion)
    subject = read_subject(attributes, expected.preset)
    brin, realm = read_school(attributes, expected.preset, subject)
    return SchoolIdentity(
        federation=expected.federation,
        request_id=expected.request_id,
        assertion_id=assertion.get("ID", ""),
        issuer=expected.issuer,
        authority=text_of(statement.find(".//saml:AuthenticatingAuthority", names.NAMESPACES)),
        subject=subject,
        brin=brin,
        realm=realm,
        role=read_role(attributes),
        given_name=read_given_name(attributes),
        requested_at=expected.requested_at,
        authenticated_at=_instant(statement.get("AuthnInstant")),
        is_certificate_expired=is_certificate_expired,
    )


def _check_issuer(element: etree._Element, expected: Expectation) -> None:
    # SECURITY: both Issuers must be the one hub that was asked (issuer confusion between IdPs).
    if text_of(element.find(names.ISSUER)) != expected.issuer:
        raise WrongIssuer(etree.QName(element).localname)


def _check_issue_instant(element: etree._Element, expected: Expectation) -> None:
    issued = _instant(element.get("IssueInstant"))
    if not expected.now - MAX_AGE - SKEW <= issued <= expected.now + SKEW:
        raise WrongTime("IssueInstant")


def _check_confirmation(assertion: etree._Element, expected: Expectation) -> None:
    confirmations = assertion.findall("saml:Subject/saml:SubjectConfirmation", names.NAMESPACES)
    if len(confirmations) != 1 or confirmations[0].get("Method") != names.BEARER:
        raise WrongRecipient("not exactly one bearer confirmation")
    confirmation = confirmations[0].find("saml:SubjectConfirmationData", names.NAMESPACES)
    if confirmation is None:
        raise WrongRecipient("no confirmation data")
    # SECURITY: exact comparison; a bearer assertion for another address must not work here.
    if confirmation.get("Recipient") != expected.acs_url:
        raise WrongRecipient("Recipient")
    if confirmation.get("InResponseTo") != expected.request_id:
        raise UnknownRequest("InResponseTo of the assertion")
    _check_window(confirmation, expected, is_expiry_required=True)


def _check_conditions(assertion: etree._Element, expected: Expectation) -> None:
    conditions = assertion.find("saml:Conditions", names.NAMESPACES)
    if conditions is None:
        raise WrongAudience("no Conditions")
    # SECURITY: a condition that is not understood makes the assertion invalid (SAML core 2.5.1).
    if any(child.tag not in _CONDITIONS for child in conditions):
        raise WrongStructure("unknown condition")
    restrictions = conditions.findall("saml:AudienceRestriction", names.NAMESPACES)
    if not restrictions:
        raise WrongAudience("no AudienceRestriction")
    for restriction in restrictions:
        audiences = restriction.findall("saml:Audience", names.NAMESPACES)
        # SECURITY: exactly us, in every restriction, compared to the letter.
        if [text_of(audience) for audience in audiences] != [expected.audience]:
            raise WrongAudience("Audience")
    _check_window(conditions, expected, is_expiry_required=False)


def _check_window(
    element: etree._Element, expected: Expectation, *, is_expiry_required: bool
) -> None:
    not_before = element.get("NotBefore")
    expiry = element.get("NotOnOrAfter")
    if not_before is not None and _instant(not_before) > expected.now + SKEW:
        raise WrongTime("NotBefore")
    if expiry is None:
        if is_expiry_required:
            raise WrongTime("no NotOnOrAfter")
        return
    if expected.now >= _instant(expiry) + SKEW:
        raise WrongTime("NotOnOrAfter")
    # SECURITY: nobody may issue an answer that stays good for days.
    if _instant(expiry) > expected.now + MAX_LIFETIME + SKEW:
        raise WrongTime("lifetime")


def _check_authn_statement(assertion: etree._Element, expected: Expectation) -> etree._Element:
    statements = assertion.findall("saml:AuthnStatement", names.NAMESPACES)
    if len(statements) != 1:
        raise WrongStructure(f"{len(statements)} AuthnStatements")
    statement = statements[0]
    if _instant(statement.get("AuthnInstant")) > expected.now + SKEW:
        raise WrongTime("AuthnInstant")
    session_end = statement.get("SessionNotOnOrAfter")
    if session_end is not None and expected.now >= _instant(session_end) + SKEW:
        raise WrongTime("SessionNotOnOrAfter")
    return statement


def _instant(value: str | None) -> datetime:
    if value is None or not _INSTANT.fullmatch(value):
        raise WrongTime("not an instant in UTC")
    try:
        return datetime.fromisoformat(value[:19]).replace(tzinfo=UTC)
    except ValueError as error:
        raise WrongTime("not a date") from error


def _last_part(uri: str) -> str:
    return re.sub(r"[^A-Za-z]", "", uri.rpartition(":")[2])[:40]
