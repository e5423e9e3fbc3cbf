"""The registry of schools in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from django_intergrip_link.models import School

if TYPE_CHECKING:
    _SchoolBase = admin.ModelAdmin[School]
else:
    _SchoolBase = admin.ModelAdmin


@admin.register(School)
class SchoolAdmin(_SchoolBase):
    """Schools that take part."""

    list_display = ("name", "place", "brin", "kind", "federation", "is_active", "listed")
    list_filter = ("kind", "federation", "is_active", "listed")
    search_fields = ("name", "place", "brin", "aliases")
