"""Privacy (PRV): who somebody is at school stays out of logs, events, mails and the database.

I6 holds this after every attack; here it is held for the honest journey, for errors, for a dump.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused
from typing import Any

import django
import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django.utils.log import AdminEmailHandler
from django.views.decorators.debug import sensitive_variables
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_static.models import StaticDevice

from django_intergrip_link.audit import record
from django_intergrip_link.journey import school_codes
from django_intergrip_link.models import AccountLink, Arrival, LinkCode, LinkEvent
from django_intergrip_link.testing.login import link_user
from tests.attacks.measures import LogBook, every_logger_at_debug
from tests.attacks.stage import (
    ATTACKER_UID,
    GIVEN_NAME,
    PASSWORD,
    SECRETS,
    VICTIM_UID,
    Stage,
)

TOKEN = "abcdefgh"
NEVER = (*SECRETS, TOKEN, "Viktor", "Vicky")
"""No log line and no event may hold one of these."""

NOT_SHOWN = (
    VICTIM_UID, ATTACKER_UID, ATTACKER_UID.partition("@")[0], "visitor@example.nl", PASSWORD, TOKEN,
    "<saml", "PHNhbWx",
)  # fmt: skip
"""No page may hold one of these; it may name the person to themselves."""


def found(secrets: tuple[str, ...], *texts: str) -> list[tuple[str, str]]:
    return [(secret, text[:300]) for text in texts for secret in secrets if secret in text]


def letters() -> list[str]:
    """Return what the mails of this test say, in text and in HTML."""
    return [
        str(text)
        for letter in mail.outbox
        for text in (
            letter.subject,
            letter.body,
            *(content for content, _ in getattr(letter, "alternatives", ())),
        )
    ]


def walk(stage: Stage) -> list[str]:
    """Go through the whole journey with a wrong turn at every step; return every page."""
    StaticDevice.objects.create(user=stage.visitor, name="card").token_set.create(token=TOKEN)
    pages = [stage.enter("start"), stage.log_in(uid=ATTACKER_UID)]
    pages += [stage.open(step) for step in ("someone_else", "link", "prove", "not_me")]
    pages += [stage.prove(password="wrong " + PASSWORD), stage.prove()]
    pages += [stage.open("otp"), stage.fill_in("otp", token="x" + TOKEN[1:])]
    StaticDevice.objects.update(throttling_failure_count=0)
    pages += [stage.fill_in("otp", token=TOKEN), stage.open("confirm"), stage.fill_in("confirm")]
    pages += [stage.fill_in("confirm", confirm="yes"), stage.open("done")]
    pages += [stage.open("logout"), stage.fill_in("logout"), stage.open("logout")]
    pages += [stage.log_in(uid=ATTACKER_UID), stage.log_in(uid="ne" + ATTACKER_UID)]
    pages += [stage.fill_in("stop"), stage.open("stop")]
    return [page.content.decode() for page in pages]


def test_honest_journey__leaves_nothing(
    stage: Stage, django_capture_on_commit_callbacks: Any
) -> None:
    """PRV-01: logs at DEBUG, events, mails and page sources of the whole journey."""
    with every_logger_at_debug() as book, django_capture_on_commit_callbacks(execute=True):
        pages = walk(stage)

    assert len(mail.outbox) == 1
    assert found(NEVER, *book.lines) == []
    assert found(NEVER, *(str(row) for row in LinkEvent.objects.values())) == []
    assert found((*SECRETS, TOKEN), *letters()) == []
    assert found(NOT_SHOWN, *pages) == []


@pytest.mark.parametrize(
    ("place", "act"),
    [
        ("django_intergrip_link.views.answer.store_arrival", lambda stage: stage.log_in()),
        ("django_intergrip_link.views.complete.claim_arrival", lambda stage: stage.log_in()),
        ("django_intergrip_link.journey.proofs.authenticate", lambda stage: stage.prove()),
        (
            "django_intergrip_link.journey.proofs.accepts_token",
            lambda stage: stage.fill_in("otp", token=TOKEN),
        ),
        (
            "django_intergrip_link.views.confirm.linking.make_link",
            lambda stage: stage.fill_in("confirm", confirm="yes"),
        ),
    ],
)
def test_error_mail__to_the_administrators(
    place: str, act: Any, stage: Stage, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRV-01: a fault of ours is mailed with its variables, as careful sites have it."""
    # Django 6 wants addresses, Django 5.2 wants pairs.
    address = "admin@example.nl"
    settings.ADMINS = [address if django.VERSION >= (6, 0) else ("Admin", address)]
    StaticDevice.objects.create(user=stage.visitor, name="card").token_set.create(token=TOKEN)
    stage.arrive()
    stage.prove()
    if "confirm" in place:
        stage.fill_in("otp", token=TOKEN)
    monkeypatch.setattr(place, break_down)
    stage.browser.raise_request_exception = False
    monkeypatch.setattr("tests.attacks.stage.Client", lambda: new_browser_that_shows_errors(stage))

    handler = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        response = act(stage)
    finally:
        logger.removeHandler(handler)

    assert response.status_code == 500
    assert any("ZeroDivisionError" in text for text in letters())
    assert found((*SECRETS, TOKEN), *letters()) == []


@sensitive_variables()
def break_down(*args: Any, **kwargs: Any) -> Any:
    """Fail as a library might, hiding its own variables as Django's functions do."""
    return 1 / 0


def new_browser_that_shows_errors(stage: Stage) -> Any:
    browser = type(stage.browser)()
    browser.raise_request_exception = False
    return browser


def refuse(self: Any, letters: list[Any]) -> int:
    """Refuse every letter, with the address in the error, as mail servers do."""
    raise SMTPRecipientsRefused({letters[0].to[0]: (550, b"no such user")})


