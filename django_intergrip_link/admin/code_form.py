"""The form that makes codes from school: for whom, where, and until when."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import (
    AdminIntegerFieldWidget,
    AdminTextareaWidget,
    AdminTextInputWidget,
    AutocompleteSelect,
)
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.journey import limits
from django_intergrip_link.journey.handing_out import DEFAULT_DAYS, MOST_DAYS
from django_intergrip_link.journey.recipients import (
    Recipients,
    find_recipients,
    read_lines,
)
from django_intergrip_link.models import LinkCode, School

MOST_AT_ONCE: Final = 500
BATCH: Final = limits.Limit(name="code_batch", ceiling=1, seconds=86_400)
"""A form makes codes once, so that reloading the sheet does not make its codes worthless."""

LANGUAGES: Final = (("nl", "Nederlands"), ("en", "English"), ("both", _("Dutch and English")))


class MakeCodesForm(forms.Form):
    """A class and its codes; ``recipients`` is filled once the list was looked up."""

    school = forms.ModelChoiceField(
        label=_("School"),
        # An Entree account is nobody's class: anyone can make one and use a strip that was found.
        queryset=School.objects.exclude(kind=School.Kind.ENTREE),
        help_text=_("The school that the students log in at. The codes work with no other."),
    )
    group = forms.CharField(
        label=_("Class"),
        max_length=60,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("For you and for on the paper, such as 2B."),
    )
    accounts = forms.CharField(
        label=_("For whom"),
        widget=AdminTextareaWidget(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        help_text=_(
            "One user name or e-mail address on each line; at most 500. You can paste rows from a "
            "spreadsheet: the first column counts."
        ),
    )
    without = forms.BooleanField(
        label=_("Make codes for the others"),
        required=False,
        help_text=_("Tick this to leave out the lines that no code can be made for."),
    )
    days = forms.IntegerField(
        label=_("Valid for (days)"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=DEFAULT_DAYS,
        widget=AdminIntegerFieldWidget,
    )
    language = forms.ChoiceField(label=_("Language of the paper"), choices=LANGUAGES)
    once = forms.CharField(max_length=32, widget=forms.HiddenInput)

    error_messages = {
        "many": _("These are %(count)d lines. Make codes for at most 500 at once."),
        "skipped": _("Line %(line)d, “%(typed)s”: %(reason)s."),
        "tick": _("Correct the list. Or tick “Make codes for the others”."),
        "nobody": _("No code can be made for any of these lines."),
        "once": _(
            "You sent this form before, and its codes were made. Send it again only if you lost "
            "them: the earlier ones stop working then."
        ),
    }

    recipients: Recipients

    def __init__(self, *args: Any, site: AdminSite, **kwargs: Any) -> None:
        """Search schools where this admin does."""
        super().__init__(*args, **kwargs)
        relation = LinkCode._meta.get_field("school")  # noqa: SLF001 - documented
        school = self.fields["school"]
        school.widget = AutocompleteSelect(relation, site)
        assert isinstance(school, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        school.widget.choices = school.choices
        self.fields["once"].initial = secrets.token_hex(16)

    def clean_accounts(self) -> str:
        """Look up whose codes these are."""
        text = str(self.cleaned_data["accounts"])
        lines = read_lines(text)
        if len(lines) > MOST_AT_ONCE:
            raise self._error("many", count=len(lines))
        self.recipients = find_recipients(lines)
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse lines without an account until told to leave them out; count a good form once."""
        cleaned = super().clean() or self.cleaned_data
        if "accounts" in cleaned:
            for reason in self._reasons():
                self.add_error("accounts", reason)
        if not self.errors and not limits.has_room(BATCH, cleaned["once"]):
            self.add_error(None, self._error("once"))
        return cleaned

    def again(self) -> MakeCodesForm:
        """Return the form for the page that shows it again: fit to be sent as a new one."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data["once"] = secrets.token_hex(16)
        return self

    def _reasons(self) -> Sequence[forms.ValidationError]:
        skipped = self.recipients.skipped
        if not self.recipients.users:
            return [*map(self._skipped, skipped), self._error("nobody")]
        if not skipped or self.cleaned_data.get("without"):
            return []
        return [*map(self._skipped, skipped), self._error("tick")]

    def _skipped(self, skipped: Any) -> forms.ValidationError:
        line = skipped.line
        named = {"line": line.number, "typed": line.typed, "reason": skipped.reason}
        return self._error("skipped", **named)

    def _error(self, code: str, **named: Any) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code, params=named)
