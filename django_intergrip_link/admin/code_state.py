"""The state of a code from school as a cell and as a filter of the list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.journey.code_states import STATES, rows_in, state_of
from django_intergrip_link.models import LinkCode


def state_cell(code: LinkCode) -> str:
    """Return mark and name, so that nobody needs the mark."""
    state = STATES[state_of(code)]
    return format_html('<span aria-hidden="true">{}</span> {}', state.mark, state.name)


class StateFilter(admin.SimpleListFilter):
    """Used, not used yet, withdrawn, expired."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer every state."""
        return [(key, state.name) for key, state in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Keep the rows in the state that was chosen."""
        state = self.value()
        return queryset.filter(rows_in(state, timezone.now())) if state in STATES else None
