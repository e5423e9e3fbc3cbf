"""The hub's metadata: what is believed of it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from django_intergrip_link.errors import Unavailable
from django_intergrip_link.federation.metadata import (
    MetadataError,
    load_certificate,
    read_file,
    read_metadata,
)
from django_intergrip_link.federation.names import HTTP_REDIRECT, NAMESPACES
from django_intergrip_link.testing.hub import FakeHub

ENTITY_ID = "https://hub.example/metadata"
SSO_URL = "https://hub.example/sso"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def hub() -> FakeHub:
    return FakeHub.create(entity_id=ENTITY_ID, sso_url=SSO_URL)


def bend(hub: FakeHub, **changes: Any) -> etree._Element:
    return etree.fromstring(hub.metadata(**changes))


def read(tree: etree._Element, entity_id: str = ENTITY_ID) -> Any:
    return read_metadata(etree.tostring(tree), entity_id=entity_id, pinned=None)


def test_read__says_who_where_and_with_which_key(hub: FakeHub) -> None:
    found = read_metadata(
        hub.metadata(valid_until=NOW + timedelta(days=1)), entity_id=ENTITY_ID, pinned=None
    )

    assert (found.entity_id, found.sso_url) == (ENTITY_ID, SSO_URL)
    assert found.certificates == (hub.certificate,)
    assert found.valid_until == NOW + timedelta(days=1)


def test_read__several_keys_during_a_rollover(hub: FakeHub) -> None:
    tree = bend(hub)
    role = tree.find("md:IDPSSODescriptor", NAMESPACES)
    other = FakeHub.create(entity_id=ENTITY_ID, sso_url=SSO_URL)
    role.insert(0, bend(other).find(".//md:KeyDescriptor", NAMESPACES))

    assert read(tree).certificates == (other.certificate, hub.certificate)


def test_read__one_of_many_entities(hub: FakeHub) -> None:
    both = etree.Element(f"{{{NAMESPACES['md']}}}EntitiesDescriptor", nsmap=NAMESPACES)
    both.append(bend(FakeHub.create(entity_id="https://other.example", sso_url=SSO_URL)))
    both.append(bend(hub))

    assert read(both).certificates == (hub.certificate,)
    with pytest.raises(MetadataError, match="2 entities match any entityID"):
        read(both, entity_id="")


def test_read__end_date_of_the_whole_counts_too(hub: FakeHub) -> None:
    both = etree.Element(
        f"{{{NAMESPACES['md']}}}EntitiesDescriptor", validUntil="2026-11-23T08:00:00"
    )
    both.append(bend(hub))

    assert read(both).valid_until == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_require_valid__past_the_end_date(hub: FakeHub) -> None:
    found = read_metadata(hub.metadata(valid_until=NOW), entity_id=ENTITY_ID, pinned=None)

    assert found.require_valid(NOW - timedelta(seconds=1)) is found
    with pytest.raises(Unavailable):
        found.require_valid(NOW)


def test_read__without_end_date(hub: FakeHub) -> None:
    tree = bend(hub)
    del tree.attrib["validUntil"]

    assert read(tree).require_valid(NOW).valid_until is None


def _remove(tree: etree._Element, path: str) -> None:
    element = tree.find(path, NAMESPACES)
    element.getparent().remove(element)


def _set_use(tree: etree._Element) -> None:
    tree.find(".//md:KeyDescriptor", NAMESPACES).set("use", "encryption")


def _break_certificate(tree: etree._Element) -> None:
    tree.find(".//ds:X509Certificate", NAMESPACES).text = "AAAA"


def _no_redirect(tree: etree._Element) -> None:
    for service in tree.iterfind(".//md:SingleSignOnService", NAMESPACES):
        if service.get("Binding") == HTTP_REDIRECT:
            service.set("Binding", "urn:other")


def _rename(tree: etree._Element) -> None:
    tree.set("entityID", "https://evil.example")


def _odd_date(tree: etree._Element) -> None:
    tree.set("validUntil", "soon")


REFUSED: dict[str, tuple[Callable[[etree._Element], None], str]] = {
    "no role": (lambda tree: _remove(tree, "md:IDPSSODescriptor"), "no IDPSSODescriptor"),
    "no key": (lambda tree: _remove(tree, ".//md:KeyDescriptor"), "no signing certificate"),
    "KEY-05 encryption key": (_set_use, "no signing certificate"),
    "broken certificate": (_break_certificate, "cannot be read"),
    "no address": (_no_redirect, "no SingleSignOnService"),
    "another entity": (_rename, "0 entities"),
    "odd end date": (_odd_date, "not a date"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_read__refused(hub: FakeHub, case: str) -> None:
    change, message = REFUSED[case]
    tree = bend(hub)
    change(tree)

    with pytest.raises(MetadataError, match=message):
        read(tree)


def test_read__key_05_weak_key() -> None:
    weak = FakeHub.create(entity_id=ENTITY_ID, sso_url=SSO_URL, key_size=1024)

    with pytest.raises(MetadataError, match="too weak"):
        read_metadata(weak.metadata(), entity_id=ENTITY_ID, pinned=None)


@pytest.mark.parametrize("xml", [b"<a", b"<!DOCTYPE a><a/>", b"<a><!ENTITY b 'c'></a>"])
def test_read__not_plain_xml(xml: bytes) -> None:
    with pytest.raises(MetadataError):
        read_metadata(xml, entity_id=ENTITY_ID, pinned=None)


def test_pinned__signed_by_the_pinned_key(hub: FakeHub) -> None:
    found = read_metadata(hub.metadata(signed=True), entity_id=ENTITY_ID, pinned=hub.certificate)

    assert found.certificates == (hub.certificate,)


def test_pinned__unsigned_altered_or_by_another_key(hub: FakeHub) -> None:
    other = FakeHub.create(entity_id=ENTITY_ID, sso_url=SSO_URL)
    altered = hub.metadata(signed=True).replace(b"hub.example/sso", b"evil.example/sso")

    for xml in (hub.metadata(), altered, other.metadata(signed=True)):
        with pytest.raises(MetadataError, match="not signed by the pinned certificate"):
            read_metadata(xml, entity_id=ENTITY_ID, pinned=hub.certificate)


def test_pinned__signature_over_a_part_only(hub: FakeHub) -> None:
    signed = bend(hub, signed=True)
    wrapper = etree.Element(f"{{{NAMESPACES['md']}}}EntitiesDescriptor", ID="_outer")
    signature = signed.find("ds:Signature", NAMESPACES)
    wrapper.append(signature)
    wrapper.append(signed)

    with pytest.raises(MetadataError):
        read_metadata(etree.tostring(wrapper), entity_id=ENTITY_ID, pinned=hub.certificate)


def test_files__cannot_be_read(hub: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match="cannot read"):
        read_file(str(tmp_path / "none.xml"), entity_id=ENTITY_ID, pinned=None)
    with pytest.raises(MetadataError, match="cannot read a certificate"):
        load_certificate(str(tmp_path / "none.crt"))
    path = tmp_path / "hub.crt"
    path.write_bytes(hub.certificate.public_bytes(Encoding.PEM))
    assert load_certificate(str(path)) == hub.certificate
