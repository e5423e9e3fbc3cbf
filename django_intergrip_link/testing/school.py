"""A school for one test: a hub that signs, files to trust it, and a row in the registry.

Used by the pytest fixtures and, with a plain ``TestCase``, through :func:`open_school`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings as django_settings
from django.test import override_settings
from django.urls import reverse

from django_intergrip_link.federation.presets import PRESETS
from django_intergrip_link.models import School
from django_intergrip_link.testing.answer import Answer
from django_intergrip_link.testing.hub import FakeHub, create_key_pair

BASE_URL = "https://testserver"
"""Where Django's test client lives; https, as the cookies of production need."""

SUBJECT_KEYS = {"test": "only for tests, and long enough for the check"}


@dataclass(frozen=True, kw_only=True)
class FakeSchool:
    """A school that can answer for anybody.

    Attributes:
        row: its row in the registry.
        hub: the hub that signs for it.
        federation: name in ``FEDERATIONS``.
    """

    row: School
    hub: FakeHub
    federation: str

    @property
    def brin(self) -> str:
        """The school code, 4 or 6 characters."""
        return self.row.brin

    @property
    def name(self) -> str:
        """The name on the screens."""
        return self.row.name

    @property
    def uid(self) -> str:
        """The uid of the person who logs in when a test names nobody."""
        return f"qj7cks8qdz9ph54@{self.row.realm}"

    def url(self, step: str) -> str:
        """Return the path of a step (``start``, ``acs``, ``metadata``) in this federation."""
        return reverse(f"intergrip_link:{step}", args=[self.federation])

    def answer(
        self,
        request_id: str,
        attributes: Mapping[str, str | Sequence[str] | None] | None = None,
        **bent: Any,
    ) -> Answer:
        """Return the signed answer to one request.

        Args:
            request_id: ID of our AuthnRequest.
            attributes: changes to the default set; ``None`` as a value leaves one out.
            bent: any field of :class:`Answer`, such as ``sign="assertion"``.
        """
        parts: dict[str, Any] = {
            "acs_url": f"{BASE_URL}{self.url('acs')}",
            "audience": f"{BASE_URL}{self.url('metadata')}",
            "authority": self.row.entity_id,
        }
        return self.hub.answer(
            request_id=request_id, attributes=self._attributes(attributes or {}), **(parts | bent)
        )

    def _attributes(
        self, changes: Mapping[str, str | Sequence[str] | None]
    ) -> dict[str, Sequence[str]]:
        sent: dict[str, str | Sequence[str] | None] = {
            "uid": self.uid,
            "givenName": "Piet",
            "eduPersonAffiliation": "student",
            "nlEduPersonHomeOrganizationId": self.brin,
            "nlEduPersonHomeOrganization": self.name,
            **changes,
        }
        return {
            name: [value] if isinstance(value, str) else value
            for name, value in sent.items()
            if value is not None
        }


@contextmanager
def open_school(
    *, brin: str = "99AA00", name: str = "Petteflat College", federation: str = "kennisnet"
) -> Iterator[FakeSchool]:
    """Install a federation with one school while the ``with`` block, or ``enterContext``, lasts."""
    with (
        TemporaryDirectory(prefix="intergrip-") as folder,
        override_settings(INTERGRIP_LINK=settings_with(Path(folder), federation=federation)),
    ):
        yield add_school(brin=brin, name=name, federation=federation)


def settings_with(folder: Path, *, federation: str = "kennisnet") -> dict[str, Any]:
    """Return ``INTERGRIP_LINK`` with a federation that trusts the fake hub; writes its files."""
    declared = getattr(django_settings, "INTERGRIP_LINK", {})
    entry = {"preset": "kennisnet", "base_url": BASE_URL, **_write_files(folder)}
    return {
        "SITE_NAME": "Doorstroom",
        "SUBJECT_KEYS": SUBJECT_KEYS,
        **declared,
        "FEDERATIONS": {**declared.get("FEDERATIONS", {}), federation: entry},
    }


def add_school(
    *, brin: str = "99AA00", name: str = "Petteflat College", federation: str = "kennisnet"
) -> FakeSchool:
    """Write the row of a school behind the fake hub; each code has a realm of its own."""
    row, _ = School.objects.update_or_create(
        federation=federation,
        brin=brin,
        defaults={
            "name": name,
            "realm": brin.casefold(),
            "entity_id": f"https://{brin.casefold()}.school.invalid",
        },
    )
    return FakeSchool(row=row, hub=fake_hub(), federation=federation)


@cache
def fake_hub() -> FakeHub:
    """Return the hub of this test run; it bears Kennisnet's entityID and a key made just now."""
    return FakeHub.create(
        entity_id=PRESETS["kennisnet"].entity_id, sso_url="https://hub.school.invalid/sso"
    )


@cache
def _sp_pems() -> tuple[bytes, bytes]:
    key, certificate = create_key_pair(common_name="testserver")
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate.public_bytes(Encoding.PEM),
    )


def _write_files(folder: Path) -> dict[str, str]:
    key, certificate = _sp_pems()
    contents = {
        "key_file": key,
        "cert_file": certificate,
        "metadata_file": fake_hub().metadata(signed=True),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in contents}
