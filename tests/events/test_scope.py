"""Scopes: what is registered in a block is heard in it and in its context, by nobody else and by nobody afterwards."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import gc
import os
import pickle
import random
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sotalia
from sotalia.call import Observer
from sotalia.call.hooks import EVERYWHERE
from sotalia.events import BeforeCall, DeadHandlerWarning, EventRegistry, OrderError
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
NAME = "before-call.s3.ListObjectsV2"
# An event that no built-in handler hears, to be emitted without a call.
QUIET = "after-call-error.s3.ListObjectsV2"


def module_handler(**kwargs: Any) -> None:
    """A handler that can be pickled."""


def client_of(client_kind: Kind, calls: int = 20) -> Any:
    return client_kind.scripted("s3", [answer(200, body=LISTING)] * calls)


def sync_client(calls: int = 1000) -> Any:
    session = sotalia.Session(**KEYS, transport=ScriptedTransport([answer(200, body=LISTING)] * calls))
    return session.client("s3")


def async_client(calls: int = 1000) -> Any:
    session = sotalia.AsyncSession(**KEYS, transport=ScriptedTransport([answer(200, body=LISTING)] * calls))
    return session.client("s3")


def recorder(log: list[str], name: str) -> Any:
    def record(**kwargs: Any) -> None:
        log.append(name)

    record.__name__ = name
    return record


def heard(events: EventRegistry, log: list[str], name: str = NAME) -> list[str]:
    """Who hears an emission in this context."""
    log.clear()
    events.emit(name)
    return list(log)


# -- what is heard -------------------------------------------------------------------------------------------------


def test_a_scope_lasts_for_its_block(client_kind: Kind) -> None:
    client, log = client_of(client_kind), []
    events = client.meta.events
    events.register("before-call.s3", recorder(log, "always"))
    client.list_objects_v2(Bucket="b")  # All look-ups are cached now.
    log.clear()

    class Watcher(Observer):
        def call_ended(self, call: Any) -> None:
            log.append("observer")

    def hook(call: Any, proceed: Any) -> Any:
        log.append("hook")
        return proceed()

    with events.scope() as scoped:
        scoped.register("before-call.s3", recorder(log, "plain"))
        scoped.register_first("before-call.s3", recorder(log, "first"))
        scoped.register_last("before-call.s3", recorder(log, "last"))
        scoped.on(BeforeCall, lambda event: log.append("typed"), operation="ListObjectsV2")
        scoped.around_call(hook)
        scoped.around_attempt(hook, "s3")
        scoped.observe(Watcher())
        client.list_objects_v2(Bucket="b")
        assert log == ["hook", "typed", "first", "always", "plain", "last", "hook", "observer"]
        log.clear()
    client.list_objects_v2(Bucket="b")
    assert log == ["always"]
    assert type(events) is EventRegistry


def test_async_with(client_kind: Kind) -> None:
    client, log = client_of(client_kind), []

    async def block() -> None:
        async with client.meta.events.scope() as events:
            events.register("before-call.s3", recorder(log, "scoped"))
            result = client.raw.list_objects_v2(Bucket="b")
            if client_kind.is_async:
                await result
        result = client.raw.list_objects_v2(Bucket="b")
        if client_kind.is_async:
            await result

    if client_kind.is_async:
        client_kind.run(block())
    else:
        asyncio.run(block())
    assert log == ["scoped"]


def test_asynchronous_handlers(client_kind: Kind) -> None:
    client, log = client_of(client_kind), []

    async def handler(**kwargs: Any) -> None:
        log.append("async")

    with client.meta.events.scope() as events:
        if not client_kind.is_async:
            with pytest.raises(ValueError, match="coroutine function, but this client is synchronous"):
                events.register("before-call.s3", handler)
            return
        events.register("before-call.s3", handler)
        client.list_objects_v2(Bucket="b")
    client.list_objects_v2(Bucket="b")
    assert log == ["async"]


def test_scopes_within_scopes() -> None:
    events, log = EventRegistry(), list[str]()
    events.register("a", recorder(log, "own"))
    with events.scope() as outer:
        outer.register("a", recorder(log, "outer"))
        with outer.scope() as inner, events.scope() as innermost:
            inner.register("a", recorder(log, "inner"))
            innermost.register_first("a", recorder(log, "innermost"))
            assert heard(events, log, "a") == ["innermost", "own", "outer", "inner"]
            assert heard(outer, log, "a") == heard(inner, log, "a") == ["innermost", "own", "outer", "inner"]
            outer.register("a", recorder(log, "outer again"))
            assert heard(events, log, "a") == ["innermost", "own", "outer", "outer again", "inner"]
        assert heard(events, log, "a") == ["own", "outer", "outer again"]
    assert heard(events, log, "a") == ["own"]


def test_several_clients(client_kind: Kind) -> None:
    one, other, log = client_of(client_kind), client_of(client_kind), []
    with one.meta.events.scope() as first, other.meta.events.scope() as second:
        first.register("before-call", recorder(log, "one"))
        second.register("before-call", recorder(log, "other"))
        one.list_objects_v2(Bucket="b")
        other.list_objects_v2(Bucket="b")
        assert log == ["one", "other"]
    one.list_objects_v2(Bucket="b")
    assert log == ["one", "other"]


def test_registrations_of_others_show_up() -> None:
    events, log = EventRegistry(), list[str]()
    with events.scope() as scoped:
        scoped.register("a", recorder(log, "scoped"))
        assert heard(events, log, "a") == ["scoped"]
        thread = threading.Thread(target=events.register, args=("a", recorder(log, "thread")))
        thread.start()
        thread.join()
        handler = recorder(log, "mine")
        events.register("a", handler)  # On the registry itself, so it stays.
        assert heard(events, log, "a") == ["thread", "mine", "scoped"]
        assert not scoped.unregister("a", handler)
        assert heard(events, log, "a") == ["thread", "mine", "scoped"]
        assert events.unregister("a", handler)
        assert heard(events, log, "a") == ["thread", "scoped"]
        events.register("a", handler)
    assert heard(events, log, "a") == ["thread", "mine"]


def test_hooks_are_composed_for_each_context(client_kind: Kind) -> None:
    client, log = client_of(client_kind), []
    events = client.meta.events

    def hook(name: str) -> Any:
        def around(call: Any, proceed: Any) -> Any:
            log.append(name)
            return proceed()

        return around

    events.around_call(hook("own"))
    client.list_objects_v2(Bucket="b")
    with events.scope() as scoped:
        client.list_objects_v2(Bucket="b")
        scoped.around_call(hook("scoped"))
        client.list_objects_v2(Bucket="b")
        events.around_call(hook("later"))
        client.list_objects_v2(Bucket="b")
    client.list_objects_v2(Bucket="b")
    assert log == ["own", "own", "own", "scoped", "own", "later", "scoped", "own", "later"]


def test_unique_ids() -> None:
    events, log = EventRegistry(), list[str]()
    events.register("a", recorder(log, "own"), unique_id="known")
    with events.scope() as scoped:
        scoped.register("a", recorder(log, "again"), unique_id="known")
        scoped.register("a", recorder(log, "new"), unique_id="new")
        scoped.register("a", recorder(log, "newer"), unique_id="new")
        assert heard(events, log, "a") == ["own", "new"]
        assert scoped.has_unique_id("known")
        assert events.has_unique_id("new")
        with scoped.scope() as inner:
            inner.register("a", recorder(log, "inner"), unique_id="new")
            assert heard(events, log, "a") == ["own", "new"]
        assert scoped.unregister("a", unique_id="new")
        assert not scoped.unregister("a", unique_id="known")
    assert heard(events, log, "a") == ["own"]
    assert not events.has_unique_id("new")


def test_order_across_a_scope_and_its_registry() -> None:
    events, log = EventRegistry(), list[str]()
    events.register("before-call.s3", recorder(log, "stamp"))
    events.register("before-call", recorder(log, "hidden"), unique_id="last-of-all")
    with events.scope() as scoped:
        scoped.on(BeforeCall, lambda event: log.append("early"), name="early", before="stamp")
        scoped.on(BeforeCall, lambda event: log.append("late"), name="late", after=["last-of-all"])
        assert heard(events, log) == ["early", "stamp", "hidden", "late"]
        with pytest.raises(OrderError, match="mean -> early -> mean"):
            scoped.on(BeforeCall, lambda event: None, name="mean", before="early", after="early")
        # The registry does not refuse what stands against a scope; in the scope the registry's is first.
        events.on(BeforeCall, lambda event: log.append("other"), name="stamp", before="early")
        assert heard(events, log) == ["other", "early", "stamp", "hidden", "late"]
    with events.scope() as scoped:
        scoped.on(BeforeCall, lambda event: None, name="x", before="own")
    events.on(BeforeCall, lambda event: None, name="own", before="x")


def test_broken_registrations_are_reported(client_kind: Kind) -> None:
    client = client_of(client_kind)
    with (
        client.meta.events.scope() as events,
        pytest.warns(DeadHandlerWarning, match=r"list_objects_v2.*ListObjectsV2") as caught,
    ):
        events.register("before-call.s3.list_objects_v2", module_handler)
    assert caught[0].filename == __file__


def test_a_client_made_in_the_block_of_its_session(client_kind: Kind) -> None:
    session, log = client_kind.session(**KEYS), list[str]()
    before = session.client("s3")
    with session.events.scope() as events:
        events.register("creating-client-class.s3", recorder(log, "class"))
        events.register("after-call-error.s3", recorder(log, "call"))
        client = session.client("s3")
        assert log == ["class"]
        assert heard(client.meta.events, log, QUIET) == ["call"]
        assert heard(before.meta.events, log, QUIET) == []
        client.meta.events.register("after-call-error.s3", recorder(log, "own"))
        assert heard(client.meta.events, log, QUIET) == ["own", "call"]
        context = contextvars.Context()
        assert context.run(heard, client.meta.events, log, QUIET) == ["own"]
    assert heard(client.meta.events, log, QUIET) == ["own"]
    assert type(client.meta.events) is type(session.events) is EventRegistry
    log.clear()
    session.client("s3")
    assert log == []


def test_hooks_of_the_process_have_no_scope() -> None:
    with pytest.raises(TypeError, match="events of a session or a client"):
        EVERYWHERE.scope()


# -- the end -------------------------------------------------------------------------------------------------------


def test_an_exception_ends_it() -> None:
    events, log = EventRegistry(), list[str]()
    with suppress(KeyboardInterrupt), events.scope() as scoped:
        scoped.register("a", recorder(log, "scoped"))
        raise KeyboardInterrupt
    assert heard(events, log, "a") == []
    assert type(events) is EventRegistry


def test_what_ended_cannot_be_registered_on() -> None:
    events = EventRegistry()
    scope = events.scope()
    assert repr(scope) == "<Scope not entered>"
    with scope as scoped:
        assert repr(scoped) == "<EventRegistry: 0 handlers of <Scope open>>"
        with pytest.raises(RuntimeError, match="entered before"):
            scope.__enter__()
    assert repr(scope) == "<Scope ended>"
    for register in (scoped.register, scoped.register_first, scoped.register_last):
        with pytest.raises(RuntimeError, match="a: the scope has ended"):
            register("a", module_handler)
    with pytest.raises(RuntimeError, match="entered before"), scope:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        scoped.around_call(lambda call, proceed: proceed())
    assert heard(events, [], "a") == []


def test_interleaved_ends() -> None:
    events, log = EventRegistry(), list[str]()
    one, other = events.scope(), events.scope()
    one.__enter__().register("a", recorder(log, "one"))
    other.__enter__().register("a", recorder(log, "other"))
    one.__exit__(None, None, None)
    assert heard(events, log, "a") == ["other"]
    one.__exit__(None, None, None)  # Once more changes nothing.
    assert heard(events, log, "a") == ["other"]
    other.__exit__(None, None, None)
    assert heard(events, log, "a") == []
    assert type(events) is EventRegistry


def test_generators() -> None:
    events, log = EventRegistry(), list[str]()

    def numbers(name: str) -> Iterator[int]:
        with events.scope() as scoped:
            scoped.register("a", recorder(log, name))
            yield 1
            yield 2

    one, other = numbers("one"), numbers("other")
    next(one)
    next(other)
    assert heard(events, log, "a") == ["one", "other"]
    one.close()
    assert heard(events, log, "a") == ["other"]
    del other
    gc.collect()
    assert heard(events, log, "a") == []
    assert type(events) is EventRegistry


def test_a_generator_that_ends_in_another_context() -> None:
    events, log = EventRegistry(), list[str]()

    def numbers() -> Iterator[int]:
        with events.scope() as scoped:
            scoped.register("a", recorder(log, "scoped"))
            yield 1

    running = numbers()
    context = contextvars.Context()
    context.run(next, running)
    assert context.run(heard, events, log, "a") == ["scoped"]
    running.close()
    assert context.run(heard, events, log, "a") == []
    assert type(events) is EventRegistry


def test_a_context_manager_around_it() -> None:
    events, log = EventRegistry(), list[str]()

    @contextmanager
    def traced() -> Iterator[None]:
        with events.scope() as scoped:
            scoped.register("a", recorder(log, "traced"))
            yield

    with ExitStack() as stack:
        stack.enter_context(traced())
        stack.enter_context(traced())
        assert heard(events, log, "a") == ["traced", "traced"]
    assert heard(events, log, "a") == []


def test_the_garbage_collector_may_end_it_anywhere() -> None:
    """Also within a registration, which holds the registry's lock."""
    events, log = EventRegistry(), list[str]()

    def numbers() -> Iterator[int]:
        with events.scope() as scoped:
            scoped.register("a", recorder(log, "scoped"))
            yield 1

    class Cycle:
        def __init__(self) -> None:
            self.me = self
            self.running = numbers()
            next(self.running)

    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for number in range(50):
            Cycle()
            events.register("b", recorder(log, str(number)))
            copy.copy(events)
            with events.scope() as scoped:
                scoped.register("b", recorder(log, str(number)))
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    assert heard(events, log, "a") == []
    assert len(heard(events, log, "b")) == 50
    assert type(events) is EventRegistry


