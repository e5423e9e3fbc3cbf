"""A new password pauses the links of its owner; each is confirmed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from django_intergrip_link.journey import password_changes
from django_intergrip_link.journey.pausing import pause_links, resume_link
from django_intergrip_link.models import AccountLink, LinkEvent
from django_intergrip_link.testing.login import link_user
from tests.journey.walking import PASSWORD, Walker, step

NEW = "peer-step-34"


@pytest.fixture
def link(sanne: Any, fake_school: Any) -> AccountLink:
    """The link of Sanne."""
    return link_user(sanne, fake_school)


def state_of(link: AccountLink) -> str:
    link.refresh_from_db()
    return link.state


def who(client: Client) -> str:
    return client.get("/inside/", secure=True).content.decode()


def set_and_save(user: Any) -> None:
    user.set_password(NEW)
    user.save()


def only_the_column(user: Any) -> None:
    user.set_password(NEW)
    user.save(update_fields=["password"])


def by_form(user: Any) -> None:
    """What Django's reset page and its admin do."""
    form = SetPasswordForm(user, {"new_password1": NEW, "new_password2": NEW})
    assert form.is_valid(), form.errors
    form.save()


class Pupil(User):
    """A proxy, as projects make them."""

    class Meta:
        proxy = True
        app_label = "tests"


def by_hand(user: Any) -> None:
    """What a project does after an update that we do not see."""
    User.objects.filter(pk=user.pk).update(password=make_password(NEW))
    password_changes.follow_new_password(user)


def through_a_proxy(user: Any) -> None:
    set_and_save(Pupil.objects.get(pk=user.pk))


def no_password_any_more(user: Any) -> None:
    """What the admin does to switch off logging in with a password."""
    user.set_unusable_password()
    user.save()


def no_password_in_one_column(user: Any) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])


@pytest.mark.parametrize(
    "change",
    [
        set_and_save,
        only_the_column,
        by_form,
        through_a_proxy,
        by_hand,
        no_password_any_more,
        no_password_in_one_column,
    ],
)
def test_new_password__pauses_and_tells_once(
    link: AccountLink,
    sanne: Any,
    fake_school_factory: Any,
    change: Callable[[Any], None],
    django_capture_on_commit_callbacks: Any,
) -> None:
    mbo = fake_school_factory(brin="99MB00", name="MBO Horizon")
    second = link_user(sanne, mbo, uid="sanne0000000001@99mb00")

    with django_capture_on_commit_callbacks(execute=True):
        change(sanne)

    assert [state_of(link), state_of(second)] == ["suspended"] * 2
    events = list(LinkEvent.objects.values_list("kind", "reason", "link"))
    assert sorted(events) == sorted(
        ("suspended", "new_password", key) for key in (link.pk, second.pk)
    )
    assert [letter.to for letter in mail.outbox] == [["sanne@example.nl"]]


