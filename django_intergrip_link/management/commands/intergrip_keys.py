"""``manage.py intergrip_keys FOLDER``: make key, certificate and subject key of this site."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core.management.base import BaseCommand, CommandError, CommandParser

VALIDITY = timedelta(days=3652)
"""About ten years, as Kennisnet's manual for service providers asks for."""


class Command(BaseCommand):
    """Write ``sp.key`` and ``sp.crt``; never over files that exist."""

    help = "Make an RSA-3072 key and a self-signed certificate for this site, and a subject key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder and the name in the certificate."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--name", default="django-intergrip-link", help="common name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make all three and say where they go."""
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        certificate = _self_signed(key, options["name"]).public_bytes(Encoding.PEM)
        _write_new(folder / "sp.key", pem, mode=0o600)
        _write_new(folder / "sp.crt", certificate, mode=0o644)
        self.stdout.write(f"Wrote {folder / 'sp.key'} and {folder / 'sp.crt'}.")
        self.stdout.write("A subject key for SUBJECT_KEYS (keep it outside the database):")
        self.stdout.write(secrets.token_urlsafe(48))


def _self_signed(key: rsa.RSAPrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
        .sign(key, hashes.SHA256())
    )


def _write_new(path: Path, content: bytes, *, mode: int) -> None:
    try:
        # SECURITY: created with its final rights, so the key is never readable by others.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise CommandError(f"{path} exists; it is not overwritten.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
