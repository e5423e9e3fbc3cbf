"""The class sheet as HTML: strips of paper with a code each. For the admin and the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from django_intergrip_link.conf import settings
from django_intergrip_link.qr_codes import qr_inline

from .handing_out import LANGUAGES, ClassSheet

TEMPLATE: Final = "django_intergrip_link/admin/code_sheet.html"
STYLE: Final = Path(__file__).parents[1] / "static" / "django_intergrip_link" / "code_sheet.css"


def sheet_file(sheet: ClassSheet, *, language: str) -> str:
    """Return the sheet as one HTML file that needs nothing beside it."""
    style = STYLE.read_text(encoding="utf-8")
    # SECURITY: our own file; nothing that a person typed becomes markup here (XSS).
    inline = mark_safe(f"<style>\n{style}</style>")  # noqa: S308
    return render_sheet(sheet, language=language, style=inline)


def render_sheet(
    sheet: ClassSheet, *, language: str, request: HttpRequest | None = None, **context: Any
) -> SafeString:
    """Return the sheet as a page; ``language`` is a key of ``LANGUAGES``."""
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
