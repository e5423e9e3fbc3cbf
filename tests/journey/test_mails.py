"""Every mail that the app sends (A29): complete as text, in the right language, discreet."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext_lazy

from django_intergrip_link.journey import mails, posting
from django_intergrip_link.models import AccountLink, School
from django_intergrip_link.testing.login import link_user
from tests.code_reading import PACKAGE
from tests.journey.walking import Walker

Arrive = Callable[..., Walker]
FOLDER = PACKAGE / "templates/django_intergrip_link/mail"
LONG = "Christelijke Scholengemeenschap voor Voortgezet Onderwijs De Lange Naam te Zwolle"
REQUEST = RequestFactory().get("/", headers={"host": "evil.example"}, REMOTE_ADDR="203.0.113.77")
TO_THE_BROWSER = {
    "linked": lambda link: mails.send_linked(link, request=REQUEST),
    "removed": lambda link: mails.send_removed(link, support_code="K7F-2QD", request=REQUEST),
}
TO_SOMEBODY_ELSEWHERE = {
    "removed_by_school": lambda link: mails.send_removed_by_school(
        link, reason=gettext_lazy("student")
    ),
    "stopped": mails.send_stopped,
    "paused": mails.send_paused,
    "dormant": mails.send_dormant,
}
ABOUT_LINKS = TO_THE_BROWSER | TO_SOMEBODY_ELSEWHERE
WITH_CODES: dict[str, dict[str, Any]] = {
    "proof_code": {
        "name": "Sanne",
        "school_name": "Petteflat College",
        "code": "1234 5678",
        "minutes": 10,
    },
    "register_code": {"code": "12345678"},
    "has_account": {},
}
SAID = {
    "linked": ["Petteflat College", "/school-account/undo/"],
    "removed": ["Petteflat College", "K7F-2QD"],
    "removed_by_school": ["Petteflat College", "/saml2/kennisnet/login", "leerling"],
    "stopped": ["Petteflat College", "/school-account/"],
    "paused": ["Petteflat College", "/saml2/kennisnet/login"],
    "dormant": ["Petteflat College", "/saml2/kennisnet/login"],
    "proof_code": ["Petteflat College", "1234 5678", "10"],
    "register_code": [],
    "has_account": [],
}


class Reader(HTMLParser):
    """Reads a mail: its text, its links by text, its languages and what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.languages: list[str] = []
        self.links: dict[str, str] = {}
        self.loaded: list[str] = []
        self.words: list[str] = []
        self._href: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        if "lang" in given:
            self.languages.append(given["lang"])
        if tag in ("img", "script", "link", "iframe", "form", "style", "object") or "src" in given:
            self.loaded.append(tag)
        if tag == "a":
            self._href = given["href"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = None

    def handle_data(self, data: str) -> None:
        self.words += data.split()
        if self._href:
            self.links[" ".join(data.split())] = self._href


@pytest.fixture
def link(sanne: Any, fake_school: Any) -> AccountLink:
    return link_user(sanne, fake_school, uid="geheim12geheim34@99aa00")


def written(name: str, link: AccountLink) -> mail.EmailMultiAlternatives:
    """Return the mail of this name, in the ordinary way of sending it."""
    if name in WITH_CODES:
        return posting.write(name, address="sanne@example.nl", context=WITH_CODES[name])
    assert ABOUT_LINKS[name](link)
    message = mail.outbox[-1]
    assert isinstance(message, mail.EmailMultiAlternatives)
    return message


def page_of(message: mail.EmailMultiAlternatives) -> str:
    (content, kind), *more = message.alternatives
    assert (kind, more) == ("text/html", [])
    return str(content)


def test_every_mail__is_tested_here() -> None:
    names = {path.name.removesuffix("_subject.txt") for path in FOLDER.glob("*_subject.txt")}

    assert names == {*ABOUT_LINKS, *WITH_CODES} == {*SAID}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", SAID)
def test_mail__both_parts_are_complete(name: str, language: str, link: AccountLink) -> None:
    with translation.override(language):
        message = written(name, link)

    page = page_of(message)
    for part in (str(message.body), page):
        assert "Doorstroom" in part
        assert not [word for word in SAID[name] if word not in part]
        # No placeholder is left, no template tag, and no object that was meant to be a text.
        assert not re.search(r"\{\{|\}\}|\{%|%\(|\bNone\b|object at", part)
        assert "\n\n\n" not in str(message.body)
    assert "<" not in str(message.body)
    assert "&" not in str(message.body)


@pytest.mark.parametrize("name", SAID)
def test_mail__text_says_all_that_the_page_says(name: str, link: AccountLink) -> None:
    message = written(name, link)
    page = page_of(message)
    body = page[page.index("<body") :]
    heading = re.findall(r"<h1>(.*?)</h1>", page)
    skipped = {word for text in heading for word in text.split()}
    words = {word.strip(".:") for word in Reader(body).words} - {""}

    assert words - {word.strip(".:") for word in str(message.body).split()} <= skipped


@pytest.mark.parametrize("name", SAID)
def test_mail__names_its_language(name: str, link: AccountLink) -> None:
    found = []
    for language in ("nl", "en"):
        with translation.override(language):
            found.append(Reader(page_of(written(name, link))).languages)
        mail.outbox.clear()
        cache.clear()

    both = [["nl", "nl", "en"]] * 2
    assert found == (both if name in TO_SOMEBODY_ELSEWHERE else [["nl"], ["en"]])


@pytest.mark.parametrize("name", SAID)
def test_mail__links_say_where_they_lead(name: str, link: AccountLink) -> None:
    reader = Reader(page_of(written(name, link)))

    for text, address in reader.links.items():
        assert len(text.split()) >= 2
        assert "http" not in text
        assert text.lower() not in ("klik hier", "click here", "lees meer")
        # SECURITY: of this site as the settings name it, whatever the Host header said.
        assert address.startswith(("https://testserver/", "https://help.example/"))


@pytest.mark.parametrize("name", SAID)
def test_mail__loads_nothing_and_tells_nothing(name: str, link: AccountLink) -> None:
    message = written(name, link)
    page = page_of(message)

    assert Reader(page).loaded == []
    for part in (str(message.subject), str(message.body), page):
        for secret in ("99AA00", "99aa00", "geheim12", "203.0.113.77", "evil.example", "utm_"):
            assert secret not in part


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("site_name", ["Doorstroom", "Het Overstapdossier van de Regio Zuidwest"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_mail__subject_fits(
    name: str, site_name: str, language: str, link: AccountLink, settings: Any
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "SITE_NAME": site_name}
    School.objects.update(name=LONG)
    link.refresh_from_db()

    with translation.override(language):
        subject = str(written(name, link).subject)

    assert 10 < len(subject) <= 60
    # The mails of this app have a shorter text for this; no word is cut.
    assert "…" not in subject
    assert "\n" not in subject


def test_subject__names_the_school_where_it_fits(link: AccountLink) -> None:
    assert mails.send_removed(link, support_code="K7F-2QD", request=REQUEST)

    assert "Petteflat College" in mail.outbox[0].subject


def test_subject__is_cut_when_nothing_shorter_is_known(link: AccountLink, settings: Any) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "SITE_NAME": "Naam " * 30}

    subject = posting.write("proof_code", address="a@b.nl", context=WITH_CODES["proof_code"])

    assert len(str(subject.subject)) <= 60


def test_names__cannot_add_headers_or_markup(link: AccountLink) -> None:
    School.objects.update(name="Kwaad\r\nBcc: all@example.nl <b>x</b>")
    link.user.first_name = "<img src=x>"
    link.refresh_from_db()

    assert mails.send_removed(link, support_code="K7F-2QD", request=REQUEST)

    message = mail.outbox[0]
    assert message.recipients() == ["sanne@example.nl"]
    assert "\n" not in str(message.subject)
    assert "<b>" not in page_of(message)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TO_SOMEBODY_ELSEWHERE)
def test_mail_to_somebody_elsewhere__dutch_first_whatever_is_active(
    name: str, link: AccountLink
) -> None:
    with translation.override("en"):
        text = str(written(name, link).body)

    dutch, english = text.split("----------")
    assert "Hoi Sanne," in dutch
    assert "Hi Sanne," in english


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (["en", "nl"], ["nl", "en"]),
        (["de", "en", "nl"], ["nl", "en"]),
        (["nl"], ["nl"]),
        (["de"], ["de"]),
    ],
)
def test_mail_languages__are_those_of_project_and_app(
    offered: list[str], expected: list[str], settings: Any
) -> None:
    settings.LANGUAGES = [(code, code) for code in offered]

    with translation.override(expected[0]):
        assert posting.mail_languages() == expected


