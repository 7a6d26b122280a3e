"""Recorded calls as spans of OpenTelemetry."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sotalia.model.loader import Loader
from sotalia.recording import spans
from sotalia.recording.records import AttemptRecord, CallRecord, GroupRecord, Phase
from tests.recording.samples import BEGAN_AT, many
from tests.recording.strategies import calls

ERROR, UNSET = trace.StatusCode.ERROR, trace.StatusCode.UNSET


def exported(records: list[CallRecord]) -> list[Any]:
    memory, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    spans.export(records, provider)
    return list(memory.get_finished_spans())


def tree(found: list[Any]) -> dict[str, str | None]:
    """The name of each span's parent."""
    names = {span.context.span_id: span.name for span in found}
    return {span.name: names[span.parent.span_id] if span.parent else None for span in found}


def seconds(nanoseconds: int) -> float:
    return round(nanoseconds / 1e9 - BEGAN_AT, 3)


def call(
    number: int = 1, operation: str = "GetItem", at: float = 0.0, took: float | None = 1.0
) -> CallRecord:
    record = CallRecord(number, "dynamodb", operation, BEGAN_AT + at)
    record.seconds, record.status, record.region = took, 200, "eu-west-1"
    record.request_id, record.thread = "R", "MainThread"
    return record


def attempt(number: int = 1, started: float = 0.25) -> AttemptRecord:
    found = AttemptRecord(number, started)
    found.method, found.url = "POST", "https://dynamodb.eu-west-1.amazonaws.com/"
    found.seconds, found.status = 0.5, 200
    return found


def test_a_call_with_two_attempts() -> None:
    record, first, second = call(), attempt(), attempt(2, 0.75)
    first.status, first.retry_reason, first.delay_seconds = 503, "SlowDown", 0.05
    first.remarks = ["fault: throttle"]
    first.phases = [Phase("wait", 0.3, 0.1), Phase("body", 0.4)]
    second.seconds = 0.25
    record.attempts, record.phases = [first, second], [Phase("parameters", 0.0, 0.01)]
    found = exported([record])
    assert tree(found) == {
        "DynamoDB.GetItem": None,
        "DynamoDB.GetItem attempt 1": "DynamoDB.GetItem",
        "DynamoDB.GetItem attempt 2": "DynamoDB.GetItem",
    }
    one, two, whole = found
    assert dict(whole.attributes) == {
        "rpc.system": "aws-api",
        "rpc.service": "DynamoDB",
        "rpc.method": "GetItem",
        "cloud.region": "eu-west-1",
        "server.address": "dynamodb.eu-west-1.amazonaws.com",
        "server.port": 443,
        "aws.request_id": "R",
        "retry_attempts": 1,
        "http.status_code": 200,
        "thread.name": "MainThread",
    }
    assert (whole.kind, whole.status.status_code) == (trace.SpanKind.CLIENT, UNSET)
    assert [(seconds(each.start_time), seconds(each.end_time)) for each in found] == [
        (0.25, 0.75),
        (0.75, 1.0),
        (0.0, 1.0),
    ]
    assert [(event.name, seconds(event.timestamp), dict(event.attributes)) for event in one.events] == [
        ("wait", 0.3, {"seconds": 0.1}),
        ("body", 0.4, {}),
        ("remark", 0.75, {"text": "fault: throttle"}),
    ]
    assert (one.status.status_code, one.status.description) == (ERROR, "SlowDown")
    assert one.attributes["sotalia.delay_seconds"] == 0.05
    assert two.status.status_code is UNSET


def test_a_call_that_failed() -> None:
    record, only = call(), attempt()
    record.status, record.error, record.message = None, "EndpointConnectionError", "nobody is there"
    only.status, only.error = None, "ConnectionRefusedError: refused"
    record.attempts = [only]
    tried, whole = exported([record])
    for span, kind, text in (
        (tried, "ConnectionRefusedError", "refused"),
        (whole, "EndpointConnectionError", "nobody is there"),
    ):
        [event] = span.events
        assert (event.name, dict(event.attributes)) == (
            "exception",
            {"exception.type": kind, "exception.message": text},
        )
        assert span.status.status_code is ERROR
    assert "retry_attempts" not in whole.attributes


