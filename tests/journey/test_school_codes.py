"""Codes from school: one code, one site account, one school, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from django_intergrip_link.errors import Replayed
from django_intergrip_link.journey import codes, limits, school_codes
from django_intergrip_link.journey.proven import mark_of
from django_intergrip_link.models import AccountLink, LinkCode, LinkEvent, School
from django_intergrip_link.readable_codes import ALPHABET
from django_intergrip_link.testing.login import link_user
from tests.journey.walking import Walker, step

Arrive = Callable[..., Walker]
NEUTRAL = "This code does not work at Petteflat College."


@pytest.fixture
def code(sanne: Any, fake_school: Any) -> str:
    """A fresh code from school for Sanne."""
    return school_codes.issue(user=sanne, school=fake_school.row, created_by=None, group="2B")


@pytest.fixture(autouse=True)
def _english(settings: LazySettings) -> None:
    settings.LANGUAGE_CODE = "en"


def refusal(walker: Walker, code: str) -> str:
    """Send a code that is refused, and return the page."""
    response = walker.post("code", code=code)
    assert response.status_code == 200
    return str(response.content.decode())


def change(**changes: Any) -> None:
    """Change the one code that there is."""
    assert LinkCode.objects.update(**changes) == 1


# Right ----------------------------------------------------------------------------------------


def test_code__links_and_is_used_up(
    arrive: Arrive, sanne: Any, code: str, django_capture_on_commit_callbacks: Any
) -> None:
    walker = arrive()

    assert walker.get("code").status_code == 200
    assert walker.post("code", code=code)["Location"] == step("confirm")
    assert LinkCode.objects.get().used_at is None
    with django_capture_on_commit_callbacks(execute=True):
        assert walker.confirm()["Location"] == step("done")

    link = AccountLink.objects.get()
    assert (link.user, link.origin) == (sanne, "code")
    row = LinkCode.objects.get()
    assert row.link == link
    assert row.used_at is not None
    assert walker.user_name == "sanne"


@pytest.mark.parametrize(
    "spelling",
    [str.lower, lambda code: code.replace("-", ""), lambda code: " ".join(code.replace("-", " "))],
    ids=["small letters", "without the dash", "with spaces"],
)
def test_code__typed_as_people_type(
    arrive: Arrive, code: str, spelling: Callable[[str], str]
) -> None:
    assert arrive().post("code", code=spelling(code))["Location"] == step("confirm")


def test_code__asks_for_the_device_too(arrive: Arrive, sanne: Any, code: str) -> None:
    sanne.totpdevice_set.create(name="phone", confirmed=True)
    walker = arrive()

    assert walker.post("code", code=code)["Location"] == step("otp")
    assert walker.confirm()["Location"] != step("done")
    assert not AccountLink.objects.exists()


def test_code__of_another_site_of_the_institution(
    arrive: Arrive, sanne: Any, fake_school: Any
) -> None:
    site = School.objects.create(
        federation=fake_school.row.federation, brin=f"{fake_school.brin[:4]}77", name="Other site"
    )
    code = school_codes.issue(user=sanne, school=site, created_by=None)

    assert arrive().post("code", code=code)["Location"] == step("confirm")


def test_codes__have_no_letters_that_look_alike(sanne: Any, fake_school: Any) -> None:
    issue = {"user": sanne, "school": fake_school.row, "created_by": None}
    letters = {c for _ in range(30) for c in school_codes.issue(**issue)} - {"-"}

    assert letters <= set(ALPHABET)
    assert not letters & set("0OQ1IL5S8BUAEY") - {"Q"}


# Wrong: one text for every cause --------------------------------------------------------------


def test_wrong__never_was(arrive: Arrive, code: str) -> None:
    page = refusal(arrive(), "CCCC-CCCC")

    assert NEUTRAL in page
    assert "ask your mentor for a new one" in page
    event = LinkEvent.objects.get(kind="refused")
    assert event.reason == "code"


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"used_at": timezone.now()},
        {"revoked_at": timezone.now()},
        {"purpose": LinkCode.Purpose.MAIL},
    ],
    ids=["too old", "used", "withdrawn", "another purpose"],
)
def test_wrong__no_longer(arrive: Arrive, code: str, changes: dict[str, Any]) -> None:
    change(**changes)

    assert NEUTRAL in refusal(arrive(), code)


@pytest.mark.parametrize(
    "other", [{"brin": "98XX00"}, {"federation": "elsewhere"}], ids=["institution", "federation"]
)
def test_wrong__another_school(
    arrive: Arrive, sanne: Any, fake_school: Any, other: dict[str, str]
) -> None:
    named = {"federation": fake_school.row.federation, "brin": fake_school.brin, **other}
    elsewhere = School.objects.create(name="Elders", **named)
    code = school_codes.issue(user=sanne, school=elsewhere, created_by=None)

    assert NEUTRAL in refusal(arrive(), code)


def test_wrong__account_is_switched_off(arrive: Arrive, sanne: Any, code: str) -> None:
    sanne.is_active = False
    sanne.save()

    assert NEUTRAL in refusal(arrive(), code)


def test_wrong__without_an_arrival_a_code_does_nothing(client: Any, code: str) -> None:
    response = client.post(step("code"), {"code": code, "arrival": "0" * 32}, secure=True)

    assert response.status_code == 410
    assert LinkCode.objects.get().used_at is None


def test_wrong__an_earlier_code_of_the_same_account(
    arrive: Arrive, sanne: Any, fake_school: Any, code: str
) -> None:
    newer = school_codes.issue(user=sanne, school=fake_school.row, created_by=None)
    walker = arrive()

    assert NEUTRAL in refusal(walker, code)
    assert walker.post("code", code=newer)["Location"] == step("confirm")


def test_wrong__ten_times_closes_the_arrival(arrive: Arrive, code: str) -> None:
    walker = arrive()
    for _ in range(limits.ARRIVAL_FAILURES):
        refusal(walker, "CCCC-CCCC")

    assert walker.post("code", code="CCCC-CCCC").status_code == 429
    assert walker.post("code", code=code).status_code != 303


def test_wrong__ceiling_of_the_address(
    arrive: Arrive, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tight = limits.Limit(name="address", ceiling=1, seconds=900)
    monkeypatch.setattr(limits, "NETWORK", tight)
    walker = arrive()
    refusal(walker, "CCCC-CCCC")

    response = walker.post("code", code=code)

    assert response.status_code == 429
    assert "15" in response.content.decode()


def test_right__is_not_counted(arrive: Arrive, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NETWORK", limits.Limit(name="address", ceiling=1, seconds=900))
    walker = arrive()

    for _ in range(3):
        assert walker.post("code", code=code)["Location"] == step("confirm")


# Used up --------------------------------------------------------------------------------------


def test_used_up__the_second_browser_that_confirms_is_refused(
    arrive: Arrive, code: str, fake_school: Any
) -> None:
    first, second = arrive(), arrive(uid=f"another{fake_school.uid}")
    for walker in (first, second):
        assert walker.post("code", code=code)["Location"] == step("confirm")

    assert first.confirm()["Location"] == step("done")
    assert second.confirm().status_code >= 400
    assert AccountLink.objects.count() == 1


def test_used_up__once(sanne: Any, code: str) -> None:
    row = LinkCode.objects.get()
    codes.use_up(row.pk, user=sanne)

    with pytest.raises(Replayed):
        codes.use_up(row.pk, user=sanne)


def test_used_up__withdrawn_between_proof_and_confirm(arrive: Arrive, code: str) -> None:
    walker = arrive()
    walker.post("code", code=code)
    change(revoked_at=timezone.now())

    assert walker.confirm().status_code == 410
    assert not AccountLink.objects.exists()


def test_used_up__by_its_own_account_only(sanne: Any, code: str, django_user_model: Any) -> None:
    daan = django_user_model.objects.create_user("daan")
    row = LinkCode.objects.get()

    with pytest.raises(Replayed):
        codes.use_up(row.pk, user=daan)

    row.refresh_from_db()
    assert row.used_at is None
    assert codes.use_up(row.pk, user=sanne).pk == row.pk


def test_used_up__a_session_with_the_code_beside_another_account(
    arrive: Arrive, code: str, django_user_model: Any
) -> None:
    daan = django_user_model.objects.create_user("daan")
    walker = arrive()
    walker.post("code", code=code)
    session = walker.client.session
    mark = mark_of(daan, AccountLink.Origin.CODE)
    session["intergrip_link"] |= {"user_id": str(daan.pk), "mark": mark}
    session.save()

    assert walker.confirm().status_code == 410
    assert not AccountLink.objects.exists()


# Modes and paused links -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "status"), [("ask", 200), ("existing_only", 200), ("new_only", 403)]
)
def test_mode__only_where_existing_accounts_may_link(
    arrive: Arrive, settings: LazySettings, mode: str, status: int
) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REGISTRATION": mode}

    assert arrive().get("code").status_code == status


def test_paused__is_taken_up_with_the_code_of_its_own_user(
    arrive: Arrive, settings: LazySettings, sanne: Any, fake_school: Any, code: str
) -> None:
    link = link_user(sanne, fake_school)
    AccountLink.objects.update(state="suspended")
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, "REGISTRATION": "new_only"}
    walker = arrive()

    assert walker.post("code", code=code)["Location"] == step("confirm")
    walker.confirm()

    link.refresh_from_db()
    assert link.state == "active"
    assert AccountLink.objects.count() == 1


def test_paused__not_with_the_code_of_another(
    arrive: Arrive, django_user_model: Any, fake_school: Any, code: str
) -> None:
    daan = django_user_model.objects.create_user("daan")
    link_user(daan, fake_school)
    AccountLink.objects.update(state="suspended")

    assert NEUTRAL in refusal(arrive(), code)
