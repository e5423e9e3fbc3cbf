"""Schools in the admin: what may be typed, what is kept, and many at once only after a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from django_intergrip_link.admin import SchoolAdmin
from django_intergrip_link.models import School, SchoolProvider
from django_intergrip_link.registry.providers import keep_former_provider

LIST = "admin:intergrip_link_school_changelist"
ADD = "admin:intergrip_link_school_add"
CHANGE = "admin:intergrip_link_school_change"
TEXTS = (
    *("name", "place", "street", "levels", "aliases", "former_names", "website"),
    *("entity_id", "realm", "message", "contact"),
)
NO_PROVIDERS = {"providers-TOTAL_FORMS": "0", "providers-INITIAL_FORMS": "0"}


def make_schools(count: int, **fields: Any) -> list[School]:
    rows = [
        School(federation="kennisnet", brin=f"{n:04d}", name=f"School {n:04d}", **fields)
        for n in range(1, count + 1)
    ]
    return School.objects.bulk_create(rows)


def filled(school: School | None = None, **changes: Any) -> dict[str, Any]:
    """Return the form as a browser sends it."""
    row = school or School(federation="kennisnet", brin="99ZZ00", name="Nieuwe School")
    names = (*TEXTS, "kind", "federation", "brin")
    sent = {name: getattr(row, name) for name in names}
    sent |= {name: "on" for name in ("is_active", "listed") if getattr(row, name)}
    sent |= NO_PROVIDERS | changes
    return {name: value for name, value in sent.items() if value is not None}


def save(client: Client, school: Any = None, **changes: Any) -> Any:
    """Send the form, for a new school or for this one."""
    url = reverse(CHANGE, args=[school.pk]) if school else reverse(ADD)
    return client.post(url, filled(school, **changes), follow=True)


def errors_of(page: Any) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = page.context["adminform"].form.errors
    return errors


def act(client: Client, name: str, schools: list[School], query: str = "", **sent: Any) -> Any:
    """Send an action for these schools, as the list or the question does."""
    chosen = {"action": name, "_selected_action": [school.pk for school in schools]}
    return client.post(reverse(LIST) + query, chosen | sent, follow=True)


# The list -------------------------------------------------------------------------------------


def test_list__needs_few_queries(
    admin_client: Client, fake_school: Any, django_assert_max_num_queries: Any
) -> None:
    make_schools(2_000)

    with django_assert_max_num_queries(6):
        page = admin_client.get(reverse(LIST))

    assert page.status_code == 200
    assert "Petteflat College" in page.content.decode()


def test_list__offers_filters_with_a_choice_only(admin_client: Client) -> None:
    def offered() -> list[str]:
        page = admin_client.get(reverse(LIST))
        return [spec.title for spec in page.context["cl"].filter_specs]

    assert offered() == []
    make_schools(1)
    assert offered() == []
    School.objects.create(federation="surf", brin="11AA", name="X", kind="mbo", is_active=False)
    assert offered() == ["kind", "federation", "active"]


@pytest.mark.parametrize("query", ["Pettefl", "zwol", "99aa", "PFC", "Mavo de Brug"])
def test_list__finds_a_school(admin_client: Client, fake_school: Any, query: str) -> None:
    fake_school.row.place, fake_school.row.aliases = "Zwolle", "PFC"
    fake_school.row.former_names = "Mavo de Brug"
    fake_school.row.save()
    make_schools(1)

    found = admin_client.get(reverse(LIST), {"q": query}).context["cl"].result_list

    assert list(found) == [fake_school.row]


def test_list__does_not_find_the_middle_of_a_code(admin_client: Client, fake_school: Any) -> None:
    assert not admin_client.get(reverse(LIST), {"q": "AA00"}).context["cl"].result_list


def test_autocomplete__finds_a_school_by_its_code(admin_client: Client, fake_school: Any) -> None:
    asked = {"app_label": "intergrip_link", "model_name": "accountlink", "field_name": "school"}

    answer = admin_client.get(reverse("admin:autocomplete"), {**asked, "term": "99AA"})

    assert [row["text"] for row in answer.json()["results"]] == [str(fake_school.row)]


# The form -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"), [("99zz", "99ZZ"), (" 99zz00 ", "99ZZ00"), ("1234", "1234")]
)
def test_code__is_written_in_capitals(
    admin_client: Client, fake_school: Any, typed: str, kept: str
) -> None:
    save(admin_client, brin=typed)

    assert School.objects.filter(brin=kept).exists()


@pytest.mark.parametrize("brin", ["99Z", "99ZZ0", "99ZZAB", "99-Z", "99ÉÉ", "99ZZ٣٣", "９９ZZ"])
def test_code__has_a_shape(admin_client: Client, fake_school: Any, brin: str) -> None:
    assert "such as 99AA00" in errors_of(save(admin_client, brin=brin))["brin"][0]


def test_code__is_there_once_in_a_federation(admin_client: Client, fake_school: Any) -> None:
    page = save(admin_client, brin="99aa00")

    assert errors_of(page) == {
        "brin": ["This school code is in the registry already: Petteflat College."]
    }


def test_school__may_keep_its_own_code(admin_client: Client, fake_school: Any) -> None:
    save(admin_client, fake_school.row, place="Zwolle")

    fake_school.row.refresh_from_db()
    assert fake_school.row.place == "Zwolle"


def test_entree__has_one_row_in_a_federation(admin_client: Client, fake_school: Any) -> None:
    save(admin_client, kind="entree", name="Entree")
    second = save(admin_client, kind="entree", name="Entree 2", brin="99YY00")

    assert errors_of(second) == {
        "kind": ["This federation already has a row of this kind: Entree."]
    }


def hub_names(school: School, **changes: str) -> dict[str, str]:
    """Return the names at the hub of a school, for another one."""
    return {"realm": school.realm, "entity_id": school.entity_id, **changes}


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [
        ({}, True),
        ({"realm": "@PETTEFLAT"}, True),
        ({"brin": "99AA01"}, False),
        ({"entity_id": "https://other.example"}, False),
        ({"realm": ""}, False),
    ],
)
def test_names_at_the_hub__of_one_institution(
    admin_client: Client, fake_school: Any, changes: dict[str, str], is_refused: bool
) -> None:
    School.objects.update(realm="petteflat")
    fake_school.row.refresh_from_db()

    page = save(admin_client, **hub_names(fake_school.row, **changes))

    reason = "Another school has this realm and this entityID: Petteflat College."
    assert School.objects.count() == (1 if is_refused else 2)
    assert (errors_of(page) if is_refused else {}) == ({"realm": [reason]} if is_refused else {})


def test_names_at_the_hub__a_realm_of_one_institution(
    admin_client: Client, fake_school: Any, settings: Any
) -> None:
    entry = {"preset": "surfconext", "base_url": "https://testserver"}
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": {"kennisnet": entry}}

    page = save(admin_client, realm=fake_school.row.realm.upper())

    assert errors_of(page) == {"realm": ["Another school has this realm: Petteflat College."]}


def test_names_at_the_hub__that_clashed_before(admin_client: Client, fake_school: Any) -> None:
    twin = make_schools(1, **hub_names(fake_school.row))[0]

    save(admin_client, twin, place="Assen")
    assert School.objects.get(pk=twin.pk).place == "Assen"

    # Another code makes it another institution, or none of the two.
    assert "realm" in errors_of(save(admin_client, twin, brin="0002"))


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("website", " www.petteflat.example/ ", "www.petteflat.example"),
        ("realm", " @petteflat ", "petteflat"),
        ("realm", "@ pette\u200bflat", "petteflat"),
        ("entity_id", " https://idp.example ", "https://idp.example"),
    ],
)
def test_text__is_trimmed(
    admin_client: Client, fake_school: Any, field: str, typed: str, kept: str
) -> None:
    save(admin_client, **{field: typed})

    assert getattr(School.objects.get(brin="99ZZ00"), field) == kept


@pytest.mark.parametrize("field", ["realm", "entity_id"])
def test_names_at_the_hub__have_no_space(
    admin_client: Client, fake_school: Any, field: str
) -> None:
    page = save(admin_client, **{field: "one two"})

    assert errors_of(page) == {field: ["There is no space in it."]}


def test_federation__is_one_of_the_settings_or_the_one_it_had(
    admin_client: Client, fake_school: Any
) -> None:
    left = School.objects.create(federation="left", brin="11AA00", name="Oude School")

    def offered(url: str) -> list[tuple[str, str]]:
        form = admin_client.get(url).context["adminform"].form
        return [(value, str(label)) for value, label in form.fields["federation"].choices]

    assert offered(reverse(ADD)) == [("kennisnet", "kennisnet")]
    assert offered(reverse(CHANGE, args=[left.pk]))[1:] == [("left", "left (not in the settings)")]
    assert "federation" in errors_of(save(admin_client, federation="elsewhere"))


def test_closed_school__is_advised_a_message(admin_client: Client, fake_school: Any) -> None:
    advice = "Write students why."

    assert advice in save(admin_client, fake_school.row, is_active=None).content.decode()
    fake_school.row.refresh_from_db()
    again = save(admin_client, fake_school.row, message="In March.").content.decode()
    assert advice not in again


def test_federation__may_be_made_read_only(fake_school: Any, rf: Any, admin_user: Any) -> None:
    class FixedAdmin(SchoolAdmin):
        def get_readonly_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:
            return ("federation", "source")

    request = rf.get("/")
    request.user = admin_user
    form = FixedAdmin(School, site).get_form(request, fake_school.row)

    assert "federation" not in form(instance=fake_school.row).fields


def test_viewer__reads_the_form(staff: Callable[..., Client], fake_school: Any) -> None:
    page = staff("view_school").get(reverse(CHANGE, args=[fake_school.row.pk]))

    assert page.status_code == 200
    assert "kennisnet" in page.content.decode()


def test_history__is_kept(admin_client: Client, fake_school: Any) -> None:
    save(admin_client, fake_school.row, place="Zwolle")

    history = reverse("admin:intergrip_link_school_history", args=[fake_school.row.pk])
    assert "Changed Place." in admin_client.get(history).content.decode()


def test_form__tells_how_two_may_overlap(admin_client: Client, fake_school: Any) -> None:
    page = admin_client.get(reverse(CHANGE, args=[fake_school.row.pk])).content.decode()

    assert "answers with the old one are refused" in page
    assert "give it a later date there if both must work" in page


# Other IdPs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "is_kept"),
    [
        ({"realm": "new"}, True),
        ({"entity_id": "https://new.example"}, True),
        ({"realm": ""}, True),
        ({"place": "Zwolle"}, False),
    ],
)
def test_provider__that_was_replaced_is_kept(
    admin_client: Client, fake_school: Any, changes: dict[str, str], is_kept: bool
) -> None:
    before = fake_school.row

    save(admin_client, before, **changes)

    kept = [(p.entity_id, p.realm, p.accepted_until) for p in SchoolProvider.objects.all()]
    expected = (before.entity_id, before.realm, timezone.localdate())
    assert kept == ([expected] if is_kept else [])


def test_provider__that_was_empty_leaves_nothing(admin_client: Client, fake_school: Any) -> None:
    school = make_schools(1)[0]

    save(admin_client, school, realm="first")

    assert not SchoolProvider.objects.exists()


def test_provider__without_a_name_is_nothing(fake_school: Any) -> None:
    assert keep_former_provider(make_schools(1)[0], timezone.localdate()) is None


def test_provider__changed_back_and_forth_is_one_row(
    admin_client: Client, fake_school: Any
) -> None:
    old = fake_school.row.realm
    for realm in ("new", old, "new"):
        fake_school.row.refresh_from_db()
        save(admin_client, fake_school.row, realm=realm)

    assert sorted(p.realm for p in SchoolProvider.objects.all()) == sorted([old, "new"])


def provider_sent(**fields: str) -> dict[str, str]:
    row = {f"providers-0-{name}": value for name, value in fields.items()}
    return {**NO_PROVIDERS, "providers-TOTAL_FORMS": "1", **row}


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"accepted_from": "2026-01-01"}, "Fill in the entityID, the realm, or both."),
        ({"realm": "a b"}, "There is no space in it."),
        (
            {"realm": "old", "accepted_from": "2026-02-01", "accepted_until": "2026-02-01"},
            "This day must come after the first day.",
        ),
    ],
)
def test_provider__is_checked(
    admin_client: Client, fake_school: Any, row: dict[str, str], error: str
) -> None:
    page = save(admin_client, fake_school.row, **provider_sent(**row))

    assert error in page.content.decode()
    assert not SchoolProvider.objects.exists()


def test_provider__is_added(admin_client: Client, fake_school: Any) -> None:
    save(admin_client, fake_school.row, **provider_sent(realm="@next", accepted_from="2027-08-01"))

    assert SchoolProvider.objects.get().realm == "next"


@pytest.mark.parametrize(
    ("row", "is_refused"),
    [
        ({"realm": "Taken"}, True),
        ({"realm": "Taken", "accepted_from": "2027-08-01"}, True),
        ({"realm": "Taken", "accepted_until": "2027-08-01"}, True),
        ({"realm": "Taken", "accepted_until": "2020-08-01"}, False),
        ({"realm": "free"}, False),
    ],
)
def test_provider__of_another_institution(
    admin_client: Client, fake_school: Any, row: dict[str, str], is_refused: bool
) -> None:
    make_schools(1, realm="taken")

    page = save(admin_client, fake_school.row, **provider_sent(**row))

    assert ("Another school has this realm" in page.content.decode()) is is_refused
    assert SchoolProvider.objects.count() == (0 if is_refused else 1)


@pytest.mark.parametrize(("until", "is_refused"), [(None, True), (date(2020, 8, 1), False)])
def test_school__with_the_other_provider_of_an_institution(
    admin_client: Client, fake_school: Any, until: date | None, is_refused: bool
) -> None:
    SchoolProvider.objects.create(school=fake_school.row, realm="next", accepted_until=until)

    save(admin_client, realm="next")

    assert School.objects.filter(realm="next").exists() is not is_refused


# Many at once ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("open_schools", (False, False), (True, True)),
        ("close_schools", (True, True), (False, True)),
        ("list_schools", (True, False), (True, True)),
        ("unlist_schools", (True, True), (True, False)),
    ],
)
def test_action__asks_and_then_does(
    admin_client: Client, name: str, before: tuple[bool, bool], after: tuple[bool, bool]
) -> None:
    schools = make_schools(3, is_active=before[0], listed=before[1])
    revisions = {school.revision for school in schools}

    def states() -> set[tuple[bool, bool]]:
        return set(School.objects.values_list("is_active", "listed"))

    question = act(admin_client, name, schools)
    assert states() == {before}
    assert "<strong>3 schools</strong>" in question.content.decode()

    done = act(admin_client, name, schools, count="3")
    assert states() == {after}
    assert "3 schools: " in done.content.decode()
    assert LogEntry.objects.count() == 3
    assert not revisions & set(School.objects.values_list("revision", flat=True))


def test_action__shows_ten_names_and_the_rest_as_a_number(admin_client: Client) -> None:
    question = act(admin_client, "unlist_schools", make_schools(12)).content.decode()

    assert question.count("<li>School ") == 10
    assert "and 2 more" in question


def test_action__writes_the_history_of_what_changed(admin_client: Client) -> None:
    schools = make_schools(2)
    School.objects.filter(pk=schools[0].pk).update(is_active=False)

    act(admin_client, "close_schools", schools, count="2")

    entry = LogEntry.objects.get()
    assert entry.object_id == str(schools[1].pk)
    assert entry.get_change_message() == "Changed active."


def test_closing__writes_the_message_only_if_there_is_one(admin_client: Client) -> None:
    schools = make_schools(1, message="Old.")

    act(admin_client, "close_schools", schools, count="1", message="")
    assert School.objects.get().message == "Old."
    act(admin_client, "close_schools", schools, count="1", message="In March.")
    assert School.objects.get().message == "In March."


def test_closing__refuses_a_message_that_is_too_long(admin_client: Client) -> None:
    act(admin_client, "close_schools", make_schools(1), count="1", message="x" * 201)

    assert School.objects.get().is_active


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({}, "This field is required."),
        ({"typed": "25"}, "This is not the number of schools."),
        ({"typed": "26"}, None),
    ],
)
def test_action__above_25_needs_the_number(
    admin_client: Client, typed: dict[str, str], error: str | None
) -> None:
    page = act(admin_client, "unlist_schools", make_schools(26), count="26", **typed)

    assert School.objects.filter(listed=True).count() == (26 if error else 0)
    assert (error or "26 schools: ") in page.content.decode()


def test_action__asks_again_when_the_number_has_changed(admin_client: Client) -> None:
    schools = make_schools(2)
    School.objects.filter(pk=schools[0].pk).delete()

    page = act(admin_client, "unlist_schools", schools, count="2").content.decode()

    assert "has changed meanwhile" in page
    assert 'name="count" value="1"' in page
    assert School.objects.get().listed


def test_action__for_all_pages_of_a_filtered_list(admin_client: Client) -> None:
    schools = make_schools(130)
    School.objects.filter(pk=schools[0].pk).update(kind="mbo")
    across = {"select_across": "1", "query": "?kind__exact=vo"}

    question = act(admin_client, "unlist_schools", schools[1:101], **across)
    page = question.content.decode()
    assert "<strong>129 schools</strong>" in page
    assert page.count("_selected_action") == 1
    assert "?kind__exact=vo" in page
    act(admin_client, "unlist_schools", schools[1:2], count="129", typed="129", **across)

    assert list(School.objects.filter(listed=True)) == [schools[0]]


def test_actions__need_the_permission_to_change(staff: Callable[..., Client]) -> None:
    schools = make_schools(1)

    act(staff("view_school"), "unlist_schools", schools, count="1")

    assert School.objects.get().listed


def test_question__shows_hostile_names_as_text(admin_client: Client) -> None:
    School.objects.create(federation="x", brin="0001", name="<script>alert(1)</script>")

    question = act(admin_client, "unlist_schools", list(School.objects.all())).content.decode()

    assert "<script>alert" not in question
    assert "&lt;script&gt;alert" in question


def test_question__needs_no_script(admin_client: Client) -> None:
    question = act(admin_client, "close_schools", make_schools(1)).content.decode()

    form = question.partition('<form method="post" action="/admin/intergrip_link')[2]
    assert "csrfmiddlewaretoken" in form
    assert 'type="submit"' in form
    assert f'href="{reverse(LIST)}"' in form
    assert "style=" not in form


def test_closing__ends_the_sessions_of_the_school(
    admin_client: Client,
    client: Client,
    fake_school: Any,
    linked_user: Any,
    school_login: Callable[..., Any],
) -> None:
    school_login(client)
    inside = reverse("inside")
    assert client.get(inside, secure=True).content == b"linked_user"

    act(admin_client, "close_schools", [fake_school.row], count="1")

    assert client.get(inside, secure=True).content == b"-"
