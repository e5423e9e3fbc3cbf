"""Counting tries: in the cache, in the database when the cache cannot, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from hashlib import sha256
from threading import Barrier
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_intergrip_link.errors import TooManyTries, Unavailable
from django_intergrip_link.journey import counting, limits
from django_intergrip_link.journey.limits import Limit
from django_intergrip_link.models import TryCount

PLAIN = Limit(name="plain", ceiling=2, seconds=90)
REMEMBERED = Limit(name="remembered", ceiling=2, seconds=90, is_remembered=True)
BACKENDS = "django.core.cache.backends"


class BrokenCache:
    """A cache server that is gone."""

    def __getattr__(self, name: str) -> Any:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError("redis://:secret@cache is gone")

        return fail


class SilentCache:
    """A client that swallows the errors of its server, as django-redis can."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


@contextmanager
def broken() -> Iterator[None]:
    with mock.patch.object(counting, "cache", BrokenCache()):
        yield


@pytest.fixture(params=["cache", "gone", "silent", "dummy", "database", "files"])
def store(request: Any, db: None, settings: Any, tmp_path: Any) -> Iterator[str]:
    """Count in each kind of store that a project may have."""
    kind = request.param
    clients = {"gone": BrokenCache(), "silent": SilentCache()}
    backends = {
        "dummy": {"BACKEND": f"{BACKENDS}.dummy.DummyCache"},
        "database": {"BACKEND": f"{BACKENDS}.db.DatabaseCache", "LOCATION": "cache_table"},
        "files": {"BACKEND": f"{BACKENDS}.filebased.FileBasedCache", "LOCATION": str(tmp_path)},
    }
    if kind in backends:
        settings.CACHES = {"default": backends[kind]}
    with mock.patch.object(counting, "cache", clients.get(kind, cache)):
        yield kind


def later(seconds: float) -> Any:
    """Let that much time pass."""
    moment = timezone.now() + timedelta(seconds=seconds)
    return mock.patch.multiple(
        counting,
        timezone=mock.Mock(now=lambda: moment),
        time=mock.Mock(time=moment.timestamp),
    )


def tries(limit: Limit, number: int) -> list[str]:
    """Return what each of so many tries is answered."""
    answers = []
    for _ in range(number):
        try:
            limits.take(limit, "a")
        except TooManyTries as error:
            answers.append(f"wait {error.wait_minutes}")
        else:
            answers.append("go")
    return answers


def test_take__in_every_store(store: str) -> None:
    assert tries(PLAIN, 4) == ["go", "go", "wait 2", "wait 2"]
    limits.take(PLAIN, "b")


def test_has_room__in_every_store(store: str) -> None:
    assert [limits.has_room(PLAIN, "a") for _ in range(4)] == [True, True, False, False]


def test_give_back__in_every_store(store: str) -> None:
    for _ in range(5):
        limits.take(PLAIN, "a")
        limits.give_back(PLAIN, "a")

    assert tries(PLAIN, 3) == ["go", "go", "wait 2"]


def test_take_all__or_none(store: str) -> None:
    limits.take(PLAIN, "full")
    limits.take(PLAIN, "full")

    for _ in range(3):
        with pytest.raises(TooManyTries):
            limits.take_all([(PLAIN, "a"), (PLAIN, "full"), (PLAIN, "never asked")])
    limits.take_all([(PLAIN, "a"), (PLAIN, "b")])

    assert tries(PLAIN, 2) == ["go", "wait 2"]


def test_give_back__without_a_try(store: str) -> None:
    limits.give_back(PLAIN, "a")

    assert tries(PLAIN, 3) == ["go", "go", "wait 2"]


@pytest.mark.parametrize("store", ["gone", "dummy"], indirect=True)
def test_window__of_the_database_ends(store: str) -> None:
    assert tries(PLAIN, 3) == ["go", "go", "wait 2"]

    with later(91):
        assert tries(PLAIN, 3) == ["go", "go", "wait 2"]
    assert TryCount.objects.count() == 1


def test_window__of_the_cache_ends(db: None) -> None:
    short = Limit(name="short", ceiling=1, seconds=1)
    with mock.patch.object(cache, "add", side_effect=cache.add) as added:
        tries(short, 2)

    assert added.call_args.args[2] == 1


