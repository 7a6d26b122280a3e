"""How extensions are installed, listed, removed and blamed; they are sotalia's own and others."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
from importlib.metadata import entry_points
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sotalia
from sotalia.events import BeforeCall, ExtensionError, NeedsRetry, ProvideClientParams
from sotalia.extensions import (
    DefaultParams,
    DryRun,
    ErrorLog,
    Headers,
    Metrics,
    ReadOnly,
    RequestLog,
    RetryRule,
    Timeouts,
    Tracing,
)
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, AsyncKind, Kind, SyncKind

LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


class Stamp:
    """Every kind of registration in one."""

    def __init__(self, name: str = "stamp", seen: list[str] | None = None) -> None:
        self.name = name
        self.seen = [] if seen is None else seen

    def install(self, events: Any) -> None:
        events.on(BeforeCall, self.typed)
        events.register("before-call", self.plain, unique_id=f"{self.name}-id")
        events.around_call(self.around)

    def typed(self, event: BeforeCall) -> None:
        self.seen.append(f"{self.name} typed")

    def plain(self, params: Any, **kwargs: Any) -> None:
        self.seen.append(f"{self.name} plain")

    def around(self, call: Any, proceed: Any) -> Any:
        self.seen.append(f"{self.name} around")
        return proceed()


class Failing:
    """Fails where it is told to."""

    def __init__(self, where: str) -> None:
        self.where = where

    def install(self, events: Any) -> None:
        events.on(ProvideClientParams, self.handle)
        events.around_call(self.around)
        if self.where == "install":
            raise OSError("no disk")

    def handle(self, event: ProvideClientParams) -> None:
        if self.where == "handler":
            raise OSError("no disk")

    def around(self, call: Any, proceed: Any) -> Any:
        if self.where == "hook":
            raise OSError("no disk")
        return proceed()


class Awaiting:
    """Handlers and hooks that await."""

    def __init__(self, where: str = "") -> None:
        self.where = where

    def install(self, events: Any) -> None:
        events.on(ProvideClientParams, self.handle)
        events.around_call(self.around)

    async def handle(self, event: ProvideClientParams) -> None:
        event.params.setdefault("Bucket", "awaited")
        if self.where == "handler":
            raise OSError("no disk")

    async def around(self, call: Any, proceed: Any) -> Any:
        result = await proceed()
        if self.where == "hook":
            raise OSError("no disk")
        return result


def names(owner: Any) -> list[str]:
    events = owner.meta.events if hasattr(owner, "meta") else owner.events
    return [each.name for each in events.extensions]


def listing(client_kind: Kind, **arguments: Any) -> Any:
    return client_kind.scripted("s3", [answer(200, body=LISTING)], **arguments)


# -- installing and removing ---------------------------------------------------------------------------------------


def test_on_a_client(client_kind: Kind) -> None:
    first, second = Stamp("one"), Stamp("two")
    second.seen = first.seen
    client = listing(client_kind, extensions=[first, second])
    assert names(client) == ["one", "two"]
    assert repr(client.meta.events.extensions) == "<Extensions: one, two>"
    client.list_objects_v2(Bucket="b")
    assert first.seen == ["one around", "two around", "one typed", "two typed", "one plain", "two plain"]
    assert first in client.meta.events.extensions
    assert client.meta.events.extensions.remove(first)
    assert not client.meta.events.extensions.remove("one")
    assert names(client) == ["two"]
    first.seen.clear()
    client.list_objects_v2(Bucket="b")
    assert first.seen == ["two around", "two typed", "two plain"]


def test_on_a_session_and_its_clients(client_kind: Kind) -> None:
    stamp = Stamp()
    session = client_kind.session(**KEYS, extensions=[stamp])
    client = listing(client_kind, session=session)
    assert names(session) == names(client) == ["stamp"]
    client.meta.events.extensions.remove(stamp)
    client.list_objects_v2(Bucket="b")
    assert stamp.seen == []
    other = listing(client_kind, session=session)
    assert session.events.extensions.remove("stamp")
    assert names(session) == []
    assert names(listing(client_kind, session=session)) == []
    other.list_objects_v2(Bucket="b")
    assert stamp.seen == ["stamp around", "stamp typed", "stamp plain"]


def test_what_is_left_after_removing_is_what_was_there_before(client_kind: Kind) -> None:
    client = client_kind.client("s3")
    before = repr(client.meta.events)
    for extension in (Stamp(), DefaultParams({"s3": {"Bucket": "b"}}), Headers({"X-A": "b"}), RequestLog(), ErrorLog(),
                      RetryRule(statuses=500), Timeouts({"*": 3}), DryRun(), ReadOnly(), Metrics(), Tracing()):  # fmt: skip
        client.meta.events.extensions.add(extension)
        assert repr(client.meta.events) != before
        assert client.meta.events.extensions.remove(extension)
        assert repr(client.meta.events) == before
        assert not client.meta.events.has_unique_id("stamp-id")


def test_one_that_is_there_already_is_passed_over(client_kind: Kind) -> None:
    stamp = Stamp()
    session = client_kind.session(**KEYS, extensions=[stamp])
    client = listing(client_kind, session=session, extensions=[stamp, stamp])
    assert names(client) == ["stamp"]
    client.list_objects_v2(Bucket="b")
    assert len(stamp.seen) == 3


def test_resources_have_their_sessions_extensions() -> None:
    session = sotalia.Session(**KEYS, extensions=[Stamp()])
    assert names(session.resource("s3").meta.client) == ["stamp"]


def test_the_default_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    sotalia.setup_default_session(region_name="eu-west-1", extensions=[Stamp()])
    assert names(sotalia.client("sqs", extensions=[Stamp("two")])) == ["stamp", "two"]


def test_registrations_are_listed(client_kind: Kind) -> None:
    stamp = Stamp()
    client = client_kind.client("s3", extensions=[stamp])
    (installed,) = client.meta.events.extensions
    assert installed.extension is stamp
    assert repr(installed) == "<Installed stamp: 3 registrations>"
    shown = installed.registrations
    assert [name for name, _ in shown] == ["before-call.s3", "before-call", "around.call"]
    assert shown[1][1] == stamp.plain
    assert shown[2][1] == stamp.around


def test_an_extension_may_take_its_own_registrations_back(client_kind: Kind) -> None:
    class Fickle:
        def install(self, events: Any) -> None:
            stamp = Stamp("gone")
            with events.on(BeforeCall, stamp.typed) as registration:
                assert registration.event_names == ("before-call.s3",)
            events.around_call(stamp.around)
            events.remove(stamp.around)
            events.observe(metrics)
            events.remove(metrics)
            events.declare("my-event")
            events.register("my-event.x", stamp.plain)
            assert events.unregister("my-event.x", stamp.plain)
            assert events.place.is_client
            assert events.emit("my-event.y") == []

    metrics = Metrics()
    client = client_kind.client("s3")
    before = repr(client.meta.events)
    client.meta.events.extensions.add(Fickle())
    assert repr(client.meta.events) == before


def test_an_extension_may_install_another(client_kind: Kind) -> None:
    class Both:
        def install(self, events: Any) -> None:
            events.extensions.add(Stamp("inner"))

    client = client_kind.client("s3", extensions=[Both()])
    assert names(client) == ["inner", "Both"]


def test_threads_that_install_at_once(client_kind: Kind) -> None:
    events = client_kind.client("s3").meta.events
    threads = [threading.Thread(target=events.extensions.add, args=(Stamp(str(n)),)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.name for each in events.extensions) == sorted(map(str, range(30)))


def test_a_unique_id_that_is_taken_stays_with_its_owner(client_kind: Kind) -> None:
    client = client_kind.client("s3")
    own = Stamp("own")
    client.meta.events.register("before-call", own.plain, unique_id="stamp-id")
    client.meta.events.extensions.add(Stamp())
    client.meta.events.extensions.remove("stamp")
    assert client.meta.events.has_unique_id("stamp-id")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (RequestLog, r"not the class RequestLog; write RequestLog\(\)"),
        (dict, "not the class dict"),
        (print, "not builtin_function_or_method"),
        (None, "not NoneType"),
    ],
)
def test_what_is_no_extension(client_kind: Kind, wrong: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        client_kind.client("s3", extensions=[wrong])


# -- failures ------------------------------------------------------------------------------------------------------


def test_one_that_fails_to_install_is_named_and_nothing_of_it_is_left(client_kind: Kind) -> None:
    client = client_kind.client("s3")
    before = repr(client.meta.events)
    with pytest.raises(
        ExtensionError, match="extension 'Failing' cannot be installed: OSError: no disk"
    ) as caught:
        client.meta.events.extensions.add(Stamp(), Failing("install"))
    assert caught.value.name == "Failing"
    assert isinstance(caught.value.__cause__, OSError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert repr(client.meta.events) == before
    assert names(client) == []


@pytest.mark.parametrize("where", ["handler", "hook"])
def test_one_that_fails_in_a_call_is_named(client_kind: Kind, where: str) -> None:
    client = listing(client_kind, extensions=[Failing(where), Stamp()])
    for _ in range(2):
        with pytest.raises(OSError, match="no disk") as caught:
            client.list_objects_v2(Bucket="b")
        (note,) = caught.value.__notes__
        assert note.startswith("raised in extension 'Failing': handler 'Failing.")
        assert "test_installing.py:" in note
        assert note.endswith(
            "of provide-client-params.s3.ListObjectsV2" if where == "handler" else "around s3.ListObjectsV2"
        )


def test_what_a_call_raises_is_not_blamed_on_the_hooks_around_it(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(404)], extensions=[Stamp(), Failing("")])
    with pytest.raises(sotalia.exceptions.ClientError) as caught:
        client.head_object(Bucket="b", Key="k")
    assert getattr(caught.value, "__notes__", []) == []


@pytest.mark.parametrize("where", ["", "handler", "hook"])
def test_those_that_await(where: str) -> None:
    client_kind = AsyncKind()
    client = listing(client_kind, extensions=[Awaiting(where)])
    if where:
        with pytest.raises(OSError, match="no disk") as caught:
            client.list_objects_v2()
        assert "extension 'Awaiting'" in caught.value.__notes__[0]
    else:
        client.list_objects_v2()
        assert "awaited" in client.transport.requests[0].url
    client_kind.close()


def test_a_sync_client_refuses_handlers_that_await() -> None:
    with pytest.raises(
        ExtensionError, match=r"'Awaiting' cannot be installed: ValueError.*'Awaiting.handle'.*coroutine"
    ):
        sotalia.client("s3", **KEYS, extensions=[Awaiting()])


def test_registrations_of_extensions_are_checked_at_the_line_that_installs(client_kind: Kind) -> None:
    with pytest.warns(
        sotalia.events.DeadHandlerWarning, match="did you mean 'provide-client-params.s3.ListObjectsV2'"
    ) as caught:
        client_kind.client("s3", extensions=[DefaultParams({"ListObjectV2": {"Bucket": "b"}})])
    assert caught[0].filename.endswith("client_kinds.py")

    class Misspelt:
        def install(self, events: Any) -> None:
            events.register("before-call", lambda parms, **kwargs: None)

    with pytest.warns(sotalia.events.DeadHandlerWarning, match="did you mean 'params'"):
        client_kind.client("s3", extensions=[Misspelt()])


# -- by name -------------------------------------------------------------------------------------------------------


def test_by_the_names_of_entry_points(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(client_kind.client("s3", extensions=["request-log", Stamp()])) == ["RequestLog", "stamp"]
    monkeypatch.setenv("SOTALIA_EXTENSIONS", " metrics, ,error-log,")
    session = client_kind.session(**KEYS, extensions=[Stamp()])
    assert names(session) == ["Metrics", "ErrorLog", "stamp"]
    # A session made of another one has what that has, once.
    again = type(session)(botocore_session=session._session, region_name="eu-west-1")
    assert names(again) == ["Metrics", "ErrorLog", "stamp"]
    monkeypatch.setenv("SOTALIA_EXTENSIONS", "")
    assert names(client_kind.session(**KEYS)) == []


def test_a_name_that_there_is_not(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExtensionError, match=r"no extension 'metric'.*dry-run, error-log, metrics") as caught:
        client_kind.client("s3", extensions=["metric"])
    assert caught.value.name == "metric"
    monkeypatch.setenv("SOTALIA_EXTENSIONS", "nothing")
    with pytest.raises(ExtensionError, match="nothing"):
        client_kind.session(**KEYS)


@pytest.mark.parametrize("name", sorted(entry_points(group="sotalia.extensions").names))
def test_each_entry_point_gives_an_extension(name: str) -> None:
    assert len(names(sotalia.client("s3", **KEYS, extensions=[name]))) == 1


# -- copies, pickles, cost -----------------------------------------------------------------------------------------


def test_copies_are_isolated(client_kind: Kind) -> None:
    client = client_kind.client("s3", extensions=[Stamp()])
    twin = copy.copy(client.meta.events)
    twin.extensions.remove("stamp")
    assert (len(twin.extensions), len(client.meta.events.extensions)) == (0, 1)


def test_sessions_with_extensions_are_pickled() -> None:
    metrics = Metrics()
    session = sotalia.Session(**KEYS, extensions=[metrics, Headers({"X-A": "b"}), DefaultParams({"s3": {"Bucket": "b"}}),
                                                  Timeouts({"*": 3}), RetryRule(statuses=500), DryRun(), ReadOnly(),
                                                  RequestLog(), ErrorLog()])  # fmt: skip
    travelled = pickle.loads(pickle.dumps(session))
    assert names(travelled) == names(session)
    (again, *_) = (each.extension for each in travelled.events.extensions)
    client = travelled.client("s3")
    client.meta.events.extensions.remove("ReadOnly")
    client.put_object(Bucket="b", Key="k")
    assert again.snapshot()["s3.PutObject"]["calls"] == 1
    assert metrics.snapshot() == {}
    assert travelled.events.extensions.remove("DryRun")


def test_without_any_nothing_of_them_is_loaded() -> None:
    program = (
        "import sotalia, sys; sotalia.client('s3', region_name='us-east-1').meta.events; "
        "print([name for name in sys.modules if 'extensions' in name and name.startswith('sotalia')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- together ------------------------------------------------------------------------------------------------------

records: list[Any] = []


def ready_made() -> dict[str, Any]:
    """One of each that lets calls pass."""
    return {
        "defaults": DefaultParams({"ListObjectsV2": {"Bucket": "mine"}}),
        "headers": Headers({"X-Team": "data"}),
        "requests": RequestLog(records.append),
        "errors": ErrorLog(records.append),
        "retries": RetryRule(statuses=500, delay=0, max_attempts=2),
        "timeouts": Timeouts({"s3": 7}),
        "metrics": Metrics(records.append),
        "read only": ReadOnly(),
        "dry run": DryRun(records.append),
    }


@pytest.mark.parametrize("kind", [SyncKind, AsyncKind])
@given(order=st.permutations(list(ready_made())), on_session=st.integers(0, 9))
def test_they_commute(kind: type[Kind], order: list[str], on_session: int) -> None:
    """In any order, on the session or on the client: the same request, result and records."""
    records.clear()
    client_kind = kind()
    made = ready_made()
    extensions = [made[name] for name in order]
    session = client_kind.session(**KEYS, extensions=extensions[:on_session])
    client = client_kind.scripted(
        "s3", [answer(500), answer(200, body=LISTING)], session, extensions=extensions[on_session:]
    )
    result = client.list_objects_v2()
    assert result["ResponseMetadata"]["RetryAttempts"] == 1
    _, second = client.transport.requests
    assert "mine" in second.url
    assert second.context["read_timeout"] == 7
    assert b"x-team" in bytes(second.headers["Authorization"])
    shapes = sorted(
        (record.get("attempt", 0), record.get("status"), record.get("attempts")) for record in records
    )
    assert len(shapes) == 3
    assert made["metrics"].snapshot()["s3.ListObjectsV2"]["attempts"] == 2
    with pytest.raises(sotalia.extensions.ReadOnlyError):
        client.put_object(Bucket="b", Key="k")
    assert len(client.transport.requests) == 2
    for extension in extensions:
        assert client.meta.events.extensions.remove(extension)
    assert names(client) == []
    client_kind.close()


def test_an_order_of_rules_that_do_not_commute(client_kind: Kind) -> None:
    """The one installed first decides."""
    rules = [RetryRule(statuses=500, delay=0, max_attempts=count) for count in (2, 4)]
    for order, attempts in ((rules, 2), (rules[::-1], 4)):
        client = client_kind.scripted("s3", [answer(500)] * 9, extensions=order)
        with pytest.raises(sotalia.exceptions.ClientError):
            client.list_objects_v2(Bucket="b")
        assert len(client.transport.requests) == attempts


def test_needs_retry_of_a_program_goes_on_beside_a_rule(client_kind: Kind) -> None:
    client = client_kind.scripted(
        "s3",
        [answer(418), answer(500), answer(200, body=LISTING)],
        extensions=[RetryRule(statuses=500, delay=0)],
    )

    @client.meta.events.on(NeedsRetry)
    def teapot(event: NeedsRetry) -> None:
        if event.status_code == 418:
            event.retry_after(0)

    client.list_objects_v2(Bucket="b")
    assert len(client.transport.requests) == 3
