"""Registration (REG): a code to the address first, and not a word about who has it already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_intergrip_link.journey import limits, mailed_codes
from django_intergrip_link.models import AccountLink, Arrival, LinkCode, LinkEvent
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.login import link_user
from tests.attacks.case import Act, Case, Outcome, again, each, in_turn, leads
from tests.attacks.invariants import run
from tests.attacks.measures import every_logger_at_debug
from tests.attacks.stage import PASSWORD, SECRETS, Stage, arrival_in, new_browser, step_url

ADDRESS = "noor@example.nl"
FIELDS = {"email": ADDRESS, "first_name": "Noor", "last_name": "", "password": "peer-step-34"}


def fill_in(stage: Stage, browser: Any = None, **changes: str) -> Any:
    return stage.fill_in("register", browser, **{**FIELDS, **changes})


def type_code(code: str) -> Act:
    return lambda stage: stage.fill_in("register_code", code=code)


def right_code(stage: Stage) -> Any:
    return type_code(mailed_code())(stage)


def mailed_code() -> str:
    """Return the code in the newest mail; nothing that any code could be when there is none."""
    found = re.search(r"^\d{4} \d{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    return found.group() if found else ""


def arrived(stage: Stage) -> None:
    stage.arrive()


def asked(stage: Stage) -> None:
    """A code was mailed."""
    stage.arrive()
    assert fill_in(stage)["Location"] == step_url("register_code")


def asked_long_ago(stage: Stage) -> None:
    asked(stage)
    LinkCode.objects.update(expires_at=timezone.now())


def wrong(times: int) -> Act:
    def act(stage: Stage) -> Any:
        for _ in range(times):
            response = type_code("00000000")(stage)
            assert response.status_code == 200
        return response

    return act


def in_another_browser(stage: Stage) -> None:
    """The mail was asked for elsewhere; this browser has an arrival and a form of its own."""
    other = new_browser()
    stage.arrive(other)
    fill_in(stage, other)
    stage.held["code"] = mailed_code()
    stage.arrive(uid="thi3rd33cc44dd55@99aa00")
    fill_in(stage, email="mallory@example.nl")


def three_mails(stage: Stage) -> None:
    """Three mails went to one address in an hour, each from a journey of its own."""
    for number in range(3):
        browser = new_browser()
        stage.arrive(browser, uid=f"asks{number}000aa11bb@99aa00")
        assert fill_in(stage, browser).status_code == 303
    stage.arrive()


def of_victim(stage: Stage) -> Any:
    """Register with the address of an account that is linked to somebody else."""
    return fill_in(stage, email="Victim@EXAMPLE.nl")


def asked_with_a_taken_address(stage: Stage) -> None:
    stage.arrive()
    of_victim(stage)


def without_mail_server(act: Act) -> Act:
    def play(stage: Stage) -> Any:
        with no_mail_server():
            return act(stage)

    return play


@contextmanager
def no_mail_server() -> Iterator[None]:
    path = "django.core.mail.backends.locmem.EmailBackend.send_messages"
    with mock.patch(path, side_effect=ConnectionRefusedError(ADDRESS)):
        yield


CASES = (
    Case("REG-02-form", "the address of somebody's account", of_victim, leads("register_code"),
         scene=arrived),
    Case("REG-02-code", "any code after that", right_code, Outcome(status=200),
         scene=asked_with_a_taken_address),
    Case("REG-02-guess", "a guess after that", type_code("00000000"), again("code"),
         scene=asked_with_a_taken_address),
    Case("REG-03-wrong", "a wrong code", wrong(1), again("code"), scene=asked),
    Case("REG-03-old", "the right code after ten minutes", right_code, again("code"),
         scene=asked_long_ago),
    Case("REG-03-fifth", "the right code after five wrong ones", right_code, again("code"),
         scene=in_turn(asked, wrong(5))),
    Case("REG-04-browser", "the code of a mail that another browser asked for",
         lambda stage: type_code(stage.held["code"])(stage), again("code"),
         scene=in_another_browser),
    Case("FLT-04-form", "no mail server", without_mail_server(fill_in), Outcome(status=200),
         scene=arrived),
    Case("FLT-04-taken", "the same for an address that is in use",
         without_mail_server(of_victim), Outcome(status=200), scene=arrived),
)  # fmt: skip


@each(CASES)
def test_registration(case: Case, sign: SignedParts, stage: Stage) -> None:
    """No log, event or letter holds what was filled in either."""
    more = (*SECRETS, ADDRESS, "Noor", FIELDS["password"])
    with mock.patch("tests.attacks.invariants.SECRETS", more):
        run(case, stage, sign)


def resend(stage: Stage) -> Any:
    return stage.fill_in("register_code", resend="1")


@pytest.mark.parametrize(
    ("scene", "act"), [(three_mails, fill_in), (asked, fill_in), (asked, resend)]
)
def test_too_many_mails(scene: Act, act: Act, stage: Stage) -> None:
    """REG-03: the fourth to an address in an hour, the second in a minute; it says how long."""
    scene(stage)
    sent = len(mail.outbox)
    with every_logger_at_debug() as book:
        response = act(stage)

    assert response.status_code == 429
    assert re.search(r"Wacht \d+ minu", response.content.decode())
    assert len(mail.outbox) == sent
    assert [line for line in book.lines if ADDRESS in line or "Noor" in line] == []
    assert LinkEvent.objects.get().reason == "limit"


def test_eleventh_wrong_code__ends_the_arrival(stage: Stage) -> None:
    """REG-03: a new mail gives five new tries, but not without end."""
    asked(stage)
    with mock.patch("django_intergrip_link.journey.mailed_codes.limits.take"):
        wrong(5)(stage)
        resend(stage)
        wrong(5)(stage)
        resend(stage)

    assert type_code("00000000")(stage).status_code == 429
    assert right_code(stage).status_code == 410


def test_register__after_the_right_code_and_yes(
    stage: Stage, django_capture_on_commit_callbacks: Any
) -> None:
    """REG-01: one user, one link, one event, made together; nothing before the last yes."""
    asked(stage)
    users = type(stage.visitor).objects
    before = users.count()
    assert right_code(stage)["Location"] == step_url("confirm")
    assert users.count() == before
    with django_capture_on_commit_callbacks(execute=True):
        assert stage.fill_in("confirm", confirm="yes")["Location"] == step_url("done")

    user = users.get(email=ADDRESS)
    assert users.count() == before + 1
    assert AccountLink.objects.get(user=user).origin == AccountLink.Origin.REGISTRATION
    assert [event.kind for event in LinkEvent.objects.all()] == [LinkEvent.Kind.LINKED]
    assert stage.user_in() == user.get_username()


@pytest.mark.parametrize("at", ["insert", "event"])
def test_register__is_whole_or_not_at_all(stage: Stage, at: str) -> None:
    """REG-01: what fails after the user was saved takes the user along."""
    asked(stage)
    right_code(stage)
    before = type(stage.visitor).objects.count()
    path = {"insert": "linking._insert", "event": "linking.audit.record"}[at]
    with (
        mock.patch(f"django_intergrip_link.journey.{path}", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        stage.fill_in("confirm", confirm="yes")

    assert type(stage.visitor).objects.count() == before
    assert stage.fill_in("confirm", confirm="yes")["Location"] == step_url("done")


def test_taken_address__tells_its_owner_and_nobody_else(stage: Stage) -> None:
    """REG-02: the mail goes to the address of the account, and holds no code and no name."""
    asked_with_a_taken_address(stage)

    (message,) = mail.outbox
    assert message.to == ["victim@example.nl"]
    assert re.search(r"\d{4}", str(message.body)) is None
    assert "Noor" not in str(message.body)


def test_taken_address__costs_the_same_as_a_free_one(stage: Stage) -> None:
    """REG-02: one page, one hash, one mail; queries but for the one about the owner."""
    seen = []
    for address in ("victim@example.nl", "nobody@example.nl"):
        browser = new_browser()
        stage.arrive(browser, uid=f"x{address[0]}42aa11bb@99aa00")
        mail.outbox.clear()
        with (
            mock.patch.object(
                MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
            ) as hashed,
            CaptureQueriesContext(connection) as queries,
        ):
            response = fill_in(stage, browser, email=address)
        page = stage.open("register_code", browser).content.decode()
        page = re.sub(r'value="\w+"|data-\w+="\d+"|\w•••', "", page)
        seen.append(
            (response.status_code, response["Location"], page, hashed.call_count, len(mail.outbox))
        )
        stage.held[address] = len(queries)

    assert seen[0] == seen[1]
    assert seen[0][3:] == (1, 1)
    # Two more about the owner: is the address verified, and to which address does the mail go.
    assert abs(stage.held["victim@example.nl"] - stage.held["nobody@example.nl"]) <= 2


def unverified(*, user: Any) -> bool:
    """Stand in for a project that knows which addresses nobody has shown to have."""
    return False


@pytest.fixture
def made_ahead(stage: Stage) -> Any:
    """REG-06: an account with the address of somebody who has never been here."""
    stage.settings.INTERGRIP_LINK = {
        **stage.settings.INTERGRIP_LINK,
        "VERIFIED_ADDRESS": "tests.attacks.test_registration.unverified",
    }
    return type(stage.visitor).objects.create_user(ADDRESS, "Noor@example.nl", PASSWORD)


def register(stage: Stage) -> Any:
    asked(stage)
    assert right_code(stage)["Location"] == step_url("confirm")
    return stage.fill_in("confirm", confirm="yes")


def test_account_made_ahead__is_shut_and_not_merged(stage: Stage, made_ahead: Any) -> None:
    """REG-06: its password, sessions and reset mails are dead; the new account is another one."""
    attacker = new_browser()
    assert attacker.login(username=ADDRESS, password=PASSWORD)
    assert stage.user_in(attacker) == ADDRESS
    token = default_token_generator.make_token(made_ahead)

    assert register(stage)["Location"] == step_url("done")

    user = type(stage.visitor).objects.get(email=ADDRESS)
    assert user.pk != made_ahead.pk
    assert user.username == ADDRESS
    made_ahead.refresh_from_db()
    assert (made_ahead.email, made_ahead.is_active) == ("", False)
    released = rf"released-{made_ahead.pk}-\w{{8}}@invalid\.invalid"
    assert re.fullmatch(released, made_ahead.username)
    assert not made_ahead.has_usable_password()
    assert not default_token_generator.check_token(made_ahead, token)
    assert stage.user_in(attacker) == "-"
    assert not new_browser().login(username=ADDRESS, password=PASSWORD)
    assert stage.user_in() == ADDRESS
    events = LinkEvent.objects.filter(kind=LinkEvent.Kind.WARNING, reason="released")
    assert events.count() == 1


def test_account_made_ahead__whose_next_name_somebody_has_already(
    stage: Stage, made_ahead: Any
) -> None:
    """REG-06: nobody keeps the address by taking the name that stands instead of it."""
    name = f"released-{made_ahead.pk}@invalid.invalid"
    type(stage.visitor).objects.create_user(name, "", PASSWORD)

    assert register(stage)["Location"] == step_url("done")


def test_account_made_ahead__that_cannot_be_saved(stage: Stage, made_ahead: Any) -> None:
    """REG-06: a page, not an error; and nothing changed."""
    asked(stage)
    right_code(stage)
    path = "django_intergrip_link.journey.registration._nobodys_address"
    with mock.patch(path, return_value="victim"):
        assert stage.fill_in("confirm", confirm="yes").status_code == 410

    made_ahead.refresh_from_db()
    assert made_ahead.check_password(PASSWORD)


def test_account_made_ahead__stays_as_it_is_until_the_link(stage: Stage, made_ahead: Any) -> None:
    """REG-06: a code that is asked for and never typed changes nothing."""
    asked(stage)
    right_code(stage)

    made_ahead.refresh_from_db()
    assert made_ahead.check_password(PASSWORD)


@pytest.mark.parametrize("count", [2, 5])
def test_accounts_made_ahead__all_let_go(stage: Stage, made_ahead: Any, count: int) -> None:
    """REG-06: however many there are."""
    model = type(stage.visitor)
    for number in range(count):
        model.objects.create_user(f"ahead{number}", ADDRESS.upper(), PASSWORD)

    assert register(stage)["Location"] == step_url("done")

    assert model.objects.filter(email__iexact=ADDRESS).count() == 1
    assert model.objects.filter(is_active=False).count() == count + 1


@pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}], ids=str)
def test_account_with_power__is_never_shut(
    stage: Stage, made_ahead: Any, rights: dict[str, bool]
) -> None:
    """REG-06: nobody takes an administrator's account apart by reading the mailbox."""
    type(stage.visitor).objects.filter(pk=made_ahead.pk).update(**rights)

    asked(stage)

    assert mailed_code() == ""
    assert mail.outbox[-1].to == ["Noor@example.nl"]


