"""Opening and closing many schools at once, each time after a page that says what will happen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from django_intergrip_link.models import School, SchoolQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    _Admin = admin.ModelAdmin[School]

BulkAction = Callable[[Any, HttpRequest, Any], HttpResponse | None]

TEMPLATE = "django_intergrip_link/admin/school_confirm.html"
MOST_WITHOUT_TYPING = 25
NAMES_SHOWN = 10
ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class BulkChange:
    """What an action does to every school that was selected."""

    name: str
    title: StrPromise
    consequence: StrPromise
    changes: dict[str, Any]
    has_message: bool = False


CHANGES = (
    BulkChange(
        name="open_schools",
        title=_("Open for students"),
        consequence=_("Students find these schools in the list and can log in."),
        changes={"is_active": True, "listed": True},
    ),
    BulkChange(
        name="close_schools",
        title=_("Close for students"),
        consequence=_(
            "Nobody of these schools can log in. Students who are in now are logged out at their "
            "next click."
        ),
        changes={"is_active": False},
        has_message=True,
    ),
    BulkChange(
        name="list_schools",
        title=_("Put on the list"),
        consequence=_("Students see these schools when they choose their school."),
        changes={"listed": True},
    ),
    BulkChange(
        name="unlist_schools",
        title=_("Take off the list"),
        consequence=_("Students no longer find these schools. The link of a school keeps working."),
        changes={"listed": False},
    ),
)


class ConfirmForm(forms.Form):
    """The answer to the question; bound to the number of schools that it was asked about."""

    count = forms.IntegerField(widget=forms.HiddenInput)
    typed = forms.IntegerField(
        label=_("Number of schools"), help_text=_("Type the number of schools to confirm.")
    )
    message = forms.CharField(
        label=_("message to students"),
        max_length=200,
        required=False,
        widget=AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
        help_text=_("Empty: every school keeps the message that it has."),
    )

    def __init__(self, *args: Any, change: BulkChange, count: int, **kwargs: Any) -> None:
        """Ask for the number only where a slip reaches many."""
        super().__init__(*args, **kwargs)
        self.expected = count
        if count <= MOST_WITHOUT_TYPING:
            del self.fields["typed"]
        if not change.has_message:
            del self.fields["message"]

    def clean_typed(self) -> int:
        """Refuse another number."""
        typed = int(self.cleaned_data["typed"])
        if typed != self.expected:
            raise forms.ValidationError(_("This is not the number of schools."), code="typed")
        return typed

    def clean(self) -> dict[str, Any]:
        """Refuse when schools came or went after the question."""
        if self.cleaned_data.get("count") != self.expected:
            raise forms.ValidationError(
                _("The number of schools has changed meanwhile. Look at it again."), code="count"
            )
        return self.cleaned_data


def bulk_actions() -> list[BulkAction]:
    """Return one admin action for each change."""
    return [_as_action(change) for change in CHANGES]


def _as_action(change: BulkChange) -> BulkAction:
    @admin.action(description=change.title, permissions=["change"])
    def act(model_admin: _Admin, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return confirm_or_apply(model_admin, request, queryset, change)

    act.__name__ = change.name
    return act


def confirm_or_apply(
    model_admin: _Admin, request: HttpRequest, queryset: SchoolQuerySet, change: BulkChange
) -> HttpResponse | None:
    """Ask; or, when the answer is right, change the schools and go back to the list."""
    with transaction.atomic():
        schools = list(queryset.select_for_update())
        is_answer = "count" in request.POST
        form = ConfirmForm(request.POST if is_answer else None, change=change, count=len(schools))
        if not form.is_valid():
            return _confirm_page(model_admin, request, schools, change, form)
        message = form.cleaned_data.get("message")
        changes = {**change.changes, **({"message": message} if message else {})}
        apply_change(schools, changes, user_id=request.user.pk)
    done = ngettext("%(count)d school: %(title)s.", "%(count)d schools: %(title)s.", len(schools))
    named = {"count": len(schools), "title": str(change.title)}
    model_admin.message_user(request, done % named, messages.SUCCESS)
    return None


def apply_change(schools: Sequence[School], changes: dict[str, Any], *, user_id: Any) -> None:
    """Write the changes; one line of history for every school that was not so already."""
    changed = [s for s in schools if any(getattr(s, f) != v for f, v in changes.items())]
    for start in range(0, len(changed), ROWS_AT_ONCE):
        rows = changed[start : start + ROWS_AT_ONCE]
        School.objects.filter(pk__in=[school.pk for school in rows]).update(**changes)
    # As Django does it: the history translates the names of fields when it is read.
    with override(None):
        fields = [str(label_for_field(name, School)) for name in changes]
    LogEntry.objects.log_actions(
        user_id,
        changed,
        CHANGE,
        [{"changed": {"fields": fields}}],
    )


def _confirm_page(
    model_admin: _Admin,
    request: HttpRequest,
    schools: Sequence[School],
    change: BulkChange,
    form: ConfirmForm,
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": change.title,
        "opts": model_admin.opts,
        "change": change,
        "form": form,
        "count": len(schools),
        "shown": schools[:NAMES_SHOWN],
        "others": max(0, len(schools) - NAMES_SHOWN),
        "is_across": request.POST.get("select_across") == "1",
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "list_url": request.get_full_path(),
    }
    return TemplateResponse(request, TEMPLATE, context)