@pytest.mark.parametrize(("status", "expected"), [(304, UNSET), (404, ERROR), (None, ERROR)])
def test_not_modified_is_no_failure(status: int | None, expected: Any) -> None:
    record = call()
    record.status, record.error = status, "304"
    [span] = exported([record])
    assert span.status.status_code is expected


def test_groups_and_calls_within_calls() -> None:
    outer, inner = GroupRecord(1, "filesystem", "open"), GroupRecord(2, "transfer", "upload", 1)
    records = [call(1, "A", 0.5), call(2, "B", 1.0), call(3, "C", 0.0), call(4, "Keys", 1.2, 0.1)]
    records[0].groups, records[1].groups, records[3].groups = [outer], [outer, inner], [outer, inner]
    records[3].parent = 2
    found = exported(records)
    assert tree(found) == {
        "DynamoDB.A": "filesystem open",
        "DynamoDB.B": "transfer upload",
        "DynamoDB.C": None,
        "DynamoDB.Keys": "DynamoDB.B",
        "transfer upload": "filesystem open",
        "filesystem open": None,
    }
    times = {span.name: (seconds(span.start_time), seconds(span.end_time)) for span in found}
    assert times["filesystem open"] == (0.5, 2.0)
    assert times["transfer upload"] == (1.0, 2.0)


def test_a_group_within_a_call_stays_the_groups() -> None:
    first, second = call(1, "A"), call(2, "B", 0.1, 0.1)
    second.parent, second.groups = 1, [GroupRecord(1, "paginator", "list")]
    assert tree(exported([first, second]))["DynamoDB.B"] == "paginator list"


def test_spans_are_children_of_the_current_one() -> None:
    provider = TracerProvider()
    with provider.get_tracer("app").start_as_current_span("request") as span:
        found = exported([call()])
    assert found[0].parent.span_id == span.get_span_context().span_id


def test_the_global_provider_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    spans.export(iter([call()]))
    assert [span.name for span in memory.get_finished_spans()] == ["DynamoDB.GetItem"]


def test_a_call_that_lasts_ends_with_what_is_known() -> None:
    record, running = call(took=None), attempt()
    running.seconds, running.phases = None, [Phase("send", 0.3, 0.2), Phase("wait", 0.5)]
    record.attempts = [running]
    tried, whole = exported([record])
    assert seconds(tried.end_time) == seconds(whole.end_time) == 0.5


def test_many() -> None:
    records = many(300)
    found = exported(records)
    assert len(found) == len(records) + sum(len(record.attempts) for record in records) + 1
    assert all(span.start_time <= span.end_time for span in found)


@given(st.lists(calls(), max_size=4, unique_by=lambda record: record.number))
def test_any_record_gives_spans_that_begin_before_they_end(records: list[CallRecord]) -> None:
    for number, record in enumerate(records, 1):
        record.number = number
    found = exported(records)
    names = [span.context.span_id for span in found]
    assert all(span.parent is None or span.parent.span_id in names for span in found)
    assert all(0 <= span.start_time <= span.end_time < 2**64 for span in found)


@pytest.mark.parametrize("service_name", Loader().list_available_services("service-2"))
def test_services_have_the_ids_of_their_models(service_name: str) -> None:
    service_id = Loader().service(service_name).service_id
    record = CallRecord(1, service_id.hyphenize(), "Op", BEGAN_AT)
    record.seconds = 0.0
    assert exported([record])[0].attributes["rpc.service"] == service_id


def test_without_opentelemetry_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "try:\n    import sotalia.recording.spans\n"
        "except ImportError as error:\n    print(error)"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'sotalia[otel]'" in printed.stdout
