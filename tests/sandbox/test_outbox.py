"""The mailbox of the demo: what went out can be read there, in development only."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils.safestring import SafeString

from django_intergrip_link.sandbox import outbox

from .walking import HUB, Browser

OUTBOX = f"{HUB}/sandbox/outbox/"


@pytest.fixture(autouse=True)
def _empty_outbox() -> Iterator[None]:
    outbox.empty()
    yield
    outbox.empty()


def post(subject: str = "Hallo", html: str = "<p>Hallo</p>") -> None:
    """Send a mail through the backend, as Django would."""
    mail = EmailMultiAlternatives(
        subject, "Ga naar http://localhost:8000/x/ en lees.", to=["sanne@example.nl"]
    )
    if html:
        mail.attach_alternative(html, "text/html")
    outbox.OutboxBackend().send_messages([mail])


def test_outbox__is_empty_at_first(browser: Browser) -> None:
    assert "Er is nog geen mail verstuurd." in browser.open(OUTBOX).text


def test_outbox__lists_the_newest_first(browser: Browser) -> None:
    post("Eerste")
    post("Tweede")

    page = browser.open(OUTBOX).text

    assert page.index("Tweede") < page.index("Eerste")
    assert page.count("sanne@example.nl") == 2


@pytest.mark.parametrize("kind", [str, SafeString], ids=["plain", "from a template"])
def test_letter__shows_text_with_links_and_page_in_a_sandbox(
    browser: Browser, kind: type[str]
) -> None:
    post(html=kind('<script>steal()</script><a href="http://localhost:8000/x/">Open</a>'))

    page = browser.open(f"{OUTBOX}{outbox.letters()[0].number}/").text

    assert '<a href="http://localhost:8000/x/"' in page
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page
    assert "<script>steal" not in page
    assert "&lt;script&gt;steal()" in page


def test_letter__of_text_alone_has_no_frame(browser: Browser) -> None:
    post(html="")

    page = browser.open(f"{OUTBOX}{outbox.letters()[0].number}/").text

    assert "<iframe" not in page
    assert "en lees." in page


def test_letter__that_is_gone_is_not_found(browser: Browser) -> None:
    assert browser.open(f"{OUTBOX}999999/").status_code == 404


def test_outbox__keeps_fifty_from_many_threads(
    sandbox_settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    threads = [threading.Thread(target=post, args=(f"Nummer {i}",)) for i in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = outbox.letters()
    assert len({letter.number for letter in kept}) == outbox.KEPT
    assert capsys.readouterr().out.count("Subject: Nummer") == 60


def test_backend__refuses_outside_debug(sandbox_settings: Any) -> None:
    sandbox_settings.DEBUG = False

    with pytest.raises(ImproperlyConfigured, match="DEBUG = True"):
        outbox.OutboxBackend()
