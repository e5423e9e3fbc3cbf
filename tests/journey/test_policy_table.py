"""Who may link: the whole truth as one table, and every cell of it walked through the pages.

A person with a role at school comes back from school for the first time, with ``link`` as the site
account has it already, and proves a site account by password or makes a new one.

``link``
    ``none``; ``same``: active, of another school account at this school; ``other``: active, at
    another school; ``paused``, ``blocked``, ``ended``: of this very school account.
``outcome``
    ``links``: there is a link; ``adds``: beside the other one; ``replaces``: instead of it;
    ``resumes``: the paused one is in use again. Refused: ``closed`` by ``REGISTRATION``;
    ``no match``: the sentence for every wrong password; ``inactive``, ``privileged``, ``role``,
    ``blocked``: a page that says so. ``-``: there is no such case.

The first line that fits a case tells its outcome; ``*`` fits everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, Final

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from django_intergrip_link.models import AccountLink, LinkEvent
from django_intergrip_link.testing.login import link_user
from django_intergrip_link.testing.school import add_school
from tests.journey.walking import PASSWORD, Walker, step

TABLE: Final = """
    role       account    link     mode           outcome
    ---------  ---------  -------  -------------  ----------
    # A new site account has no link.
    *          new        same     *              -
    *          new        other    *              -
    *          new        paused   *              -
    *          new        blocked  *              -
    *          new        ended    *              -

    # What is blocked opens nothing, whoever comes.
    *          *          blocked  *              blocked

    # A paused link is known before anything is proven; only its own account resumes it.
    *          inactive   paused   *              inactive
    *          staff      paused   *              privileged
    *          superuser  paused   *              privileged
    student    ordinary   paused   *              resumes
    employee   ordinary   paused   *              resumes
    staff      ordinary   paused   *              resumes
    affiliate  ordinary   paused   *              role
    -          ordinary   paused   *              role

    # The mode closes a way before anybody is asked for a password.
    *          new        none     existing_only  closed
    *          ordinary   *        new_only       closed
    *          inactive   *        new_only       closed
    *          staff      *        new_only       closed
    *          superuser  *        new_only       closed

    # Then the account: an inactive one is not told apart from a wrong password.
    *          inactive   *        *              no match
    *          staff      *        *              privileged
    *          superuser  *        *              privileged

    # Then the role, as the school says it.
    affiliate  *          *        *              role
    -          *          *        *              role

    # Students and school staff link; a second school is added, a second account here replaces.
    *          new        none     *              links
    *          ordinary   none     *              links
    *          ordinary   ended    *              links
    *          ordinary   same     *              replaces
    *          ordinary   other    *              adds
