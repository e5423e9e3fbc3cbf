"""The fake hub says what the real one says, and signs it so that others can verify it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from saml2 import saml, samlp
from signxml.exceptions import InvalidSignature
from signxml.verifier import XMLVerifier

from django_intergrip_link.testing import names
from django_intergrip_link.testing.hub import Answer, FakeHub, SignedParts

NOW = datetime(2026, 3, 3, 10, 45, 30, 999, tzinfo=UTC)
ACS = "http://localhost:8000/saml2/kennisnet/acs"
AUDIENCE = "http://localhost:8000/saml2/kennisnet/metadata"
NS = {"saml": names.SAML, "samlp": names.SAMLP, "ds": names.DS, "md": names.METADATA}


@pytest.fixture(scope="module")
def hub() -> FakeHub:
    return FakeHub.create(
        entity_id="https://hub.example/metadata", sso_url="https://hub.example/sso"
    )


@pytest.fixture
def honest(hub: FakeHub) -> Callable[..., Answer]:
    def answer(**bent: object) -> Answer:
        honest = {
            "request_id": "_request",
            "acs_url": ACS,
            "audience": AUDIENCE,
            "attributes": {"uid": ["qj7@petteflat"], "givenName": ["Zoë"]},
            "now": NOW,
        }
        return hub.answer(**(honest | bent))  # type: ignore[arg-type]

    return answer


def verify(hub: FakeHub, element: etree._Element) -> etree._Element:
    verified = XMLVerifier().verify(element, x509_cert=hub.certificate, expect_references=1)
    signed = verified.signed_xml  # type: ignore[union-attr]
    assert signed is not None
    return signed


def test_answer__reads_back_with_pysaml2(honest: Callable[..., Answer]) -> None:
    response = samlp.response_from_string(
        honest(authority="https://idp.school.example").xml().decode()
    )

    assertion = response.assertion[0]
    confirmation = assertion.subject.subject_confirmation[0]
    assert response.destination == ACS
    assert response.in_response_to == "_request"
    assert response.issuer.text == assertion.issuer.text == "https://hub.example/metadata"
    assert assertion.subject.name_id.text == "qj7@petteflat"
    assert confirmation.subject_confirmation_data.recipient == ACS
    assert assertion.conditions.not_before == "2026-03-03T10:45:29Z"
    assert assertion.conditions.not_on_or_after == "2026-03-03T10:50:30Z"
    assert assertion.conditions.audience_restriction[0].audience[0].text == AUDIENCE
    statement = assertion.authn_statement[0]
    assert statement.authn_context.authenticating_authority[0].text == "https://idp.school.example"
    found = {a.name: a.attribute_value[0].text for a in assertion.attribute_statement[0].attribute}
    assert found == {"uid": "qj7@petteflat", "givenName": "Zoë"}
    assert isinstance(assertion, saml.Assertion)


def test_answer__signature_stands_after_issuer(honest: Callable[..., Answer]) -> None:
    response = etree.fromstring(honest(sign="both").xml())

    for element in (response, response.find("saml:Assertion", NS)):
        assert [child.tag for child in element[:2]] == [
            f"{{{names.SAML}}}Issuer",
            f"{{{names.DS}}}Signature",
        ]


@pytest.mark.parametrize(
    ("sign", "signed_tags"),
    [
        ("response", ["Response"]),
        ("assertion", ["Assertion"]),
        ("both", ["Response", "Assertion"]),
        ("none", []),
    ],
)
def test_answer__signed_parts_verify(
    hub: FakeHub, honest: Callable[..., Answer], sign: SignedParts, signed_tags: list[str]
) -> None:
    response = etree.fromstring(honest(sign=sign).xml())
    parents = [signature.getparent() for signature in response.iter(f"{{{names.DS}}}Signature")]

    assert [etree.QName(parent).localname for parent in parents] == signed_tags
    for parent in parents:
        alone = etree.fromstring(etree.tostring(parent))
        assert verify(hub, alone).get("ID") == parent.get("ID")


def test_answer__change_after_signing_breaks_the_signature(
    hub: FakeHub, honest: Callable[..., Answer]
) -> None:
    changed = honest(sign="response").xml().replace(b"qj7@petteflat", b"qj8@petteflat")

    with pytest.raises(InvalidSignature):
        verify(hub, etree.fromstring(changed))


def test_answer__bent_tree_is_signed_as_it_is(hub: FakeHub, honest: Callable[..., Answer]) -> None:
    answer = honest(sign="assertion")
    tree = answer.tree()
    conditions = tree.find("saml:Assertion/saml:Conditions", NS)
    conditions.getparent().remove(conditions)

    signed = answer.signed(tree)

    assert signed.find(".//saml:Conditions", NS) is None
    assert tree.find(".//ds:Signature", NS) is None
    verify(hub, etree.fromstring(etree.tostring(signed.find("saml:Assertion", NS))))


def test_answer__refusal_has_no_assertion(honest: Callable[..., Answer]) -> None:
    answer = honest(status=names.RESPONDER, sub_status=names.AUTHN_FAILED, sign="response")
    response = etree.fromstring(answer.xml())

    assert response.find("saml:Assertion", NS) is None
    codes = [code.get("Value") for code in response.iter(f"{{{names.SAMLP}}}StatusCode")]
    assert codes == [names.RESPONDER, names.AUTHN_FAILED]


def test_answer__none_leaves_a_part_out(honest: Callable[..., Answer]) -> None:
    answer = replace(
        honest(attributes={}, sign="none"),
        destination=None,
        recipient=None,
        request_id=None,
        issuer=None,
        name_id=None,
        subject_not_on_or_after=None,
        audiences=(),
    )
    response = answer.tree()

    assert response.get("Destination") is response.get("InResponseTo") is None
    assert response.find("saml:Issuer", NS) is None
    for absent in ("NameID", "AudienceRestriction", "AttributeStatement"):
        assert response.find(f".//saml:{absent}", NS) is None
    confirmation = response.find(".//saml:SubjectConfirmationData", NS)
    assert dict(confirmation.attrib) == {"InResponseTo": "_request"}


def test_answer__without_issuer_is_signed_first(honest: Callable[..., Answer]) -> None:
    signed = etree.fromstring(honest(issuer=None, sign="response").xml())

    assert signed[0].tag == f"{{{names.DS}}}Signature"


def test_answer__form_value_is_base64_of_the_message(honest: Callable[..., Answer]) -> None:
    root = etree.fromstring(b64decode(honest().form_value(), validate=True))

    assert root.tag == f"{{{names.SAMLP}}}Response"


def test_answer__ids_are_new_every_time(honest: Callable[..., Answer]) -> None:
    first, second = honest(), honest()

    assert len({first.response_id, first.assertion_id, second.response_id}) == 3
    assert all(len(one) == 33 for one in (first.response_id, second.assertion_id))


def test_metadata__names_key_and_addresses(hub: FakeHub) -> None:
    entity = etree.fromstring(hub.metadata())

    assert entity.get("entityID") == hub.entity_id
    services = entity.findall(".//md:SingleSignOnService", NS)
    assert {service.get("Location") for service in services} == {hub.sso_url}
    assert {service.get("Binding") for service in services} == {
        names.REDIRECT_BINDING,
        names.POST_BINDING,
    }
    valid_until = datetime.fromisoformat(entity.get("validUntil"))
    assert timedelta(hours=23) < valid_until - datetime.now(UTC) <= timedelta(hours=24)


def test_metadata__signature_verifies(hub: FakeHub) -> None:
    entity = etree.fromstring(hub.metadata(signed=True, valid_until=NOW))

    assert verify(hub, entity).get("validUntil") == "2026-03-03T10:45:30Z"