def test_nothing_is_left_behind() -> None:
    client = sync_client()
    events = client.meta.events
    with events.scope() as scoped:
        scoped.register(NAME, module_handler)
        client.list_objects_v2(Bucket="b")
        twins = [copy.copy(events) for _ in range(10)]
        assert {type(twin) for twin in twins} == {type(events)} != {EventRegistry}
    assert {type(twin) for twin in twins} == {type(events)} == {EventRegistry}
    assert all(not vars(registry)["_views"] for registry in (events, *twins))
    from sotalia.events.scope import _entered

    for _ in range(10):
        with events.scope():
            assert len(_entered.get()) == 1
    assert not any(scope.is_open for scope in _entered.get())


# -- who hears -----------------------------------------------------------------------------------------------------


def test_threads_beside_it_do_not_hear() -> None:
    client, log = sync_client(), list[str]()
    with client.meta.events.scope() as events:
        events.register("before-call", recorder(log, "scoped"))
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(client.list_objects_v2, Bucket="b") for _ in range(20)]:
                done.result()
        assert log == []
        with ThreadPoolExecutor(4) as pool:
            for done in [
                pool.submit(contextvars.copy_context().run, client.list_objects_v2, Bucket="b")
                for _ in range(20)
            ]:
                done.result()
        assert log == ["scoped"] * 20


