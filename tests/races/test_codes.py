"""A code is right once and used once, whoever else types it at the same moment."""

from __future__ import annotations

import time
from threading import Thread

import pytest

from django_intergrip_link.journey import mailed_codes, school_codes
from django_intergrip_link.models import AccountLink, LinkCode
from django_intergrip_link.testing.school import add_school
from tests.attacks.stage import PASSWORD, Stage, arrival_in
from tests.races.conftest import HEAD_START, PROCESSES, Field
from tests.races.runners import (
    ASKED,
    PLACE_TAKEN,
    ROUNDS,
    SENT_BEFORE,
    WON,
    Answers,
    add_user,
    come_back,
    confirm,
    form,
    mailed_code,
    names_inside,
    pages,
    prove_by_code,
)

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]


def test_one_code__for_two_school_accounts(field: Field, stage: Stage) -> None:
    for number in range(ROUNDS // 4):
        user = add_user(f"anna{number}")
        code = school_codes.issue(user=user, school=stage.school.row, created_by=None)
        uids = [f"fiets{number}@99aa00", f"trein{number}@99aa00"]
        requests = [confirm(prove_by_code(stage, uid, code)) for uid in uids] * 2
        answers = field.race(*requests)

        found = pages(answers)
        assert found[WON] == 1
        assert set(found) <= {WON, SENT_BEFORE, PLACE_TAKEN}
        (link,) = AccountLink.objects.filter(user=user)
        assert sorted(names_inside(requests, answers)) == ["-", "-", "-", user.username]
        assert LinkCode.objects.get(user=user).link == link


@pytest.mark.postgres  # MariaDB may tell one of both to try again
def test_code__used_while_a_new_sheet_is_made(field: Field, stage: Stage) -> None:
    """The code is used or withdrawn, one of both, and neither side waits for the other forever."""
    school = stage.school.row
    for number in range(ROUNDS // 4):
        users = [add_user(f"{name}{number}") for name in ("anna", "bram", "cato", "daan")]
        issued = school_codes.issue_for_class(users=users, school=school, created_by=None)
        requests = [
            confirm(prove_by_code(stage, f"fiets{user.pk}@99aa00", code))
            for user, code in zip(users, issued, strict=True)
        ]
        answers: Answers = []
        pupils = Thread(target=lambda: answers.extend(field.race(*requests)))  # noqa: B023
        pupils.start()
        time.sleep(HEAD_START + number / 2500)
        school_codes.issue_for_class(users=users, school=school, created_by=None)
        pupils.join()

        assert set(pages(answers)) <= {WON, SENT_BEFORE}
        links = AccountLink.objects.filter(user__in=users)
        assert links.count() == pages(answers)[WON]
        old = LinkCode.objects.filter(user__in=users).order_by("pk")[: len(users)]
        assert all(bool(code.used_at) != bool(code.revoked_at) for code in old)


def test_one_code__for_school_accounts_at_two_sites(field: Field, stage: Stage) -> None:
    """The site account has a place at each, so that only the code stands in the way."""
    sites = [stage.school, add_school(brin="99AA01")]
    for number in range(ROUNDS):
        user = add_user(f"anna{number}")
        code = school_codes.issue(user=user, school=sites[0].row, created_by=None)
        requests = []
        for stage.school in sites:
            browser = prove_by_code(stage, f"fiets{number}@{stage.school.row.realm}", code)
            requests += [confirm(browser)] * 2
        answers = field.race(*requests)

        found = pages(answers)
        assert found[WON] == 1
        assert set(found) <= {WON, SENT_BEFORE, ASKED}
        (link,) = AccountLink.objects.filter(user=user)
        assert LinkCode.objects.get(user=user).link == link


def test_mailed_code__five_tries_also_at_one_moment(field: Field, stage: Stage) -> None:
    for number in range(ROUNDS // 4):
        browser = come_back(stage, f"fiets{number}@99aa00")
        address = f"anna{number}@example.nl"
        stage.fill_in("register", browser, email=address, first_name="Anna", password=PASSWORD)
        right = mailed_code()
        wrong = form(browser, "register_code", code="".join(str(9 - int(d)) for d in right))
        field.race(*[wrong] * PROCESSES)
        field.race(*[wrong] * PROCESSES)

        assert stage.fill_in("register_code", browser, code=right).status_code == 200
        assert LinkCode.objects.get(arrival=arrival_in(browser)).failures == mailed_codes.TRIES
