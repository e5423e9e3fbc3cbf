"""``python -m tests.production_files FOLDER``: what a production site keeps beside its settings.

Makes ``sp.key``, ``sp.crt`` and ``hub.xml``, so that ``check --deploy`` can run on the example.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from django_intergrip_link.federation.presets import PRESETS
from django_intergrip_link.testing.hub import FakeHub, create_key_pair


def write_production_files(folder: Path) -> None:
    """Write a new key, its certificate, and metadata of a hub that bears Kennisnet's entityID."""
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = create_key_pair(common_name="www.doorstroom.example")
    hub = FakeHub.create(
        entity_id=PRESETS["kennisnet"].entity_id, sso_url="https://hub.example/sso"
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "sp.key").write_bytes(pem)
    (folder / "sp.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "hub.xml").write_bytes(hub.metadata())


if __name__ == "__main__":
    write_production_files(Path(sys.argv[1]))
