"""Links that nobody uses: told, two weeks later paused, and never somebody who came back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from smtplib import SMTPException
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from django_intergrip_link.journey import dormant, pausing
from django_intergrip_link.journey.dormant import pause_dormant, warn_dormant
from django_intergrip_link.models import AccountLink, LinkEvent
from django_intergrip_link.testing.login import link_user
from tests.journey.walking import Walker

State = AccountLink.State


@pytest.fixture(autouse=True)
def _on_commit(django_capture_on_commit_callbacks: Any) -> Any:
    """Do at once what waits for the end of the transaction."""
    with mock.patch("django.db.transaction.on_commit", lambda call, **_: call()):
        yield


@pytest.fixture
def link(sanne: Any, fake_school: Any) -> AccountLink:
    return link_user(sanne, fake_school)


def unused_for(days: float) -> None:
    """Let no link be used for so long."""
    AccountLink.objects.update(last_used_at=timezone.now() - timedelta(days=days))


def purge() -> str:
    out = StringIO()
    call_command("intergrip_purge", stdout=out)
    return out.getvalue().splitlines()[-1]


def history() -> list[str]:
    return [f"{e.kind}:{e.reason}" for e in LinkEvent.objects.order_by("pk")]


def test_link__is_told_and_two_weeks_later_paused(link: AccountLink) -> None:
    """PRV-06, with every purge run twice."""
    unused_for(381)
    assert purge() == "Unused links: 0 paused, 0 warned."
    unused_for(382.1)
    assert purge() == "Unused links: 0 paused, 1 warned."
    assert purge() == "Unused links: 0 paused, 0 warned."
    [notice] = mail.outbox
    last_day = timezone.localdate() + timedelta(days=13)
    assert notice.to == ["sanne@example.nl"]
    assert str(last_day.year) in notice.body

    later = timezone.now() + timedelta(days=13.8)
    assert pause_dormant(later) == 0
    later += timedelta(days=0.3)
    assert pause_dormant(later) == 1
    assert pause_dormant(later) == 0
    link.refresh_from_db()
    assert (link.state, link.reason) == (State.SUSPENDED, "dormant")
    assert history() == ["warning:dormant", "suspended:dormant"]
    assert len(mail.outbox) == 2


def test_link__unused_for_years_has_two_weeks_too(link: AccountLink) -> None:
    unused_for(2000)

    assert purge() == "Unused links: 0 paused, 1 warned."
    assert pause_dormant(timezone.now() + timedelta(days=13)) == 0
    assert pause_dormant(timezone.now() + timedelta(days=14)) == 1


def test_link__used_after_the_notice_begins_anew(link: AccountLink) -> None:
    unused_for(400)
    warn_dormant()
    LinkEvent.objects.update(at=timezone.now() - timedelta(days=399))
    AccountLink.objects.update(last_used_at=timezone.now() - timedelta(days=398))

    assert purge() == "Unused links: 0 paused, 1 warned."
    assert len(mail.outbox) == 2


def test_link__used_at_the_moment_of_the_pause_stays(link: AccountLink) -> None:
    unused_for(400)
    warn_dormant()
    LinkEvent.objects.update(at=timezone.now() - timedelta(days=20))
    suspend = pausing.suspend

    def come_back_first(link: AccountLink, **how: Any) -> bool:
        AccountLink.objects.update(last_used_at=timezone.now())
        return suspend(link, **how)

    with mock.patch.object(dormant, "suspend", come_back_first):
        assert pause_dormant() == 0
    link.refresh_from_db()
    assert link.state == State.ACTIVE


def test_link__paused_opens_nothing_until_it_is_proven(
    link: AccountLink, sanne: Any, arrive: Callable[..., Walker]
) -> None:
    unused_for(400)
    warn_dormant()
    pause_dormant(timezone.now() + timedelta(days=15))

    walker = arrive()
    assert walker.user_name == ""
    page = " ".join(walker.get("link").content.decode().split())
    assert "Je gebruikte dit schoolaccount hier lang niet." in page
    assert "nieuw wachtwoord voor" not in page
    walker.prove("sanne")
    walker.confirm()
    link.refresh_from_db()
    assert (link.state, link.reason) == (State.ACTIVE, "")
    assert purge() == "Unused links: 0 paused, 0 warned."


@pytest.mark.parametrize("state", [State.SUSPENDED, State.BLOCKED])
def test_link__that_is_not_active_is_left_alone(link: AccountLink, state: str) -> None:
    AccountLink.objects.update(state=state, reason="password")
    unused_for(2000)

    assert purge() == "Unused links: 0 paused, 0 warned."
    assert mail.outbox == []


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}], ids=str)
def test_notice__without_a_mail_for_who_cannot_get_one(
    link: AccountLink, sanne: Any, change: dict[str, Any]
) -> None:
    type(sanne).objects.update(**change)
    unused_for(390)

    assert purge() == "Unused links: 0 paused, 1 warned."
    assert mail.outbox == []
    assert pause_dormant(timezone.now() + timedelta(days=15)) == 1


def test_notice__is_tried_again_while_the_mail_server_is_down(link: AccountLink) -> None:
    backend = "django.core.mail.backends.locmem.EmailBackend.send_messages"
    unused_for(390)
    with mock.patch(backend, side_effect=SMTPException):
        assert warn_dormant() == 0
        assert history() == []
        # After 13 months it ends all the same.
        unused_for(397)
        assert warn_dormant() == 1
    assert history() == ["warning:dormant"]


def test_many_links__in_batches(
    sanne: Any,
    fake_school: Any,
    django_user_model: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dormant, "BATCH", 2)
    for number in range(5):
        user = django_user_model.objects.create(username=f"user{number}", email="")
        link_user(user, fake_school, uid=f"somebody{number:08d}@99aa00")
    unused_for(400)

    assert warn_dormant() == 5
    assert pause_dormant(timezone.now() + timedelta(days=15)) == 5
    assert set(AccountLink.objects.values_list("state", flat=True)) == {State.SUSPENDED}
