"""The registry of schools in the admin: find, fill in, open and close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.models import School, SchoolProvider
from django_intergrip_link.registry.providers import has_new_provider, keep_former_provider

from .registration import FilledFilter
from .school_actions import bulk_actions
from .school_form import ProviderForm, SchoolForm
from .school_pages import SchoolPages

if TYPE_CHECKING:
    _ProviderInline = admin.TabularInline[SchoolProvider, School]
else:
    _ProviderInline = admin.TabularInline


class ProviderInline(_ProviderInline):
    """The IdPs of a school beside the one in its row: the one before, the next."""

    model = SchoolProvider
    form = ProviderForm
    extra = 0


@admin.register(School)
class SchoolAdmin(SchoolPages):
    """Schools that take part."""

    form = SchoolForm
    inlines = (ProviderInline,)
    actions = bulk_actions()
    list_display = (
        "name",
        "place",
        "brin",
        "is_active",
        "listed",
        "card_link",
        "kind",
        "federation",
    )
    list_filter = ("kind", ("federation", FilledFilter), "is_active", "listed", "source")
    search_fields = ("name", "place", "brin__istartswith", "aliases", "former_names")
    search_help_text = _("Name, former name, place, or the beginning of the school code.")
    show_full_result_count = False
    readonly_fields = ("source",)
    fieldsets = (
        (
            _("What students see"),
            {
                "fields": (
                    "name",
                    "place",
                    "street",
                    "kind",
                    "levels",
                    "aliases",
                    "former_names",
                    "website",
                ),
                "description": _("Students choose their school by this. All of it is searched."),
            },
        ),
        (
            _("What the hub calls it"),
            {
                "fields": ("federation", "brin", "entity_id", "realm"),
                "description": _(
                    "With an entityID or a realm, students go straight to the login page of their "
                    "school. Another value here counts at once, and answers with the old one are "
                    "refused. It is kept below; give it a later date there if both must work."
                ),
            },
        ),
        (
            _("Open or closed"),
            {
                "fields": ("is_active", "listed", "message"),
                "description": _(
                    "A school that is listed and switched off is shown with its message."
                ),
            },
        ),
        (_("For you"), {"fields": ("contact", "source")}),
    )

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Leave out the filters without a choice; one query for all of them."""
        names = [entry if isinstance(entry, str) else entry[0] for entry in self.list_filter]
        rows = School.objects.order_by().values_list(*names).distinct()
        found = [set(column) for column in zip(*rows, strict=True)] or [set()] * len(names)
        pairs = zip(self.list_filter, found, strict=True)
        return [entry for entry, values in pairs if len(values) > 1]

    def save_model(self, request: HttpRequest, obj: School, form: Any, change: bool) -> None:  # noqa: FBT001
        """Keep the IdP that was replaced, and advise a message for a closed school."""
        before = School.objects.select_for_update().filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if before is not None and has_new_provider(before=before, after=obj):
            keep_former_provider(before, timezone.localdate())
        if obj.listed and not obj.is_active and not obj.message:
            advice = _("This school is listed and switched off. Write students why.")
            self.message_user(request, advice, messages.WARNING)
