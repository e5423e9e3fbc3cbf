"""What must hold after every attack, whatever it was.

I1 no link, I2 no user, I3 session and cookies as before, I4 exactly one event with the reason, I5
the same browser can log in honestly right after, I6 no personal datum or secret in logs, page or
event, I7 little CPU and memory, I8 no connection to anywhere, I9 never a server error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from django_intergrip_link.models import AccountLink, LinkEvent
from django_intergrip_link.testing.hub import SignedParts
from tests.attacks.case import Case, Outcome
from tests.attacks.measures import MIB, Cost, LogBook, every_logger_at_debug, no_connections
from tests.attacks.stage import DESTINATION, GIVEN_NAME, SECRETS, Stage, session_of

MAX_CPU_SECONDS: Final = 1.0
MAX_EXTRA_BYTES: Final = 64 * MIB
NOT_A_PERSON: Final = frozenset({"csrftoken"})
"""A page with a form sets this one; it belongs to nobody."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What an attack must leave alone."""

    links: list[Any]
    users: list[Any]
    cookies: dict[str, str]
    session: dict[str, Any]
    last_event: int

    @classmethod
    def take(cls, browser: Client) -> Snapshot:
        """Look at the database and at one browser."""
        last = LinkEvent.objects.order_by("pk").last()
        return cls(
            links=list(AccountLink.objects.order_by("pk").values("pk", "user", "state")),
            users=list(get_user_model()._default_manager.order_by("pk").values()),
            cookies={
                name: cookie.value
                for name, cookie in browser.cookies.items()
                if name not in NOT_A_PERSON
            },
            session=session_of(browser),
            last_event=last.pk if last else 0,
        )


@dataclass
class Watch:
    """One attack as seen from outside: before it, and what it did."""

    before: Snapshot
    book: LogBook
    connections: list[Any]
    cpu_seconds: float = 0
    extra_bytes: int = 0

    def events(self) -> list[LinkEvent]:
        """Return the events since the attack began."""
        return list(LinkEvent.objects.filter(pk__gt=self.before.last_event).order_by("pk"))


@contextmanager
def watching(browser: Client) -> Iterator[Watch]:
    """Watch what happens in the ``with`` block."""
    before = Snapshot.take(browser)
    with every_logger_at_debug() as book, no_connections() as connections:
        watch = Watch(before=before, book=book, connections=connections)
        cost = Cost()
        yield watch
        watch.cpu_seconds, watch.extra_bytes = cost.cpu_seconds(), cost.extra_bytes()


def run(case: Case, stage: Stage, sign: SignedParts = "both") -> Any:
    """Play the scene of a case, do the attack, hold every invariant; return the last response."""
    stage.sign = sign
    case.scene(stage)
    with watching(stage.browser) as watch:
        response = case.act(stage)
    check_outcome(response, case.expected)
    check_invariants(stage, watch, response, case.expected)
    return response


def check_outcome(response: Any, expected: Outcome) -> None:
    """Hold the page against what the row says."""
    found = response.status_code
    assert found == expected.status, (found, response.content.decode(errors="replace")[-2000:])
    assert response.get("Location", "") == expected.location


def check_invariants(stage: Stage, watch: Watch, response: Any, expected: Outcome) -> None:
    """Hold I1 to I9 after an attack."""
    after = Snapshot.take(stage.browser)
    _check_nothing_changed(watch.before, after, expected)
    _check_events(watch, expected)
    _check_secrets(watch, response, GIVEN_NAME if expected.is_form else "")
    assert watch.cpu_seconds < MAX_CPU_SECONDS, f"I7: {watch.cpu_seconds:.2f} s"
    assert watch.extra_bytes < MAX_EXTRA_BYTES, f"I7: {watch.extra_bytes / MIB:.0f} MiB"
    assert watch.connections == [], "I8"
    assert response.status_code < 500 or response.status_code == 503, "I9"
    _check_honest_login(stage)


def _check_nothing_changed(before: Snapshot, after: Snapshot, expected: Outcome) -> None:
    assert after.links == before.links, "I1"
    users = [{**user, "last_login": None} for user in after.users]
    assert users == [{**user, "last_login": None} for user in before.users], "I2"
    if not expected.is_in:
        assert after.users == before.users, "I2: somebody logged in"
        assert after.cookies == before.cookies, "I3"
        assert after.session == before.session, "I3"


def _check_events(watch: Watch, expected: Outcome) -> None:
    refusals = [event for event in watch.events() if event.kind == LinkEvent.Kind.REFUSED]
    reasons = [event.reason for event in refusals]
    assert reasons == ([expected.reason] if expected.reason else []), "I4"
    assert all(event.support_code for event in refusals), "I4"


def _check_secrets(watch: Watch, response: Any, shown: str) -> None:
    events = [str(row) for row in LinkEvent.objects.values()]
    # The owner of an account reads the own address on the envelope; the letter is what is held.
    mails = [f"{letter.subject}\n{letter.body}" for letter in mail.outbox]
    page = [response.content.decode(errors="replace")] if response.status_code >= 400 else []
    page = [text.replace(shown, "") if shown else text for text in page]
    for text in (*watch.book.lines, *events, *mails, *page):
        found = [secret for secret in SECRETS if secret in text]
        assert not found, f"I6: {found} in {text[:500]}"


def _check_honest_login(stage: Stage) -> None:
    """Hold I5: whoever sits at this browser next gets in."""
    stage.trust_as_before()
    response = stage.log_in()
    assert (response.status_code, response["Location"]) == (303, DESTINATION), "I5"
    assert stage.user_in() == stage.victim.get_username(), "I5"