@pytest.fixture
def slower_hash(settings: Any) -> Iterator[None]:
    """The project moves to another hash."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    iterations = PBKDF2PasswordHasher.iterations
    PBKDF2PasswordHasher.iterations = 1
    yield
    PBKDF2PasswordHasher.iterations = iterations


def test_hash_renewed_at_login__pauses_nothing(
    link: AccountLink, sanne: Any, slower_hash: None
) -> None:
    before = sanne.password

    assert Client().login(username="sanne", password=PASSWORD)

    sanne.refresh_from_db()
    assert sanne.password != before
    assert state_of(link) == "active"


def first_password(user: Any) -> None:
    User.objects.filter(pk=user.pk).update(password="!")
    user.refresh_from_db()
    set_and_save(user)


def not_written(user: Any) -> None:
    user.set_password(NEW)
    user.save(update_fields=["first_name"])


def another_field(user: Any) -> None:
    user.first_name = "Sanneke"
    user.save()


def never_a_password(user: Any) -> None:
    User.objects.filter(pk=user.pk).update(password="!")
    user.refresh_from_db()
    user.save()


@pytest.mark.parametrize("change", [first_password, not_written, another_field, never_a_password])
def test_other_changes__pause_nothing(
    link: AccountLink, sanne: Any, change: Callable[[Any], None]
) -> None:
    change(sanne)

    assert state_of(link) == "active"


def test_new_user__costs_nothing(link: AccountLink, django_user_model: Any) -> None:
    user = django_user_model(username="newcomer")
    user.set_password(NEW)

    with CaptureQueriesContext(connection) as queries:
        user.save()

    assert len(queries) == 1
    assert state_of(link) == "active"


@pytest.mark.parametrize("unread", [(), ("password",)])
def test_ordinary_save__costs_no_query(sanne: Any, unread: tuple[str, ...]) -> None:
    user = User.objects.defer(*unread).get(pk=sanne.pk)

    with CaptureQueriesContext(connection) as queries:
        user.save()

    assert len(queries) == 1


def test_fixture__pauses_nothing(link: AccountLink, sanne: Any, tmp_path: Any) -> None:
    path = tmp_path / "users.json"
    call_command("dumpdata", "auth.user", output=str(path))

    call_command("loaddata", str(path), verbosity=0)

    assert state_of(link) == "active"


def test_new_password__that_is_rolled_back_pauses_nothing(link: AccountLink, sanne: Any) -> None:
    with transaction.atomic():
        set_and_save(sanne)
        transaction.set_rollback(True)

    assert state_of(link) == "active"
    assert mail.outbox == []


def test_new_password__leaves_blocked_and_ended_links(
    link: AccountLink, sanne: Any, django_capture_on_commit_callbacks: Any
) -> None:
    AccountLink.objects.update(state="blocked")

    with django_capture_on_commit_callbacks(execute=True):
        set_and_save(sanne)

    assert state_of(link) == "blocked"
    assert mail.outbox == []
    assert not LinkEvent.objects.exists()


def test_new_password__of_somebody_else(link: AccountLink, django_user_model: Any) -> None:
    set_and_save(django_user_model.objects.create_user("other", password=PASSWORD))

    assert state_of(link) == "active"


def test_receiver__can_be_switched_off(link: AccountLink, sanne: Any) -> None:
    password_changes.disconnect()
    try:
        set_and_save(sanne)
    finally:
        password_changes.connect()

    assert state_of(link) == "active"


# A paused link --------------------------------------------------------------------------------


def test_paused__ends_sessions_and_opens_nothing(
    link: AccountLink, sanne: Any, school_login: Any
) -> None:
    client = Client()
    school_login(client)
    assert who(client) == "sanne"

    set_and_save(sanne)

    assert who(client) == "-"
    assert school_login(Client())["Location"] == step("link")


def test_paused__is_confirmed_once_in_the_journey(
    link: AccountLink, sanne: Any, school_login: Any
) -> None:
    set_and_save(sanne)
    client = Client()
    school_login(client)
    walker = Walker(client)

    assert walker.prove("sanne", NEW)["Location"] == step("confirm")
    assert walker.confirm()["Location"] == step("done")

    assert state_of(link) == "active"
    assert [e.kind for e in LinkEvent.objects.order_by("pk")] == ["suspended", "resumed"]
    again = Client()
    school_login(again)
    assert who(again) == "sanne"


def test_paused__a_moment_after_the_login_was_found(
    link: AccountLink, school_login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django_intergrip_link.journey import returning  # noqa: PLC0415

    allowed = returning.require_usable

    def meanwhile(*args: Any) -> None:
        allowed(*args)
        AccountLink.objects.update(state="suspended")

    monkeypatch.setattr(returning, "require_usable", meanwhile)
    client = Client()

    assert school_login(client).status_code == 410
    assert who(client) == "-"


def test_pause_and_resume__are_once_only(link: AccountLink, sanne: Any) -> None:
    assert pause_links(sanne, reason="why") == [link]
    assert pause_links(sanne, reason="why") == []
    assert resume_link(link, actor=sanne)
    assert not resume_link(link, actor=sanne)
    assert [e.kind for e in LinkEvent.objects.order_by("pk")] == ["suspended", "resumed"]
