"""When credentials are refreshed, by whom, and what a failure does; beside botocore's where it has the same."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import random
import signal
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.credentials
import pytest

from sotalia import exceptions
from sotalia.credentials.objects import Credentials, freeze
from sotalia.credentials.refreshable import DeferredRefreshableCredentials, RefreshableCredentials
from sotalia.runtime import AsyncioRuntime, SyncRuntime

START = datetime(2024, 5, 1, 12, tzinfo=UTC)


class World:
    """A clock, and a service that gives keys; ``minutes`` is the time since the start."""

    def __init__(self) -> None:
        self.minutes = 0.0
        self.calls = 0
        self.lifetime = 60.0
        self.error: Exception | None = None
        self.answer: Any = None

    def now(self) -> datetime:
        return START + timedelta(minutes=self.minutes)

    def metadata(self) -> dict[str, Any]:
        until = self.now() + timedelta(minutes=self.lifetime)
        name = str(self.calls)
        return {
            "access_key": f"a{name}",
            "secret_key": f"s{name}",
            "token": f"t{name}",
            "account_id": "1",
            "expiry_time": until.isoformat(),
        }

    def refresh(self) -> Any:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return self.metadata() if self.answer is None else self.answer

    async def refresh_async(self) -> Any:
        await asyncio.sleep(0)
        return self.refresh()

    def made(self, kind: Any, left: float = 60, **arguments: Any) -> Any:
        return kind(
            "a0",
            "s0",
            "t0",
            self.now() + timedelta(minutes=left),
            arguments.pop("refresh_using", self.refresh),
            "test",
            self.now,
            **arguments,
        )


def both(act: Any) -> list[Any]:
    """What ``act`` gives for botocore's credentials and for ours, as (result or error, calls)."""
    results = []
    for kind in (botocore.credentials.RefreshableCredentials, RefreshableCredentials):
        world = World()
        try:
            value = act(kind, world)
        except Exception as error:
            value = (type(error).__name__, str(error))
        results.append((value, world.calls))
    return results


@pytest.mark.parametrize("left", [60, 15.1, 14.9, 10.1, 9.9, 1, 0, -5])
@pytest.mark.parametrize("problem", [None, "error"])
def test_limits_are_botocores(left: float, problem: str | None) -> None:
    def act(kind: Any, world: World) -> Any:
        world.error = OSError("down") if problem else None
        made = world.made(kind, left)
        return tuple(made.get_frozen_credentials())[:3], made.refresh_needed(), made.refresh_needed(60)

    theirs, ours = both(act)
    if problem and 0 <= left < 10:
        # The one difference: keys that are good serve on whatever fails, where botocore raises the failure.
        assert theirs == (("OSError", "down"), 1)
        assert ours == ((("a0", "s0", "t0"), True, left < 1), 1)
    else:
        assert ours == theirs


@pytest.mark.parametrize(
    "answer",
    [{}, None, {"access_key": "a"}, {"access_key": "a", "secret_key": "s", "token": "t"}],
    ids=["empty", "none", "one", "no-time"],
)
def test_an_answer_that_lacks_parts(answer: Any) -> None:
    def act(kind: Any, world: World) -> Any:
        return world.made(kind, -1, refresh_using=lambda: answer).get_frozen_credentials()

    theirs, ours = both(act)
    assert ours == theirs


def test_an_answer_that_has_expired() -> None:
    def act(kind: Any, world: World) -> Any:
        world.lifetime = -1
        return world.made(kind, -1).get_frozen_credentials()

    theirs, ours = both(act)
    assert ours == theirs
    assert ours[0][0] == "RuntimeError"


@pytest.mark.parametrize("problem", ["error", "partial", "expired", "no dictionary", "bad time"])
@pytest.mark.parametrize("left", [12, 5, -1])
def test_a_failed_refresh_never_loses_keys(problem: str, left: float) -> None:
    """The old keys stay, whole; while they are good they are used on, and the next refresh succeeds."""
    world = World()
    made = world.made(RefreshableCredentials, left)
    good = world.metadata()
    if problem == "error":
        world.error = OSError("down")
    elif problem == "partial":
        world.answer = {"access_key": "HALF"}
    elif problem == "expired":
        world.answer = {**good, "access_key": "OLD", "expiry_time": START.isoformat()}
        world.minutes = 0.5
    elif problem == "bad time":
        world.answer = {**good, "access_key": "ODD", "expiry_time": "soon"}
    else:
        world.answer = 17
    if left > 0:
        assert made.get_frozen_credentials()[:3] == ("a0", "s0", "t0")
        assert (made.access_key, made.secret_key, made.token) == ("a0", "s0", "t0")
    else:
        with pytest.raises(
            (OSError, RuntimeError, ValueError, TypeError, exceptions.CredentialRetrievalError)
        ):
            made.get_frozen_credentials()
        assert (made._access_key, made._secret_key, made._token) == ("a0", "s0", "t0")
    world.error, world.answer = None, None
    assert made.get_frozen_credentials().access_key == f"a{world.calls}"


