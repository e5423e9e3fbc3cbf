"""The QR code of an address: as a file, and inside a page."""

from __future__ import annotations

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4
"""White modules around a QR code (ISO/IEC 18004, section 6.3.8)."""

DOT = 20
"""Pixels of a module in a PNG: sharp on a poster."""

IMAGE_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def qr_image(address: str, kind: str) -> bytes:
    """Return the QR code of an address as a file; ``kind`` is a key of ``IMAGE_TYPES``."""
    out = BytesIO()
    segno.make_qr(address, error="m").save(out, kind=kind, scale=DOT, border=QUIET_ZONE)
    return out.getvalue()


def qr_inline(address: str) -> SafeString:
    """Return the QR code of an address as an ``<svg>`` for a page."""
    svg = segno.make_qr(address, error="m").svg_inline(
        omitsize=True, border=QUIET_ZONE, svgclass="qr", lineclass=None
    )
    # SECURITY: segno writes numbers only; the address becomes dots and never markup (XSS).
    return mark_safe(svg)  # noqa: S308
