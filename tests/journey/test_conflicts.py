"""S8: the school account is taken, or the site account has one already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from django_intergrip_link.journey import school_codes
from django_intergrip_link.journey.conflicts import links_to_replace
from django_intergrip_link.journey.finding import find_link
from django_intergrip_link.journey.pending import Pending
from django_intergrip_link.models import AccountLink, Arrival, LinkEvent, School
from django_intergrip_link.signals import account_unlinked
from django_intergrip_link.testing.login import link_user
from tests.journey.walking import PASSWORD, Walker, step

Arrive = Callable[..., Walker]
NEW_UID = "anewone000000001@99aa00"


@pytest.fixture(autouse=True)
def _english(settings: LazySettings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def mbo(fake_school: Any, fake_school_factory: Any) -> Any:
    """A second school."""
    return fake_school_factory(brin="99MB00", name="MBO Horizon")


@pytest.fixture
def here(sanne: Any, fake_school: Any) -> AccountLink:
    """An older link of Sanne at the school that she comes back from."""
    return link_user(sanne, fake_school, uid="theoldone0000001@99aa00")


@pytest.fixture
def elsewhere(sanne: Any, mbo: Any) -> AccountLink:
    """A link of Sanne at another school."""
    return link_user(sanne, mbo, uid="theoldone0000001@99mb00")


@pytest.fixture
def proven(arrive: Arrive) -> Callable[..., Walker]:
    """Return a function that comes back from school as somebody new, and proves to be Sanne."""

    def prove(login: str = "sanne", **options: Any) -> Walker:
        walker = arrive(**{"uid": NEW_UID, **options})
        assert walker.prove(login)["Location"] == step("confirm")
        return walker

    return prove


def states() -> dict[str, list[str]]:
    """Return the states of all links, the oldest first, by school."""
    found: dict[str, list[str]] = {}
    for link in AccountLink.objects.order_by("pk").select_related("school"):
        found.setdefault(link.school.brin, []).append(link.state)
    return found


def state_of(link: AccountLink) -> str:
    link.refresh_from_db()
    return link.state


def last_reason() -> str:
    return LinkEvent.objects.order_by("pk").last().reason  # type: ignore[union-attr]


# No decision to make --------------------------------------------------------------------------


def test_more__is_skipped_without_links(proven: Callable[..., Walker], sanne: Any) -> None:
    walker = proven()

    assert walker.get("confirm").status_code == 200
    assert walker.get("more")["Location"] == step("confirm")
    assert walker.post("more", choice="swap")["Location"] == step("confirm")


def test_more__is_skipped_for_ended_and_foreign_links(
    proven: Callable[..., Walker], here: AccountLink, mbo: Any, django_user_model: Any
) -> None:
    AccountLink.objects.update(state="ended", live_digest=None, live_school=None)
    link_user(django_user_model.objects.create_user("other"), mbo, uid="other00000001@99mb00")

    assert proven().get("confirm").status_code == 200


def test_more__needs_the_whole_proof(arrive: Arrive, elsewhere: AccountLink) -> None:
    walker = arrive(uid=NEW_UID)

    assert walker.get("more")["Location"] == step("link")
    assert walker.post("more", choice="swap")["Location"] == step("link")
    assert state_of(elsewhere) == "active"


# The same school ------------------------------------------------------------------------------


def test_same_school__asks_before_confirm(proven: Callable[..., Walker], here: AccountLink) -> None:
    walker = proven()

    assert walker.get("confirm")["Location"] == step("more")
    assert walker.confirm()["Location"] == step("more")
    page = walker.get("more").content.decode()
    assert 'value="swap"' in page
    assert 'value="keep"' in page
    assert 'value="both"' not in page
    assert walker.post("more", choice="both").status_code == 400
    assert states() == {"99AA00": ["active"]}


def test_same_school__new_one_replaces_the_old_one(
    proven: Callable[..., Walker],
    here: AccountLink,
    sanne: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    heard: list[dict[str, Any]] = []

    def hear(**kwargs: Any) -> None:
        heard.append(kwargs)

    account_unlinked.connect(hear)
    walker = proven()

    assert walker.post("more", choice="swap")["Location"] == step("confirm")
    assert states() == {"99AA00": ["active"]}
    assert "Your link with Petteflat College" in walker.get("confirm").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert walker.confirm()["Location"] == step("done")
    account_unlinked.disconnect(hear)

    assert states() == {"99AA00": ["ended", "active"]}
    ended, linked = LinkEvent.objects.order_by("pk")
    assert (ended.kind, ended.reason, ended.actor) == ("ended", "replaced", sanne)
    assert (linked.kind, linked.actor) == ("linked", sanne)
    assert [(i["reason"], i["link"]) for i in heard] == [("replaced", here)]
    assert len(mail.outbox) == 2
    assert ended.support_code
    assert ended.support_code in mail.outbox[1].body
    assert walker.user_name == "sanne"


def test_same_school__old_sessions_end(
    proven: Callable[..., Walker], here: AccountLink, school_login: Any
) -> None:
    old = Client()
    school_login(old, uid="theoldone0000001@99aa00")
    assert old.get("/inside/", secure=True).content == b"sanne"
    walker = proven()
    walker.post("more", choice="swap")
    walker.confirm()

    assert old.get("/inside/", secure=True).content == b"-"


def test_same_school__change_nothing_ends_the_journey(
    proven: Callable[..., Walker], here: AccountLink
) -> None:
    walker = proven()

    assert walker.post("more", choice="keep")["Location"] == step("stop")

    assert walker.get("stop").status_code == 200
    assert walker.get("confirm").status_code == 410
    assert states() == {"99AA00": ["active"]}


def test_same_school__leaves_other_schools_alone(
    proven: Callable[..., Walker], here: AccountLink, elsewhere: AccountLink
) -> None:
    walker = proven()

    assert "MBO Horizon" not in walker.get("more").content.decode()
    walker.post("more", choice="swap")
    walker.confirm()

    assert states() == {"99AA00": ["ended", "active"], "99MB00": ["active"]}


@pytest.mark.parametrize("path", ["more", "confirm"])
def test_same_school__blocked(proven: Callable[..., Walker], here: AccountLink, path: str) -> None:
    AccountLink.objects.update(state="blocked")

    response = proven().get(path)

    assert response.status_code == 403
    assert last_reason() == "blocked"


# Another school -------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "then"), [("both", "active"), ("swap", "ended")])
def test_other_school__both_or_only_the_new_one(
    proven: Callable[..., Walker], elsewhere: AccountLink, choice: str, then: str
) -> None:
    walker = proven()

    page = walker.get("more").content.decode()
    assert "MBO Horizon" in page
    assert page.index('value="both"') < page.index('value="swap"') < page.index('value="keep"')
    assert walker.post("more", choice=choice)["Location"] == step("confirm")
    confirm = walker.get("confirm").content.decode()
    assert ("MBO Horizon" in confirm) is (choice == "swap")
    assert walker.confirm()["Location"] == step("done")

    assert states() == {"99AA00": ["active"], "99MB00": [then]}
    assert len(mail.outbox) == (2 if choice == "swap" else 1)


def test_other_school__paused_link_is_asked_about_too(
    proven: Callable[..., Walker], elsewhere: AccountLink
) -> None:
    AccountLink.objects.update(state="suspended")
    walker = proven()

    walker.post("more", choice="swap")
    walker.confirm()

    assert states() == {"99AA00": ["active"], "99MB00": ["ended"]}


def test_other_school__blocked_is_neither_shown_nor_ended(
    proven: Callable[..., Walker], elsewhere: AccountLink
) -> None:
    AccountLink.objects.update(state="blocked")
    walker = proven()

    assert walker.get("more")["Location"] == step("confirm")
    # Whatever the session says.
    session = walker.client.session
    session["intergrip_link"] |= {"choice": "swap", "replaces": [elsewhere.pk]}
    session.save()
    assert walker.confirm()["Location"] == step("done")

    assert states() == {"99AA00": ["active"], "99MB00": ["blocked"]}


def test_choice__counts_for_the_links_that_were_shown(
    proven: Callable[..., Walker], elsewhere: AccountLink, sanne: Any, fake_school_factory: Any
) -> None:
    walker = proven()
    walker.post("more", choice="swap")
    third = fake_school_factory(brin="99ZZ00", name="Zeecollege")
    link_user(sanne, third, uid="third0000000001@99zz00")

    assert walker.confirm()["Location"] == step("more")
    assert "Zeecollege" in walker.get("more").content.decode()
    assert "ended" not in {state for found in states().values() for state in found}


def test_choice__ends_no_link_of_somebody_else(
    proven: Callable[..., Walker], elsewhere: AccountLink, mbo: Any, django_user_model: Any
) -> None:
    other = django_user_model.objects.create_user("other")
    foreign = link_user(other, mbo, uid="other00000001@99mb00")
    AccountLink.objects.filter(pk=elsewhere.pk).delete()
    walker = proven()
    session = walker.client.session
    session["intergrip_link"] |= {"choice": "swap", "replaces": [foreign.pk]}
    session.save()

    walker.confirm()

    assert state_of(foreign) == "active"


def test_choice__is_forgotten_with_the_proof(
    proven: Callable[..., Walker], elsewhere: AccountLink
) -> None:
    walker = proven()
    walker.post("more", choice="swap")
    walker.post("confirm", confirm="no")
    walker.prove("sanne")

    assert walker.get("confirm")["Location"] == step("more")


# With a code from school ----------------------------------------------------------------------


@pytest.fixture
def with_code(arrive: Arrive, sanne: Any, fake_school: Any) -> Callable[[], Walker]:
    """Return a function that comes back from school, and proves to be Sanne with a code."""

    def prove() -> Walker:
        code = school_codes.issue(user=sanne, school=fake_school.row, created_by=None)
        walker = arrive(uid=NEW_UID)
        assert walker.post("code", code=code)["Location"] == step("confirm")
        return walker

    return prove


@pytest.mark.parametrize("path", ["more", "confirm"])
def test_code__never_replaces_at_the_same_school(
    with_code: Callable[[], Walker], here: AccountLink, path: str
) -> None:
    walker = with_code()

    assert walker.get(path).status_code == 403
    assert walker.post(path, choice="swap", confirm="yes").status_code == 403

    assert last_reason() == "place"
    assert states() == {"99AA00": ["active"]}


def test_code__only_adds_beside_another_school(
    with_code: Callable[[], Walker], elsewhere: AccountLink
) -> None:
    walker = with_code()

    page = walker.get("more").content.decode()
    assert 'value="both"' in page
    assert 'value="swap"' not in page
    assert walker.post("more", choice="swap").status_code == 400
    session = walker.client.session
    session["intergrip_link"] |= {"choice": "swap", "replaces": [elsewhere.pk]}
    session.save()
    assert walker.confirm()["Location"] == step("more")
    walker.post("more", choice="both")
    assert walker.confirm()["Location"] == step("done")

    assert states() == {"99AA00": ["active"], "99MB00": ["active"]}


def test_code__replaces_nothing_whatever_the_session_says(
    with_code: Callable[[], Walker], elsewhere: AccountLink, sanne: Any
) -> None:
    session = with_code().client.session
    pending = Pending.load(session)
    assert pending is not None

    chosen = pending.save(session, choice="swap", replaces=[elsewhere.pk])

    assert list(links_to_replace(user=sanne, pending=chosen)) == []
    by_password = chosen.save(session, origin="password")
    assert list(links_to_replace(user=sanne, pending=by_password)) == [elsewhere]


# Taken ----------------------------------------------------------------------------------------


@pytest.fixture
def other(django_user_model: Any) -> Any:
    """Somebody else with a site account."""
    return django_user_model.objects.create_user(
        "zwaan", "zwaan@example.nl", PASSWORD, first_name="Zwaantje"
    )


def test_taken__reveals_nothing_and_warns_the_owner_once_a_day(
    proven: Callable[..., Walker], other: Any, sanne: Any, fake_school: Any
) -> None:
    walker = proven()
    link_user(other, fake_school, uid=NEW_UID)

    pages = [walker.get("confirm"), walker.confirm(), walker.get("more")]

    assert [page.status_code for page in pages] == [403] * 3
    for page in pages:
        assert not any(word in page.text.lower() for word in ("zwaan", "example.nl"))
    assert [letter.to for letter in mail.outbox] == [["zwaan@example.nl"]]
    assert "sanne" not in mail.outbox[0].body.lower()
    assert last_reason() == "taken"
    assert AccountLink.objects.get().user == other


def test_taken__paused_link_of_somebody_else(
    arrive: Arrive, other: Any, sanne: Any, fake_school: Any
) -> None:
    link = link_user(other, fake_school, uid=NEW_UID)
    AccountLink.objects.update(state="suspended")
    walker = arrive(uid=NEW_UID)
    walker.prove("sanne")

    assert walker.confirm().status_code == 403

    assert last_reason() == "taken"
    assert state_of(link) == "suspended"
    assert [letter.to for letter in mail.outbox] == [["zwaan@example.nl"]]


def test_taken__school_account_that_was_blocked_meanwhile(
    proven: Callable[..., Walker], other: Any, fake_school: Any, sanne: Any
) -> None:
    walker = proven()
    link_user(other, fake_school, uid=NEW_UID)
    AccountLink.objects.update(state="blocked")

    assert walker.confirm().status_code == 403
    assert last_reason() == "blocked"
    assert mail.outbox == []


# Taken up again -------------------------------------------------------------------------------


def test_paused__own_link_needs_no_choice(
    arrive: Arrive, here: AccountLink, elsewhere: AccountLink
) -> None:
    AccountLink.objects.filter(pk=here.pk).update(state="suspended", reason="new_password")
    walker = arrive(uid="theoldone0000001@99aa00")
    walker.prove("sanne")

    assert walker.get("confirm").status_code == 200
    assert walker.get("more")["Location"] == step("confirm")
    assert walker.confirm()["Location"] == step("done")

    assert states() == {"99AA00": ["active"], "99MB00": ["active"]}
    assert LinkEvent.objects.get().kind == "resumed"
    here.refresh_from_db()
    assert here.reason == ""


def test_paused__link_that_ends_meanwhile_stays_ended(
    arrive: Arrive, here: AccountLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    AccountLink.objects.update(state="suspended")
    walker = arrive(uid="theoldone0000001@99aa00")
    walker.prove("sanne")
    seen = find_link

    def then_it_ends(account: Any) -> Any:
        found = seen(account)
        AccountLink.objects.update(state="ended", live_digest=None, live_school=None)
        return found

    monkeypatch.setattr("django_intergrip_link.journey.linking.find_link", then_it_ends)

    assert walker.confirm().status_code == 410
    # The whole answer was one transaction; what the other process did is its own.
    assert LinkEvent.objects.get().reason == "replay"


@pytest.mark.parametrize(
    ("change", "reason"), [("user", "inactive"), ("school", "school"), ("power", "privileged")]
)
def test_paused__what_is_switched_off_is_said_at_once(
    school_login: Any, here: AccountLink, sanne: Any, change: str, reason: str
) -> None:
    AccountLink.objects.update(state="suspended")
    if change == "school":
        School.objects.update(is_active=False)
    else:
        field = {"user": "is_active", "power": "is_staff"}[change]
        type(sanne).objects.update(**{field: change == "power"})

    client = Client()
    response = school_login(client, uid="theoldone0000001@99aa00")

    assert response.status_code == 403
    assert last_reason() == reason
    assert "intergrip_link" not in client.session
    assert not Arrival.objects.filter(account__isnull=False).exists()
