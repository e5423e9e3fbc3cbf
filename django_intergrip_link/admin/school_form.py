"""The form of a school and of its other IdPs: what may be typed, and what is said if not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.brin import normal_brin
from django_intergrip_link.conf import settings
from django_intergrip_link.models import School, SchoolProvider
from django_intergrip_link.registry.clashes import DECIDED_BY, find_clashes
from django_intergrip_link.registry.records import HUB_NAMES, is_one_word, normal

if TYPE_CHECKING:
    _SchoolForm = forms.ModelForm[School]
    _ProviderForm = forms.ModelForm[SchoolProvider]
else:
    _SchoolForm = _ProviderForm = forms.ModelForm

WIDE = {"class": "vLargeTextField"}
LONG_TEXTS = ("name", "website", "entity_id", "realm", "message", "contact")
LISTS = ("aliases", "former_names")

MESSAGES = {
    "brin": _("Type 4 letters and digits, or 6 with two digits at the end, such as 99AA00."),
    "taken": _("This school code is in the registry already: %(school)s."),
    "space": _("There is no space in it."),
    "dates": _("This day must come after the first day."),
}


def _refuse(code: str, **named: Any) -> forms.ValidationError:
    return forms.ValidationError(MESSAGES[code], code=code, params=named)


class HubNames:
    """Mixin for forms with ``entity_id`` and ``realm``: what the hub calls an IdP."""

    cleaned_data: dict[str, Any]

    def clean_entity_id(self) -> str:
        """Refuse a space; two values were pasted."""
        return self._one_word("entity_id")

    def clean_realm(self) -> str:
        """Leave out the @ that was copied with it."""
        return self._one_word("realm")

    def _one_word(self, name: str) -> str:
        value = str(normal(name, self.cleaned_data[name]))
        if not is_one_word(value):
            raise _refuse("space")
        return value


class SchoolForm(HubNames, _SchoolForm):
    """One school; its federation is one of the settings', or the one that it had."""

    federation = forms.ChoiceField(label=capfirst(_("federation")))

    class Meta:
        model = School
        fields = (
            "name",
            "place",
            "street",
            "kind",
            "levels",
            "aliases",
            "former_names",
            "website",
            "federation",
            "brin",
            "entity_id",
            "realm",
            "is_active",
            "listed",
            "message",
            "contact",
        )
        widgets = {
            **{name: AdminTextInputWidget(attrs=WIDE) for name in LONG_TEXTS},
            **{name: AdminTextareaWidget(attrs={"rows": 3}) for name in LISTS},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the federations of this moment."""
        super().__init__(*args, **kwargs)
        # Without change permission the admin shows the fields as text.
        field = self.fields.get("federation")
        if isinstance(field, forms.ChoiceField):
            field.choices = federation_choices(self.instance.federation)

    def clean_brin(self) -> str:
        """Check the shape of the code and write it in capitals."""
        brin = normal_brin(self.cleaned_data["brin"])
        if brin is None:
            raise _refuse("brin")
        return brin

    def clean_website(self) -> str:
        """Leave out the slash at the end."""
        return str(self.cleaned_data["website"]).rstrip("/")

    def clean(self) -> dict[str, Any] | None:
        """Refuse a code twice in one federation, and what another school has."""
        cleaned = super().clean() or self.cleaned_data
        others = School.objects.filter(federation=cleaned.get("federation")).exclude(
            pk=self.instance.pk
        )
        if twin := others.filter(brin=cleaned.get("brin")).first():
            self.add_error("brin", _refuse("taken", school=twin))
        for field, reason in self._clashes(cleaned).items():
            self.add_error(field, reason)
        return cleaned

    def _clashes(self, cleaned: dict[str, Any]) -> dict[str, str]:
        decisive = frozenset[str]().union(*DECIDED_BY.values())
        # A field that is shown as text, or refused itself, counts as it was.
        values = {name: cleaned.get(name, getattr(self.instance, name)) for name in decisive}
        return find_clashes(School(pk=self.instance.pk, **values), changed=self.changed_data)


class ProviderForm(HubNames, _ProviderForm):
    """Another IdP of a school."""

    class Meta:
        model = SchoolProvider
        fields = ("entity_id", "realm", "accepted_from", "accepted_until")

    def clean(self) -> dict[str, Any] | None:
        """Refuse dates in the wrong order, and what another institution has."""
        cleaned = super().clean() or self.cleaned_data
        first, until = cleaned.get("accepted_from"), cleaned.get("accepted_until")
        if first and until and until <= first:
            self.add_error("accepted_until", _refuse("dates"))
        if not until or until > timezone.localdate():
            for field, reason in self._clashes(cleaned).items():
                self.add_error(field, reason)
        return cleaned

    def _clashes(self, cleaned: dict[str, Any]) -> dict[str, str]:
        named = {name: cleaned.get(name, "") for name in HUB_NAMES}
        # A row of the past that counts again is as new as another realm.
        changed = ("realm",) if self.changed_data else ()
        return find_clashes(self.instance.school, changed=changed, provider=SchoolProvider(**named))


def federation_choices(current: str) -> list[tuple[str, Any]]:
    """Return the federations of the settings, and the row's own if they do not know it."""
    names = list(settings.FEDERATIONS)
    choices: list[tuple[str, Any]] = [(name, name) for name in names]
    if current and current not in names:
        choices.append((current, _("%(name)s (not in the settings)") % {"name": current}))
    return choices