def test_tasks() -> None:
    async def main() -> None:
        client, log = async_client(), list[str]()
        go, done = asyncio.Event(), asyncio.Event()

        async def beside() -> None:
            await go.wait()
            await client.list_objects_v2(Bucket="b")
            done.set()

        async def still_running() -> None:
            await client.list_objects_v2(Bucket="b")
            await ended.wait()
            await client.list_objects_v2(Bucket="b")

        ended = asyncio.Event()
        other = asyncio.create_task(beside())
        async with client.meta.events.scope() as events:
            events.register("before-call", recorder(log, "scoped"))
            go.set()
            await done.wait()
            assert log == []
            inner = asyncio.create_task(still_running())
            await asyncio.sleep(0.01)
            assert log == ["scoped"]
            await asyncio.gather(*[client.list_objects_v2(Bucket="b") for _ in range(5)])
            assert log == ["scoped"] * 6
            events.register("after-call-error", recorder(log, "thread"))
            await asyncio.to_thread(client.meta.events.emit, QUIET)
            assert log == ["scoped"] * 6 + ["thread"]
        ended.set()
        await inner
        await other
        assert log == ["scoped"] * 6 + ["thread"]
        assert type(client.meta.events) is EventRegistry
        await client.aclose()

    asyncio.run(main())