def test_stopped__is_sent_once_a_day_for_each_link(link: AccountLink, sanne: Any) -> None:
    assert [mails.send_stopped(link) for _ in range(3)] == [True, False, False]
    assert len(mail.outbox) == 1


def test_federation_that_is_gone__leaves_the_links_out(link: AccountLink) -> None:
    link.federation = "gone"

    assert mails.send_dormant(link)

    assert "http" not in str(mail.outbox[0].body).replace("https://help.example/", "")


def linked(arrive: Arrive, callbacks: Any) -> Walker:
    walker = arrive()
    walker.prove("sanne")
    with callbacks(execute=True):
        assert walker.confirm().status_code == 303
    return walker


def test_linked__goes_out_at_confirm(
    arrive: Arrive, sanne: Any, django_capture_on_commit_callbacks: Any
) -> None:
    linked(arrive, django_capture_on_commit_callbacks)

    assert mail.outbox[0].subject == "Je schoolaccount is gekoppeld aan Doorstroom"
    assert "https://testserver/school-account/undo/" in str(mail.outbox[0].body)


def test_mail__server_down_leaves_the_link(
    arrive: Arrive,
    sanne: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError("sanne@example.nl")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)

    walker = linked(arrive, django_capture_on_commit_callbacks)

    assert AccountLink.objects.get().state == "active"
    assert walker.get("done").status_code == 200
    assert "mail not sent: linked error=ConnectionRefusedError" in caplog.text
    assert "sanne@example.nl" not in caplog.text


@pytest.mark.parametrize("address", ["", None])
def test_mail__no_address_no_promise(
    arrive: Arrive,
    sanne: Any,
    address: str | None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    sanne.email = address or ""
    sanne.save()

    walker = linked(arrive, django_capture_on_commit_callbacks)

    assert mail.outbox == []
    assert "mail" not in walker.get("done").content.decode()


@pytest.mark.parametrize("name", ABOUT_LINKS)
def test_mail__no_address_sends_nothing(name: str, link: AccountLink) -> None:
    link.user.email = ""

    assert not ABOUT_LINKS[name](link)
    assert mail.outbox == []
