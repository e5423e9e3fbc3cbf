"""The form that makes codes from school: for whom, where, and until when."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib.admin.widgets import (
    AdminIntegerFieldWidget,
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.journey import limits
from django_intergrip_link.journey.handing_out import DEFAULT_DAYS, MOST_DAYS
from django_intergrip_link.journey.recipients import (
    Recipients,
    find_recipients,
    pick_recipients,
    read_lines,
)
from django_intergrip_link.models import School

if TYPE_CHECKING:
    _AccountsBase = forms.ModelMultipleChoiceField[Any]
else:
    _AccountsBase = forms.ModelMultipleChoiceField

MOST_AT_ONCE: Final = 500
BATCH: Final = limits.Limit(name="code_batch", ceiling=1, seconds=86_400)
"""A form makes codes once, so that reloading the sheet does not make its codes worthless."""

MOST_OFFERED: Final = 1_000
FEW: Final = 10
LANGUAGES: Final = (("nl", "Nederlands"), ("en", "English"), ("both", _("Dutch and English")))


class SchoolField(forms.CharField):
    """A school by its code, or by a part of its name that only one has; no script is needed."""

    default_error_messages = {
        "school": _("There is no school with this code or name."),
        "schools": _("More schools fit: %(schools)s. Type the code of one."),
    }

    def clean(self, value: Any) -> Any:
        """Return the :class:`School`."""
        text = str(super().clean(value))
        found = _schools_meant(text)
        if not found:
            raise self._error("school")
        if len(found) > 1:
            names = "; ".join(f"{school} ({school_text(school)})" for school in found[:FEW])
            raise self._error("schools", schools=names)
        return found[0]

    def _error(self, code: str, **named: Any) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code, params=named)


def _open_schools() -> QuerySet[School]:
    # SECURITY: an Entree account is nobody's class; whoever finds a strip can make one and use it.
    return School.objects.exclude(kind=School.Kind.ENTREE)


def _schools_meant(text: str) -> list[School]:
    code, _space, federation = text.partition(" ")
    schools = _open_schools().filter(brin=code.upper())
    if federation:
        schools = schools.filter(federation=federation.strip())
    return list(schools or _open_schools().filter(name__icontains=text)[: FEW + 1])


def school_text(school: School) -> str:
    """Return what to type for a school: its code, and the federation where two have it."""
    is_single = School.objects.filter(brin=school.brin).count() == 1
    return school.brin if is_single else f"{school.brin} {school.federation}"


class ChosenField(_AccountsBase):
    """Site accounts that were chosen in a list, by their keys; cleaned to a list in that order."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "invalid_choice": _("One of these site accounts is gone. Choose them again."),
    }

    def clean(self, value: Any) -> Any:
        """Return the users of any model."""
        # SECURITY: keys, never names; what one pupil is called another may have typed as a name.
        by_key = {str(user.pk): user for user in super().clean(value)}
        return [by_key[key] for key in dict.fromkeys(map(str, value or ())) if key in by_key]


class MakeCodesForm(forms.Form):
    """A class and its codes; ``recipients`` is filled once the list was looked up."""

    school = SchoolField(
        label=_("School"),
        max_length=200,
        widget=AdminTextInputWidget(attrs={"list": "schools", "autocomplete": "off"}),
        help_text=_(
            "Where the students log in: the school code, or a part of the name. The codes work at "
            "no other school."
        ),
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
    chosen = ChosenField(queryset=None, required=False)
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make a mark that this form is sent once with; ask for no list where one was chosen."""
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = secrets.token_hex(16)
        chosen: Any = self.fields["chosen"]
        chosen.queryset = get_user_model()._default_manager.all()  # noqa: SLF001 - any user model
        if self["chosen"].value():
            del self.fields["accounts"]

    @property
    def schools(self) -> Sequence[School]:
        """The schools to offer while typing; none where that would be a large page."""
        found = _open_schools().filter(is_active=True)[: MOST_OFFERED + 1]
        return list(found) if len(found) <= MOST_OFFERED else []

    @property
    def chosen_users(self) -> Sequence[Any]:
        """The site accounts that were chosen, for the page to name."""
        try:
            return list(self.fields["chosen"].clean(self["chosen"].value()))
        except forms.ValidationError:
            return []

    def clean_chosen(self) -> Sequence[Any]:
        """Look whether those who were chosen may have a code."""
        users: list[Any] = self.cleaned_data["chosen"]
        if len(users) > MOST_AT_ONCE:
            raise self._error("many", count=len(users))
        if users:
            self.recipients = pick_recipients(users)
        return users

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
        if cleaned.get("chosen") or "accounts" in cleaned:
            for reason in self._reasons():
                self.add_error("accounts" if "accounts" in cleaned else None, reason)
        if not self.errors and not limits.has_room(BATCH, cleaned["once"]):
            self.add_error(None, self._error("once"))
        return cleaned

    def again(self) -> MakeCodesForm:
        """Return the form for the page that shows it again: fit to be sent as a new one."""
        chosen = self["chosen"].value()
        self.data = {name: self.data.get(name) for name in self.data}
        self.data |= {"once": secrets.token_hex(16), "chosen": chosen}
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