def test_a_call_that_outlives_the_block() -> None:
    """What of it begins afterwards, begins without the block's handlers."""

    async def main() -> None:
        client, log = async_client(), list[str]()
        reached, ended = asyncio.Event(), asyncio.Event()

        async def wait(**kwargs: Any) -> None:
            reached.set()
            await ended.wait()

        client.meta.events.register("before-call", wait)
        async with client.meta.events.scope() as events:
            events.register("provide-client-params", recorder(log, "early"))
            events.register("after-call", recorder(log, "late"))
            call = asyncio.create_task(client.list_objects_v2(Bucket="b"))
            await reached.wait()
        ended.set()
        await call
        assert log == ["early"]
        await client.aclose()

    asyncio.run(main())


def test_cancellation() -> None:
    async def main() -> None:
        client, log = async_client(), list[str]()
        entered = asyncio.Event()

        async def block() -> None:
            async with client.meta.events.scope() as events:
                events.register("before-call", recorder(log, "scoped"))
                entered.set()
                await asyncio.sleep(3600)

        task = asyncio.create_task(block())
        await entered.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        with suppress(TimeoutError):
            async with asyncio.timeout(0.01), client.meta.events.scope() as events:
                events.register("before-call", recorder(log, "scoped"))
                await asyncio.sleep(3600)
        await client.list_objects_v2(Bucket="b")
        assert log == []
        assert type(client.meta.events) is EventRegistry
        await client.aclose()

    asyncio.run(main())


