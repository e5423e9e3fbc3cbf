"""Gate, seal and meaning of one signed answer, beside the bare floor of the same bytes.

The floor is what nobody can leave out: base64, one parse, exclusive C14N of SignedInfo and of what
is signed, one SHA-256 and one RSA verification, with lxml and cryptography. Floor and reading take
turns on each answer, so a noisy machine slows both; the multiple is what counts.
"""

from __future__ import annotations

import hashlib
import os
import platform
import statistics
import sys
import tempfile
from base64 import b64decode
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

ANSWERS = 600
WARM_UP = 50
HOLD_MULTIPLE = 8.0
SHAPES = ("assertion", "response", "both")


def main() -> None:
    """Print one Markdown table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django  # noqa: PLC0415 - nothing of Django before the settings are named

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        _install(Path(folder))
        print(_machine())
        print()
        print("| signed | bytes | floor ms | gate ms | seal ms | meaning ms | whole ms | × floor |")
        print("|---|---|---|---|---|---|---|---|")
        for shape in SHAPES:
            print(_row(shape))
    print(f"\nTo hold: at most {HOLD_MULTIPLE:g} × the floor.")


def _install(folder: Path) -> None:
    from django.conf import settings  # noqa: PLC0415

    from django_intergrip_link.testing.school import settings_with  # noqa: PLC0415

    settings.INTERGRIP_LINK = settings_with(folder)


def _row(shape: str) -> str:
    from django_intergrip_link.federation.answer import read_answer  # noqa: PLC0415
    from django_intergrip_link.federation.config import get_federation  # noqa: PLC0415
    from django_intergrip_link.federation.gate import open_gate, read_field  # noqa: PLC0415
    from django_intergrip_link.federation.seal import break_seal  # noqa: PLC0415

    federation = get_federation("kennisnet")
    certificates = federation.hub().certificates
    key = certificates[0].public_key()
    if not isinstance(key, RSAPublicKey):
        raise TypeError("the floor is measured with RSA")
    times: dict[str, list[float]] = {name: [] for name in ("floor", "gate", "seal", "whole")}
    size = 0
    for number in range(ANSWERS + WARM_UP):
        field, body = _answer(shape)
        size = len(b64decode(field))
        tree = _time(times["gate"], lambda raw: open_gate(read_field(raw)), body)
        _time(times["seal"], break_seal, tree, certificates)
        _time(times["floor"], _floor, field, shape, key)
        _time(times["whole"], read_answer, federation, body)
        if number == WARM_UP:
            for values in times.values():
                values.clear()
    median = {name: statistics.median(values) * 1000 for name, values in times.items()}
    meaning = median["whole"] - median["gate"] - median["seal"]
    return (
        f"| {shape} | {size} | {median['floor']:.3f} | {median['gate']:.3f} | "
        f"{median['seal']:.3f} | {meaning:.3f} | {median['whole']:.3f} | "
        f"{median['whole'] / median['floor']:.1f} |"
    )


def _time(into: list[float], step: Callable[..., Any], *arguments: Any) -> Any:
    began = perf_counter()
    result = step(*arguments)
    into.append(perf_counter() - began)
    return result


def _answer(shape: str) -> tuple[str, bytes]:
    """Return one signed answer as form value and as request body."""
    from urllib.parse import urlencode  # noqa: PLC0415

    from django_intergrip_link.federation.request import new_request_id  # noqa: PLC0415
    from django_intergrip_link.testing.school import BASE_URL, fake_hub  # noqa: PLC0415

    answer = fake_hub().answer(
        request_id=new_request_id("kennisnet"),
        acs_url=f"{BASE_URL}/saml2/kennisnet/acs",
        audience=f"{BASE_URL}/saml2/kennisnet/metadata",
        attributes={
            "uid": ["qj7cks8qdz9ph54@petteflat"],
            "givenName": ["Piet"],
            "eduPersonAffiliation": ["student"],
            "nlEduPersonHomeOrganizationId": ["99AA00"],
            "nlEduPersonHomeOrganization": ["Petteflat College"],
        },
        sign=shape,  # type: ignore[arg-type]
    )
    field = answer.form_value()
    return field, urlencode({"SAMLResponse": field}).encode()


def _floor(field: str, shape: str, key: RSAPublicKey) -> None:
    """Do the unavoidable work for one signature, and no check beside it."""
    from django_intergrip_link.federation import names  # noqa: PLC0415

    root = etree.fromstring(b64decode(field))
    signed = root.find(names.ASSERTION) if shape == "assertion" else root
    signature = signed.find(names.SIGNATURE)
    signed_info = signature.find("ds:SignedInfo", names.NAMESPACES)
    c14n = etree.tostring(signed_info, method="c14n", exclusive=True)
    value = b64decode(signature.findtext("ds:SignatureValue", namespaces=names.NAMESPACES))
    digest = b64decode(signed_info.findtext(".//ds:DigestValue", namespaces=names.NAMESPACES))
    signed.remove(signature)
    content = etree.tostring(signed, method="c14n", exclusive=True)
    if hashlib.sha256(content).digest() != digest:
        raise ValueError("the floor must verify too")
    key.verify(value, c14n, PKCS1v15(), SHA256())


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("lxml", "signxml", "cryptography"))
    python = f"Python {sys.version.split()[0]}"
    return f"{platform.machine()}, {python}, {packages}; {ANSWERS} answers each."


if __name__ == "__main__":
    main()
