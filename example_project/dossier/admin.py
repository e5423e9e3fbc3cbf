"""Student files in the admin."""

from __future__ import annotations

from django.contrib import admin

from .models import Section, Transfer


class SectionInline(admin.TabularInline):  # type: ignore[type-arg]
    """The sections of one file."""

    model = Section
    extra = 0


@admin.register(Transfer)
class TransferAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """One file."""

    list_display = ["student", "from_school", "to_school", "starts_on"]
    inlines = [SectionInline]
