"""The class sheet in the admin: as a page of its own that prints well, and as a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from django_intergrip_link.journey.code_sheet import render_sheet
from django_intergrip_link.journey.handing_out import ClassSheet


def sheet_page(
    request: HttpRequest, sheet: ClassSheet, *, language: str, **context: Any
) -> HttpResponse:
    """Return the page with the strips, and buttons to print it or to have it otherwise."""
    context["sealed"] = sheet.seal(by=request.user)
    page = render_sheet(sheet, language=language, request=request, **context)
    return _private(HttpResponse(page))


def sheet_csv(sheet: ClassSheet) -> HttpResponse:
    """Return the same codes as a file for a spreadsheet."""
    name = f"codes-{slugify(sheet.group) or sheet.brin}.csv"
    response = HttpResponse(sheet.as_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = str(content_disposition_header(True, name))  # noqa: FBT003
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    # SECURITY: the codes stand in it; no cache and no Back button keeps them, nobody frames them.
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "DENY"
    response["X-Robots-Tag"] = "noindex"
    return response