"""

ROLES: Final = ("student", "employee", "staff", "affiliate", "-")
ACCOUNTS: Final = ("ordinary", "staff", "superuser", "inactive", "new")
LINKS: Final = ("none", "same", "other", "paused", "blocked", "ended")
MODES: Final = ("ask", "existing_only", "new_only")
RIGHTS: Final[dict[str, dict[str, bool]]] = {
    "staff": {"is_staff": True},
    "superuser": {"is_staff": True, "is_superuser": True},
    "inactive": {"is_active": False},
}
STATES: Final = {
    "paused": AccountLink.State.SUSPENDED,
    "blocked": AccountLink.State.BLOCKED,
    "ended": AccountLink.State.ENDED,
}

Arrive = Callable[..., Any]


def read_table() -> list[list[str]]:
    """Return the lines of the table as lists of five words."""
    lines = [line.strip() for line in TABLE.strip().splitlines()[2:]]
    return [re.split(r" {2,}", line) for line in lines if line and not line.startswith("#")]


def expected(*case: str) -> str:
    """Return the outcome of the first line that fits."""
    fitting = (
        line[-1]
        for line in read_table()
        if all(cell in ("*", value) for cell, value in zip(line, case, strict=False))
    )
    return next(fitting, "no line fits")


class Person:
    """A site account, the link it has already, and one browser that comes back from school."""

    def __init__(self, school: Any, other: Any, users: Any, log_in: Any, settings: Any) -> None:
        self.school, self.other, self.users = school, other, users
        self.log_in, self.settings = log_in, settings

    def walk(self, role: str, account: str, link: str) -> Iterator[tuple[str, str]]:
        """Return mode and outcome; what one mode changed is undone before the next."""
        user = None
        if account != "new":
            rights = RIGHTS.get(account, {})
            user = self.users.create_user("person", "person@example.nl", PASSWORD, **rights)
            self._give_link(user, link)
        client = Client()
        sent = {"eduPersonAffiliation": None if role == "-" else role}
        arrived = self.log_in(client, self.school, **sent)
        for mode in MODES:
            self.settings.INTERGRIP_LINK = {**self.settings.INTERGRIP_LINK, "REGISTRATION": mode}
            cache.clear()
            with undone(client):
                yield mode, self._outcome(arrived, Walker(client), user)

    def _give_link(self, user: Any, link: str) -> None:
        if link == "same":
            link_user(user, self.school, uid="another00000001@99aa00")
        elif link == "other":
            link_user(user, self.other)
        elif link != "none":
            made = link_user(user, self.school)
            made.state = STATES[link]
            if link == "ended":
                made.live_digest = made.live_school = None
            made.save()

    def _outcome(self, arrived: Any, walker: Walker, user: Any) -> str:
        if arrived.status_code != 303:
            return last_reason()
        before = set(AccountLink.objects.values_list("pk", "state"))
        response = self._register(walker) if user is None else walker.prove("person")
        if response.status_code == 200:
            return "no match"
        if response.status_code == 303:
            response = self._confirm(walker)
        if response.status_code != 303:
            return last_reason()
        assert response["Location"] == step("done")
        return what_changed(before)

    def _register(self, walker: Walker) -> Any:
        form = {"email": "new@example.nl", "first_name": "Nova", "password": PASSWORD}
        response = walker.post("register", **form)
        if response.status_code != 303:
            return response
        code = re.search(r"\b\d{4} ?\d{4}\b", str(mail.outbox[-1].body))
        assert code, mail.outbox[-1].body
        return walker.post("register_code", code=code.group())

    def _confirm(self, walker: Walker) -> Any:
        """Say yes, and before that give the usual answer about a link that is there already."""
        response = walker.get("confirm")
        if response.status_code == 303 and response["Location"] == step("more"):
            asked = walker.get("more")
            if asked.status_code != 200:
                return asked
            is_here = "both" not in asked.content.decode()
            walker.post("more", choice="swap" if is_here else "both")
            response = walker.get("confirm")
        return response if response.status_code >= 400 else walker.confirm()


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Undo afterwards what happens inside, in the database and in the browser."""
    cookies = {name: cookie.value for name, cookie in client.cookies.items()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies.clear()
    for name, value in cookies.items():
        client.cookies[name] = value


def last_reason() -> str:
    """Return why the last page was a refusal."""
    return LinkEvent.objects.filter(kind=LinkEvent.Kind.REFUSED).latest("pk").reason


def what_changed(before: set[tuple[int, str]]) -> str:
    """Return in one word what became of the links."""
    after = set(AccountLink.objects.values_list("pk", "state"))
    new = {pk for pk, state in after - before if state == "active"}
    assert len(new) == 1
    states = {state for pk, state in after if pk not in new}
    if new & {pk for pk, _ in before}:
        return "resumes"
    if "active" in states:
        return "adds"
    ended = {pk for pk, state in after if state == "ended"}
    return "replaces" if ended & {pk for pk, state in before if state == "active"} else "links"


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_link(
    role: str,
    account: str,
    fake_school: Any,
    school_login: Any,
    django_user_model: Any,
    settings: Any,
) -> None:
    other = add_school(brin="99BB00", name="Ander College")
    wrong = []
    for link in LINKS:
        if expected(role, account, link, "ask") == "-":
            continue
        with transaction.atomic():
            users = django_user_model.objects
            person = Person(fake_school, other, users, school_login, settings)
            for mode, outcome in person.walk(role, account, link):
                wanted = expected(role, account, link, mode)
                if outcome != wanted:
                    wrong.append(f"{role}  {account}  {link}  {mode}: {outcome}, not {wanted}")
            transaction.set_rollback(True)

    assert wrong == []


def test_table__has_a_line_for_every_case_and_no_line_too_many() -> None:
    lines = read_table()
    used = set()
    for case in product(ROLES, ACCOUNTS, LINKS, MODES):
        fitting = (
            number
            for number, line in enumerate(lines)
            if all(cell in ("*", value) for cell, value in zip(line, case, strict=False))
        )
        used.add(next(fitting))

    assert used == set(range(len(lines)))
    assert {len(line) for line in lines} == {5}
