"""Two pages beside the list of codes: the form that makes them, and the sheet in another form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from django_intergrip_link.journey.handing_out import (
    LANGUAGES,
    ClassSheet,
    hand_out,
    last_moment,
)
from django_intergrip_link.models import LinkCode

from .code_form import MOST_AT_ONCE, MakeCodesForm
from .code_sheet import sheet_csv, sheet_page

if TYPE_CHECKING:
    _CodeBase = admin.ModelAdmin[LinkCode]
else:
    _CodeBase = admin.ModelAdmin

MAKE: Final = "admin:intergrip_link_linkcode_make"
LIST: Final = "admin:intergrip_link_linkcode_changelist"
FORM_TEMPLATE: Final = "django_intergrip_link/admin/code_make.html"


def may_make_codes(request: HttpRequest) -> bool:
    """Whether this person may make codes from school."""
    return request.user.has_perm("intergrip_link.add_linkcode")


class CodePages(_CodeBase):
    """Mixin for the admin of codes."""

    def get_urls(self) -> list[URLPattern]:
        """Put our pages before Django's own."""
        view, name = self.admin_site.admin_view, "intergrip_link_linkcode"
        return [
            path("make/", view(self.make_view), name=f"{name}_make"),
            path("sheet/", view(self.sheet_view), name=f"{name}_sheet"),
            *super().get_urls(),
        ]

    def make_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for whom; then make the codes and show the sheet."""
        if not may_make_codes(request):
            raise PermissionDenied
        if request.method != "POST":
            return make_page(
                request, self.admin_site, initial={"school": request.GET.get("school", "")}
            )
        form = MakeCodesForm(request.POST)
        if not form.is_valid():
            return _form_page(request, self.admin_site, form.again())
        asked = form.cleaned_data
        sheet = hand_out(
            form.recipients.users,
            school=asked["school"],
            group=asked["group"],
            expires_at=last_moment(asked["days"]),
            by=request.user,
        )
        context = {"skipped": form.recipients.skipped, "is_new": True}
        return sheet_page(request, sheet, language=asked["language"], **context)

    @method_decorator(require_POST)
    @method_decorator(sensitive_post_parameters("sealed"))
    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        """Give the same codes as CSV, or in another language."""
        if not may_make_codes(request):
            raise PermissionDenied
        sheet = ClassSheet.unseal(request.POST.get("sealed", ""), by=request.user)
        if sheet is None:
            gone = _("The codes are no longer here. Make new ones if you need them again.")
            self.message_user(request, gone, messages.ERROR)
            return HttpResponseRedirect(reverse(MAKE, current_app=self.admin_site.name))
        form = request.POST.get("as", "")
        if form == "csv":
            return sheet_csv(sheet)
        return sheet_page(request, sheet, language=form if form in LANGUAGES else "nl")


@admin.action(description=_("Make codes from school"))
def make_link_codes(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """Open the form for the chosen site accounts; an action for the project's own ``UserAdmin``."""
    if not may_make_codes(request):
        raise PermissionDenied
    keys = list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(keys) > MOST_AT_ONCE:
        model_admin.message_user(
            request, _("Choose at most 500 site accounts at once."), messages.ERROR
        )
        return None
    return make_page(request, model_admin.admin_site, initial={"chosen": keys})


def make_page(request: HttpRequest, site: admin.AdminSite, *, initial: Any) -> HttpResponse:
    """Show the form, filled in as far as is known."""
    return _form_page(request, site, MakeCodesForm(initial=initial))


def _form_page(request: HttpRequest, site: admin.AdminSite, form: MakeCodesForm) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": _("Make codes from school"),
        "opts": LinkCode._meta,  # noqa: SLF001 - documented
        "form": form,
        "make_url": reverse(MAKE, current_app=site.name),
        "list_url": reverse(LIST, current_app=site.name),
    }
    return TemplateResponse(request, FORM_TEMPLATE, context)