@pytest.mark.parametrize("kind", ["cache", "gone"])
@pytest.mark.parametrize(
    ("passed", "left"), [(1, "wait 2"), (29, "wait 2"), (31, "wait 1"), (89.5, "wait 1")]
)
def test_wait__is_what_is_left(kind: str, passed: float, left: str, db: None) -> None:
    """Not the whole window: a person who comes back after it said so must get in."""
    with mock.patch.object(counting, "cache", cache if kind == "cache" else BrokenCache()):
        tries(PLAIN, 3)
        with later(passed):
            assert tries(PLAIN, 1) == [left]


def test_cache__that_forgets_the_timeout_keeps_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis can make a key without an end when a window ends between two of its steps."""
    touched: list[int] = []
    monkeypatch.setattr(cache, "touch", lambda key, seconds: touched.append(seconds))

    limits.count(PLAIN, "a")
    limits.count(PLAIN, "a")

    assert PLAIN.seconds - 5 <= touched[0] <= PLAIN.seconds


def test_cache__another_try_makes_the_window_first() -> None:
    """Between the two steps of the first try: it adds to the window of the other one."""
    add = cache.add

    def too_late(key: str, *args: Any) -> bool:
        add(key, 1)
        return add(key, *args)

    with mock.patch.object(cache, "add", too_late):
        assert limits.count(PLAIN, "a") == 2


def test_row__another_try_makes_it_first(db: None) -> None:
    """Between UPDATE and INSERT: the unique key refuses the second row, so it adds to the first."""
    others = [limits.count]

    def and_before(*args: Any) -> Any:
        if others:
            others.pop()(PLAIN, "a")
        return transaction.Atomic(None, savepoint=True, durable=False)

    with broken(), mock.patch.object(transaction, "atomic", and_before):
        assert limits.count(PLAIN, "a") == 2


def test_row__that_comes_and_goes_is_no_endless_loop(db: None) -> None:
    refuse = mock.patch.object(TryCount.objects, "create", side_effect=IntegrityError)
    with broken(), refuse, pytest.raises(Unavailable):
        limits.take(PLAIN, "a")


def test_window__that_ends_while_it_is_counted(db: None) -> None:
    """The row is over, or purged, between UPDATE and SELECT: this is the first of a new window."""
    with broken(), mock.patch.object(QuerySet, "first", return_value=None):
        assert limits.count(PLAIN, "a") == 1


@pytest.mark.parametrize("failing", ["update", "get_or_create", "first"])
def test_take__with_cache_and_database_gone(failing: str, db: None) -> None:
    """FLT-03: nothing counts, so nothing may be tried."""
    down = mock.patch.object(QuerySet, failing, side_effect=OperationalError)
    both = mock.patch.object(TryCount.objects, "create", side_effect=OperationalError)
    with broken(), down, both, pytest.raises(Unavailable):
        limits.take(PLAIN, "a")


def test_has_room__with_cache_and_database_gone(db: None) -> None:
    with broken(), mock.patch.object(QuerySet, "update", side_effect=OperationalError):
        assert not limits.has_room(PLAIN, "a")


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["count", "remember"])
def test_rows__lose_no_try_of_eight_at_the_same_moment(what: str) -> None:
    """The first tries of a window too, which make the row; fifteen rounds of eight."""
    with broken(), ThreadPoolExecutor(8) as pool:
        for number in range(15):
            start, value = Barrier(8), str(number)
            answers = list(pool.map(partial(_count_once, start, what, value), range(8)))
            row = TryCount.objects.latest("pk")
            assert row.tries == 8, answers
            if what == "count":
                # Whoever reads late may read more, never less, than the own number.
                assert all(read >= own for own, read in enumerate(sorted(answers), 1))


def _count_once(start: Barrier, what: str, value: str, _: int) -> int:
    try:
        start.wait()
        if what == "count":
            return limits.count(PLAIN, value)
        limits.remember_failure(REMEMBERED, value)
        return 0
    finally:
        connection.close()


# --- what the cache forgets ---------------------------------------------------------------


def fail_once() -> str:
    answer = tries(REMEMBERED, 1)[0]
    limits.remember_failure(REMEMBERED, "a")
    return answer


def test_emptied_cache__failures_still_count(db: None) -> None:
    """FLT-03: flushed after every try, by whoever can; the third failure waits all the same."""
    answers = []
    for _ in range(4):
        answers.append(fail_once())
        cache.clear()

    assert answers == ["go", "go", "wait 2", "wait 2"]


def test_emptied_cache__other_tries_are_forgotten(db: None) -> None:
    """A try that was right leaves nothing behind."""
    tries(REMEMBERED, 2)
    cache.clear()

    assert tries(REMEMBERED, 2) == ["go", "go"]


def test_cache__that_dies_takes_no_failure_with_it(db: None) -> None:
    fail_once()
    fail_once()
    with broken():
        assert tries(REMEMBERED, 1) == ["wait 2"]


def test_cache__that_comes_back_hears_of_the_failures(db: None) -> None:
    with broken():
        fail_once()
        fail_once()

    assert tries(REMEMBERED, 1) == ["wait 2"]


def test_remembered__ends_with_its_window(db: None) -> None:
    fail_once()
    fail_once()
    cache.clear()
    with later(91):
        assert [fail_once() for _ in range(3)] == ["go", "go", "wait 2"]


def test_remembered__keeps_the_end_of_the_first_failure(db: None) -> None:
    """A flush must not make anybody wait longer."""
    fail_once()
    fail_once()
    cache.clear()
    with later(40):
        assert tries(REMEMBERED, 1) == ["wait 1"]


def test_queries__one_look_in_a_new_window_and_none_after_it(db: None) -> None:
    with CaptureQueriesContext(connection) as first:
        limits.take(REMEMBERED, "a")
    with CaptureQueriesContext(connection) as second:
        limits.take(REMEMBERED, "a")
        limits.give_back(REMEMBERED, "a")
        limits.take(PLAIN, "a")

    assert (len(first), len(second)) == (1, 0)


# --- values and rows ----------------------------------------------------------------------


def test_values__cannot_be_read_back(db: None) -> None:
    """Neither in the clear nor as a plain hash, of which somebody could try every address."""
    asked: list[str] = []
    add = cache.add

    def listen(key: str, *args: Any) -> bool:
        asked.append(key)
        return add(key, *args)

    with mock.patch.object(cache, "add", listen):
        limits.count(PLAIN, "127.0.0.1")
    with broken():
        limits.count(PLAIN, "127.0.0.1")
    seen = [*asked, *TryCount.objects.values_list("key", flat=True)]

    assert len(seen) == 2
    for text in ("127.0.0.1", sha256(b"127.0.0.1").hexdigest()[:16]):
        assert not any(text in key for key in seen)


def test_values__depend_on_the_secret_key(settings: Any) -> None:
    limits.count(PLAIN, "a")
    settings.SECRET_KEY = "another"

    assert limits.count(PLAIN, "a") == 1


@pytest.mark.parametrize("value", ["", "\x00", "é" * 10_000, "a b\nc"])
def test_values__of_any_shape(value: str, store: str) -> None:
    assert [limits.count(PLAIN, value) for _ in range(2)] == [1, 2]


def test_keys__fit(db: None) -> None:
    longest = max(
        (one for one in vars(limits).values() if isinstance(one, Limit)),
        key=lambda limit: len(limit.name),
    )
    limits.remember_failure(longest, "a")
    key = TryCount.objects.get().key

    assert len(key) <= (TryCount._meta.get_field("key").max_length or 0)


def test_purge__deletes_what_is_over(db: None) -> None:
    with broken():
        limits.count(PLAIN, "a")
        limits.count(limits.MAILS, "a")
    assert limits.purge_counts() == 0
    with later(91):
        assert limits.purge_counts() == 1
    assert TryCount.objects.get().key.startswith("mails:")


@pytest.mark.parametrize("text", ["redis://:secret@cache", "secret"])
def test_log__names_the_kind_of_error_only(
    text: str, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    with broken():
        limits.count(PLAIN, "a")

    assert "tries counted in the database error=RuntimeError" in caplog.text
    assert text not in caplog.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002/64"),
        ("2001:db8:1:2::9", "20010db800010002/64"),
        ("2001:db8:1:3::9", "20010db800010003/64"),
        ("fe80::1%eth0", "fe80000000000000/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_network__of_one_line(address: str, network: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)

    assert limits.network_of(request) == network