def test_asynchronous_generators() -> None:
    async def main() -> None:
        client, log = async_client(), list[str]()

        async def numbers() -> AsyncIterator[int]:
            async with client.meta.events.scope() as events:
                events.register("before-call", recorder(log, "scoped"))
                yield 1
                yield 2

        async for _ in numbers():
            await client.list_objects_v2(Bucket="b")
            break
        assert log == ["scoped"]
        gc.collect()
        await asyncio.sleep(0.01)
        await client.list_objects_v2(Bucket="b")
        assert log == ["scoped"]
        assert type(client.meta.events) is EventRegistry
        await client.aclose()

    asyncio.run(main())


def test_many_tasks_with_scopes_of_their_own() -> None:
    async def main() -> None:
        client = async_client()
        events = client.meta.events

        async def one(number: int) -> None:
            log: list[int] = []
            async with events.scope() as scoped:
                scoped.register("before-call", lambda **kwargs: log.append(number))
                for count in range(1, 4):
                    await asyncio.sleep(random.random() / 100)
                    await client.list_objects_v2(Bucket="b")
                    assert log == [number] * count
            await client.list_objects_v2(Bucket="b")
            assert log == [number] * 3

        await asyncio.gather(*[one(number) for number in range(50)])
        assert type(events) is EventRegistry
        await client.aclose()

    asyncio.run(main())


