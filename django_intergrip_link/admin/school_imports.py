"""Imports of schools in the admin: upload, look, confirm; and the history of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import router, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from django_intergrip_link.models import School, SchoolImport
from django_intergrip_link.registry.export import write_table
from django_intergrip_link.registry.failures import database_refusals
from django_intergrip_link.registry.outcomes import Outcome
from django_intergrip_link.registry.refused import ImportRefused
from django_intergrip_link.registry.uploads import confirm_upload, keep_upload, preview_upload

from .import_preview import counts_text, preview_sections, wrong_rows
from .registration import ReadOnly
from .school_history import log_import
from .upload_form import UploadForm

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[SchoolImport]
else:
    _Base = admin.ModelAdmin


@admin.register(SchoolImport)
class SchoolImportAdmin(ReadOnly, _Base):
    """Adding is uploading; the page of an upload shows its plan and the button that applies it."""

    list_display = ("created_at", "created_by", "file_name", "federation", "counts", "applied_at")
    list_select_related = ("created_by",)
    list_filter = (("applied_at", admin.EmptyFieldListFilter),)
    actions = None
    form = UploadForm
    upload_fields = ("file", "federation", "kind", "listed")
    facts = (
        "file_name",
        "federation",
        "created_by",
        "created_at",
        "sha256",
        "applied_at",
        "counts",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SchoolImport]:
        """Leave the file where it is until it is asked for."""
        return super().get_queryset(request).defer("content")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Who may add an import may upload."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who uploads must see what it would do."""
        return super().has_view_permission(request, obj) or self.has_add_permission(request)

    def has_apply_permission(self, request: HttpRequest) -> bool:
        """Confirming changes schools, so it needs that permission too."""
        may_change = request.user.has_perm("intergrip_link.change_school")
        return may_change and self.has_add_permission(request)

    def has_add_school_permission(self, request: HttpRequest) -> bool:
        """An import that makes schools needs the permission for that as well."""
        return request.user.has_perm("intergrip_link.add_school")

    @admin.display(description=_("counts"))
    def counts(self, upload: SchoolImport) -> str:
        """Return what it would do, or did, in words."""
        return counts_text(upload.summary)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Ask for a file first; show the facts afterwards."""
        return self.upload_fields if obj is None else self.facts

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nothing of an upload changes."""
        return () if obj is None else self.facts

    def save_model(
        self,
        request: HttpRequest,
        obj: SchoolImport,
        form: Any,
        change: bool,  # noqa: FBT001 - as Django calls it
    ) -> None:
        """Keep the file with the counts of its plan."""
        cleaned = form.cleaned_data
        keep_upload(
            obj,
            cleaned["file"],
            file_name=form.files["file"].name,
            kind=cleaned["kind"],
            listed=cleaned["listed"],
            by=request.user,
        )

    def response_add(
        self, request: HttpRequest, obj: SchoolImport, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go to the trial run."""
        return HttpResponseRedirect(self._page(obj.pk))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the facts of an upload, and its plan while that can be confirmed."""
        upload = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if upload is not None and self.has_view_permission(request, upload):
            context |= self._preview_context(request, upload)
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        """Add confirming, and the file with the rows that are left out."""
        wrap, name = self.admin_site.admin_view, "intergrip_link_schoolimport"
        return [
            path("<int:pk>/apply/", wrap(self.apply_view), name=f"{name}_apply"),
            path("<int:pk>/errors/", wrap(self.errors_view), name=f"{name}_errors"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply what the page showed, or say why not."""
        if not self.has_apply_permission(request):
            raise PermissionDenied
        upload = get_object_or_404(SchoolImport, pk=pk)
        shown = {name: request.POST.get(name, "") for name in ("sha256", "fingerprint")}
        may_add = self.has_add_school_permission(request)
        try:
            with database_refusals(), transaction.atomic(using=router.db_for_write(School)):
                plan = confirm_upload(upload, **shown, may_add=may_add)
                log_import(plan, file_name=upload.file_name, user_id=request.user.pk)
        except ImportRefused as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            done = gettext("The import was applied: %(counts)s") % {
                "counts": counts_text(plan.counts)
            }
            self.log_change(request, upload, done)
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(self._page(pk))

    def errors_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the rows that are left out, with the reason, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        upload = get_object_or_404(SchoolImport, pk=pk)
        try:
            preview = preview_upload(upload)
        except ImportRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(self._page(pk))
        return HttpResponse(
            write_table(*wrong_rows(preview.plan)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="errors.csv"'},
        )

    def _preview_context(self, request: HttpRequest, upload: SchoolImport) -> dict[str, Any]:
        try:
            preview = preview_upload(upload)
        except ImportRefused as error:
            return {"why_no_preview": str(error)}
        plan = preview.plan
        may_apply = self.has_apply_permission(request)
        may_add = not plan.of(Outcome.NEW) or self.has_add_school_permission(request)
        return {
            "preview": preview,
            "sections": preview_sections(plan),
            "wrong": len(plan.left_out),
            "can_apply": may_apply and may_add and plan.changes_something and not plan.is_useless,
            "lacks_change": not may_apply,
            "lacks_add": not may_add,
        }

    def _page(self, pk: int) -> str:
        return reverse(f"{self.admin_site.name}:intergrip_link_schoolimport_change", args=[pk])
