"""The request we send: signed, scoped by our own table, with an id that proves itself."""

from __future__ import annotations

import zlib
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from django.test import Client
from lxml import etree

from django_intergrip_link.errors import ExpiredRequest, UnknownRequest
from django_intergrip_link.federation.config import get_federation
from django_intergrip_link.federation.names import NAMESPACES
from django_intergrip_link.federation.request import (
    _RedirectSigner,
    new_request_id,
    read_request_id,
)


def ask(client: Client, fake: Any, **query: str) -> tuple[etree._Element, str]:
    query = query if "school" in query else {"hub": "1", **query}
    response = client.get(fake.url("start"), query, secure=True)
    assert response.status_code == 302
    fields = parse_qs(urlsplit(response["Location"]).query)
    xml = zlib.decompress(b64decode(fields["SAMLRequest"][0]), -zlib.MAX_WBITS)
    return etree.fromstring(xml), response["Location"]


def scope(request: etree._Element) -> list[str]:
    return [entry.get("ProviderID") for entry in request.iterfind(".//samlp:IDPEntry", NAMESPACES)]


def test_request__says_who_asks_and_where_to_answer(client: Client, fake_school: Any) -> None:
    request, url = ask(client, fake_school)

    federation = get_federation("kennisnet")
    assert url.startswith(f"{fake_school.hub.sso_url}?")
    assert request.findtext("saml:Issuer", namespaces=NAMESPACES) == federation.entity_id
    assert request.get("AssertionConsumerServiceURL") == federation.acs_url
    assert request.get("Destination") == fake_school.hub.sso_url
    assert request.get("ForceAuthn") is None
    assert scope(request) == []
    policy = request.find("samlp:NameIDPolicy", NAMESPACES)
    assert (policy.get("AllowCreate"), policy.get("Format")) == (
        "true",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    )


def test_request__is_signed_with_rsa_sha256(client: Client, fake_school: Any) -> None:
    _, url = ask(client, fake_school)

    signed, _, signature = urlsplit(url).query.partition("&Signature=")
    assert "SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256" in signed
    raw = b64decode(parse_qs(f"s={signature}")["s"][0])
    key = get_federation("kennisnet").key.public_key()
    key.verify(raw, signed.encode(), PKCS1v15(), hashes.SHA256())


def test_request__signs_with_nothing_weaker(fake_school: Any) -> None:
    signer = _RedirectSigner(get_federation("kennisnet").key)

    assert signer.get_signer("http://www.w3.org/2000/09/xmldsig#rsa-sha1") is None


def test_request__fresh(client: Client, fake_school: Any) -> None:
    assert ask(client, fake_school, fresh="1")[0].get("ForceAuthn") == "true"


@pytest.mark.parametrize("code", ["99AA00", "99aa00", " 99AA00 "])
def test_scope__realm_from_our_table(client: Client, fake_school: Any, code: str) -> None:
    assert scope(ask(client, fake_school, school=code)[0]) == [fake_school.row.realm]


def test_scope__entity_id_when_there_is_no_realm(client: Client, fake_school: Any) -> None:
    fake_school.row.realm = ""
    fake_school.row.save()

    assert scope(ask(client, fake_school, school="99AA00")[0]) == [fake_school.row.entity_id]


@pytest.mark.parametrize("code", ["00XX", "https://evil.example", "%", "99AA001"])
def test_scope__nothing_that_the_visitor_typed(client: Client, fake_school: Any, code: str) -> None:
    assert scope(ask(client, fake_school, school=code, hub="1")[0]) == []


def test_scope__school_that_is_switched_off(client: Client, fake_school: Any) -> None:
    fake_school.row.is_active = False
    fake_school.row.save()

    response = client.get(fake_school.url("start"), {"school": "99AA00"}, secure=True)

    assert response.status_code == 403
    assert "Jouw school heeft Doorstroom nog niet aangezet." in response.content.decode()


def test_id__is_ours_for_ten_minutes(settings: Any) -> None:
    request_id = new_request_id("kennisnet")

    made = read_request_id(
        request_id, federation="kennisnet", now=datetime.now(UTC) + timedelta(minutes=1)
    )
    assert abs(made - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(ExpiredRequest):
        read_request_id(
            request_id, federation="kennisnet", now=datetime.now(UTC) + timedelta(minutes=11)
        )
    with pytest.raises(ExpiredRequest):
        read_request_id(
            request_id, federation="kennisnet", now=datetime.now(UTC) - timedelta(minutes=5)
        )


def test_id__two_are_never_equal() -> None:
    assert len({new_request_id("kennisnet") for _ in range(100)}) == 100


@pytest.mark.parametrize("position", [1, 33, 43, 74])
def test_id__one_digit_changed(position: int) -> None:
    request_id = new_request_id("kennisnet")
    digit = "0" if request_id[position] != "0" else "1"
    changed = request_id[:position] + digit + request_id[position + 1 :]

    with pytest.raises(UnknownRequest):
        read_request_id(changed, federation="kennisnet", now=datetime.now(UTC))


@pytest.mark.parametrize("request_id", ["", "_", "_" + "0" * 74, "id-1"])
def test_id__not_ours(request_id: str) -> None:
    with pytest.raises(UnknownRequest):
        read_request_id(request_id, federation="kennisnet", now=datetime.now(UTC))


def test_id__of_another_federation() -> None:
    with pytest.raises(UnknownRequest):
        read_request_id(new_request_id("kennisnet"), federation="surfconext", now=datetime.now(UTC))


def test_id__survives_a_rotated_secret_key(settings: Any) -> None:
    request_id = new_request_id("kennisnet")

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, as after a rotation"

    assert read_request_id(
        request_id, federation="kennisnet", now=datetime.now(UTC)
    ) <= datetime.now(UTC)
