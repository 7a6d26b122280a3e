"""Hooks around calls and attempts, and observers of them, on both kinds of client."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.call import Attempt, Call, Observer
from sotalia.call.hooks import EVERYWHERE
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

GOOD = answer(200, body=b'{"QueueUrls": ["a"]}')
BUSY = answer(503, body=b'{"__type": "ServiceUnavailable"}')


def plain(before: Callable[[Call], None] = lambda call: None) -> Any:
    def hook(call: Call, proceed: Any) -> Any:
        before(call)
        return proceed()

    return hook


def asynchronous(before: Callable[[Call], None] = lambda call: None) -> Any:
    async def hook(call: Call, proceed: Any) -> Any:
        before(call)
        return await proceed()

    return hook


@pytest.fixture(params=[plain, asynchronous])
def kind(request: pytest.FixtureRequest) -> Any:
    """Both kinds of hook, each on both kinds of client."""
    return request.param


def test_a_hook_changes_parameters_and_sees_the_result(client_kind: Kind, kind: Any) -> None:
    sqs = client_kind.scripted("sqs", [GOOD])
    sqs.meta.events.around_call(
        kind(lambda call: call.parameters.update(QueueNamePrefix="mine")), "sqs.ListQueues"
    )
    seen = []

    async def look(call: Call, proceed: Any) -> Any:
        seen.append(await proceed())
        assert call.request is not None
        assert (call.name, len(call.attempts), call.error) == ("sqs.ListQueues", 1, None)
        return seen[0]

    sqs.meta.events.around_call(look)
    result = sqs.list_queues()
    assert seen == [result]
    assert result["QueueUrls"] == ["a"]
    assert b'"QueueNamePrefix": "mine"' in sqs.transport.requests[0].body


def test_a_hook_sees_what_fails_before_there_is_a_request(client_kind: Kind) -> None:
    sqs = client_kind.scripted("sqs", [GOOD])
    seen = []

    async def look(call: Call, proceed: Any) -> Any:
        try:
            return await proceed()
        except exceptions.ParamValidationError as error:
            seen.append((call.request, call.attempts, error))
            raise

    sqs.meta.events.around_call(look)
    with pytest.raises(exceptions.ParamValidationError) as caught:
        sqs.send_message()
    assert seen == [(None, [], caught.value)]


def test_a_hook_around_each_attempt(client_kind: Kind, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = client_kind.scripted("sqs", [BUSY, ConnectionError("lost"), GOOD], config=_no_delays())
    seen: list[tuple[Any, ...]] = []

    async def look(call: Call, proceed: Any) -> Any:
        attempt: Attempt = await proceed()
        status = attempt.response.status_code if attempt.response is not None else None
        seen.append((attempt.number, status, type(attempt.error).__name__, attempt is call.attempt))
        assert attempt.request is not None
        assert attempt.started_at <= attempt.sent_at <= attempt.ended_at  # type: ignore[operator]
        return attempt

    def stamp(call: Call) -> None:
        assert call.request is not None
        call.request["headers"]["X-Attempt"] = str(call.attempt.number)

    sqs.meta.events.around_attempt(look, "sqs")
    sqs.meta.events.around_attempt(kind(stamp), "sqs.ListQueues")
    sqs.meta.events.register("needs-retry.sqs", _at_once)
    sqs.list_queues()
    assert seen == [
        (1, 503, "NoneType", True),
        (2, None, "ConnectionError", True),
        (3, 200, "NoneType", True),
    ]
    # A hook stands around the signing: what it adds is signed.
    requests = sqs.transport.requests
    assert [request.headers["X-Attempt"] for request in requests] == [b"1", b"2", b"3"]
    assert all(b"x-attempt" in request.headers["Authorization"] for request in requests)


def _no_delays() -> Any:
    from sotalia.config import Config

    return Config(retries={"total_max_attempts": 1})


def _at_once(response: Any, caught_exception: Any, **kwargs: Any) -> int | None:
    """A rule of retries without delays."""
    failed = caught_exception is not None or response[0].status_code >= 500
    return 0 if failed else None


def test_hooks_stand_in_the_order_of_event_handlers(client_kind: Kind, kind: Any) -> None:
    session = client_kind.session(**KEYS)
    order: list[str] = []
    for scope in ("", "sqs", "sqs.ListQueues", "*.ListQueues", "s3"):
        session.events.around_call(kind(lambda call, scope=scope: order.append(scope)), scope)
    sqs = client_kind.scripted("sqs", [GOOD], session)
    sqs.meta.events.around_call(kind(lambda call: order.append("of client")), "sqs.ListQueues")
    sqs.list_queues()
    assert order == ["*.ListQueues", "sqs.ListQueues", "of client", "sqs", ""]
    order.clear()
    client_kind.scripted("sqs", [GOOD], session).list_queues()
    assert order == ["*.ListQueues", "sqs.ListQueues", "sqs", ""]


def test_scopes_know_the_names_of_clients(client_kind: Kind, kind: Any) -> None:
    logs = client_kind.scripted("logs", [answer(200, body=b"{}")])
    seen: list[str] = []
    logs.meta.events.around_call(kind(lambda call: seen.append(call.name)), "logs.DescribeLogGroups")
    logs.describe_log_groups()
    assert seen == ["cloudwatch-logs.DescribeLogGroups"]


def test_hooks_are_taken_back(client_kind: Kind, kind: Any) -> None:
    sqs = client_kind.scripted("sqs", [GOOD])
    seen: list[str] = []
    once = kind(lambda call: seen.append("once"))
    events = sqs.meta.events
    events.around_call(once, "sqs")
    events.around_call(kind(lambda call: seen.append("by id")), "sqs", unique_id="x")
    events.around_call(kind(lambda call: seen.append("repeated")), "sqs", unique_id="x")
    sqs.list_queues()
    events.remove(once, "sqs")
    events.unregister("around.call.sqs", unique_id="x")
    sqs.list_queues()
    assert seen == ["once", "by id"]


@pytest.mark.parametrize(
    ("hook", "error", "text"),
    [
        (lambda call, proceed: None, TypeError, r"sqs.ListQueues: .*<lambda>.*test_hooks.py:\d+.*NoneType"),
        (lambda call, proceed: (proceed(), proceed()), RuntimeError, "second time"),
    ],
)
def test_a_hook_that_loses_the_result_or_repeats_the_call_is_named(
    hook: Any, error: type[Exception], text: str
) -> None:
    transport = ScriptedTransport([GOOD])
    sqs = sotalia.Session(**KEYS, transport=transport).client("sqs")
    sqs.meta.events.around_call(hook)
    with pytest.raises(error, match=text):
        sqs.list_queues()
    assert len(transport.requests) <= 1


def test_a_hook_may_respond_itself(client_kind: Kind) -> None:
    sqs = client_kind.scripted("sqs", [ConnectionError("nobody asks")])

    def respond(call: Call, proceed: Any) -> Any:
        return {"QueueUrls": ["own"]}

    sqs.meta.events.around_call(respond)
    assert sqs.list_queues() == {"QueueUrls": ["own"]}

    other = client_kind.scripted("sqs", [ConnectionError("nobody asks")])

    async def respond_once(call: Call, proceed: Any) -> Any:
        attempt = call.attempt
        attempt.response, attempt.result = AWSResponse(None, 200, {}, None), {"QueueUrls": ["attempt"]}

    other.meta.events.around_attempt(respond_once)
    assert other.list_queues()["QueueUrls"] == ["attempt"]


def test_an_attempt_hook_that_leaves_nothing_is_named(client_kind: Kind) -> None:
    sqs = client_kind.scripted("sqs", [GOOD])
    sqs.meta.events.around_attempt(lambda call, proceed: None)
    with pytest.raises(TypeError, match=r"<lambda>.*response"):
        sqs.list_queues()


class Watcher(Observer):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def call_started(self, call: Any) -> None:
        self.seen.append(f"started {call.name}")

    def parameters_ready(self, call: Any) -> None:
        self.seen.append(f"parameters {dict(call.parameters)}")

    def attempt_started(self, call: Any) -> None:
        self.seen.append(f"attempt {call.attempt.number} {call.attempt.request.method}")

    def attempt_ended(self, call: Any) -> None:
        attempt = call.attempt
        self.seen.append(f"attempt ended {attempt.error or attempt.response.status_code}")

    def retry_scheduled(self, call: Any) -> None:
        self.seen.append(f"retry in {call.attempt.delay_seconds}: {call.attempt.retry_reason.split()[0]}")

    def call_ended(self, call: Any) -> None:
        self.seen.append(f"ended {type(call.error).__name__}")


def test_an_observer_sees_every_moment(client_kind: Kind) -> None:
    sqs = client_kind.scripted("sqs", [BUSY, ConnectionError("lost"), GOOD], config=_no_delays())
    watcher = Watcher()
    sqs.meta.events.observe(watcher)
    sqs.meta.events.register("needs-retry.sqs", _at_once)
    sqs.list_queues(QueueNamePrefix="p")
    assert watcher.seen == [
        "started sqs.ListQueues",
        "parameters {'QueueNamePrefix': 'p'}",
        "attempt 1 POST",
        "attempt ended 503",
        "retry in 0: handler",
        "attempt 2 POST",
        "attempt ended lost",
        "retry in 0: handler",
        "attempt 3 POST",
        "attempt ended 200",
        "ended NoneType",
    ]
    watcher.seen.clear()
    with pytest.raises(exceptions.ParamValidationError):
        sqs.send_message()
    assert watcher.seen == ["started sqs.SendMessage", "parameters {}", "ended ParamValidationError"]


def test_an_observer_changes_nothing_and_breaks_nothing(
    client_kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    class Meddler(Observer):
        def call_started(self, call: Any) -> None:
            call.parameters["QueueNamePrefix"] = "changed"

        def attempt_started(self, call: Any) -> None:
            call.parameters = {}

        def attempt_ended(self, call: Any) -> None:
            call.attempts[0].result = {}

        def retry_scheduled(self, call: Any) -> None:
            raise AssertionError("the attempt was changed")

        def call_ended(self, call: Any) -> None:
            call.result.clear()

    sqs = client_kind.scripted("sqs", [GOOD])
    sqs.meta.events.observe(Meddler())
    with caplog.at_level(logging.WARNING, "sotalia.call"):
        assert sqs.list_queues()["QueueUrls"] == ["a"]
    assert b"changed" not in sqs.transport.requests[0].body
    assert "raised AttributeError at" in caplog.text
    for moment in ("call_started", "attempt_started", "attempt_ended", "call_ended"):
        assert f"sqs.ListQueues: an observer failed at {moment}: handler" in caplog.text


def test_a_cancelled_call_ends_for_its_observers() -> None:
    watcher = Watcher()

    waiting: list[asyncio.Event] = []

    async def never(request: Any) -> Any:
        waiting[0].set()
        await asyncio.Event().wait()

    async def main() -> None:
        session = sotalia.AsyncSession(**KEYS, transport=ScriptedTransport([never]))
        session.events.observe(watcher)
        async with session.client("sqs") as sqs:
            waiting.append(asyncio.Event())
            task = asyncio.ensure_future(sqs.list_queues())
            await waiting[0].wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    assert watcher.seen[-1] == "ended CancelledError"


def test_handlers_of_all_events_do_not_hear_hooks(client_kind: Kind, kind: Any) -> None:
    sqs = client_kind.scripted("sqs", [GOOD])
    heard: list[str] = []
    sqs.meta.events.register("*", lambda event_name, **kwargs: heard.append(event_name))
    hooked: list[Call] = []
    sqs.meta.events.around_call(kind(hooked.append), "sqs")
    sqs.list_queues()
    assert len(hooked) == 1
    assert heard
    assert not [name for name in heard if name.startswith("around")]


def test_hooks_everywhere_reach_clients_that_are_there(client_kind: Kind, kind: Any) -> None:
    sqs = client_kind.scripted("sqs", [GOOD])
    order: list[str] = []
    sqs.meta.events.around_call(kind(lambda call: order.append("client")))
    sqs.list_queues()
    outer = kind(lambda call: order.append("everywhere"))
    EVERYWHERE.around_call(outer, "sqs")
    try:
        sqs.list_queues()
    finally:
        EVERYWHERE.remove(outer, "sqs")
    sqs.list_queues()
    assert order == ["client", "everywhere", "client", "client"]


def test_what_cannot_be_called_is_refused(client_kind: Kind) -> None:
    sqs = client_kind.scripted("sqs", [GOOD])
    with pytest.raises(ValueError, match="cannot be called"):
        sqs.meta.events.around_call("hook")


def test_a_call_that_ended_is_freed_at_once() -> None:
    calls: list[Any] = []

    class Keeper(Observer):
        def call_ended(self, call: Any) -> None:
            calls.append(weakref.ref(call.attempt.response))

    sqs = sotalia.Session(**KEYS, transport=ScriptedTransport([GOOD])).client("sqs")
    sqs.meta.events.observe(Keeper())
    gc.collect()
    gc.disable()
    try:
        sqs.list_queues()
        assert [reference() for reference in calls] == [None]
    finally:
        gc.enable()


def test_a_registration_forgets_only_what_it_can_have_changed() -> None:
    """Work is counted in calls of Python functions, which no load changes."""
    sqs = sotalia.Session(**KEYS, transport=ScriptedTransport([GOOD])).client("sqs")

    def functions_called() -> int:
        count = 0

        def note(frame: Any, event: str, argument: Any) -> None:
            nonlocal count
            count += event == "call"

        sys.setprofile(note)
        try:
            sqs.list_queues()
        finally:
            sys.setprofile(None)
        return count

    sqs.list_queues()
    usual = functions_called()
    assert functions_called() == usual
    sqs.meta.events.register("provide-client-params.sqs.ListQueues", lambda params, **kwargs: None)
    assert functions_called() < usual + 40
    sqs.meta.events.around_call(lambda call, proceed: proceed())
    sqs.list_queues()
    sqs.meta.events.remove(sqs)
    assert functions_called() < usual + 40
