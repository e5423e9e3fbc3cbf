"""The class sheet: strips of paper with a code each, on a page of its own that prints well."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from django_intergrip_link.conf import settings
from django_intergrip_link.journey.handing_out import LANGUAGES, ClassSheet

from .school_card import qr_inline

TEMPLATE: Final = "django_intergrip_link/admin/code_sheet.html"
STYLE: Final = Path(__file__).parents[1] / "static" / "django_intergrip_link" / "code_sheet.css"


def sheet_page(
    request: HttpRequest, sheet: ClassSheet, *, language: str, **context: Any
) -> HttpResponse:
    """Return the page with the strips, and buttons to print it or to have it otherwise."""
    context["sealed"] = sheet.seal(by=request.user)
    return _private(HttpResponse(_render(sheet, language, request, **context)))


def sheet_csv(sheet: ClassSheet) -> HttpResponse:
    """Return the same codes as a file for a spreadsheet."""
    name = f"codes-{slugify(sheet.group) or sheet.brin}.csv"
    response = HttpResponse(sheet.as_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = str(content_disposition_header(True, name))  # noqa: FBT003
    return _private(response)


def sheet_file(sheet: ClassSheet, *, language: str) -> str:
    """Return the sheet as one HTML file that needs nothing beside it."""
    style = STYLE.read_text(encoding="utf-8")
    # SECURITY: our own file, without anything that a person typed.
    inline = mark_safe(f"<style>\n{style}</style>")  # noqa: S308
    return _render(sheet, language, None, style=inline)


def _render(
    sheet: ClassSheet, language: str, request: HttpRequest | None, **context: Any
) -> SafeString:
    languages = LANGUAGES[language]
    context |= {
        "sheet": sheet,
        "language": language,
        "languages": languages,
        "first_language": languages[0],
        "site_name": settings.SITE_NAME,
        "qr": qr_inline(sheet.address) if sheet.address else "",
    }
    with translation.override(languages[0]):
        return render_to_string(TEMPLATE, context, request)


def _private(response: HttpResponse) -> HttpResponse:
    # SECURITY: the codes stand in it; no cache and no Back button keeps them, nobody frames them.
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "DENY"
    response["X-Robots-Tag"] = "noindex"
    return response