def test_account_of_a_pupil__is_never_shut(stage: Stage, made_ahead: Any) -> None:
    """REG-06: a mistyped address must not cost somebody the account that their school opens."""
    link_user(made_ahead, stage.school, uid="000000000000001@petteflat.nl")

    asked(stage)

    assert mailed_code() == ""
    made_ahead.refresh_from_db()
    assert made_ahead.check_password(PASSWORD)


def test_owner__who_came_meanwhile_keeps_the_address(stage: Stage) -> None:
    """REG-06: unknown is not "no"; what was free when the code was mailed may not be free now."""
    asked(stage)
    right_code(stage)
    owner = type(stage.visitor).objects.create_user("owner", ADDRESS, PASSWORD)

    response = stage.fill_in("confirm", confirm="yes")

    assert response.status_code == 410
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert not AccountLink.objects.filter(user=owner).exists()


def test_addresses_of_allauth__go_with_the_account(stage: Stage, made_ahead: Any) -> None:
    """REG-06: rows that could still confirm the address, or another one, are gone."""
    rows = mock.Mock()
    path = "django_intergrip_link.journey.registration.allauth_addresses"
    with mock.patch(path, return_value=rows):
        register(stage)

    rows.filter.assert_called_once_with(user=made_ahead)
    rows.filter.return_value.filter.return_value.delete.assert_called_once_with()


