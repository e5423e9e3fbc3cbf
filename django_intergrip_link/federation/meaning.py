"""The signed element + our expectations → SchoolIdentity.

Third step of reading an answer: every rule of the Web Browser SSO profile (SAML profiles 2.0,
section 4.1.4) that makes an answer *ours, now, for this request*. Values come from the signed
element only; what the unsigned envelope says may cause a refusal, never an acceptance.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lxml import etree

from django_intergrip_link.errors import (
    LoginFailedAtSchool,
    MissingIdentifier,
    MissingSchool,
    UnknownRequest,
    WrongAudience,
    WrongDestination,
    WrongIssuer,
    WrongRecipient,
    WrongStructure,
    WrongTime,
)

from . import names
from .identity import SchoolIdentity
from .presets import SPELLINGS, Preset, SchoolCode

SKEW: Final = timedelta(seconds=180)
"""Clock difference allowed both ways (SAML2int SDP-G01: three to five minutes)."""

MAX_AGE: Final = timedelta(minutes=10)
MAX_LIFETIME: Final = timedelta(minutes=15)
MAX_SUBJECT: Final = 256
MAX_GIVEN_NAME: Final = 60
ROLES: Final = ("student", "employee", "staff")
"""Roles we know, least privileged first: who has several is taken for the first."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_BRIN = re.compile(r"[0-9A-Z]{4}([0-9]{2})?")
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
    attributes = _Attributes(assertion)
    subject = _subject(attributes, expected.preset)
    brin, realm = _school(attributes, expected.preset, subject)
    return SchoolIdentity(
        federation=expected.federation,
        request_id=expected.request_id,
        assertion_id=assertion.get("ID", ""),
        issuer=expected.issuer,
        authority=_text(statement.find(".//saml:AuthenticatingAuthority", names.NAMESPACES)),
        subject=subject,
        brin=brin,
        realm=realm,
        role=_role(attributes),
        given_name=_given_name(attributes),
        requested_at=expected.requested_at,
        authenticated_at=_instant(statement.get("AuthnInstant")),
        is_certificate_expired=is_certificate_expired,
    )


def _check_issuer(element: etree._Element, expected: Expectation) -> None:
    # SECURITY: both Issuers must be the one hub that was asked (issuer confusion between IdPs).
    if _text(element.find(names.ISSUER)) != expected.issuer:
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
        if [_text(audience) for audience in audiences] != [expected.audience]:
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


class _Attributes:
    """The attribute statement by our own names, whatever spelling it uses."""

    def __init__(self, assertion: etree._Element) -> None:
        self._sent: dict[str, list[list[str]]] = {}
        for attribute in assertion.iterfind(
            "saml:AttributeStatement/saml:Attribute", names.NAMESPACES
        ):
            values = [
                _text(value)
                for value in attribute.iterfind("saml:AttributeValue", names.NAMESPACES)
            ]
            self._sent.setdefault(attribute.get("Name", ""), []).append(values)

    def values(self, name: str) -> list[str] | None:
        """Return the values of one attribute, or ``None`` when spellings contradict each other.

        The same Name twice, or two spellings with different values, is a contradiction: what one
        reader takes from the first another would take from the second.
        """
        found = [sent for spelling in SPELLINGS[name] for sent in self._sent.get(spelling, [])]
        repeated = any(len(self._sent.get(spelling, [])) > 1 for spelling in SPELLINGS[name])
        if repeated or any(sent != found[0] for sent in found):
            return None
        return found[0] if found else []

    def single(self, name: str) -> str | None:
        """Return the only value, ``""`` when absent, ``None`` when there is no single answer."""
        values = self.values(name)
        if values is None or len(values) > 1:
            return None
        return values[0] if values else ""


def _subject(attributes: _Attributes, preset: Preset) -> str:
    subject = attributes.single(preset.subject)
    if subject is None or not subject.strip() or len(subject) > MAX_SUBJECT:
        raise MissingIdentifier(preset.subject)
    # SECURITY: no control, format or bidirectional characters: two subjects that look alike on a
    # screen must not differ in what cannot be seen.
    if _has_invisible(subject):
        raise MissingIdentifier("invisible characters")
    return subject


def _school(attributes: _Attributes, preset: Preset, subject: str) -> tuple[str, str]:
    code = attributes.single(preset.school)
    if not code:
        raise MissingSchool("no single school code")
    # SECURITY: ASCII only; there are letters that become others in capitals, so one school's code
    # could be spelled by another.
    if not code.isascii() or not code.isprintable():
        raise MissingSchool("not a plain code")
    if preset.school_code is SchoolCode.REALM:
        return "", code.strip().casefold()
    code = code.strip().upper()
    if not _BRIN.fullmatch(code):
        raise MissingSchool("not a BRIN")
    return code, subject.rpartition("@")[2] if "@" in subject else ""


def _role(attributes: _Attributes) -> str:
    sent = {value.strip().casefold() for value in attributes.values("eduPersonAffiliation") or []}
    return next((role for role in ROLES if role in sent), "")


def _given_name(attributes: _Attributes) -> str:
    sent = next(iter(attributes.values("givenName") or []), "")
    visible = "".join(character for character in sent if not _has_invisible(character))
    return " ".join(visible.split())[:MAX_GIVEN_NAME]


def _has_invisible(text: str) -> bool:
    return any(unicodedata.category(character) in _INVISIBLE for character in text)


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _instant(value: str | None) -> datetime:
    if value is None or not _INSTANT.fullmatch(value):
        raise WrongTime("not an instant in UTC")
    try:
        return datetime.fromisoformat(value[:19]).replace(tzinfo=UTC)
    except ValueError as error:
        raise WrongTime("not a date") from error


def _text(element: etree._Element | None) -> str:
    """Return all text of an element, also around children (never only up to the first)."""
    return "" if element is None else "".join(element.itertext())


def _last_part(uri: str) -> str:
    return re.sub(r"[^A-Za-z]", "", uri.rpartition(":")[2])[:40]