def test_keys_serve_to_their_last_moment() -> None:
    world = World()
    world.error = OSError("down")
    made = world.made(RefreshableCredentials, 5)
    assert made.access_key == "a0"
    world.minutes = 5.1
    with pytest.raises(OSError, match="down"):
        made.get_frozen_credentials()


def test_no_time_means_never() -> None:
    world = World()
    made = RefreshableCredentials("a", "s", "t", None, world.refresh, "test")
    assert not made.refresh_needed(10**9)
    assert made.get_frozen_credentials() == ("a", "s", "t", None)
    assert world.calls == 0


def test_deferred_credentials_load_at_first_use() -> None:
    world = World()
    made = DeferredRefreshableCredentials(world.refresh, "test", world.now)
    assert made.refresh_needed()
    assert "not loaded" in repr(made)
    assert world.calls == 0
    assert (made.access_key, made.account_id) == ("a1", "1")
    assert world.calls == 1
    assert not made.refresh_needed()


def test_what_third_parties_touch() -> None:
    """Attributes that programs in the field set and call."""
    world = World()
    made = RefreshableCredentials.create_from_metadata(world.metadata(), world.refresh, "sts-assume-role")
    assert made.method == "sts-assume-role"
    assert made._expiry_time == START + timedelta(hours=1)
    made._time_fetcher = world.now
    made._refresh_using = lambda: {**world.metadata(), "access_key": "mine"}
    made._expiry_time = world.now()
    made._refresh()
    assert made._access_key == "mine"
    made.access_key = "set"
    assert made.access_key == "set"
    assert RefreshableCredentials._expiry_datetime("2024-05-01T12:00:00Z") == START
    assert made.get_deferred_property("token")() == "t0"
    assert made.get_frozen_credentials()._fields == ("access_key", "secret_key", "token", "account_id")


def test_the_reference_object_serves_as_well() -> None:
    world = World()
    theirs = world.made(botocore.credentials.RefreshableCredentials, 5)
    assert asyncio.run(freeze(theirs)).access_key == "a1"
    fixed = botocore.credentials.Credentials("a", "s")
    assert asyncio.run(freeze(fixed))[:2] == ("a", "s")


def test_no_repr_shows_a_key() -> None:
    fixed = Credentials("AKID", "SECRET", "TOKEN")
    world = World()
    expiring = RefreshableCredentials("AKID", "SECRET", "TOKEN", world.now(), world.refresh, "test")
    shown = repr(fixed) + repr(expiring) + repr(fixed.get_frozen_credentials())
    assert "SECRET" not in shown
    assert "TOKEN" not in shown


# -- threads ---------------------------------------------------------------------------------------------------


