"""One pupil makes the site mail strangers; while logged in at school, arrivals cost nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail

from django_intergrip_link.journey import limits
from django_intergrip_link.journey.posting import wait_for_mails
from tests.journey.conftest import arrive as arrive  # noqa: PLC0414 - a fixture
from tests.journey.walking import PASSWORD, Walker, step

Arrive = Callable[..., Walker]
pytestmark = pytest.mark.django_db


def register(walker: Walker, name: str) -> Any:
    fields = {"email": f"{name}@example.nl", "first_name": "Noor", "last_name": "Vos"}
    return walker.post("register", **fields, password=PASSWORD)


def ask(walker: Walker, name: str) -> Any:
    response = walker.post("mail", login=f"{name}@example.nl")
    wait_for_mails()
    return response


WAYS = pytest.mark.parametrize("way", [register, ask], ids=["registration", "forgotten password"])


@WAYS
def test_school_account__has_six_mails_an_hour(arrive: Arrive, way: Any) -> None:
    for number in range(limits.SENDER_MAILS.ceiling):
        assert way(arrive(), f"stranger{number}").status_code == 303
    sent = len(mail.outbox)
    walker = arrive()

    for _ in range(limits.MAILS.ceiling + 1):
        refused = way(walker, "next")
        assert refused.status_code == 429
        assert re.search(r"Wacht \d+ minu", refused.content.decode())

    assert len(mail.outbox) == sent
    # Nothing is lost: what was typed stands there, the journey goes on, others get their mails, and
    # what was refused counts against nobody.
    assert 'value="next@example.nl"' in refused.content.decode()
    assert walker.get("prove").status_code == 200
    other = arrive(uid="other-account@99aa00")
    assert way(other, "next").status_code == 303


@WAYS
def test_network__has_a_high_ceiling(
    arrive: Arrive, way: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.NETWORK_MAILS.ceiling >= limits.NETWORK.ceiling
    monkeypatch.setattr(limits, "NETWORK_MAILS", replace(limits.NETWORK_MAILS, ceiling=2))
    walkers = [arrive(uid=f"pupil-number-{number}@99aa00") for number in range(3)]

    answers = [way(walker, f"stranger{n}").status_code for n, walker in enumerate(walkers)]

    assert answers == [303, 303, 429]
    walkers[2].client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert way(walkers[2], "stranger2")["Location"] in {step("register_code"), step("mail_code")}


def test_mail_server_down__counts_for_nobody(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SENDER_MAILS", replace(limits.SENDER_MAILS, ceiling=1))
    walker = arrive()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", lambda *_: 0)
        assert register(walker, "noor").status_code == 200

    assert register(walker, "noor").status_code == 303
