"""The card of a school: its link, its QR code, and the guide to print."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

import pytest
import segno
from django.test import Client
from django.urls import reverse
from django.utils import translation

from django_intergrip_link.admin.school_card import SchoolCard
from django_intergrip_link.models import AccountLink, School, SchoolProvider
from django_intergrip_link.qr_codes import qr_image, qr_inline
from django_intergrip_link.registry.address import address_of

ADDRESS = "https://testserver/saml2/kennisnet/login?school=99AA00"
PAGES = {"card": [], "qr": ["svg"], "guide": ["en"]}


def url_of(page: str, school: School, *args: str) -> str:
    return reverse(f"admin:intergrip_link_school_{page}", args=[school.pk, *args])


def text_of(client: Client, page: str, school: School, *args: str) -> str:
    response = client.get(url_of(page, school, *args))
    assert response.status_code == 200
    return str(response.content.decode())


# Address --------------------------------------------------------------------------------------


def test_address__is_the_deep_link(fake_school: Any) -> None:
    assert address_of(fake_school.row) == ADDRESS


def test_address__comes_from_the_settings_and_not_from_host(
    admin_client: Client, fake_school: Any, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    page = admin_client.get(url_of("card", fake_school.row), headers={"host": "evil.example"})

    assert f'href="{ADDRESS}"' in page.content.decode()
    assert "evil.example" not in page.content.decode()


def test_address__is_empty_without_the_federation(fake_school: Any) -> None:
    assert address_of(School(federation="left", brin="99AA00")) == ""


def test_address__quotes_what_is_no_code(fake_school: Any) -> None:
    school = School(federation="kennisnet", brin='"><b>&')

    assert address_of(school).endswith("?school=%22%3E%3Cb%3E%26")


def test_address__breaks_where_a_reader_expects_it(fake_school: Any) -> None:
    parts = SchoolCard.of(fake_school.row).address_parts

    assert "".join(parts) == ADDRESS
    assert parts == [
        "https://",
        "testserver/",
        "saml2/",
        "kennisnet/",
        "login?",
        "school=",
        "99AA00",
    ]


# QR code --------------------------------------------------------------------------------------


def test_qr__is_the_code_of_the_address() -> None:
    expected = segno.make_qr(ADDRESS, error="m")

    assert expected.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None) == (
        qr_inline(ADDRESS)
    )
    assert re.sub(r"[^<]*\bd=\"[^\"]*\"", "", qr_inline('"><script>')).count("<") == 3


@pytest.mark.parametrize(
    ("kind", "start", "content_type"),
    [("svg", b"<?xml", "image/svg+xml"), ("png", b"\x89PNG", "image/png")],
)
def test_qr__as_a_file(
    admin_client: Client, fake_school: Any, kind: str, start: bytes, content_type: str
) -> None:
    answer = admin_client.get(url_of("qr", fake_school.row, kind))

    assert answer.content == qr_image(ADDRESS, kind)
    assert answer.content.startswith(start)
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"] == f'attachment; filename="doorstroom-99AA00.{kind}"'


def test_qr__has_no_other_form(admin_client: Client, fake_school: Any) -> None:
    assert admin_client.get(url_of("qr", fake_school.row, "pdf")).status_code == 404


def test_qr__has_a_file_name_without_tricks(
    admin_client: Client, fake_school: Any, settings: Any
) -> None:
    School.objects.filter(pk=fake_school.row.pk).update(brin='../"A')
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "SITE_NAME": "…"}

    answer = admin_client.get(url_of("qr", fake_school.row, "svg"))

    assert answer["Content-Disposition"] == 'attachment; filename="qr-A.svg"'


# Card -----------------------------------------------------------------------------------------


def test_card__has_link_files_guides_and_a_try(admin_client: Client, fake_school: Any) -> None:
    page = text_of(admin_client, "card", fake_school.row)

    assert f'<code class="school-link">{ADDRESS}</code>' in page.replace("<wbr>", "")
    assert f'href="{ADDRESS}" target="_blank" rel="noopener"' in page
    assert qr_inline(ADDRESS) in page
    for name, args in (("qr", "svg"), ("qr", "png"), ("guide", "nl"), ("guide", "en")):
        assert f'href="{url_of(name, fake_school.row, args)}"' in page
    assert "Put this link in your school portal. Students then skip the choosing." in page
    assert "no entityID" not in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "✓ Switched on"),
        ({}, "✓ Listed"),
        ({}, "✓ Students go straight to the login page of the school."),
        ({"is_active": False}, "✗ Switched off"),
        ({"listed": False}, "✗ Not listed"),
        ({"realm": ""}, "✓ Students go straight"),
        ({"entity_id": "", "realm": ""}, "the hub asks once more"),
    ],
)
def test_card__says_how_it_stands(
    admin_client: Client, fake_school: Any, changes: dict[str, Any], sentence: str
) -> None:
    School.objects.filter(pk=fake_school.row.pk).update(**changes)

    assert sentence in text_of(admin_client, "card", fake_school.row)


def test_card__counts_the_links_that_live(
    admin_client: Client, fake_school: Any, linked_user: Any
) -> None:
    assert "1 school account is linked." in text_of(admin_client, "card", fake_school.row)

    AccountLink.objects.update(state="ended", live_digest=None, live_school=None)

    assert "0 school accounts are linked." in text_of(admin_client, "card", fake_school.row)


def test_card__names_the_other_idps(admin_client: Client, fake_school: Any) -> None:
    SchoolProvider.objects.create(
        school=fake_school.row,
        realm="before",
        accepted_from="2026-01-02",
        accepted_until="2026-08-01",
    )
    SchoolProvider.objects.create(school=fake_school.row, realm="always")

    page = " ".join(text_of(admin_client, "card", fake_school.row).split())

    assert "Other IdP: before – from Jan. 2, 2026 – until Aug. 1, 2026" in page
    assert "Other IdP: always </li>" in page


def test_card__without_a_federation_says_why(admin_client: Client, fake_school: Any) -> None:
    school = School.objects.create(federation="left", brin="11AA00", name="Oude School")

    page = text_of(admin_client, "card", school)

    assert "“left” is not in the settings" in page
    assert 'class="qr"' not in page
    assert admin_client.get(url_of("qr", school, "svg")).status_code == 404
    assert admin_client.get(url_of("guide", school, "en")).status_code == 404


def test_card__is_reached_from_list_and_form(admin_client: Client, fake_school: Any) -> None:
    link = f'href="{url_of("card", fake_school.row)}"'

    listed = admin_client.get(reverse("admin:intergrip_link_school_changelist")).content.decode()
    assert link in listed
    assert 'aria-label="Card – Petteflat College">Card</a>' in listed
    assert link in text_of(admin_client, "change", fake_school.row)


# Guide ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
def test_guide__is_in_the_language_of_its_address(
    admin_client: Client, fake_school: Any, language: str
) -> None:
    page = text_of(admin_client, "guide", fake_school.row, language)

    assert f'<html lang="{language}">' in page
    assert page.count("<li>") == 4
    assert page.replace("<wbr>", "").count(f"<code>{ADDRESS}</code>") == 1
    assert qr_inline(ADDRESS) in page
    with translation.override(language):
        assert f"“{translation.gettext('Is this not you?')}”" in page


def test_guide__has_no_other_language(admin_client: Client, fake_school: Any) -> None:
    assert admin_client.get(url_of("guide", fake_school.row, "fr")).status_code == 404


@pytest.mark.parametrize(
    ("support", "sentence"),
    [
        ("https://help.example/", "look here: <strong>https://help.example/</strong>"),
        ("mailto:help@doorstroom.example", "<strong>help@doorstroom.example</strong>"),
        ("", "Does it not work? Ask your mentor."),
    ],
)
def test_guide__says_where_to_get_help(
    admin_client: Client, fake_school: Any, settings: Any, support: str, sentence: str
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "SUPPORT": support}

    assert sentence in text_of(admin_client, "guide", fake_school.row, "en")


def test_guide__names_the_button_as_the_pages_do(admin_client: Client, fake_school: Any) -> None:
    page = text_of(admin_client, "guide", fake_school.row, "en")

    assert "Choose “Is this not you?”" in page


# All of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("permissions", [["view_school"], ["change_school"]])
def test_pages__are_for_who_may_view(
    staff: Callable[..., Client], fake_school: Any, page: str, permissions: list[str]
) -> None:
    answer = staff(*permissions).get(url_of(page, fake_school.row, *PAGES[page]))

    assert answer.status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_pages__are_not_for_others(
    client: Client, staff: Callable[..., Client], fake_school: Any, page: str
) -> None:
    url = url_of(page, fake_school.row, *PAGES[page])

    assert client.get(url).status_code == 302
    assert staff("view_accountlink").get(url).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_pages__need_a_school(admin_client: Client, fake_school: Any, page: str) -> None:
    for pk in (0, 10**30):
        url = url_of(page, School(pk=pk), *PAGES[page])
        assert admin_client.get(url).status_code == 404


@pytest.mark.parametrize("page", ["card", "guide"])
def test_pages__show_hostile_names_as_text(
    admin_client: Client, fake_school: Any, page: str
) -> None:
    name = "\"'><script>alert(1)</script>{{ 7 }}"
    School.objects.filter(pk=fake_school.row.pk).update(name=name)

    text = text_of(admin_client, page, fake_school.row, *PAGES[page])

    assert "<script>alert" not in text
    assert escape(name, quote=True) in text


@pytest.mark.parametrize("page", ["card", "guide"])
def test_pages__tell_no_other_site(admin_client: Client, fake_school: Any, page: str) -> None:
    answer = admin_client.get(url_of(page, fake_school.row, *PAGES[page]))

    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
