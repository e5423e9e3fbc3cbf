"""The whole walk, in the order of ``urls.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from django_intergrip_link.journey.mails import make_undo_token
from django_intergrip_link.models import AccountLink, Arrival, LinkEvent, School
from django_intergrip_link.signals import account_linked, account_unlinked
from django_intergrip_link.signals import school_login as school_login_sent
from django_intergrip_link.testing.login import (
    _post_from_elsewhere,
    link_user,
    read_request_id,
)
from tests.journey.walking import Walker, step

Arrive = Callable[..., Walker]


def test_first_journey__links_once_and_goes_in(
    arrive: Arrive, sanne: Any, fake_school: Any, django_capture_on_commit_callbacks: Any
) -> None:
    walker = arrive(next="/inside/?a=1")

    assert "Petteflat College" in walker.get("link").content.decode()
    assert walker.get("prove").status_code == 200
    assert walker.prove("sanne")["Location"] == step("confirm")
    page = walker.get("confirm").content.decode()
    assert "Petteflat College" in page
    assert "s•••@example.nl" in page
    assert "sanne@example.nl" not in page
    with django_capture_on_commit_callbacks(execute=True):
        assert walker.confirm()["Location"] == step("done")
    assert walker.user_name == "sanne"
    done = walker.get("done").content.decode()
    assert 'href="/inside/?a=1"' in done
    assert "Petteflat College" in done

    link = AccountLink.objects.get()
    assert (link.user, link.state, link.school) == (sanne, "active", fake_school.row)
    assert (link.live_digest, link.live_school) == (link.subject_digest, fake_school.row.pk)
    event = LinkEvent.objects.get()
    assert (event.kind, event.link, event.actor) == ("linked", link, sanne)
    assert Arrival.objects.get().account is None
    assert [m.to for m in mail.outbox] == [["sanne@example.nl"]]
    assert "/school-account/undo/" in mail.outbox[0].body


def test_returning_login__no_screen_and_at_most_ten_queries(
    linked_user: Any, school_login: Any, fake_school: Any
) -> None:
    client = Client()

    with CaptureQueriesContext(connection) as queries:
        response = school_login(client, next="/inside/")

    assert (response.status_code, response["Location"]) == (303, "/inside/")
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    sql = [q["sql"] for q in queries if not q["sql"].startswith(control)]
    assert len(sql) <= 10, "\n".join(sql)
    assert client.get("/inside/", secure=True).content == b"linked_user"


def test_returning_login__by_the_link_of_the_school_takes_one_query_more(
    linked_user: Any, fake_school: Any
) -> None:
    client = Client()

    with CaptureQueriesContext(connection) as queries:
        start = client.get(fake_school.url("start"), {"school": fake_school.brin}, secure=True)
        made = fake_school.answer(read_request_id(start["Location"]), {})
        returned = _post_from_elsewhere(client, fake_school.url("acs"), made.form_value())
        response = client.get(returned["Location"], secure=True)

    assert response["Location"] == "/inside/"
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    sql = [q["sql"] for q in queries if not q["sql"].startswith(control)]
    assert len(sql) <= 11, "\n".join(sql)


def test_returning_login__writes_nothing_before_a_valid_signature(
    linked_user: Any, fake_school: Any, client: Client
) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(fake_school.url("start"), secure=True)

    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []


def test_signals__come_after_commit_with_their_arguments(
    arrive: Arrive,
    sanne: Any,
    school_login: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    def hear(name: str) -> Callable[..., None]:
        def receiver(sender: Any, **kwargs: Any) -> None:
            seen.append((name, {k: v for k, v in kwargs.items() if k != "signal"}))

        return receiver

    receivers = {
        signal: hear(name)
        for name, signal in {
            "linked": account_linked,
            "unlinked": account_unlinked,
            "login": school_login_sent,
        }.items()
    }
    for signal, receiver in receivers.items():
        signal.connect(receiver)
    try:
        walker = arrive()
        walker.prove("sanne")
        with django_capture_on_commit_callbacks(execute=True):
            walker.confirm()
            assert seen == []
        link = AccountLink.objects.get()
        school_login(Client())
        with django_capture_on_commit_callbacks(execute=True):
            undo = walker.client.get(undo_url(link), secure=True)
            assert undo.status_code == 200
            walker.client.post(undo_url(link), secure=True)
    finally:
        for signal, receiver in receivers.items():
            signal.disconnect(receiver)

    assert [name for name, _ in seen] == ["linked", "login", "unlinked"]
    assert all(arguments["user"] == sanne for _, arguments in seen)
    assert all(arguments["link"] == link for _, arguments in seen)
    assert seen[2][1]["reason"] == "undo"
    assert seen[2][1]["actor"] is None


def undo_url(link: AccountLink) -> str:
    return reverse("intergrip_link:undo", args=[make_undo_token(link)])


def test_undo__ends_the_link_and_its_session(arrive: Arrive, sanne: Any) -> None:
    walker = arrive()
    walker.prove("sanne")
    walker.confirm()
    link = AccountLink.objects.get()

    asked = walker.client.get(undo_url(link), secure=True)
    assert AccountLink.objects.get().state == "active"
    undone = walker.client.post(undo_url(link), secure=True)

    assert (asked.status_code, undone.status_code) == (200, 200)
    link.refresh_from_db()
    assert (link.state, link.live_digest, link.live_school) == ("ended", None, None)
    assert walker.client.get("/inside/", secure=True).content == b"-"
    again = walker.client.post(undo_url(link), secure=True)
    assert again.status_code == 200
    assert LinkEvent.objects.filter(kind="ended").count() == 1


def test_undo__forged_token(client: Client, fake_school: Any) -> None:
    response = client.get("/school-account/undo/MQ:1a:xyz/", secure=True)

    assert response.status_code == 410
    assert "Deze link is te oud." in response.content.decode()


def test_done__only_for_the_one_who_linked(client: Client, db: None, fake_school: Any) -> None:
    assert client.get(step("done"), secure=True).status_code == 410


@pytest.mark.parametrize("change", ["blocked", "ended", "school", "user"])
def test_session__ends_with_its_link(
    linked_user: Any, school_login: Any, fake_school: Any, change: str
) -> None:
    client = Client()
    school_login(client)
    assert client.get("/inside/", secure=True).content == b"linked_user"

    link = AccountLink.objects.get()
    if change == "blocked":
        AccountLink.objects.update(state="blocked")
    elif change == "ended":
        AccountLink.objects.update(
            state="ended", live_digest=None, live_school=None, ended_at=timezone.now()
        )
    elif change == "school":
        School.objects.update(is_active=False)
    else:
        link.user.is_active = False
        link.user.save()

    assert client.get("/inside/", secure=True).content == b"-"


def test_session__ends_although_the_user_has_another_link(
    linked_user: Any, school_login: Any, fake_school: Any, fake_school_factory: Any
) -> None:
    mbo = fake_school_factory(brin="99MB00", name="MBO Horizon")
    link_user(linked_user, mbo)
    client = Client()
    school_login(client, fake_school)
    assert client.get("/inside/", secure=True).content == b"linked_user"

    AccountLink.objects.filter(school=fake_school.row).update(
        state="ended", live_digest=None, live_school=None
    )

    assert client.get("/inside/", secure=True).content == b"-"
    school_login(client, mbo)
    assert client.get("/inside/", secure=True).content == b"linked_user"


def test_session__survives_a_rotated_secret_key(
    linked_user: Any, school_login: Any, settings: Any
) -> None:
    client = Client()
    school_login(client)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, as after a rotation"

    assert client.get("/inside/", secure=True).content == b"linked_user"


@pytest.mark.parametrize(
    ("change", "reason", "status"),
    [("blocked", "blocked", 403), ("user", "inactive", 403), ("school", "school", 403)],
)
def test_returning_login__switched_off(
    linked_user: Any, school_login: Any, fake_school: Any, change: str, reason: str, status: int
) -> None:
    if change == "blocked":
        AccountLink.objects.update(state="blocked")
    elif change == "user":
        type(linked_user).objects.update(is_active=False)
    else:
        School.objects.update(is_active=False)

    response = school_login(Client())

    assert response.status_code == status
    assert LinkEvent.objects.get().reason == reason


def test_subject_key__old_link_moves_to_the_new_key(
    linked_user: Any, school_login: Any, settings: Any
) -> None:
    declared = settings.INTERGRIP_LINK
    before = AccountLink.objects.get()
    settings.INTERGRIP_LINK = {
        **declared,
        "SUBJECT_KEYS": {
            "new": "another secret of forty characters or so",
            **declared["SUBJECT_KEYS"],
        },
    }

    assert school_login(Client()).status_code == 303

    after = AccountLink.objects.get()
    assert (before.subject_key, after.subject_key) == ("test", "new")
    assert after.subject_digest == after.live_digest != before.live_digest


def test_subject_key__old_link_still_takes_the_school_account(
    linked_user: Any, arrive: Arrive, sanne: Any, settings: Any
) -> None:
    declared = settings.INTERGRIP_LINK
    AccountLink.objects.update(state="ended", live_digest=None, live_school=None)
    walker = arrive()
    walker.prove("sanne")
    digest = AccountLink.objects.get().subject_digest
    AccountLink.objects.update(
        state="active", live_digest=digest, live_school=School.objects.get().pk
    )

    assert walker.confirm().status_code == 403

    assert LinkEvent.objects.get().reason == "taken"
    assert declared["SUBJECT_KEYS"]
