"""Spans of our calls beside those that OpenTelemetry's own instrumentation makes of boto3's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.awsrequest
import pytest
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import sotalia
from sotalia.call.hooks import EVERYWHERE
from sotalia.extensions.opentelemetry import instrument, uninstrument
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind, Plain

LOCAL = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
LISTING = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"


class Traces:
    """A provider, and the spans that ended in it."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    def spans(self) -> list[Any]:
        return list(self._exporter.get_finished_spans())

    def described(self) -> list[Any]:
        """All that is comparable: without times, ids and tracebacks."""
        return [
            {
                "name": span.name,
                "kind": span.kind,
                "attributes": {
                    key: "some" if key in _OF_ONE_CALL else value for key, value in span.attributes.items()
                },
                "status": (span.status.status_code, span.status.description),
                "events": [
                    (event.name, event.attributes["exception.type"], event.attributes["exception.message"])
                    for event in span.events
                ],
            }
            for span in self.spans()
        ]


_OF_ONE_CALL = ("aws.request_id", "messaging.message.id", "messaging.message_id")


@pytest.fixture
def traces() -> Traces:
    return Traces()


@pytest.fixture
def theirs() -> Iterator[Traces]:
    """boto3 under the original instrumentation."""
    made = Traces()
    BotocoreInstrumentor().instrument(tracer_provider=made.provider)
    yield made
    BotocoreInstrumentor().uninstrument()


def swallowed(call: Callable[[], Any]) -> None:
    try:
        call()
    except Exception:  # Which one it is the spans tell.
        pass


