"""The hub's list as SAML metadata: names, keywords, scopes; bounded and safe."""

from __future__ import annotations

from typing import Any

import pytest

from django_intergrip_link.federation.directory import (
    DirectoryError,
    ListedProvider,
    read_directory,
    tells_schools_by_realm,
)

from .files import idp, metadata

ORGANISATION = (
    "<md:Organization><md:OrganizationDisplayName xml:lang='en'>Dorp School"
    "</md:OrganizationDisplayName></md:Organization>"
)


def read(*entities: str) -> tuple[ListedProvider, ...]:
    return read_directory(metadata(*entities))


@pytest.mark.parametrize(
    ("preset", "by_realm"),
    [
        ("kennisnet", False),
        ("kennisnet-staging", False),
        ("surfconext", True),
        ("sandbox", False),
        ("nonsense", False),
    ],
)
def test_federation__tells_schools_by_realm(settings: Any, preset: str, by_realm: bool) -> None:
    entry = {"preset": preset, "base_url": "https://testserver"}
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": {"mine": entry}}

    assert tells_schools_by_realm("mine") is by_realm
    assert tells_schools_by_realm("another") is False


def test_directory__what_a_provider_says() -> None:
    (provider,) = read(
        idp(
            names=[("en", "Petteflat School"), ("nl", "Petteflat \u202eCollege"), ("fr", " ")],
            keywords="Pette+Flat PC 99AA PC",
            scopes=["Petteflat.example"],
        )
    )

    assert provider == ListedProvider(
        line=3,
        entity_id="https://idp.petteflat.example",
        names=(("en", "Petteflat School"), ("nl", "Petteflat College")),
        keywords=("Pette Flat", "PC", "99AA"),
        scopes=("petteflat.example",),
        is_hidden=False,
    )
    assert provider.name == "Petteflat College"


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ([("en", "B"), ("de", "A")], "B"),
        ([("de", "A"), ("fr", "C")], "A"),
        ([("nl", "A"), ("nl", "B")], "A"),
        ([], "https://idp.petteflat.example"),
    ],
)
def test_directory__which_name(names: list[tuple[str, str]], name: str) -> None:
    assert read(idp(names=names))[0].name == name


def test_directory__organisation_when_there_is_no_display_name() -> None:
    assert read(idp(names=[], extra=ORGANISATION))[0].name == "Dorp School"
    assert read(idp(extra=ORGANISATION))[0].name == "Petteflat College"


def test_directory__hidden_and_patterns() -> None:
    shown, hidden = read(
        idp(scopes=["a.nl"]).replace('regexp="false"', 'regexp="true"'),
        idp("https://hidden.example", is_hidden=True),
    )

    assert (shown.is_hidden, shown.scopes) == (False, ())
    assert hidden.is_hidden


def test_directory__only_identity_providers() -> None:
    service = idp().replace("IDPSSODescriptor", "SPSSODescriptor")

    assert len(read(service, idp(), idp(""))) == 1
    with pytest.raises(DirectoryError, match="no identity provider"):
        read(service)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_directory__no_document_type(charset: str) -> None:
    declared = (
        f'<?xml version="1.0" encoding="{charset}"?>'
        '<!DOCTYPE x [<!ENTITY name "Petteflat">]>'
        + metadata(idp()).decode().partition("?>")[2].replace("Petteflat", "&name;")
    )

    with pytest.raises(DirectoryError, match="document type"):
        read_directory(declared.encode(charset))


def test_directory__a_document_type_is_not_even_parsed() -> None:
    with pytest.raises(DirectoryError, match="document type"):
        read_directory(b"<!DOCTYPE x><x/>")


@pytest.mark.parametrize("xml", [b"<md:x", b"", b"<x/>"])
def test_directory__other_documents(xml: bytes) -> None:
    with pytest.raises(DirectoryError):
        read_directory(xml)


def test_directory__bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_intergrip_link.federation.directory.MAXIMUM_BYTES", 10)

    with pytest.raises(DirectoryError, match="larger than 64 MB"):
        read(idp())


def test_directory__bounded_words() -> None:
    provider = read(idp(keywords=" ".join(f"k{n}" for n in range(500))))[0]

    assert len(provider.keywords) == 100
