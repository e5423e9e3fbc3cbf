"""A school's answer as the Entree hub sends it, with every part open to bending.

Made by :meth:`django_intergrip_link.testing.hub.FakeHub.answer`; hands on signed XML or the value
of the ``SAMLResponse`` form field. The shape follows OpenConext EngineBlock, the hub's software.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from django_intergrip_link.testing import names
from django_intergrip_link.testing.signing import sign_element

SignedParts = Literal["response", "assertion", "both", "none"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Everything a SAML ``Response`` says. ``None`` or an empty value leaves that part out.

    Change a field with :func:`dataclasses.replace`, or bend :meth:`tree` and give it to
    :meth:`signed`. All instants are aware datetimes, written in UTC with whole seconds.

    Attributes:
        request_id: ``InResponseTo`` of the response; ``subject_in_response_to`` is the other one.
        attributes: attribute name to its values, in order.
        authority: entityID of the school's own identity provider (``AuthenticatingAuthority``).
        audiences: one inner sequence per ``AudienceRestriction``.
        sign: what the hub signs. With ``"both"`` the assertion comes first, then the response.
    """

    key: RSAPrivateKey
    certificate: x509.Certificate
    sign: SignedParts
    now: datetime

    response_id: str
    request_id: str | None
    destination: str | None
    issuer: str | None
    status: str
    sub_status: str | None
    has_assertion: bool

    assertion_id: str
    assertion_issuer: str | None
    name_id: str | None
    confirmation_method: str
    subject_in_response_to: str | None
    recipient: str | None
    subject_not_on_or_after: datetime | None
    not_before: datetime | None
    not_on_or_after: datetime | None
    audiences: Sequence[Sequence[str]]
    authn_instant: datetime
    authority: str | None
    attributes: Mapping[str, Sequence[str]]

    def tree(self) -> etree._Element:
        """Return the unsigned ``Response``."""
        response = etree.Element(
            _samlp("Response"),
            nsmap={"samlp": names.SAMLP, "saml": names.SAML},
            attrib=_present(
                ID=self.response_id,
                Version="2.0",
                IssueInstant=instant(self.now),
                Destination=self.destination,
                InResponseTo=self.request_id,
            ),
        )
        _add_text(response, _saml("Issuer"), self.issuer)
        response.append(self._status())
        if self.has_assertion:
            response.append(self._assertion())
        return response

    def signed(self, tree: etree._Element) -> etree._Element:
        """Return a copy of ``tree``, signed the way ``sign`` says; ``tree`` itself is kept."""
        response = deepcopy(tree)
        if self.sign in ("assertion", "both"):
            for assertion in response.findall(_saml("Assertion")):
                response.replace(assertion, self._sign(assertion))
        if self.sign in ("response", "both"):
            response = self._sign(response)
        return response

    def xml(self) -> bytes:
        """Return the signed message as the bytes that travel, before base64."""
        return serialize(self.signed(self.tree()))

    def form_value(self) -> str:
        """Return the value of the form field ``SAMLResponse`` (HTTP-POST binding)."""
        return b64encode(self.xml()).decode("ascii")

    def _sign(self, element: etree._Element) -> etree._Element:
        return sign_element(element, key=self.key, certificate=self.certificate)

    def _status(self) -> etree._Element:
        status = etree.Element(_samlp("Status"))
        code = etree.SubElement(status, _samlp("StatusCode"), Value=self.status)
        if self.sub_status:
            etree.SubElement(code, _samlp("StatusCode"), Value=self.sub_status)
        return status

    def _assertion(self) -> etree._Element:
        assertion = etree.Element(
            _saml("Assertion"),
            nsmap={"saml": names.SAML, "xs": names.XS, "xsi": names.XSI},
            attrib={"ID": self.assertion_id, "Version": "2.0", "IssueInstant": instant(self.now)},
        )
        _add_text(assertion, _saml("Issuer"), self.assertion_issuer)
        self._add_subject(assertion)
        self._add_conditions(assertion)
        self._add_authn_statement(assertion)
        self._add_attributes(assertion)
        return assertion

    def _add_subject(self, assertion: etree._Element) -> None:
        subject = etree.SubElement(assertion, _saml("Subject"))
        _add_text(subject, _saml("NameID"), self.name_id, Format=names.NAME_ID_UNSPECIFIED)
        confirmation = etree.SubElement(
            subject, _saml("SubjectConfirmation"), Method=self.confirmation_method
        )
        etree.SubElement(
            confirmation,
            _saml("SubjectConfirmationData"),
            attrib=_present(
                NotOnOrAfter=instant(self.subject_not_on_or_after),
                Recipient=self.recipient,
                InResponseTo=self.subject_in_response_to,
            ),
        )

    def _add_conditions(self, assertion: etree._Element) -> None:
        conditions = etree.SubElement(
            assertion,
            _saml("Conditions"),
            attrib=_present(
                NotBefore=instant(self.not_before), NotOnOrAfter=instant(self.not_on_or_after)
            ),
        )
        for audiences in self.audiences:
            restriction = etree.SubElement(conditions, _saml("AudienceRestriction"))
            for audience in audiences:
                _add_text(restriction, _saml("Audience"), audience)

    def _add_authn_statement(self, assertion: etree._Element) -> None:
        statement = etree.SubElement(
            assertion,
            _saml("AuthnStatement"),
            attrib=_present(AuthnInstant=instant(self.authn_instant)),
        )
        context = etree.SubElement(statement, _saml("AuthnContext"))
        _add_text(context, _saml("AuthnContextClassRef"), names.AUTHN_CONTEXT)
        _add_text(context, _saml("AuthenticatingAuthority"), self.authority)

    def _add_attributes(self, assertion: etree._Element) -> None:
        if not self.attributes:
            return
        statement = etree.SubElement(assertion, _saml("AttributeStatement"))
        for name, values in self.attributes.items():
            attribute = etree.SubElement(
                statement, _saml("Attribute"), Name=name, NameFormat=names.ATTRIBUTE_NAME_URI
            )
            for value in values:
                element = etree.SubElement(attribute, _saml("AttributeValue"))
                element.set(f"{{{names.XSI}}}type", "xs:string")
                element.text = value


def serialize(tree: etree._Element) -> bytes:
    """Return ``tree`` as UTF-8 with an XML declaration."""
    document: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return document


def instant(moment: datetime | None) -> str | None:
    """Return ``moment`` as ``xs:dateTime`` in UTC with whole seconds, ``None`` for ``None``."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _saml(name: str) -> str:
    return f"{{{names.SAML}}}{name}"


def _samlp(name: str) -> str:
    return f"{{{names.SAMLP}}}{name}"


def _present(**attributes: str | None) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value is not None}


def _add_text(parent: etree._Element, tag: str, text: str | None, **attributes: str) -> None:
    if text is not None:
        etree.SubElement(parent, tag, attrib=attributes).text = text
