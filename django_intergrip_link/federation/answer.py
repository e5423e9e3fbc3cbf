"""Form body → SchoolIdentity: gate, seal and meaning in their order, failing closed."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from lxml import etree

from django_intergrip_link.errors import IntergripError, Unreadable

from . import names
from .config import Federation
from .gate import open_gate, read_field
from .identity import SchoolIdentity
from .meaning import Expectation, check_envelope, check_status, read_identity
from .request import read_request_id
from .seal import break_seal


def read_answer(
    federation: Federation, body: bytes, *, now: datetime | None = None
) -> SchoolIdentity:
    """Read the school's answer safely.

    Args:
        federation: at whose address the answer came in.
        body: the raw form body.
        now: aware datetime, for tests of time; the present by default.

    Raises:
        IntergripError: every refusal, and only that.
    """
    try:
        return _read(federation, body, now or datetime.now(UTC))
    except IntergripError:
        raise
    except Exception as error:
        # SECURITY: the one broad except of this package. Whatever a parser or a verifier throws at
        # an answer that someone bent is a refusal, never a page with a traceback, never a login.
        raise Unreadable(type(error).__name__) from error


def _read(federation: Federation, body: bytes, now: datetime) -> SchoolIdentity:
    root = open_gate(read_field(body))
    # SECURITY: before any cryptography, the id must be one that we made, less than ten minutes ago.
    request_id = root.get("InResponseTo", "")
    requested_at = read_request_id(request_id, federation=federation.name, now=now)
    if root.find(f".//{names.ASSERTION}") is None:
        check_status(root)
    hub = federation.hub()
    expected = Expectation(
        federation=federation.name,
        preset=federation.preset,
        issuer=hub.entity_id,
        audience=federation.entity_id,
        acs_url=federation.acs_url,
        request_id=request_id,
        requested_at=requested_at,
        now=now,
    )
    return _read_sealed(root, expected, hub.certificates)


def _read_sealed(
    root: etree._Element, expected: Expectation, certificates: tuple[x509.Certificate, ...]
) -> SchoolIdentity:
    sealed = break_seal(root, certificates)
    check_envelope(root if sealed.response is None else sealed.response, expected)
    return read_identity(
        sealed.assertion, expected, is_certificate_expired=sealed.is_expired(expected.now)
    )