class Gate:
    """A refresh that stays under way until it is let go."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.entered = threading.Event()
        self.go = threading.Event()

    def refresh(self) -> Any:
        self.entered.set()
        assert self.go.wait(10)
        return self.world.refresh()


def in_threads(count: int, work: Any) -> tuple[list[threading.Thread], list[Any]]:
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, results


def test_one_of_many_threads_refreshes_and_the_others_wait() -> None:
    world = World()
    gate = Gate(world)
    made = world.made(RefreshableCredentials, 5, refresh_using=gate.refresh)
    threads, results = in_threads(8, made.get_frozen_credentials)
    assert gate.entered.wait(10)
    assert results == []
    gate.go.set()
    for thread in threads:
        thread.join(10)
    assert [one.access_key for one in results] == ["a1"] * 8
    assert world.calls == 1


def test_others_go_on_with_good_keys_meanwhile() -> None:
    world = World()
    gate = Gate(world)
    made = world.made(RefreshableCredentials, 12, refresh_using=gate.refresh)
    threads, results = in_threads(1, made.get_frozen_credentials)
    assert gate.entered.wait(10)
    assert made.get_frozen_credentials().access_key == "a0"
    gate.go.set()
    threads[0].join(10)
    assert results[0].access_key == "a1"


@pytest.mark.parametrize("left", [5, -1])
def test_a_failure_is_shared_by_all_who_waited(left: float) -> None:
    """Eight threads do not wait for eight timeouts, one after the other."""
    world = World()
    world.error = OSError("down")
    gate = Gate(world)
    made = world.made(RefreshableCredentials, left, refresh_using=gate.refresh)
    threads, results = in_threads(8, made.get_frozen_credentials)
    assert gate.entered.wait(10)
    while sum(len(flight._wakers) for flight in made._flight._flights.values()) < 7:
        threading.Event().wait(0.001)
    gate.go.set()
    for thread in threads:
        thread.join(10)
    assert [one[0] if left > 0 else str(one) for one in results] == ["a0" if left > 0 else "down"] * 8
    assert world.calls == 1


def test_keys_are_never_mixed_from_two_refreshes() -> None:
    world = World()
    world.lifetime = 5  # Always in the mandatory window: every use refreshes.
    made = world.made(RefreshableCredentials, 5)
    seen: list[Any] = []

    def use() -> None:
        for _ in range(200):
            frozen = made.get_frozen_credentials()
            seen.append((frozen.access_key[1:], frozen.secret_key[1:], frozen.token[1:]))

    threads, results = in_threads(6, use)
    for thread in threads:
        thread.join(30)
    assert [one for one in results if one is not None] == []
    assert len(seen) == 1200
    assert all(len(set(one)) == 1 for one in seen)


def test_a_refresh_that_asks_for_itself_is_an_error_not_a_hang() -> None:
    world = World()
    made = world.made(RefreshableCredentials, -1, refresh_using=lambda: made.get_frozen_credentials())
    with pytest.raises(RuntimeError, match="asked for the very credentials"):
        made.get_frozen_credentials()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
def test_a_child_process_is_not_held_up_by_a_refresh_of_its_parent() -> None:
    world = World()
    gate = Gate(world)
    made = world.made(RefreshableCredentials, 5, refresh_using=gate.refresh)
    threads, _ = in_threads(1, made.get_frozen_credentials)
    assert gate.entered.wait(10)
    child = os.fork()
    if child == 0:  # pragma: no cover - the child
        status = 1
        try:
            signal.alarm(10)  # Ends it where it would wait for ever.
            made._refresh_using = world.refresh
            status = 0 if made.get_frozen_credentials().access_key == "a1" else 2
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    gate.go.set()
    threads[0].join(10)
    assert status == 0


# -- tasks and event loops -------------------------------------------------------------------------------------


def asynchronous(world: World, left: float, refresh: Any) -> Any:
    return world.made(RefreshableCredentials, left, refresh_using=refresh, runtime=AsyncioRuntime())


def test_one_of_many_tasks_refreshes() -> None:
    world = World()

    async def main() -> None:
        made = asynchronous(world, 5, world.refresh_async)
        found = await asyncio.gather(*[made.freeze() for _ in range(50)])
        assert {one.access_key for one in found} == {"a1"}

    asyncio.run(main())
    assert world.calls == 1


def test_a_cancelled_refresh_does_not_strand_the_others() -> None:
    world = World()

    async def main() -> None:
        entered = asyncio.Event()
        blocked = True

        async def refresh() -> Any:
            entered.set()
            if blocked:
                await asyncio.Event().wait()
            return world.refresh()

        made = asynchronous(world, 5, refresh)
        first = asyncio.create_task(made.freeze())
        await entered.wait()
        others = [asyncio.create_task(made.freeze()) for _ in range(5)]
        await asyncio.sleep(0)
        blocked = False
        first.cancel()
        found = await asyncio.wait_for(asyncio.gather(*others), 10)
        assert {one.access_key for one in found} == {"a1"}
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(main())
    assert world.calls == 1


def test_a_cancelled_waiter_disturbs_nobody() -> None:
    world = World()

    async def main() -> None:
        go = asyncio.Event()

        async def refresh() -> Any:
            await go.wait()
            return world.refresh()

        made = asynchronous(world, 5, refresh)
        tasks = [asyncio.create_task(made.freeze()) for _ in range(4)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks[2].cancel()
        go.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(found[2], asyncio.CancelledError)
        assert [one.access_key for one in (found[0], found[1], found[3])] == ["a1"] * 3

    asyncio.run(main())


@pytest.mark.parametrize("left", [5, -1])
def test_a_failure_is_shared_by_tasks(left: float) -> None:
    world = World()
    world.error = OSError("down")

    async def main() -> list[Any]:
        made = asynchronous(world, left, world.refresh_async)
        return await asyncio.gather(*[made.freeze() for _ in range(9)], return_exceptions=True)

    found = [one[0] if left > 0 else str(one) for one in asyncio.run(main())]
    assert found == ["a0" if left > 0 else "down"] * 9
    assert world.calls == 1


def test_event_loops_in_several_threads_share_one_refresh() -> None:
    world = World()
    gate = Gate(world)
    rendezvous = threading.Barrier(4)

    async def refresh() -> Any:
        gate.entered.set()
        await asyncio.get_running_loop().run_in_executor(None, gate.go.wait, 10)
        return world.refresh()

    made = asynchronous(world, 5, refresh)

    async def main() -> Any:
        found = await asyncio.gather(*[made.freeze() for _ in range(5)])
        return {one.access_key for one in found}

    def run() -> Any:
        rendezvous.wait(10)
        return asyncio.run(main())

    threads, results = in_threads(4, run)
    assert gate.entered.wait(10)
    gate.go.set()
    for thread in threads:
        thread.join(10)
    assert results == [{"a1"}] * 4
    assert world.calls == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_never_two_at_once_whatever_is_cancelled(seed: int) -> None:
    """Three event loops, each with tasks of which some are cancelled and some refreshes fail, always within the limit."""
    rng = random.Random(seed)
    under_way: list[None] = []
    peaks: list[int] = []
    numbers = itertools.count(1)
    until = START + timedelta(minutes=5)

    async def refresh() -> Any:
        under_way.append(None)
        try:
            peaks.append(len(under_way))
            await asyncio.sleep(rng.random() * 0.001)
            if rng.random() < 0.2:
                raise OSError("down")
            number = next(numbers)
            return {
                "access_key": f"a{number}",
                "secret_key": f"s{number}",
                "token": f"t{number}",
                "expiry_time": until.isoformat(),
            }
        finally:
            under_way.pop()

    made = RefreshableCredentials(
        "a0", "s0", "t0", until, refresh, "test", lambda: START, runtime=AsyncioRuntime()
    )
    outcomes: list[str] = []

    async def use() -> None:
        for _ in range(12):
            task = asyncio.ensure_future(made.freeze())
            if rng.random() < 0.3:
                await asyncio.sleep(0)
                task.cancel()
            try:
                frozen = await asyncio.wait_for(task, 20)
            except asyncio.CancelledError:
                outcomes.append("cancelled")
            else:
                assert frozen.access_key[1:] == frozen.secret_key[1:] == frozen.token[1:]
                outcomes.append("ok")

    async def main() -> None:
        await asyncio.gather(*[use() for _ in range(5)])

    threads, results = in_threads(3, lambda: asyncio.run(main()))
    for thread in threads:
        thread.join(60)
    assert results == [None] * 3
    assert len(outcomes) == 180
    assert set(outcomes) == {"ok", "cancelled"}
    assert max(peaks) == 1


def test_one_loop_after_another() -> None:
    """Nothing is bound to the loop that came first."""
    world = World()
    made = asynchronous(world, 5, world.refresh_async)
    for number in range(1, 4):
        assert asyncio.run(made.freeze()).access_key == f"a{number}"
        world.minutes += 55


def test_a_loop_that_stopped_in_mid_refresh_holds_nobody_up() -> None:
    world = World()
    stuck = True

    async def refresh() -> Any:
        if stuck:
            await asyncio.Event().wait()
        return world.refresh()

    made = asynchronous(world, 5, refresh)
    loop = asyncio.new_event_loop()
    task = loop.create_task(made.freeze())
    loop.run_until_complete(asyncio.sleep(0))
    # The loop stands still, its task is under way.
    stuck = False
    assert asyncio.run(made.freeze()).access_key == "a1"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()
    del task, loop
    gc.collect()


def test_an_asynchronous_refresh_under_the_synchronous_default() -> None:
    """Credentials that somebody made without saying for which client_kind, with a coroutine function, used by tasks."""
    world = World()
    made = world.made(RefreshableCredentials, 5, refresh_using=world.refresh_async)

    async def main() -> Any:
        return await asyncio.wait_for(asyncio.gather(*[made.freeze() for _ in range(5)]), 10)

    assert {one.access_key for one in asyncio.run(main())} == {"a1"}
    assert world.calls == 1


def test_synchronous_credentials_inside_a_running_loop() -> None:
    world = World()
    made = world.made(RefreshableCredentials, 5, runtime=SyncRuntime())

    async def main() -> Any:
        return made.get_frozen_credentials().access_key, made.access_key

    assert asyncio.run(main()) == ("a1", "a1")


def test_asynchronous_credentials_read_plainly() -> None:
    world = World()
    made = asynchronous(world, 12, world.refresh_async)
    assert made.get_frozen_credentials().access_key == "a0"  # Good for a while: nobody has to wait.
    world.minutes = 5
    with pytest.raises(RuntimeError, match=r"await credentials\.freeze\(\)"):
        made.get_frozen_credentials()
    assert asyncio.run(made.freeze()).access_key == "a1"
    assert made.access_key == "a1"
