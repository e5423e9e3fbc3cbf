"""More time: at least ten times, with everything that the journey rests on, and never too late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from django_intergrip_link.journey.arrivals import LONGEST, claim_arrival, close_arrival
from django_intergrip_link.models import AccountLink, Arrival
from django_intergrip_link.views.more_time import RETURNS
from tests.journey.walking import Walker, arrival_key, step

Arrive = Callable[..., Walker]
BINDING = "__Host-intergrip-journey"


class Clock:
    """The time of the test: of the database rows, the signatures and the session."""

    def __init__(self, stack: ExitStack) -> None:
        self.begin, self.gone = timezone.now(), timedelta()
        stack.enter_context(mock.patch("django.utils.timezone.now", self.now))
        stack.enter_context(mock.patch("time.time", self.time))

    def now(self) -> Any:
        return self.begin + self.gone

    def time(self) -> float:
        return float(self.now().timestamp())

    def wait(self, **span: float) -> None:
        self.gone += timedelta(**span)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with ExitStack() as stack:
        yield Clock(stack)


def proof_age(walker: Walker) -> float:
    return time.time() - float(walker.client.session["intergrip_link"]["proven_at"])


def test_more_time__ten_times_and_still_linked(arrive: Arrive, sanne: Any, clock: Clock) -> None:
    """A20; arrival, proof, cookie and session all follow."""
    walker = arrive()
    walker.prove("sanne")
    for _ in range(10):
        clock.wait(minutes=9, seconds=50)
        response = walker.post("more_time", step="confirm")
        assert (response.status_code, response["Location"]) == (303, step("confirm"))
        assert response.cookies[BINDING]["max-age"] == 600
    clock.wait(minutes=9, seconds=50)

    assert walker.confirm()["Location"] == step("done")
    assert AccountLink.objects.get().user == sanne


def test_without_it__the_time_is_over(arrive: Arrive, sanne: Any, clock: Clock) -> None:
    walker = arrive()
    walker.prove("sanne")
    clock.wait(minutes=10, seconds=1)

    assert walker.confirm().status_code == 410
    assert walker.post("more_time", step="confirm").status_code == 410
    assert not AccountLink.objects.exists()


def test_more_time__two_hours_in_all(arrive: Arrive, clock: Clock) -> None:
    walker = arrive()
    last = Arrival.objects.get().claimed_at + LONGEST  # type: ignore[operator]
    for _ in range(14):
        clock.wait(minutes=8, seconds=30)
        walker.post("more_time", step="link")
    page = walker.get("link").content.decode()

    assert Arrival.objects.get().expires_at == last
    assert "more-time" not in page
    assert "Je hebt tot" in page
    clock.wait(minutes=2)
    assert walker.post("more_time", step="link").status_code == 410


def test_more_time__never_revives_a_proof(arrive: Arrive, sanne: Any, clock: Clock) -> None:
    walker = arrive()
    walker.prove("sanne")
    session = walker.client.session
    session["intergrip_link"] |= {"proven_at": int(time.time()) - 601}
    session.save()

    assert walker.post("more_time", step="confirm")["Location"] == step("confirm")
    assert proof_age(walker) > 600
    assert walker.confirm()["Location"] == step("link")
    assert not AccountLink.objects.exists()


def test_more_time__needs_no_proof_and_makes_none(arrive: Arrive, clock: Clock) -> None:
    walker = arrive()
    walker.post("more_time", step="prove")

    assert walker.client.session["intergrip_link"]["proven_at"] == 0
    assert walker.get("confirm")["Location"] == step("link")


@pytest.mark.parametrize("name", sorted(RETURNS))
def test_more_time__goes_back_to_the_step(arrive: Arrive, name: str) -> None:
    assert arrive().post("more_time", step=name)["Location"] == step(name)


@pytest.mark.parametrize(
    "name", ["", "done", "admin:index", "//example.org", "https://example.org/", "\x00", "logout"]
)
def test_more_time__goes_nowhere_else(arrive: Arrive, name: str) -> None:
    assert arrive().post("more_time", step=name)["Location"] == step("link")


def test_more_time__for_the_script_only_the_new_end(arrive: Arrive, clock: Clock) -> None:
    walker = arrive()
    clock.wait(minutes=5)
    response = walker.post("more_time", step="link", part="deadline")
    end = Arrival.objects.get().expires_at
    page = response.content.decode()

    assert response.status_code == 200
    assert f'data-until="{int(end.timestamp())}" data-now="' in page
    assert timezone.localtime(end).strftime("Je hebt tot %H:%M de tijd.") in page
    assert "<h1" not in page
    assert response.cookies[BINDING]["max-age"] == 600
    assert arrival_key(response) == walker.key


@pytest.mark.parametrize("name", ["link", "prove"])
def test_deadline__form_knows_its_page(arrive: Arrive, name: str) -> None:
    page = arrive().get(name).content.decode()

    assert f'name="step" value="{name}"' in page
    assert f'action="{step("more_time")}"' in page
    assert page.count("<form") == page.count("csrfmiddlewaretoken")


def test_more_time__not_for_an_arrival_that_is_closed(arrive: Arrive) -> None:
    walker = arrive()
    close_arrival(walker.key)

    assert walker.post("more_time", step="link").status_code == 410


def test_more_time__not_by_the_form_of_an_earlier_pupil(arrive: Arrive, clock: Clock) -> None:
    first = arrive()
    old = first.key
    second = arrive(first.client)
    clock.wait(minutes=3)
    before = Arrival.objects.get(key=second.key).expires_at
    response = second.post("more_time", step="link", arrival=old)

    assert response.status_code == 410
    assert "Deze pagina doet het niet meer." in response.content.decode()
    assert Arrival.objects.get(key=second.key).expires_at == before


def test_more_time__closed_between_reading_and_writing(arrive: Arrive) -> None:
    """Another tab stops the journey at this moment; it does not come back to life."""
    walker = arrive()
    target = "django_intergrip_link.journey.extending.extend_arrival"
    from django_intergrip_link.journey.arrivals import extend_arrival  # noqa: PLC0415

    def stop_first(arrival: Arrival) -> None:
        close_arrival(arrival.key)
        extend_arrival(arrival)

    with mock.patch(target, stop_first):
        assert walker.post("more_time", step="link").status_code == 410
    assert Arrival.objects.get().closed_at is not None


def test_more_time__by_get(arrive: Arrive) -> None:
    assert arrive().get("more_time").status_code == 405


def test_session__outlives_its_arrival(
    arrive: Arrive, sanne: Any, clock: Clock, settings: Any
) -> None:
    """A site whose sessions last five minutes: the journey has ten, the login five again."""
    settings.SESSION_COOKIE_AGE = 300
    walker = arrive()
    assert walker.client.session.get_expiry_age() == 600
    walker.prove("sanne")
    clock.wait(minutes=9)
    walker.post("more_time", step="confirm")
    clock.wait(minutes=9)

    assert walker.confirm()["Location"] == step("done")
    assert walker.user_name == "sanne"
    assert walker.client.session.get_expiry_age() == 300


def test_session__of_a_site_with_longer_ones_stays_as_it_is(arrive: Arrive) -> None:
    assert "_session_expiry" not in arrive().client.session


def test_claim__counts_from_the_moment_it_is_claimed(arrive: Arrive, clock: Clock) -> None:
    arrive()
    arrival = Arrival.objects.get()
    Arrival.objects.update(claimed_at=None)
    clock.wait(minutes=4)
    claim_arrival(arrival, is_used=False)

    assert Arrival.objects.get().expires_at == clock.now() + timedelta(minutes=10)
