"""First, plain registrations. Links and events are records: no add, no change, no delete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from django_intergrip_link.models import AccountLink, LinkEvent

if TYPE_CHECKING:
    _LinkBase = admin.ModelAdmin[AccountLink]
    _EventBase = admin.ModelAdmin[LinkEvent]
else:
    _LinkBase = _EventBase = admin.ModelAdmin


class ReadOnly:
    """Mixin for records that only the journey and the commands write."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody adds a record by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes a record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody deletes a record by itself; with its site account it goes, for erasure."""
        match = request.resolver_match
        is_own_page = match is not None and str(match.url_name).startswith("intergrip_link_")
        return not is_own_page and request.user.is_superuser


class FilledFilter(admin.AllValuesFieldListFilter):
    """The values that occur; not shown while there is nothing to choose between."""

    def has_output(self) -> bool:
        """Whether there are two values or more."""
        return len(self.lookup_choices) > 1

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Leave the empty value out; it would be a link without text."""
        return (choice for choice in super().choices(changelist) if choice["display"])


@admin.register(AccountLink)
class AccountLinkAdmin(ReadOnly, _LinkBase):
    """Links, to look at."""

    list_display = ("user", "school", "role", "state", "linked_at", "last_used_at")
    list_filter = ("state", ("role", FilledFilter), "federation")
    list_select_related = ("user", "school")
    search_fields = ("school__name", "school__brin")
    date_hierarchy = "linked_at"
    show_full_result_count = False
    exclude = ("live_digest", "live_school", "subject_digest")


@admin.register(LinkEvent)
class LinkEventAdmin(ReadOnly, _EventBase):
    """The audit trail, to look at; searched by support code."""

    list_display = ("at", "kind", "reason", "support_code", "school", "federation")
    list_filter = ("kind", ("reason", FilledFilter), ("federation", FilledFilter))
    list_select_related = ("school",)
    search_fields = ("support_code__exact",)
    date_hierarchy = "at"
    show_full_result_count = False
