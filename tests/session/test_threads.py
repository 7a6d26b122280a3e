"""Sessions and clients made and used by many threads, and by forked processes."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.compatibility import moto, patching
from sotalia.events.registry import EventRegistry
from sotalia.model import loader
from sotalia.retries.adaptive import RateLimiter
from sotalia.retries.quota import RetryQuota
from sotalia.runtime import SingleFlight, SyncRuntime, logs
from sotalia.transport.pool import Pool
from tests.client_kinds import KEYS
from tests.session.many_threads import CALLS, THREADS
from tests.transport.servers import Connection, serving

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow(keep=1)
@pytest.mark.parametrize("cache", ["empty cache", "no cache"])
def test_64_threads_start_at_once(cache: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "SOTALIA_CACHE_DIR": str(tmp_path / "cache") if cache == "empty cache" else "",
        "PYTHONPATH": str(ROOT),
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.session.many_threads"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["failures"] == []
    assert found["clients"] == THREADS * len(CALLS) * 2
    # Nothing is lost: one default session, with the handler of every thread.
    assert found["default sessions"] == 1
    assert found["heard"] == list(range(THREADS))
    # Nothing that costs is made twice: each service is read once, and one model, rule set and operation serve all.
    assert found["packs"] == found["different packs"] == len(CALLS) + 2  # endpoints and partitions
    for name, kinds in found["made"].items():
        assert kinds == {"models": 1, "providers": 1, "operations": 1, "exceptions": 1}, name
    assert found["credential searches"] == 1
    if cache == "empty cache":
        assert len(list((tmp_path / "cache").iterdir())) == len(CALLS) + 2


def _within(frame: Any, name: str) -> bool:
    while frame is not None:
        if frame.f_code.co_name == name:
            return True
        frame = frame.f_back
    return False


def waiting_for_a_search() -> int:
    """How many threads wait for another one's search."""
    return sum(_within(frame, "_block_until_over") for frame in sys._current_frames().values())


def test_threads_that_find_no_credentials_search_once() -> None:
    class Nothing:
        METHOD = CANONICAL_NAME = "nothing"
        count = 0

        def load(self) -> None:
            self.count += 1
            started.wait()

    started = threading.Event()
    nothing = Nothing()
    session = sotalia.Session()._session
    session.credential_provider.providers = [nothing]
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(session.get_credentials())) for _ in range(16)]
    for thread in threads:
        thread.start()
    while waiting_for_a_search() < 15:
        threading.Event().wait(0.001)
    started.set()
    for thread in threads:
        thread.join()
    assert found == [None] * 16
    assert nothing.count == 1
    # A later search looks again: keys may have come meanwhile.
    assert session.get_credentials() is None
    assert nothing.count == 2


def test_tasks_of_several_loops_share_a_session() -> None:
    class Slow:
        METHOD = CANONICAL_NAME = "slow"
        count = 0

        async def load(self) -> Any:
            from sotalia.credentials.objects import Credentials

            self.count += 1
            await asyncio.sleep(0.002)
            return Credentials("AKIDEXAMPLE", "secret", method=self.METHOD)

    slow = Slow()
    session = sotalia.AsyncSession(region_name="us-east-1")
    session._session.credential_provider.providers = [slow]
    failures: list[BaseException] = []

    async def many() -> None:
        found = await asyncio.gather(*(session._session.load_credentials() for _ in range(20)))
        assert len(set(map(id, found))) == 1

    def work() -> None:
        try:
            asyncio.run(many())
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert 1 <= slow.count <= 4  # Loops do not wait for each other; the tasks of one do.


def test_handlers_registered_while_clients_are_made_are_not_lost() -> None:
    session = sotalia.Session(**KEYS)
    heard: set[int] = set()
    barrier = threading.Barrier(16)

    def work(number: int) -> None:
        barrier.wait()
        for index in range(20):
            name = number * 20 + index
            session.events.register("creating-client-class.sqs", lambda name=name, **kwargs: heard.add(name))
            session.client("sqs")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard.clear()
    session.client("sqs")
    assert heard == set(range(320))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this platform")
