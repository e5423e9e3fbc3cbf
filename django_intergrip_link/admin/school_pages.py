"""Three pages beside the form of a school: its card, its QR code as a file, the students' guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.conf import settings
from django_intergrip_link.models import School
from django_intergrip_link.qr_codes import IMAGE_TYPES, qr_image, qr_inline

from .school_card import SchoolCard, file_name, support_text

if TYPE_CHECKING:
    _SchoolBase = admin.ModelAdmin[School]
else:
    _SchoolBase = admin.ModelAdmin

GUIDE_LANGUAGES = ("nl", "en")


class SchoolPages(_SchoolBase):
    """Mixin for the admin of schools; who may view a school may see these."""

    change_form_template = "django_intergrip_link/admin/school_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Put our pages before Django's own."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/card/", view(self.card), name="intergrip_link_school_card"),
            path("<int:pk>/card/qr.<str:kind>", view(self.qr), name="intergrip_link_school_qr"),
            path(
                "<int:pk>/guide/<str:language>/",
                view(self.guide),
                name="intergrip_link_school_guide",
            ),
            *super().get_urls(),
        ]

    @admin.display(description=_("card"))
    def card_link(self, school: School) -> str:
        """Return the cell that leads to the card."""
        url = reverse("admin:intergrip_link_school_card", args=[school.pk])
        label = _("Card")
        return format_html(
            '<a href="{}" aria-label="{} – {}">{}</a>', url, label, school.name, label
        )

    def card(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the link of a school, how to use it, and how things stand."""
        card = self._find_card(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "title": card.school,
            "opts": self.opts,
            "card": card,
            "providers": card.school.providers.all(),
            "qr": qr_inline(card.address) if card.address else "",
            "image_kinds": tuple(IMAGE_TYPES),
            "site_name": settings.SITE_NAME,
        }
        return _page(request, "school_card.html", context)

    def qr(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """Hand out the QR code as a file."""
        card = self._find_card(request, pk)
        if kind not in IMAGE_TYPES or not card.address:
            raise Http404
        name = file_name(card.school, kind)
        headers = {
            "Content-Disposition": str(content_disposition_header(True, name)),  # noqa: FBT003
            "X-Content-Type-Options": "nosniff",
        }
        image = qr_image(card.address, kind)
        return HttpResponse(image, content_type=IMAGE_TYPES[kind], headers=headers)

    def guide(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """Show the page to print for students, in the language of the address."""
        card = self._find_card(request, pk)
        if language not in GUIDE_LANGUAGES or not card.address:
            raise Http404
        context = {
            "card": card,
            "qr": qr_inline(card.address),
            "site_name": settings.SITE_NAME,
            "support": support_text(),
            "language": language,
        }
        with translation.override(language):
            return _page(request, "school_guide.html", context)

    def _find_card(self, request: HttpRequest, pk: int) -> SchoolCard:
        """Return the card of a school that this person may view, else refuse."""
        school = self.get_object(request, str(pk))
        if school is None:
            raise Http404
        if not self.has_view_permission(request, school):
            raise PermissionDenied
        return SchoolCard.of(school)


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, f"django_intergrip_link/admin/{name}", context)
    response["Referrer-Policy"] = "same-origin"
    return response