def test_many_threads_with_scopes_of_their_own() -> None:
    """Opening, calling, registering and copying all at once; the registry's class is exchanged all the time."""
    client = sync_client(100_000)
    events = client.meta.events
    before = events.handlers(NAME)
    failures: list[BaseException] = []
    interval = sys.getswitchinterval()

    def one(number: int) -> None:
        try:
            for _ in range(40):
                log: list[int] = []
                with events.scope() as scoped:
                    for name in ("before-call", "after-call-error"):
                        scoped.register(name, lambda log=log, **kwargs: log.append(number))
                    client.list_objects_v2(Bucket="b")
                    copy.copy(events).emit(QUIET)
                    assert log == [number] * 2
                client.list_objects_v2(Bucket="b")
                assert log == [number] * 2
        except BaseException as error:
            failures.append(error)

    def others() -> None:
        try:
            for number in range(400):
                handler = recorder([], f"other {number}")
                events.register("before-call.s3", handler)
                client.list_objects_v2(Bucket="b")
                repr(events), events.has_unique_id(number), events.unique_ids(), copy.copy(events)
                assert events.unregister("before-call.s3", handler)
        except BaseException as error:
            failures.append(error)

    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
        threads += [threading.Thread(target=others) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert failures == []
    assert type(events) is EventRegistry
    assert events.handlers(NAME) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork() -> None:
    client, log = sync_client(), list[str]()
    with client.meta.events.scope() as events:
        events.register("before-call", recorder(log, "scoped"))
        child = os.fork()
        if not child:
            status = 1
            try:
                client.list_objects_v2(Bucket="b")
                status = 2 if log == ["scoped"] else 3
                with client.meta.events.scope() as inner:
                    inner.register("before-call", recorder(log, "inner"))
                    client.list_objects_v2(Bucket="b")
                status = 0 if status == 2 and log == ["scoped", "scoped", "inner"] else 4
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        client.list_objects_v2(Bucket="b")
    assert log == ["scoped"]


# -- copies --------------------------------------------------------------------------------------------------------


def test_copies() -> None:
    events, log = EventRegistry(), list[str]()
    events.register("a", recorder(log, "own"))
    with events.scope() as scoped:
        scoped.register("a", recorder(log, "scoped"))
        for twin in (copy.copy(events), copy.deepcopy(events), copy.copy(scoped)):
            assert heard(twin, log, "a") == ["own", "scoped"]
            twin.register("a", recorder(log, "twin"))
            assert heard(twin, log, "a") == ["own", "twin", "scoped"]
            assert heard(events, log, "a") == ["own", "scoped"]
        beside = contextvars.Context().run(copy.copy, events)
        assert heard(beside, log, "a") == ["own"]
    assert heard(twin, log, "a") == ["own", "twin"]
    assert type(twin) is EventRegistry


def test_pickles() -> None:
    events = EventRegistry()
    events.register("a", module_handler)
    with events.scope() as scoped:
        scoped.register("a", lambda **kwargs: None)
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            twin = pickle.loads(pickle.dumps(events, protocol))
            assert type(twin) is EventRegistry
            assert twin.handlers("a") == (module_handler,)
        with pytest.raises(pickle.PicklingError, match="events of a scope"):
            pickle.dumps(scoped)


class Subclass(EventRegistry):
    """A registry of a program's own."""

    def install(self, *arguments: Any, **named: Any) -> None:
        self.__dict__.setdefault("installed", []).append(arguments[0])
        super().install(*arguments, **named)


def test_subclasses() -> None:
    events, log = Subclass(), list[str]()
    with events.scope() as scoped:
        assert isinstance(events, Subclass)
        scoped.register("a", recorder(log, "scoped"))
        events.register("b", recorder(log, "own"))
        assert vars(events)["installed"] == ["b"]
        assert heard(events, log, "a") == ["scoped"]
        assert isinstance(copy.copy(events), Subclass)
    assert type(events) is Subclass


# -- anything at all -----------------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(
        st.sampled_from(["open", "close", "register", "own", "unregister"]),
        st.integers(0, 5),
        st.sampled_from(["a", "a.b", "*.b", "*"]),
        st.sampled_from(["register", "register_first", "register_last"]),
    ),
    max_size=25,
)


@given(steps)
def test_a_scope_is_as_if_registered_last(steps: list[tuple[str, int, str, str]]) -> None:
    """After any steps the registry's handlers are those of a registry on which all was registered, layer by layer."""
    events = EventRegistry()
    own: list[tuple[str, str, Any]] = []
    scopes: list[tuple[Any, Any, list[tuple[str, str, Any]]]] = []
    try:
        for number, (step, which, name, register) in enumerate(steps):
            handler = recorder([], str(number))
            if step == "open":
                scope = events.scope()
                scopes.append((scope, scope.__enter__(), []))
            elif step == "close" and scopes:
                scopes.pop(which % len(scopes))[0].close()
            elif step == "register" and scopes:
                _, scoped, rows = scopes[which % len(scopes)]
                getattr(scoped, register)(name, handler)
                rows.append((name, register, handler))
            elif step == "own":
                getattr(events, register)(name, handler)
                own.append((name, register, handler))
            elif step == "unregister" and own:
                gone = own.pop(which % len(own))
                assert events.unregister(gone[0], gone[2])
            plain, expected = EventRegistry(), EventRegistry()
            for row in own:
                for registry in (plain, expected):
                    getattr(registry, row[1])(row[0], row[2])
            for _, _, rows in scopes:
                for row in rows:
                    getattr(expected, row[1])(row[0], row[2])
            for emission in ("a", "a.b", "c.b"):
                assert events.handlers(emission) == expected.handlers(emission)
                assert contextvars.Context().run(events.handlers, emission) == plain.handlers(emission)
    finally:
        for scope, _, _ in scopes:
            scope.close()
    assert type(events) is EventRegistry
