"""The form that takes a file of schools in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.conf import settings
from django_intergrip_link.models import School, SchoolImport
from django_intergrip_link.registry.reading import KINDS
from django_intergrip_link.registry.refused import ImportRefused
from django_intergrip_link.registry.uploads import MAXIMUM_UPLOAD, take_file

if TYPE_CHECKING:
    _Base = forms.ModelForm[SchoolImport]
else:
    _Base = forms.ModelForm


def _federations() -> list[tuple[str, str]]:
    return [(name, name) for name in settings.FEDERATIONS]


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("As the file says")), *((kind, School.Kind(kind).label) for kind in KINDS)]


class UploadForm(_Base):
    """One file, and whose schools are in it; a file that cannot be read is an error of the field.

    ``cleaned_data["file"]`` is the file as it was read, a :class:`.TakenFile`.
    """

    file = forms.FileField(
        label=_("file"),
        help_text=_(
            "A file of DUO, the metadata of the federation, or our own CSV; at most 32 MB, and "
            "8 MB when it is compressed."
        ),
    )
    federation = forms.ChoiceField(label=_("federation"), choices=_federations)
    kind = forms.ChoiceField(label=_("kind"), choices=_kinds, required=False)
    listed = forms.BooleanField(
        label=_("open new schools"),
        required=False,
        help_text=_(
            "New schools are shown to students and may log in. Without this they are known, but "
            "closed. Schools that exist already stay as they are."
        ),
    )

    class Meta:
        model = SchoolImport
        fields = ("federation",)

    def clean_file(self) -> bytes:
        """Return the bytes of the file, within the bound."""
        upload = self.cleaned_data["file"]
        # SECURITY: a file is read whole, so its size is looked at first.
        if upload.size > MAXIMUM_UPLOAD:
            raise ValidationError(_("The file is larger than 32 MB."), code="large")
        content: bytes = upload.read()
        return content

    def clean(self) -> dict[str, Any]:
        """Read the file once, so that one we do not know never gets further."""
        cleaned = super().clean() or self.cleaned_data
        if "file" in cleaned:
            try:
                cleaned["file"] = take_file(cleaned["file"], kind=cleaned.get("kind", ""))
            except ImportRefused as error:
                self.add_error("file", str(error))
        return cleaned