def test_a_client_used_before_and_after_a_fork() -> None:
    """Parent and children call by turns; each has a connection of its own, and nobody reads another's answer."""
    connections: list[set[bytes]] = []
    lock = threading.Lock()

    def answer(connection: Connection) -> None:
        seen: set[bytes] = set()
        with lock:
            connections.append(seen)
        while True:
            head, _ = connection.request()
            who = head.split(b"/key-", 1)[1].split(b" ", 1)[0].split(b"?", 1)[0]
            seen.add(who)
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(who), who))

    with serving(answer) as port:
        s3 = sotalia.Session(**KEYS).client("s3", endpoint_url=f"http://127.0.0.1:{port}")

        def ask(who: str) -> bool:
            return bool(s3.get_object(Bucket="b", Key=f"key-{who}")["Body"].read() == who.encode())

        assert ask("before")
        children = []
        for number in range(4):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # Threads of the test's server exist.
                child = os.fork()
            if child == 0:
                status = 1
                try:
                    fine = all(ask(f"child{number}") for _ in range(10))
                    # What is new in the child works as well.
                    sotalia.Session(**KEYS).client("dynamodb", endpoint_url=f"http://127.0.0.1:{port}")
                    status = 0 if fine else 2
                finally:
                    os._exit(status)
            children.append(child)
            assert all(ask("parent") for _ in range(10))
        assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
        s3.close()
    assert len(connections) == 5
    assert sorted(sorted(seen) for seen in connections) == [
        [b"before", b"parent"], [b"child0"], [b"child1"], [b"child2"], [b"child3"],
    ]  # fmt: skip


def _fork(work: Callable[[], bool]) -> int:
    """Do some work in a forked child; its status, ``0`` when the work gave true. A child that waits forever is ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # There are other threads: that is the point.
        child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(60)
            status = 0 if work() else 2
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this platform")
def test_a_fork_while_other_threads_hold_locks_leaves_none_locked() -> None:
    class Stuck:
        METHOD = CANONICAL_NAME = "stuck"

        def load(self) -> Any:
            searching.set()
            finish.wait()

    def find_nothing() -> bool:
        session._session.credential_provider.providers = []
        return session.get_credentials() is None

    searching, finish = threading.Event(), threading.Event()
    session = sotalia.Session(region_name="us-east-1")
    session._session.credential_provider.providers = [Stuck()]
    thread = threading.Thread(target=session.get_credentials)
    thread.start()
    searching.wait()
    try:
        assert _fork(find_nothing) == 0
    finally:
        finish.set()
        thread.join()


def _of_registry() -> tuple[Any, Callable[[], Any]]:
    events = EventRegistry()
    return events._lock, lambda: events.register("before-call", lambda **kwargs: None)


def _of_copied_registry() -> tuple[Any, Callable[[], Any]]:
    events = copy.copy(EventRegistry())
    return events._lock, lambda: copy.copy(events)


def _of_quota() -> tuple[Any, Callable[[], Any]]:
    quota = RetryQuota()
    return quota._lock, lambda: (quota.acquire(10), quota.release(10))


def _of_limiter() -> tuple[Any, Callable[[], Any]]:
    limiter = RateLimiter(SyncRuntime())
    return limiter._lock, lambda: limiter.measure(None, None)


def _of_log() -> tuple[Any, Callable[[], Any]]:
    return logs._observing.lock, lambda: logs.log_calls(EventRegistry())


def _of_packs() -> tuple[Any, Callable[[], Any]]:
    return loader._building.lock, lambda: (loader._packs.clear(), loader.Loader().service("sqs"))


def _of_patch() -> tuple[Any, Callable[[], Any]]:
    return patching._patching.lock, lambda: patching.patch_boto3().__enter__().__exit__(None, None, None)


def _of_moto() -> tuple[Any, Callable[[], Any]]:
    return moto._connecting.lock, moto.connect


@contextmanager
def _leading(work: SingleFlight) -> Iterator[None]:
    flight = work.begin()
    assert flight is not None
    yield
    work._remove(flight, None)
    flight.end()


def _of_default_session() -> tuple[Any, Callable[[], Any]]:
    making = vars(sotalia).setdefault("_making_session", SingleFlight())
    return _leading(making), lambda: (
        setattr(sotalia, "DEFAULT_SESSION", None),
        sotalia._get_default_session(),
    )


def _of_pool() -> tuple[Any, Callable[[], Any]]:
    pool = Pool(1)
    return pool._lock, lambda: pool.take("destination")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this platform")
@pytest.mark.parametrize(
    "make",
    [
        _of_registry, _of_copied_registry, _of_quota, _of_limiter, _of_log, _of_packs, _of_patch, _of_moto,
        _of_default_session, _of_pool,
    ],
)  # fmt: skip
def test_a_lock_held_by_another_thread_is_free_in_a_forked_child(make: Any) -> None:
    lock, use = make()
    held, finish = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            finish.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        assert _fork(lambda: use() or True) == 0
    finally:
        finish.set()
        thread.join()


def test_what_was_given_up_is_not_kept_for_its_lock() -> None:
    registry, quota = EventRegistry(), RetryQuota()
    references = [weakref.ref(registry), weakref.ref(quota)]
    del registry, quota
    gc.collect()
    assert [reference() for reference in references] == [None, None]
