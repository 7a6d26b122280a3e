"""Typed handlers: the same events as plain handlers, in the same order, with names for what they can do."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest
from botocore import UNSIGNED

import sotalia
from sotalia.config import Config
from sotalia.events import (
    AfterCall,
    AfterCallError,
    BeforeCall,
    BeforeEndpointResolution,
    BeforeParse,
    BeforeSend,
    ChooseSigner,
    CreatingClientClass,
    CreatingResourceClass,
    DeadHandlerError,
    Event,
    GetAttribute,
    NeedsRetry,
    ProvideClientParams,
    RequestCreated,
)
from sotalia.events.catalog import CATALOG
from sotalia.exceptions import ClientError, EndpointConnectionError
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
BUSY = b"<Error><Code>SlowDown</Code><Message>m</Message></Error>"


def module_handler(event: BeforeCall) -> None:
    """A handler that can be pickled."""
    event.headers["X-Module"] = "yes"


def text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def client_of(client_kind: Kind, *script: Any) -> Any:
    return client_kind.scripted("s3", list(script) or [answer(200, body=LISTING)])


def test_both_forms_see_the_same_objects_in_order(client_kind: Kind) -> None:
    client = client_of(client_kind)
    seen: list[tuple[str, Any, Any]] = []
    events = client.meta.events

    def plain(name: str) -> Any:
        return lambda params, context, **kwargs: seen.append((name, params, context))

    events.register("before-call.s3.ListObjectsV2", plain("plain 1"))

    @events.on(BeforeCall, operation="ListObjectsV2")
    def typed(event: BeforeCall) -> None:
        seen.append(("typed", event.params, event.context))

    events.register("before-call.s3.ListObjectsV2", plain("plain 2"))
    events.on(
        BeforeCall,
        lambda event: seen.append(("first", event.params, event.context)),
        operation="ListObjectsV2",
        first=True,
    )
    events.on(BeforeCall, lambda event: seen.append(("all", event.params, event.context)))
    events.on(
        BeforeCall,
        lambda event: seen.append(("last", event.params, event.context)),
        operation="ListObjectsV2",
        last=True,
    )
    client.list_objects_v2(Bucket="b")
    assert [name for name, _, _ in seen] == ["first", "plain 1", "typed", "plain 2", "last", "all"]
    assert len({id(params) for _, params, _ in seen}) == len({id(context) for _, _, context in seen}) == 1


def test_async_handlers(client_kind: Kind) -> None:
    client = client_of(client_kind)

    async def stamp(event: BeforeCall) -> None:
        event.headers["X-Team"] = "data"

    if not client_kind.is_async:
        with pytest.raises(ValueError, match=r"'.*stamp'.* is a coroutine function, but this client is sync"):
            client.meta.events.on(BeforeCall, stamp)
        return
    client.meta.events.on(BeforeCall, stamp)
    client.list_objects_v2(Bucket="b")
    assert text(client.transport.requests[0].headers["X-Team"]) == "data"


def test_parameters(client_kind: Kind) -> None:
    client = client_of(client_kind)
    events = client.meta.events

    @events.on(ProvideClientParams, operation=["ListObjectsV2", "ListObjects"])
    def default_bucket(event: ProvideClientParams) -> None:
        event.params.setdefault("Bucket", "mine")
        assert event.operation_name in ("ListObjectsV2", "ListObjects")
        assert event.service_id == "s3"

    client.list_objects_v2()

    @events.on(ProvideClientParams)
    def replace(event: ProvideClientParams) -> None:
        event.params = {**event.params, "Prefix": "p"}

    client.list_objects_v2()
    first, second = client.transport.requests
    assert "/mine" in first.url or "mine." in first.url
    assert "prefix=p" not in first.url
    assert "prefix=p" in second.url


def test_the_request(client_kind: Kind) -> None:
    client = client_of(client_kind)
    events = client.meta.events

    @events.on(BeforeCall)
    def change(event: BeforeCall) -> None:
        event.headers["X-One"] = "1"
        event.url = event.url.replace("list-type=2", "list-type=2&x=1")
        event.body = event.body
        event.method = event.method

    @events.on(RequestCreated, first=True)
    def later(event: RequestCreated) -> None:
        event.headers["X-Two"] = "2"

    @events.on(BeforeSend)
    def last(event: BeforeSend) -> None:
        event.headers["X-Three"] = "3"

    client.list_objects_v2(Bucket="b")
    (request,) = client.transport.requests
    assert [text(request.headers[name]) for name in ("X-One", "X-Two", "X-Three")] == ["1", "2", "3"]
    signed = request.headers["Authorization"]
    assert [name in text(signed) for name in ("x-one", "x-two", "x-three")] == [True, True, False]


def test_responses_in_the_place_of_the_service(client_kind: Kind) -> None:
    client = client_of(client_kind)
    registration = client.meta.events.on(
        BeforeCall, lambda event: event.respond({"Contents": [{"Key": "k"}]})
    )
    result = client.list_objects_v2(Bucket="b")
    assert result["Contents"] == [{"Key": "k"}]
    assert result["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert registration.remove()
    assert not registration.remove()
    refuse = client.meta.events.on(
        BeforeCall, lambda event: event.respond({"Error": {"Code": "NoSuchBucket", "Message": "m"}}, 404)
    )
    with pytest.raises(ClientError, match="NoSuchBucket") as error:
        client.list_objects_v2(Bucket="b")
    assert type(error.value).__name__ == "NoSuchBucket"
    refuse.remove()
    assert client.transport.requests == []
    with client.meta.events.on(BeforeSend, lambda event: event.respond(200, {"x-mine": "1"}, LISTING)):
        result = client.list_objects_v2(Bucket="b")
    assert result["ResponseMetadata"]["HTTPHeaders"]["x-mine"] == "1"
    assert client.transport.requests == []
    client.list_objects_v2(Bucket="b")
    assert len(client.transport.requests) == 1


def test_a_stream_in_the_place_of_the_service(client_kind: Kind) -> None:
    client = client_of(client_kind)
    client.meta.events.on(BeforeSend, lambda event: event.respond(200, {}, b"hello"))
    assert client_kind.run(client.get_object(Bucket="b", Key="k")["Body"].read()) == b"hello"


def test_retries(client_kind: Kind) -> None:
    busy = answer(503, body=BUSY)
    client = client_of(client_kind, busy, busy, answer(200, body=LISTING))
    events = client.meta.events
    seen: list[Any] = []

    @events.on(NeedsRetry, operation="ListObjectsV2")
    def at_once(event: NeedsRetry) -> None:
        seen.append((event.attempts, event.status_code, event.error_code, event.caught_exception))
        if event.status_code == 503:
            event.retry_after(0)

    client.list_objects_v2(Bucket="b")
    assert seen == [(1, 503, "SlowDown", None), (2, 503, "SlowDown", None), (3, 200, None, None)]
    client = client_of(client_kind, busy, answer(200, body=LISTING))
    client.meta.events.on(NeedsRetry, lambda event: event.give_up(), operation="ListObjectsV2")
    with pytest.raises(ClientError, match="SlowDown"):
        client.list_objects_v2(Bucket="b")
    assert len(client.transport.requests) == 1


def test_results_and_errors(client_kind: Kind) -> None:
    client = client_of(client_kind, answer(200, body=LISTING), EndpointConnectionError(endpoint_url="u"))
    seen: list[Any] = []

    @client.meta.events.on(AfterCall)
    def note(event: AfterCall) -> None:
        event.parsed = {**event.parsed, "Mine": event.http_response.status_code}

    @client.meta.events.on(BeforeParse)
    def extra(event: BeforeParse) -> None:
        event.customized_response_dict["More"] = True

    client.meta.events.on(AfterCallError, lambda event: seen.append(event.exception))
    result = client.list_objects_v2(Bucket="b")
    assert (result["Mine"], result["More"], result["IsTruncated"]) == (200, True, False)
    client.meta.events.on(NeedsRetry, lambda event: event.give_up(), operation="ListObjectsV2")
    with pytest.raises(EndpointConnectionError):
        client.list_objects_v2(Bucket="b")
    assert [type(error) for error in seen] == [EndpointConnectionError]


def test_signers_and_endpoints(client_kind: Kind) -> None:
    client = client_of(client_kind)

    @client.meta.events.on(BeforeEndpointResolution)
    def path_style(event: BeforeEndpointResolution) -> None:
        event.builtins["AWS::S3::ForcePathStyle"] = True

    client.meta.events.on(ChooseSigner, lambda event: event.sign_with(UNSIGNED), first=True)
    client.list_objects_v2(Bucket="b")
    (request,) = client.transport.requests
    assert "Authorization" not in request.headers
    assert "amazonaws.com/b" in request.url


def test_classes(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)

    class Base:
        mine = True

    @session.events.on(CreatingClientClass, service="s3")
    def add(event: CreatingClientClass) -> None:
        event.add_method("hello", lambda self: "hello")
        event.add_base(Base)
        with pytest.raises(ValueError, match=re.escape("has an attribute 'list_buckets' already")):
            event.add_method("list_buckets", lambda self: None)

    client = client_kind.client("s3", session)
    assert (client.raw.hello(), client.raw.mine) == ("hello", True)
    client.meta.events.on(GetAttribute, lambda event: event.provide(42), attribute="answer")
    assert client.raw.answer == 42
    assert not hasattr(client_kind.client("s3", session).raw, "answer")


def test_resource_classes() -> None:
    session = sotalia.Session(**KEYS)
    session.events.on(
        CreatingResourceClass,
        lambda event: event.add_method("hello", lambda self: self.name),
        service="s3",
        resource="Bucket",
    )
    assert session.resource("s3").Bucket("b").hello() == "b"


# -- names ----------------------------------------------------------------------------------------------------------


def test_names_on_sessions_and_clients() -> None:
    session = sotalia.Session(**KEYS)
    events, client = session.events, session.client("s3").meta.events
    assert events.on(BeforeCall).event_names == ("before-call",)
    assert events.on(BeforeCall, service="s3").event_names == ("before-call.s3",)
    assert events.on(BeforeCall, operation="GetItem").event_names == ("before-call.*.GetItem",)
    assert events.on(BeforeCall, service=["s3", "sqs"], operation=["A", "B"]).event_names == (
        "before-call.s3.A", "before-call.s3.B", "before-call.sqs.A", "before-call.sqs.B",
    )  # fmt: skip
    assert client.on(BeforeCall).event_names == ("before-call.s3",)
    assert client.on(BeforeCall, operation="GetObject").event_names == ("before-call.s3.GetObject",)


@pytest.mark.parametrize(
    ("event", "arguments", "words"),
    [
        (BeforeEndpointResolution, {"operation": "GetObject"}, "has no operation"),
        (BeforeCall, {"resource": "Bucket"}, "has no resource"),
        (BeforeCall, {"attribute": "x"}, "has no attribute"),
        (BeforeCall, {"first": True, "last": True}, "either first or last"),
        ("before-call.s3", {}, "there is register"),
        (Event, {}, "wants the class of an event"),
        (int, {}, "wants the class of an event"),
    ],
)
def test_what_on_refuses(event: Any, arguments: dict[str, Any], words: str) -> None:
    events = sotalia.Session(**KEYS).client("s3").meta.events
    with pytest.raises(TypeError, match=words):
        events.on(event, lambda event: None, **arguments)


def test_handlers_that_are_none() -> None:
    events = sotalia.Session(**KEYS).client("s3").meta.events
    handler: Any = 5
    with pytest.raises(ValueError, match="a function of one argument, the event, not 5"):
        events.on(BeforeCall, handler)
    with pytest.raises(TypeError, match="takes the argument 'params' by name, as handlers of boto3 do"):

        @events.on(BeforeCall)
        def of_boto3(params: Any, **kwargs: Any) -> None: ...

    assert events.unused() == []


def test_typed_registrations_are_checked() -> None:
    events = sotalia.Session(**KEYS).client("s3").meta.events
    events.lint = "error"
    with pytest.raises(DeadHandlerError, match=re.escape("did you mean 'before-call.s3.ListBuckets'")):
        events.on(BeforeCall, lambda event: None, operation="list_buckets")
    with pytest.raises(DeadHandlerError, match="never emitted on a client of s3"):
        events.on(BeforeCall, lambda event: None, service="ec2")
    with pytest.raises(DeadHandlerError, match=re.escape("session.events")):
        events.on(CreatingClientClass, lambda event: None)


def test_unique_ids() -> None:
    events = sotalia.Session(**KEYS).client("s3").meta.events
    for _ in range(2):
        events.on(BeforeCall, module_handler, operation=["GetObject", "PutObject"], unique_id="mine")
    assert len([h for h in events.handlers("before-call.s3.GetObject") if "module_handler" in repr(h)]) == 1


# -- what handlers may not do ---------------------------------------------------------------------------------------


def test_arguments_that_cannot_be_replaced(client_kind: Kind) -> None:
    client = client_of(client_kind)

    @client.meta.events.on(BeforeCall)
    def replace(event: BeforeCall) -> None:
        event.model = None  # type: ignore[assignment]

    with pytest.raises(
        AttributeError, match="'model' cannot be replaced; handlers may change 'params', 'context'"
    ):
        client.list_objects_v2(Bucket="b")


def test_attributes_that_are_not_there(client_kind: Kind) -> None:
    client = client_of(client_kind)
    client.meta.events.on(BeforeCall, lambda event: event.paramz)
    with pytest.raises(AttributeError, match="paramz"):
        client.list_objects_v2(Bucket="b")


def test_values_returned_by_mistake(client_kind: Kind) -> None:
    client = client_of(client_kind)

    @client.meta.events.on(NeedsRetry)
    def retry(event: NeedsRetry) -> int:
        return 1

    with pytest.raises(
        TypeError, match=r"returned 1; typed handlers return nothing.*retry_after\(\) or give_up\(\)"
    ):
        client.list_objects_v2(Bucket="b")


# -- registries -----------------------------------------------------------------------------------------------------


def test_copies_and_pickles() -> None:
    session = sotalia.Session(**KEYS)
    session.events.on(BeforeCall, module_handler, service="s3")
    for twin in (copy.copy(session.events), pickle.loads(pickle.dumps(session.events))):
        assert len(twin.handlers("before-call.s3.GetObject")) == len(
            session.events.handlers("before-call.s3.GetObject")
        )
    twin = pickle.loads(pickle.dumps(session)) if hasattr(session, "__reduce_ex__") else session
    assert any("module_handler" in repr(h) for h in twin.events.handlers("before-call.s3.GetObject"))


def test_every_event_can_be_registered_for() -> None:
    session = sotalia.Session(**KEYS)
    session.events.lint = "error"
    for event in CATALOG:
        with session.events.on(event, module_handler) as registration:
            assert repr(registration).startswith("<Registration of <TypedHandler of ")


def test_retries_of_a_config_stay(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(503, body=BUSY)], config=Config(retries={"max_attempts": 0}))
    client.meta.events.on(NeedsRetry, lambda event: None)
    with pytest.raises(ClientError):
        client.list_objects_v2(Bucket="b")
    assert len(client.transport.requests) == 1


def test_a_response_that_is_no_result_is_refused(client_kind: Kind) -> None:
    client = client_of(client_kind)
    client.meta.events.on(BeforeCall, lambda event: event.respond("text"))
    with pytest.raises(TypeError, match="returned a value of type str; expected a pair"):
        client.list_buckets()
