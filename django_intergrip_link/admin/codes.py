"""Codes from school in the admin: who has one, whether it was used, making and withdrawing."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_intergrip_link.journey import school_codes
from django_intergrip_link.journey.handing_out import withdraw_codes
from django_intergrip_link.models import LinkCode, School

from .code_form import MOST_AT_ONCE, school_text
from .code_pages import CodePages, make_page, may_make_codes
from .code_state import StateFilter, state_cell
from .registration import FilledFilter, ReadOnly

WITHDRAW_TEMPLATE: Final = "django_intergrip_link/admin/code_withdraw.html"


@admin.register(LinkCode)
class LinkCodeAdmin(ReadOnly, CodePages):
    """Codes from school; the codes themselves are not here, only what became of them."""

    change_list_template = "django_intergrip_link/admin/code_list.html"
    list_display = (
        *("user", "school", "group", "created_at", "valid_until", "state", "created_by"),
    )
    list_filter = (
        StateFilter,
        ("school", admin.RelatedOnlyFieldListFilter),
        ("group", FilledFilter),
    )
    list_select_related = ("user", "school", "created_by")
    show_full_result_count = False
    search_help_text = _("User name, class, or the name or code of the school.")
    actions = ("withdraw", "make_again")
    fields = (
        *("user", "school", "group", "state", "created_at", "created_by"),
        *("expires_at", "used_at", "revoked_at", "link"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[LinkCode]:
        """Leave mailed codes out; they are nobody's business and gone in minutes."""
        return super().get_queryset(request).filter(purpose=LinkCode.Purpose.SCHOOL)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Search the user name of whatever user model there is."""
        return f"user__{get_user_model().USERNAME_FIELD}", "group", "school__name", "school__brin"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who makes codes must see what became of them."""
        return super().has_view_permission(request, obj) or may_make_codes(request)

    def has_make_permission(self, request: HttpRequest) -> bool:
        """Making is adding."""
        return may_make_codes(request)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Withdrawing is changing."""
        return request.user.has_perm("intergrip_link.change_linkcode")

    @admin.display(description=_("state"))
    def state(self, code: LinkCode) -> str:
        """Return what became of the code."""
        return state_cell(code)

    @admin.display(description=_("valid until"), ordering="expires_at")
    def valid_until(self, code: LinkCode) -> Any:
        """Return the last day."""
        return timezone.localdate(code.expires_at)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say which codes these are."""
        context = {"title": _("Codes from school"), "may_make": may_make_codes(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.action(description=_("Withdraw"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[LinkCode]) -> HttpResponse | None:
        """Ask; or, when that was answered, withdraw the codes that can still be used."""
        if "confirmed" not in request.POST:
            return self._withdraw_page(request, queryset)
        count = withdraw_codes(queryset, actor=request.user)
        done = ngettext(
            "%(count)d code was withdrawn.", "%(count)d codes were withdrawn.", count
        ) % {"count": count}
        self.message_user(request, done, messages.SUCCESS)
        return None

    @admin.action(description=_("Make new codes for these"), permissions=["make"])
    def make_again(self, request: HttpRequest, queryset: QuerySet[LinkCode]) -> HttpResponse | None:
        """Open the form for the same site accounts, school and class; the old codes end then."""
        rows = list(queryset.values_list("user", "school", "group")[: MOST_AT_ONCE + 1])
        schools, groups = {row[1] for row in rows}, {row[2] for row in rows}
        if len(schools) != 1 or len(rows) > MOST_AT_ONCE:
            refused = _("Choose codes of one school, at most 500.")
            self.message_user(request, refused, messages.ERROR)
            return None
        initial = {
            "school": school_text(School.objects.get(pk=schools.pop())),
            "group": groups.pop() if len(groups) == 1 else "",
            "chosen": list(dict.fromkeys(row[0] for row in reversed(rows))),
        }
        return make_page(request, self.admin_site, initial=initial)

    def _withdraw_page(self, request: HttpRequest, queryset: QuerySet[LinkCode]) -> HttpResponse:
        usable = school_codes.unused(timezone.now()).values("pk")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Withdraw codes"),
            "opts": self.opts,
            "count": queryset.filter(pk__in=usable).count(),
            "others": queryset.exclude(pk__in=usable).count(),
            "is_across": request.POST.get("select_across") == "1",
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "list_url": request.get_full_path(),
        }
        return TemplateResponse(request, WITHDRAW_TEMPLATE, context)
