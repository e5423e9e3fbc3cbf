"""The mail about a new link, when the mail server works and when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from django_intergrip_link.models import AccountLink
from tests.journey.walking import Walker

Arrive = Callable[..., Walker]


def link(arrive: Arrive, callbacks: Any) -> Walker:
    walker = arrive()
    walker.prove("sanne")
    with callbacks(execute=True):
        assert walker.confirm().status_code == 303
    return walker


def test_mail__both_parts_say_where_and_how_to_undo(
    arrive: Arrive, sanne: Any, django_capture_on_commit_callbacks: Any
) -> None:
    link(arrive, django_capture_on_commit_callbacks)

    message = mail.outbox[0]
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert message.subject == "Je schoolaccount is gekoppeld aan Doorstroom"
    for part in (message.body, html):
        assert "Petteflat College" in part
        assert "https://testserver/school-account/undo/" in part
        assert "99AA00" not in part
    assert '<html lang="nl"' in html


def test_mail__server_down_leaves_the_link(
    arrive: Arrive,
    sanne: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)

    walker = link(arrive, django_capture_on_commit_callbacks)

    assert AccountLink.objects.get().state == "active"
    assert walker.get("done").status_code == 200


@pytest.mark.parametrize("address", ["", None])
def test_mail__no_address_no_promise(
    arrive: Arrive,
    sanne: Any,
    address: str | None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    sanne.email = address or ""
    sanne.save()

    walker = link(arrive, django_capture_on_commit_callbacks)

    assert mail.outbox == []
    assert "mail" not in walker.get("done").content.decode()