def calls(client: Callable[[str], Any], name: str) -> None:
    """Good calls, refused ones, invalid ones, of services with and without an extension of their own."""
    s3 = client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    etag = s3.get_object(Bucket=name, Key="k")["ETag"]
    swallowed(lambda: s3.get_object(Bucket=name, Key="missing"))
    swallowed(lambda: s3.get_object(Bucket=name, Key="k", IfNoneMatch=etag))  # 304
    swallowed(lambda: s3.get_object(Bucket=name))
    list(s3.get_paginator("list_objects_v2").paginate(Bucket=name))
    s3.get_waiter("bucket_exists").wait(Bucket=name)
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
    )
    dynamodb.get_item(TableName=name, Key={"k": {"S": "x"}}, ConsistentRead=True)
    swallowed(lambda: dynamodb.get_item(TableName="no-such", Key={"k": {"S": "x"}}))
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    sqs.receive_message(QueueUrl=url)
    sns = client("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.publish(TopicArn=topic, Message="hello")


def test_spans_are_those_of_the_original(
    aws: LocalAWS, theirs: Traces, traces: Traces, client_kind: Kind
) -> None:
    name = f"traced-{uuid.uuid4().hex[:8]}"
    reference = boto3.Session(**LOCAL)
    calls(lambda service: reference.client(service, endpoint_url=aws.endpoint_url), f"{name}-1")
    session = client_kind.session(**LOCAL)
    instrument(session, traces.provider)
    calls(lambda service: client_kind.client(service, session, endpoint_url=aws.endpoint_url), f"{name}-2")
    wanted = [repr(span).replace(f"{name}-1", "NAME") for span in theirs.described()]
    found = [repr(span).replace(f"{name}-2", "NAME") for span in traces.described()]
    assert len(found) > 15
    assert found == wanted


class Raw:
    """A response's raw body that is all there."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, amount: int | None = None) -> bytes:
        found, self._body = self._body, b""
        return found

    def stream(self, *arguments: Any, **named: Any) -> Iterator[bytes]:
        yield self.read()


def answered_by(body: bytes) -> Callable[..., Any]:
    def reply(request: Any, **kwargs: Any) -> Any:
        return botocore.awsrequest.AWSResponse(request.url, 200, {"x-amzn-requestid": "r"}, Raw(body))

    return reply


def test_models_of_bedrock(theirs: Traces, traces: Traces, client_kind: Kind) -> None:
    reference = boto3.Session(**KEYS).client("bedrock-runtime")
    session = client_kind.session(**KEYS)
    instrument(session, traces.provider)
    ours = client_kind.client("bedrock-runtime", session)
    body = b"""{"output": {"message": {"role": "assistant", "content": [{"text": "yes"}]}},
        "stopReason": "end_turn", "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}}"""
    for client in (reference, ours):
        client.meta.events.register("before-send", answered_by(body))
        client.converse(modelId="amazon.titan", messages=[{"role": "user", "content": [{"text": "is it?"}]}])
    assert traces.described() == theirs.described()
    assert traces.spans()[0].attributes["gen_ai.usage.output_tokens"] == 4


def test_streams_of_bedrock_end_their_spans_at_the_answer(traces: Traces, client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    instrument(session, traces.provider)
    ours = client_kind.client("bedrock-runtime", session)
    ours.meta.events.register("before-send", answered_by(b""))
    ours.converse_stream(modelId="m", messages=[{"role": "user", "content": [{"text": "is it?"}]}])
    assert [span.name for span in traces.spans()] == ["Bedrock Runtime.ConverseStream"]


def test_the_original_does_not_reach_our_clients(theirs: Traces, client_kind: Kind) -> None:
    """Why there is one of our own."""
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    s3.list_buckets()
    assert theirs.spans() == []


def test_the_original_reaches_synchronous_clients_while_boto3_is_patched(traces: Traces) -> None:
    from sotalia.transport.scripted import ScriptedTransport

    with sotalia.patch_boto3():
        BotocoreInstrumentor().instrument(tracer_provider=traces.provider)
        transport = ScriptedTransport([answer(body=LISTING)])
        s3 = boto3.Session(**KEYS, transport=transport).client("s3")
        s3.list_buckets()
        BotocoreInstrumentor().uninstrument()
        s3.list_buckets()
    assert [span.name for span in traces.spans()] == ["S3.ListBuckets"]


TARGETS = {
    "session": lambda client_kind, traces: _traced_session(client_kind, traces),
    "client": lambda client_kind, traces: _traced_client(client_kind, traces),
    "all": lambda client_kind, traces: _all_traced(client_kind, traces),
}


def _traced_session(client_kind: Kind, traces: Traces, script: Any = None, **options: Any) -> Plain:
    session = client_kind.session(**KEYS)
    instrument(session, traces.provider, **options)
    return client_kind.scripted("s3", script or [answer(body=LISTING)], session)


def _traced_client(client_kind: Kind, traces: Traces) -> Plain:
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    instrument(s3.raw, traces.provider)
    return s3


def _all_traced(client_kind: Kind, traces: Traces) -> Plain:
    instrument(None, traces.provider)
    return client_kind.scripted("s3", [answer(body=LISTING)])


@pytest.fixture(autouse=True)
def _nothing_stays_traced() -> Iterator[None]:
    before = EVERYWHERE.targets("call", "s3.ListBuckets")
    yield
    uninstrument()
    assert EVERYWHERE.targets("call", "s3.ListBuckets") == before


@pytest.mark.parametrize("target", TARGETS)
def test_one_span_per_call_whatever_is_instrumented(target: str, traces: Traces, client_kind: Kind) -> None:
    s3 = TARGETS[target](client_kind, traces)
    for _ in range(2):
        s3.list_buckets()
    assert [span.name for span in traces.spans()] == ["S3.ListBuckets"] * 2
    header = s3.transport.requests[0].headers["x-amzn-trace-id"]
    found = traces.spans()[0].get_span_context()
    trace_id = f"{found.trace_id:032x}"
    expected = f"Root=1-{trace_id[:8]}-{trace_id[8:]};Parent={found.span_id:016x};Sampled=1"
    assert header == expected.encode()
    assert b"x-amzn-trace-id" not in s3.transport.requests[0].headers["authorization"]


def test_instrumenting_all_of_them_still_makes_one_span(traces: Traces, client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    for _ in range(2):
        instrument(session, traces.provider)
        instrument(None, traces.provider)
    s3 = client_kind.scripted("s3", [answer(body=LISTING)], session)
    instrument(s3.raw, traces.provider)
    s3.list_buckets()
    assert len(traces.spans()) == 1


@pytest.mark.parametrize("target", TARGETS)
def test_uninstrument(target: str, traces: Traces, client_kind: Kind) -> None:
    if target == "session":
        session = client_kind.session(**KEYS)
        instrument(session, traces.provider)
        uninstrument(session)
        s3 = client_kind.scripted("s3", [answer(body=LISTING)], session)
    else:
        s3 = TARGETS[target](client_kind, traces)
        uninstrument(s3.raw if target == "client" else None)
    s3.list_buckets()
    assert traces.spans() == []
    if target != "all":
        assert "x-amzn-trace-id" not in s3.transport.requests[0].headers


def test_spans_are_children_of_the_current_one(traces: Traces, client_kind: Kind) -> None:
    s3 = _traced_session(client_kind, traces)
    with traces.provider.get_tracer("test").start_as_current_span("outer") as outer:
        s3.list_buckets()
    assert traces.spans()[0].parent.span_id == outer.get_span_context().span_id
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_handlers_run_within_the_span(traces: Traces, client_kind: Kind) -> None:
    s3 = _traced_session(client_kind, traces)

    def note(**kwargs: Any) -> None:
        trace.get_current_span().set_attribute("noted", True)

    s3.meta.events.register("before-call.s3", note)
    s3.list_buckets()
    assert traces.spans()[0].attributes["noted"] is True


def test_attempts_share_a_span_and_each_carries_the_header(traces: Traces, client_kind: Kind) -> None:
    s3 = _traced_session(client_kind, traces, [answer(500), answer(body=LISTING)])
    s3.list_buckets()
    assert len(traces.spans()) == 1
    assert traces.spans()[0].attributes["retry_attempts"] == 1
    assert len({request.headers["x-amzn-trace-id"] for request in s3.transport.requests}) == 1


def test_a_header_that_is_there_stays(traces: Traces, client_kind: Kind) -> None:
    s3 = _traced_session(client_kind, traces)

    def own(request: Any, **kwargs: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = "Root=mine"

    s3.meta.events.register_first("request-created.s3", own)
    s3.list_buckets()
    assert s3.transport.requests[0].headers["x-amzn-trace-id"] == b"Root=mine"


def test_hooks_and_propagator(traces: Traces, client_kind: Kind) -> None:
    seen: list[Any] = []

    class Propagator:
        def inject(self, carrier: Any) -> None:
            carrier["traceparent"] = "00-x"

    s3 = _traced_session(
        client_kind,
        traces,
        propagator=Propagator(),
        request_hook=lambda span, service, operation, params: seen.append((service, operation, params)),
        response_hook=lambda span, service, operation, result: seen.append(sorted(result)),
    )
    s3.list_buckets(MaxBuckets=3)
    assert seen == [("s3", "ListBuckets", {"MaxBuckets": 3}), ["Buckets", "ResponseMetadata"]]
    assert s3.transport.requests[0].headers["traceparent"] == b"00-x"


def test_suppressed_instrumentation_makes_no_span(traces: Traces, client_kind: Kind) -> None:
    s3 = _traced_session(client_kind, traces)
    with suppress_instrumentation():
        s3.list_buckets()
    token = otel_context.attach(otel_context.set_value("suppress_instrumentation", True))
    s3.list_buckets()
    otel_context.detach(token)
    assert traces.spans() == []


def test_connection_failures_are_errors(traces: Traces, client_kind: Kind) -> None:
    s3 = _traced_session(client_kind, traces, [ValueError("broken by a handler")])
    with pytest.raises(ValueError, match="broken"):
        s3.list_buckets()
    (span,) = traces.spans()
    assert span.status.status_code is trace.StatusCode.ERROR
    assert span.events[0].attributes["exception.type"] == "ValueError"


def test_what_cannot_be_traced_is_refused() -> None:
    with pytest.raises(TypeError, match="nothing to trace"):
        instrument(object())  # type: ignore[arg-type]


def test_without_the_original_the_rest_is_there(traces: Traces, client_kind: Kind, aws: LocalAWS) -> None:
    """Only what is common to all services, where the original's extensions are not installed."""
    from sotalia.extensions.opentelemetry_services import ServiceExtension

    extension = ServiceExtension("DynamoDB.ListTables")
    assert extension.add_attributes({"a": 1}) == {"a": 1}
    assert (extension.span_name, extension.span_kind) == ("DynamoDB.ListTables", trace.SpanKind.CLIENT)
    assert (extension.traces, extension.scope) == (True, "")
    for ask in (
        lambda: extension.before_call(None),
        lambda: extension.on_success(None, {}),
        lambda: extension.on_error(None, ValueError()),
        extension.after_call,
    ):
        ask()
