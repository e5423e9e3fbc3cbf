"""Importing schools in the admin: upload, look at what would change, confirm; and who may."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from secrets import token_bytes
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from django_intergrip_link.admin import school_imports, upload_form
from django_intergrip_link.models import School, SchoolImport
from django_intergrip_link.registry import uploads
from django_intergrip_link.registry.reading import read_schools
from tests.registry.files import add, duo, duo_row

pytestmark = pytest.mark.django_db

NAME = "admin:intergrip_link_schoolimport"
CONTENT = duo(
    duo_row("99AA00"),
    duo_row("99BB00", "<b>Nieuw</b> College"),
    duo_row("99CC00", "A"),
    duo_row("99CC00", "B"),
    duo_row("99X"),
)


@pytest.fixture(autouse=True)
def _federations(settings: Any) -> None:
    entry = {"preset": "sandbox", "base_url": "https://testserver"}
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "FEDERATIONS": {"kennisnet": entry}}


@pytest.fixture
def admin_client(admin_client: Client) -> Client:
    return in_english(admin_client)


def in_english(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def client_of(*codenames: str) -> Client:
    user = User.objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = in_english(Client())
    client.force_login(user)
    return client


def send(client: Client, content: bytes = CONTENT, **options: Any) -> Any:
    fields = {
        "file": SimpleUploadedFile("vo.csv", content, "text/csv"),
        "federation": "kennisnet",
        "kind": "",
        **options,
    }
    return client.post(reverse(f"{NAME}_add"), fields, follow=True)


def hidden(page: Any) -> dict[str, str]:
    found = re.findall(r'name="(sha256|fingerprint)" value="(\w+)"', page.content.decode())
    return dict(found)


def apply(client: Client, page: Any, **changed: str) -> Any:
    url = reverse(f"{NAME}_apply", args=[SchoolImport.objects.latest("pk").pk])
    return client.post(url, {**hidden(page), **changed}, follow=True)


def test_upload__shows_what_would_change(admin_client: Client) -> None:
    add("99AA00", place="Assen", kind="vo")
    School.objects.create(federation="kennisnet", brin="99DD00", name="Weg", source="duo")

    page = send(admin_client)

    text = page.content.decode()
    assert "Trial run: nothing has changed yet. 1 new, 1 changed, 0 same, 3 wrong." in text
    assert "Read as duo, UTF-8, 5 rows." in text
    assert "&lt;b&gt;Nieuw&lt;/b&gt; College" in text
    assert "place: Assen → Zwolle" in text
    assert "Rows 4, 5 say different things" in text
    assert "The school code is not a BRIN" in text
    # Row 6 cannot be told, so nothing is called gone.
    assert "No longer in the file" not in text
    assert re.search(r"(style=|<script>|onclick)", text) is None
    assert School.objects.count() == 2


def test_upload__is_applied_after_confirming(admin_client: Client, admin_user: User) -> None:
    page = send(admin_client, listed="on")

    done = apply(admin_client, page)

    text = done.content.decode()
    assert "The import was applied: 2 new, 0 changed, 0 same, 0 gone, 2 in conflict, 1" in text
    assert "This import was applied already." in text
    assert School.objects.open_for_choice().count() == 2
    upload = SchoolImport.objects.get()
    assert (upload.content, upload.created_by, upload.summary["new"]) == (None, admin_user, 2)
    assert upload.options == {"kind": "", "listed": True}
    entries = LogEntry.objects.filter(content_type__model="schoolimport").order_by("pk")
    assert [entry.action_flag for entry in entries] == [1, 2]
    assert "2 new" in admin_client.get(reverse(f"{NAME}_changelist")).content.decode()


def test_upload__leaves_history_on_the_schools(admin_client: Client, admin_user: User) -> None:
    add("99AA00", place="Assen", kind="vo", street="Puntburgerweg 7", levels="vmbo/havo")
    add("99DD00", "Weg", source="duo")
    add("99EE00", "Anders")

    apply(admin_client, send(admin_client, duo(duo_row(), duo_row("99BB00", "Nieuw"))))

    entries = LogEntry.objects.filter(content_type__model="school", user=admin_user)
    lines = {entry.object_repr: (entry.action_flag, entry.change_message) for entry in entries}
    assert lines == {
        "Petteflat College, Zwolle": (2, "Import of vo.csv: place, website."),
        "Nieuw, Zwolle": (1, "Import of vo.csv."),
        "Weg": (2, "Import of vo.csv: no longer in it, and off the list."),
    }
    school = School.objects.get(brin="99AA00")
    history = reverse("admin:intergrip_link_school_history", args=[school.pk])
    assert "Import of vo.csv: place, website." in admin_client.get(history).content.decode()


def test_upload__without_history_is_not_written(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = send(admin_client)

    def fail(*args: Any, **options: Any) -> None:
        raise OperationalError("disk is full")

    monkeypatch.setattr(school_imports, "log_import", fail)
    refused = apply(admin_client, page).content.decode()

    assert "The database could not be written. Nothing was lost" in refused
    assert "Apply this import" in refused
    assert not School.objects.exists()


def test_upload__is_read_once_in_a_request(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []

    def count(content: bytes, **options: Any) -> Any:
        times.append(len(content))
        return read_schools(content, **options)

    for module in (uploads, upload_form):
        monkeypatch.setattr(module, "read_schools", count, raising=False)
    file = SimpleUploadedFile("vo.csv", CONTENT, "text/csv")
    sent = {"file": file, "federation": "kennisnet", "kind": ""}
    answer = admin_client.post(reverse(f"{NAME}_add"), sent)
    assert len(times) == 1

    page = admin_client.get(answer["Location"])
    assert len(times) == 2
    url = reverse(f"{NAME}_apply", args=[SchoolImport.objects.get().pk])
    admin_client.post(url, hidden(page))
    assert len(times) == 3
    assert School.objects.count() == 2


def test_upload__rows_that_are_refused_are_plain_text(admin_client: Client) -> None:
    page = send(admin_client, duo(duo_row("99\u202eX", "\u202eegelloC\x1b[2J\x07")))

    url = reverse(f"{NAME}_errors", args=[SchoolImport.objects.get().pk])
    for text in (page.content.decode(), admin_client.get(url).content.decode()):
        assert "egelloC [2J" in text
        assert not re.search("[\u202e\x1b\x07]", text)


def test_upload__shows_gone_and_kind(admin_client: Client) -> None:
    School.objects.create(
        federation="kennisnet", brin="99DD00", name="Weg", source="duo", kind="po"
    )

    text = send(admin_client, duo(duo_row()), kind="po").content.decode()

    assert "No longer in the file: students will not see them; links stay (1)" in text
    assert "listed: yes → no" in text


def test_upload__first_fifty_of_each(admin_client: Client) -> None:
    rows = [duo_row(f"99AA{n:02}", f"School {n}") for n in range(56)]

    text = send(admin_client, duo(*rows)).content.decode()

    assert "6 more rows." in text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a;b\n1;2\n", "The header is not one we know"),
        (b"x\0y\0" * 9, "UTF-16"),
        (b"<x/>", "SAML"),
        ("<x/>".encode("utf-16"), "This XML is written in UTF-16"),
        ("<x/>".encode("utf-16-be"), "This XML is written in UTF-16"),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b64encode(token_bytes(9 * 1024 * 1024)), "larger than 8 MB when it is compressed"),
    ],
)
def test_upload__of_a_file_that_cannot_be_read(
    admin_client: Client, content: bytes, reason: str
) -> None:
    page = send(admin_client, content)

    assert reason in page.content.decode()
    assert not SchoolImport.objects.exists()


def test_upload__too_large(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_form, "MAXIMUM_UPLOAD", 10)

    assert "larger than 32 MB" in send(admin_client).content.decode()
    assert not SchoolImport.objects.exists()


def test_upload__only_to_a_federation_of_ours(admin_client: Client) -> None:
    page = send(admin_client, federation="entree")

    assert page.context["errors"]
    assert not SchoolImport.objects.exists()


def test_confirm__refused_when_the_schools_changed(admin_client: Client) -> None:
    page = send(admin_client)
    add("99BB00", "Van een ander", place="Assen")

    refused = apply(admin_client, page).content.decode()

    assert "The schools changed since this was shown." in refused
    # The page shows the new plan, which can be confirmed.
    assert "1 new, 1 changed" in refused
    assert School.objects.count() == 1


@pytest.mark.parametrize("field", ["sha256", "fingerprint"])
def test_confirm__refused_when_tampered(admin_client: Client, field: str) -> None:
    apply(admin_client, send(admin_client), **{field: "0" * 64})

    assert not School.objects.exists()


def test_confirm__refused_twice_and_too_late(admin_client: Client) -> None:
    page = send(admin_client)
    SchoolImport.objects.update(created_at=timezone.now() - timedelta(minutes=30))

    late = apply(admin_client, page).content.decode()

    assert "older than 30 minutes" in late
    assert "Apply this import" not in late
    assert not School.objects.exists()


def test_confirm__is_a_post(admin_client: Client) -> None:
    send(admin_client)
    url = reverse(f"{NAME}_apply", args=[SchoolImport.objects.get().pk])

    assert admin_client.get(url).status_code == 405
    assert admin_client.post(reverse(f"{NAME}_apply", args=[0])).status_code == 404


def test_nothing_to_apply__has_no_button(admin_client: Client) -> None:
    page = send(admin_client, duo(duo_row("99X"))).content.decode()

    assert "There is nothing to apply." in page
    assert "Apply this import" not in page


def test_errors__as_csv(admin_client: Client) -> None:
    send(admin_client, duo(duo_row(), duo_row("99X", "=1+1")))
    url = reverse(f"{NAME}_errors", args=[SchoolImport.objects.get().pk])

    sent = admin_client.get(url)

    assert sent["Content-Type"] == "text/csv; charset=utf-8"
    lines = sent.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "row;school code;name;reason"
    assert lines[1].startswith("3;;'=1+1;The school code is not a BRIN")
    SchoolImport.objects.update(content=None)
    assert admin_client.get(url).status_code == 302


def test_permissions__looking_at_the_history(admin_client: Client) -> None:
    page = send(admin_client)
    pk = SchoolImport.objects.get().pk
    client = client_of("view_schoolimport")

    assert client.get(reverse(f"{NAME}_changelist")).status_code == 200
    seen = client.get(reverse(f"{NAME}_change", args=[pk])).content.decode()
    assert "needs the permission to change schools" in seen
    assert client.get(reverse(f"{NAME}_add")).status_code == 403
    assert apply(client, page).status_code == 403


def test_permissions__uploading_without_confirming() -> None:
    client = client_of("add_schoolimport")

    page = send(client)

    assert "needs the permission to change schools" in page.content.decode()
    assert apply(client, page).status_code == 403
    assert not School.objects.exists()


def test_permissions__uploading_and_confirming() -> None:
    client = client_of("add_schoolimport", "change_school", "add_school")

    apply(client, send(client))

    assert School.objects.count() == 2


def test_permissions__new_schools_need_the_one_to_add_them(admin_client: Client) -> None:
    add("99AA00", place="Assen")
    client = client_of("add_schoolimport", "change_school")

    page = send(client)

    text = page.content.decode()
    assert "needs the permission to add schools" in text
    assert "Apply this import" not in text
    refused = apply(client, admin_client.get(page.redirect_chain[-1][0])).content.decode()
    assert "New schools need the permission to add schools." in refused
    assert School.objects.get().place == "Assen"
    # Without new ones, changing is enough.
    apply(client, send(client, duo(duo_row())))
    assert School.objects.get().place == "Zwolle"


def test_permissions__none() -> None:
    client = client_of("change_school")
    upload = SchoolImport.objects.create(created_at=timezone.now(), federation="kennisnet")

    for page in ("change", "errors"):
        assert client.get(reverse(f"{NAME}_{page}", args=[upload.pk])).status_code == 403
    assert client.post(reverse(f"{NAME}_apply", args=[upload.pk])).status_code == 403


def test_history__of_an_import_without_counts(admin_client: Client) -> None:
    SchoolImport.objects.create(created_at=timezone.now(), federation="kennisnet")

    page = admin_client.get(reverse(f"{NAME}_changelist")).content.decode()

    assert '<td class="field-counts">–</td>' in page


def test_uploads__are_never_changed_or_deleted(admin_client: Client) -> None:
    send(admin_client)
    pk = SchoolImport.objects.get().pk

    assert admin_client.post(reverse(f"{NAME}_change", args=[pk])).status_code == 403
    assert admin_client.post(reverse(f"{NAME}_delete", args=[pk])).status_code == 403
    assert admin_client.get(reverse(f"{NAME}_change", args=[0]), follow=True).status_code == 200