def test_address__of_another_form_while_the_code_was_typed(stage: Stage) -> None:
    """REG-04: of two tabs, one proves the own address and the other fills in somebody else's."""
    asked(stage)
    stranger = "stranger@example.nl"
    details = {**(LinkCode.objects.get().details or {}), "email": stranger, "username": stranger}
    right_code(stage)
    with mock.patch("django_intergrip_link.journey.mailed_codes.limits.take"):
        mailed_codes.issue(
            request=RequestFactory().get("/"),
            purpose=LinkCode.Purpose.REGISTER,
            arrival=Arrival.objects.get(key=arrival_in(stage.browser)),
            address=stranger,
            details=details,
        )

    response = stage.fill_in("confirm", confirm="yes")

    assert response.status_code == 410
    assert not type(stage.visitor).objects.filter(email=stranger).exists()


def test_mail_server__that_comes_back(stage: Stage) -> None:
    """FLT-04: failed mails cost no limit; what was filled in is there, and resend works."""
    stage.arrive()
    with no_mail_server():
        for _ in range(limits.MAILS.ceiling + 1):
            assert fill_in(stage).status_code == 200
    assert type(stage.visitor).objects.filter(email=ADDRESS).count() == 0

    assert stage.fill_in("register_code", resend="1").status_code == 200
    assert right_code(stage)["Location"] == step_url("confirm")


def test_dump__holds_no_code_and_no_password(stage: Stage) -> None:
    """REG-05: codes only as keyed digests, the password only as its hash."""
    asked(stage)
    code = mailed_code()

    row = str(LinkCode.objects.values().get())
    assert code not in row
    assert FIELDS["password"] not in row
    assert code not in str(dict(stage.browser.session))
