"""Codes from school in the admin: made for a list, shown once, withdrawn, never read back."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin, site
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from django_intergrip_link.admin import make_link_codes
from django_intergrip_link.journey import school_codes
from django_intergrip_link.journey.handing_out import ClassSheet
from django_intergrip_link.models import LinkCode, LinkEvent, School

LIST = reverse("admin:intergrip_link_linkcode_changelist")
MAKE = reverse("admin:intergrip_link_linkcode_make")
SHEET = reverse("admin:intergrip_link_linkcode_sheet")
CODE = re.compile(r"<code>([^<]{9})</code>")


@pytest.fixture
def pupils(django_user_model: Any) -> list[Any]:
    """A class of three."""
    make = django_user_model.objects.create_user
    return [
        make("sanne", "sanne@example.nl", first_name="Sanne", last_name="de Wit"),
        make("0012345", "daan@example.nl"),
        make("fatima", "fatima@example.nl", first_name="Fatima"),
    ]


def send(client: Client, row: School, accounts: str, **changes: Any) -> Any:
    """Send the form as a browser does that opened it."""
    once = re.search(r'name="once" value="(\w+)"', client.get(MAKE).content.decode())
    assert once
    sent = {"school": row.brin, "group": "2B", "accounts": accounts, "days": 14}
    return client.post(MAKE, {**sent, "language": "en", "once": once[1], **changes})


def text_of(page: Any) -> str:
    assert page.status_code == 200
    return unescape(page.content.decode())


def act(client: Client, action: str, rows: Any, **sent: str) -> Any:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **sent}
    return client.post(LIST, chosen, follow=True)


# Making ---------------------------------------------------------------------------------------


def test_make__a_strip_for_each(admin_client: Client, fake_school: Any, pupils: list[Any]) -> None:
    page = send(admin_client, fake_school.row, "sanne\n0012345\nfatima@example.nl\n")

    text = text_of(page)
    shown = CODE.findall(text)
    assert len(set(shown)) == 3
    assert all(name in text for name in ("Sanne de Wit", "sanne", "0012345", "Fatima", "2B"))
    address = f"https://testserver/saml2/kennisnet/login?school={fake_school.brin}"
    assert address in text.replace("<wbr>", "")
    assert "no-store" in page["Cache-Control"]
    rows = LinkCode.objects.order_by("pk")
    assert [(row.user, row.school, row.group) for row in rows] == [
        (user, fake_school.row, "2B") for user in pupils
    ]
    assert {timezone.localdate(row.expires_at) for row in rows} == {
        timezone.localdate() + timedelta(days=14)
    }
    event = LinkEvent.objects.get()
    assert (event.kind, event.reason, event.school) == ("codes", "made", fake_school.row)
    assert event.actor is not None
    found = school_codes.find(shown[0], federation="kennisnet", brin=fake_school.brin)
    assert found is not None
    assert found.user == pupils[0]


def test_make__codes_are_nowhere_else(
    admin_client: Client, fake_school: Any, pupils: list[Any]
) -> None:
    (shown,) = CODE.findall(text_of(send(admin_client, fake_school.row, "sanne")))
    row = LinkCode.objects.get()

    kept = " ".join(map(str, LinkCode.objects.values_list().get()))
    pages = text_of(admin_client.get(LIST)) + text_of(admin_client.get(f"{LIST}{row.pk}/change/"))
    for spelling in (shown, shown.replace("-", "")):
        assert spelling not in kept
        assert spelling not in pages


@pytest.mark.parametrize(
    "typed", ["12345", "0012345", "00012345", "'0012345", '"0012345"', "12345\tDaan\tde Boer;x"]
)
def test_make__numbers_as_spreadsheets_spoil_them(
    admin_client: Client, fake_school: Any, pupils: list[Any], typed: str
) -> None:
    text_of(send(admin_client, fake_school.row, typed))

    assert LinkCode.objects.get().user == pupils[1]


def test_make__a_number_that_fits_two_is_nobodys(
    admin_client: Client, fake_school: Any, pupils: list[Any], django_user_model: Any
) -> None:
    django_user_model.objects.create_user("012345")

    text = text_of(send(admin_client, fake_school.row, "12345"))

    assert "more than one site account fits (0012345, 012345). Type" in text
    assert not LinkCode.objects.exists()
    text_of(send(admin_client, fake_school.row, "daan@example.nl"))
    assert LinkCode.objects.get().user == pupils[1]


def test_make__names_what_gets_none_and_keeps_the_list(
    admin_client: Client, fake_school: Any, pupils: list[Any], django_user_model: Any
) -> None:
    django_user_model.objects.create_user("juf", is_staff=True)
    django_user_model.objects.create_user("weg", is_active=False)
    django_user_model.objects.create_user("twee", "sanne@example.nl")
    accounts = "sanne\nnobody\n\njuf\nweg\nsanne@example.nl\nadmin"

    text = text_of(send(admin_client, fake_school.row, accounts))

    assert "Line 2, “nobody”: not found." in text
    assert "Line 4, “juf”: this site account has rights in the admin." in text
    assert "Line 5, “weg”: this site account is switched off." in text
    assert "Line 6, “sanne@example.nl”: more than one site account fits" in text
    assert "Line 7, “admin”: this site account has rights in the admin." in text
    assert accounts in text
    assert not LinkCode.objects.exists()


def test_make__for_the_others_when_ticked(
    admin_client: Client, fake_school: Any, pupils: list[Any]
) -> None:
    text = text_of(send(admin_client, fake_school.row, "sanne\nnobody", without="on"))

    assert "nobody: not found" in text
    assert LinkCode.objects.get().user == pupils[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"days": 121}, "120"),
        ({"days": 0}, "1"),
        ({"accounts": "nobody", "without": "on"}, "No code can be made for any of these lines."),
        ({"accounts": "x\n" * 501}, "These are 501 lines."),
        ({"accounts": " \n;x"}, "No code can be made"),
        ({"school": ""}, "This field is required."),
        ({"school": "99ZZ"}, "There is no school with this code or name."),
        ({"school": "99AA00 other"}, "There is no school with this code or name."),
    ],
)
def test_make__refuses(
    admin_client: Client,
    fake_school: Any,
    pupils: list[Any],
    changes: dict[str, Any],
    message: str,
) -> None:
    sent = {"accounts": "sanne", **changes}
    text = text_of(send(admin_client, fake_school.row, sent.pop("accounts"), **sent))

    assert message in text
    assert not LinkCode.objects.exists()


def test_make__not_for_people_without_a_school(
    admin_client: Client, fake_school: Any, pupils: list[Any]
) -> None:
    School.objects.update(kind=School.Kind.ENTREE)

    assert "errornote" in text_of(send(admin_client, fake_school.row, "sanne"))
    assert not LinkCode.objects.exists()


@pytest.mark.parametrize("typed", ["99aa00", "99AA00 kennisnet", "petteflat"])
def test_make__a_school_by_code_or_name(
    admin_client: Client, fake_school: Any, pupils: list[Any], typed: str
) -> None:
    School.objects.create(federation="surfconext", brin="99BB00", name="Elders")

    text_of(send(admin_client, fake_school.row, "sanne", school=typed))

    assert LinkCode.objects.get().school == fake_school.row


@pytest.mark.parametrize("typed", ["99AA00", "college"])
def test_make__asks_which_of_two_schools(
    admin_client: Client, fake_school: Any, pupils: list[Any], typed: str
) -> None:
    School.objects.create(federation="surfconext", brin="99AA00", name="Hoogveld College")

    text = text_of(send(admin_client, fake_school.row, "sanne", school=typed))

    assert "99AA00 kennisnet" in text
    assert "99AA00 surfconext" in text
    assert not LinkCode.objects.exists()


def test_make__a_form_counts_once(
    admin_client: Client, fake_school: Any, pupils: list[Any]
) -> None:
    first = send(admin_client, fake_school.row, "sanne", once="a" * 32)
    again = send(admin_client, fake_school.row, "sanne", once="a" * 32)

    (shown,) = CODE.findall(text_of(first))
    assert "You sent this form before" in text_of(again)
    assert 'value="' + "a" * 32 not in text_of(again)
    assert school_codes.find(shown, federation="kennisnet", brin=fake_school.brin)


def test_make__five_hundred_in_few_queries(
    admin_client: Client,
    fake_school: Any,
    django_user_model: Any,
    django_assert_max_num_queries: Any,
) -> None:
    django_user_model.objects.bulk_create(
        django_user_model(username=f"{n:05d}") for n in range(500)
    )
    accounts = "\n".join(str(n) for n in range(500))

    with django_assert_max_num_queries(40):
        page = send(admin_client, fake_school.row, accounts)

    assert len(CODE.findall(text_of(page))) == 500


# The sheet in another form --------------------------------------------------------------------


def sealed_in(page: Any) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_sheet__the_same_codes_as_csv_and_in_dutch(
    admin_client: Client, fake_school: Any, pupils: list[Any]
) -> None:
    pupils[0].first_name = "=1+1"
    pupils[0].save()
    page = send(admin_client, fake_school.row, "sanne\nfatima")
    shown = CODE.findall(text_of(page))

    file = admin_client.post(SHEET, {"sealed": sealed_in(page), "as": "csv"})
    dutch = admin_client.post(SHEET, {"sealed": sealed_in(page), "as": "nl"})
    both = admin_client.post(SHEET, {"sealed": sealed_in(page), "as": "both"})

    assert file.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[2] for row in rows[1:]] == shown
    assert rows[1][0] == "'=1+1 de Wit"
    assert "no-store" in file["Cache-Control"]
    assert "attachment" in file["Content-Disposition"]
    assert CODE.findall(text_of(dutch)) == shown
    assert '<html lang="nl">' in text_of(dutch)
    assert CODE.findall(text_of(both)) == shown
    assert 'lang="en"' in text_of(both)


def test_sheet__only_for_who_made_it_and_for_an_hour(
    admin_client: Client,
    admin_user: Any,
    fake_school: Any,
    pupils: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealed = sealed_in(send(admin_client, fake_school.row, "sanne"))

    assert ClassSheet.unseal(sealed, by=admin_user) is not None
    assert ClassSheet.unseal(sealed, by=pupils[0]) is None
    assert ClassSheet.unseal(sealed[:-1] + "x", by=admin_user) is None
    monkeypatch.setattr("django_intergrip_link.journey.handing_out.SEAL_LIFETIME", -1)
    assert ClassSheet.unseal(sealed, by=admin_user) is None
    gone = admin_client.post(SHEET, {"sealed": sealed, "as": "csv"}, follow=True)
    assert "The codes are no longer here." in text_of(gone)


# The list -------------------------------------------------------------------------------------


@pytest.fixture
def rows(fake_school: Any, pupils: list[Any]) -> list[LinkCode]:
    """A code of each pupil: unused, used, expired; and a mailed one."""
    for user in pupils:
        school_codes.issue(user=user, school=fake_school.row, created_by=None, group="2B")
    LinkEvent.objects.all().delete()
    found = list(LinkCode.objects.order_by("pk"))
    now = timezone.now()
    LinkCode.objects.filter(pk=found[1].pk).update(used_at=now)
    LinkCode.objects.filter(pk=found[2].pk).update(expires_at=now)
    LinkCode.objects.create(
        purpose="mail", digest="f" * 64, created_at=now, expires_at=now, group="mailed"
    )
    return found


def shown_in(page: Any) -> set[int]:
    return {row.pk for row in page.context["cl"].result_list}


def test_list__school_codes_only_with_their_state(
    admin_client: Client, rows: list[LinkCode], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        page = admin_client.get(LIST)

    assert shown_in(page) == {row.pk for row in rows}
    text = text_of(page)
    for name in ("Not used yet", "Used", "Expired"):
        assert f"</span> {name}</td>" in text
    assert "Make codes" in text


@pytest.mark.parametrize(("state", "at"), [("unused", 0), ("used", 1), ("expired", 2)])
def test_list__filter_by_state(
    admin_client: Client, rows: list[LinkCode], state: str, at: int
) -> None:
    assert shown_in(admin_client.get(LIST, {"state": state})) == {rows[at].pk}


@pytest.mark.parametrize(("text", "count"), [("sanne", 1), ("2B", 3), ("99AA", 3), ("3C", 0)])
def test_list__search(admin_client: Client, rows: list[LinkCode], text: str, count: int) -> None:
    assert len(shown_in(admin_client.get(LIST, {"q": text}))) == count


def test_detail__nothing_changes(admin_client: Client, rows: list[LinkCode]) -> None:
    page = text_of(admin_client.get(f"{LIST}{rows[0].pk}/change/"))

    assert "Petteflat College" in page
    assert 'name="_save"' not in page
    assert admin_client.get(f"{LIST}{rows[0].pk}/delete/").status_code == 403
    assert admin_client.get(f"{LIST}add/").status_code == 403


def test_withdraw__asks_first(admin_client: Client, rows: list[LinkCode]) -> None:
    asked = text_of(act(admin_client, "withdraw", rows))
    assert "1 code stops working." in asked
    assert "2 others can no longer be used anyway." in asked
    assert not LinkCode.objects.exclude(revoked_at=None).exists()

    done = text_of(act(admin_client, "withdraw", rows, confirmed="yes"))

    assert "1 code was withdrawn." in done
    assert LinkCode.objects.exclude(revoked_at=None).get() == rows[0]
    event = LinkEvent.objects.get()
    assert (event.kind, event.reason, event.school) == ("codes", "withdrawn", rows[0].school)
    assert shown_in(admin_client.get(LIST, {"state": "withdrawn"})) == {rows[0].pk}


def test_make_again__opens_the_form_filled_in(admin_client: Client, rows: list[LinkCode]) -> None:
    form = act(admin_client, "make_again", rows).context["form"]

    assert form.initial["group"] == "2B"
    assert form.initial["school"] == "99AA00"
    assert [str(user) for user in form.chosen_users] == ["sanne", "0012345", "fatima"]
    assert "accounts" not in form.fields


def test_make_again__of_one_school(admin_client: Client, rows: list[LinkCode]) -> None:
    other = School.objects.create(federation="kennisnet", brin="99ZZ", name="Elders")
    LinkCode.objects.filter(pk=rows[0].pk).update(school=other)

    assert "Choose codes of one school" in text_of(act(admin_client, "make_again", rows))


# Who may --------------------------------------------------------------------------------------


def test_permissions__see(staff: Callable[..., Client], rows: list[LinkCode]) -> None:
    client = staff("view_linkcode")

    page = text_of(client.get(LIST))
    assert "Make codes" not in page
    assert 'value="withdraw"' not in page
    assert client.get(MAKE).status_code == 403
    assert client.post(MAKE).status_code == 403
    assert client.post(SHEET).status_code == 403
    act(client, "withdraw", rows, confirmed="yes")
    assert not LinkCode.objects.exclude(revoked_at=None).exists()


def test_permissions__make(
    staff: Callable[..., Client], fake_school: Any, pupils: list[Any]
) -> None:
    client = staff("add_linkcode")

    assert len(CODE.findall(text_of(send(client, fake_school.row, "sanne")))) == 1
    assert "Make codes" in text_of(client.get(LIST))
    act(client, "withdraw", LinkCode.objects.all(), confirmed="yes")
    assert not LinkCode.objects.exclude(revoked_at=None).exists()


def test_permissions__withdraw(staff: Callable[..., Client], rows: list[LinkCode]) -> None:
    client = staff("change_linkcode")

    act(client, "withdraw", rows, confirmed="yes")
    assert LinkCode.objects.exclude(revoked_at=None).get() == rows[0]
    assert client.get(MAKE).status_code == 403


def test_permissions__none(staff: Callable[..., Client]) -> None:
    assert staff("view_school").get(LIST).status_code == 403


# The action of the project's own UserAdmin ----------------------------------------------------


def call_action(user: Any, queryset: Any) -> tuple[Any, list[str]]:
    """Return what the action answers, and what it says."""
    told: list[str] = []
    model_admin: Any = ModelAdmin(type(user), site)
    model_admin.message_user = lambda request, text, level: told.append(str(text))
    request = RequestFactory().post("/admin/auth/user/")
    request.user = user
    return make_link_codes(model_admin, request, queryset), told


def test_user_action__opens_the_form(
    admin_user: Any, pupils: list[Any], django_user_model: Any
) -> None:
    chosen = django_user_model.objects.exclude(pk=admin_user.pk).order_by("pk")

    page, _ = call_action(admin_user, chosen)

    text = page.rendered_content
    assert re.findall("<li>([^<]*)</li>", text) == ["sanne", "0012345", "fatima"]
    assert keys_in(text) == [str(user.pk) for user in pupils]
    assert "<textarea" not in text
    assert f'action="{MAKE}"' in text


def keys_in(text: str) -> list[str]:
    return re.findall(r'name="chosen" value="(\w+)"', text)


def choose(client: Client, row: School, users: list[Any], **changes: Any) -> Any:
    """Send the form as it is after site accounts were chosen."""
    sent = {"school": row.brin, "days": 14, "language": "en", "once": "c" * 32}
    return client.post(MAKE, {**sent, "chosen": [user.pk for user in users], **changes})


def test_chosen__is_who_was_chosen_whatever_others_are_called(
    admin_client: Client, fake_school: Any, pupils: list[Any], django_user_model: Any
) -> None:
    if connection.vendor != "mysql":  # where names that differ in capitals only cannot be
        django_user_model.objects.create_user("Sanne", "x@example.nl")
    django_user_model.objects.create_user("012345")

    text_of(choose(admin_client, fake_school.row, pupils[1::-1]))

    assert [row.user for row in LinkCode.objects.order_by("pk")] == pupils[1::-1]


def test_chosen__names_who_gets_none(
    admin_client: Client, fake_school: Any, pupils: list[Any], django_user_model: Any
) -> None:
    away = django_user_model.objects.create_user("weg", is_active=False)
    chosen = [pupils[0], away]

    text = text_of(choose(admin_client, fake_school.row, chosen))

    assert "Line 2, “weg”: this site account is switched off." in text
    assert keys_in(text) == [str(user.pk) for user in chosen]
    assert not LinkCode.objects.exists()
    text_of(choose(admin_client, fake_school.row, chosen, without="on"))
    assert LinkCode.objects.get().user == pupils[0]


def test_chosen__is_gone(
    admin_client: Client, fake_school: Any, pupils: list[Any], django_user_model: Any
) -> None:
    django_user_model.objects.filter(pk=pupils[1].pk).delete()

    text = text_of(choose(admin_client, fake_school.row, pupils))

    assert "One of these site accounts is gone." in text
    assert not LinkCode.objects.exists()


def test_chosen__at_most_500(
    admin_client: Client, fake_school: Any, django_user_model: Any
) -> None:
    many = [django_user_model(username=f"u{n}") for n in range(501)]
    django_user_model.objects.bulk_create(many)
    users = list(django_user_model.objects.filter(username__startswith="u"))

    assert "at most 500" in text_of(choose(admin_client, fake_school.row, users))
    assert not LinkCode.objects.exists()


def test_user_action__at_most_500(admin_user: Any, django_user_model: Any) -> None:
    django_user_model.objects.bulk_create(django_user_model(username=f"u{n}") for n in range(501))

    page, told = call_action(admin_user, django_user_model.objects.all())

    assert page is None
    assert len(told) == 1