def test_mail_server__that_refuses_names_nobody_in_the_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """PRV-01: neither for the mail after linking nor for a mailed code; and no page breaks."""
    stage.arrive()
    stage.prove()
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with every_logger_at_debug() as book, django_capture_on_commit_callbacks(execute=True):
        assert stage.fill_in("confirm", confirm="yes").status_code == 303
    EmailDevice.objects.create(user=stage.victim, name="mail", confirmed=True)
    stage.arrive(uid="ne" + ATTACKER_UID)
    stage.prove("victim")
    with every_logger_at_debug() as second:
        assert stage.fill_in("otp", send="1").status_code == 200

    lines = [*book.lines, *second.lines]
    assert any("mail not sent" in line for line in lines)
    assert any("code not sent" in line for line in lines)
    assert found((*NEVER, "example.nl"), *lines) == []


def dump() -> list[str]:
    """Return every row of every table as text, and every session in the clear."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows += [f"{table}: {row}" for row in cursor.fetchall()]
    return [*rows, *(str(session.get_decoded()) for session in Session.objects.all())]


def test_database__knows_no_subject(stage: Stage) -> None:
    """PRV-02: with an open arrival, a link, ended sessions and refusals in it."""
    walk(stage)
    stage.arrive(uid="ne" + ATTACKER_UID)
    stage.send(stage.answer(sign="none").xml())
    rows = dump()

    assert Arrival.objects.filter(account__isnull=False).exists()
    assert any(GIVEN_NAME in row for row in rows), "the open arrival names the person on screen"
    subjects = (VICTIM_UID, VICTIM_UID[:15], ATTACKER_UID, ATTACKER_UID[:15])
    assert found((*subjects, PASSWORD, "<saml", "PHNhbWx"), *rows) == []


def test_database__forgets_the_name_when_the_arrival_ends(stage: Stage) -> None:
    """PRV-02: linked, stopped or overtaken, no row names the person any more."""
    walk(stage)
    stage.arrive(uid="ne" + ATTACKER_UID)
    stage.fill_in("stop")
    stage.arrive(uid="ne" + ATTACKER_UID)
    stage.log_in()

    assert found((GIVEN_NAME,), *dump()) == []


def purge() -> str:
    """Run the purge as cron does, and return what it says."""
    out = StringIO()
    call_command("intergrip_purge", stdout=out)
    return out.getvalue()


def test_erasure__leaves_a_trail_without_a_person(stage: Stage) -> None:
    """PRV-05: the user is deleted and purge runs twice; the next school login starts fresh."""
    stage.log_in()
    link = AccountLink.objects.get(user=stage.victim)
    record(LinkEvent.Kind.LINKED, link=link, actor=stage.victim)
    school = stage.school.row
    school_codes.issue(user=stage.victim, school=school, created_by=stage.victim)
    school_codes.issue(user=stage.visitor, school=school, created_by=stage.victim)
    events = set(LinkEvent.objects.values_list("pk", flat=True))
    stage.victim.delete()
    purge()
    purge()

    assert not AccountLink.objects.exists()
    assert [code.user for code in LinkCode.objects.all()] == [stage.visitor]
    assert LinkCode.objects.get().created_by is None
    assert set(LinkEvent.objects.values_list("pk", flat=True)) == events
    assert not LinkEvent.objects.exclude(link=None, actor=None).exists()
    assert found(("Vicky", "victim"), *(row for row in dump() if "django_session" not in row)) == []
    # The session that the link had opened is over, and nothing is known of the school account.
    assert stage.user_in() == "-"
    assert stage.arrive(uid=VICTIM_UID)


def test_export__holds_the_data_of_one_person(stage: Stage) -> None:
    """PRV-06: links, events and codes of the victim; no digest, nobody else."""
    link = AccountLink.objects.get(user=stage.victim)
    link_user(stage.visitor, stage.school, uid=ATTACKER_UID)
    record(LinkEvent.Kind.LINKED, link=link, actor=stage.victim)
    out = StringIO()
    call_command("intergrip_export", "--user", "victim", stdout=out)

    assert '"kind": "linked"' in out.getvalue()
    assert link.hint in out.getvalue()
    digests = AccountLink.objects.values_list("subject_digest", flat=True)
    others = ("visitor", "Viktor", ATTACKER_UID[11:15], *digests)
    assert found((*others, VICTIM_UID, VICTIM_UID[:15]), out.getvalue()) == []


def test_dormant_link__is_told_and_then_paused(stage: Stage) -> None:
    """PRV-06: unused for 13 months; two weeks after the mail a school login asks for a proof."""
    year_ago = timezone.now() - timedelta(days=400)
    AccountLink.objects.update(last_used_at=year_ago)
    assert "0 paused, 1 warned" in purge()
    assert [letter.to for letter in mail.outbox] == [["victim@example.nl"]]
    assert found(SECRETS, *letters()) == []
    assert "0 paused, 0 warned" in purge()
    LinkEvent.objects.update(at=timezone.now() - timedelta(days=14))
    assert "1 paused, 0 warned" in purge()

    assert AccountLink.objects.get().state == AccountLink.State.SUSPENDED
    stage.arrive(uid=VICTIM_UID)
    # Not even with the password of another site account.
    stage.prove("visitor")
    stage.fill_in("confirm", confirm="yes")
    assert AccountLink.objects.get().state == AccountLink.State.SUSPENDED


def test_log_book__sees_what_is_logged() -> None:
    """The net itself holds: a line with a traceback is found, from any logger."""
    with every_logger_at_debug() as book:
        try:
            int(VICTIM_UID)
        except ValueError:
            logging.getLogger("some.host.project").debug("oh", exc_info=True)

    assert isinstance(book, LogBook)
    assert found((VICTIM_UID,), *book.lines)
