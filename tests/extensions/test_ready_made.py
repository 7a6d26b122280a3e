"""Each ready-made extension, sync and async."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import sotalia
from sotalia.call.extra_headers import RESERVED
from sotalia.events import BeforeCall, RequestCreated
from sotalia.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from sotalia.extensions import (
    DefaultParams,
    DryRun,
    ErrorLog,
    Headers,
    Metrics,
    ReadOnly,
    ReadOnlyError,
    RequestLog,
    RetryRule,
    Timeouts,
    Tracing,
    is_mutating,
)
from sotalia.extensions.metrics import BOUNDS
from sotalia.model.loader import Loader
from sotalia.testing import AsyncManualRuntime, LocalAWS, ManualRuntime
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind, SyncKind

LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
MISSING = b"<Error><Code>NoSuchKey</Code><Message>it is not there</Message></Error>"
BUSY = b"<Error><Code>Conflict</Code><Message>m</Message></Error>"
SECRET = "PLANTED-SECRET"
LOCAL = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}


def s3(client_kind: Kind, *extensions: Any, script: Any = None, **arguments: Any) -> Any:
    return client_kind.scripted(
        "s3", script or [answer(200, body=LISTING)], extensions=extensions, **arguments
    )


def timed(client_kind: Kind, *extensions: Any, script: list[Any], **arguments: Any) -> tuple[Any, Any]:
    """A client whose clock stands still, and its runtime."""
    runtime: Any = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    transport = ScriptedTransport(script)
    session = client_kind.session(**KEYS, runtime=runtime, transport=transport)
    client = client_kind.client("s3", session, extensions=extensions, **arguments)
    client.transport = transport
    return client, runtime


def text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


# -- DefaultParams -------------------------------------------------------------------------------------------------


def test_default_params(client_kind: Kind) -> None:
    client = s3(client_kind, DefaultParams({"ListObjectsV2": {"Bucket": "mine", "MaxKeys": 7}}))
    client.list_objects_v2()
    client.list_objects_v2(Bucket=None)
    client.list_objects_v2(Bucket="theirs", MaxKeys=0)
    first, second, third = (request.url for request in client.transport.requests)
    assert first == second
    assert "mine" in first
    assert "max-keys=7" in first
    assert "theirs" in third
    assert "max-keys=0" in third
    with pytest.raises(ParamValidationError):
        client.list_objects()


def test_default_params_of_a_service_and_of_all(client_kind: Kind) -> None:
    defaults = DefaultParams(
        {"*": {"Bucket": "any", "MaxKeys": 3}, "s3": {"MaxKeys": 5}, "s3.ListObjectsV2": {"Bucket": "mine"}}
    )
    client = s3(client_kind, session=client_kind.session(**KEYS, extensions=[defaults]))
    client.list_objects_v2()
    client.head_bucket()
    client.list_buckets()
    listing, head, _ = (request.url for request in client.transport.requests)
    assert "mine" in listing
    assert "max-keys=5" in listing
    assert "any" in head
    assert "max" not in head
    other = client_kind.scripted(
        "sqs", [answer(200, body=b"{}")], client_kind.session(**KEYS, extensions=[defaults])
    )
    other.list_queues()


def test_scopes_that_are_one_on_a_client(client_kind: Kind) -> None:
    """``s3.ListBuckets`` and ``ListBuckets``, ``*`` and ``s3``, a service by another of its names."""
    defaults = {
        "ListBuckets": {"Prefix": "a"},
        "s3.ListBuckets": {"MaxBuckets": 3},
        "*": {},
        "s3": {"BucketRegion": "r"},
    }
    client = s3(client_kind, DefaultParams(defaults))
    client.list_buckets()
    (request,) = client.transport.requests
    assert all(part in request.url for part in ("prefix=a", "max-buckets=3", "bucket-region=r"))
    logs = client_kind.scripted(
        "logs", [answer(200, body=b"{}")], extensions=[DefaultParams({"logs": {"limit": 7}})]
    )
    logs.describe_log_groups()
    assert b"7" in logs.transport.requests[0].body


def test_a_default_that_the_operation_does_not_have_is_reported(client_kind: Kind) -> None:
    client = s3(client_kind, DefaultParams({"ListBuckets": {"Bukket": "x"}}))
    with pytest.raises(ParamValidationError, match='Unknown parameter in input: "Bukket"'):
        client.list_buckets()


def test_defaults_are_not_changed_by_calls(client_kind: Kind) -> None:
    filters = [{"Name": "tag:a", "Values": ["b"]}]
    client = client_kind.scripted(
        "ec2",
        [answer(200, body=b"<DescribeInstancesResponse/>")],
        extensions=[DefaultParams({"DescribeInstances": {"Filters": filters}})],
    )

    @client.meta.events.on(sotalia.events.BeforeParameterBuild)
    def spoil(event: sotalia.events.BeforeParameterBuild) -> None:
        event.params["Filters"][0]["Values"].append("c")

    for _ in range(2):
        client.describe_instances()
    assert filters == [{"Name": "tag:a", "Values": ["b"]}]
    assert client.transport.requests[0].body == client.transport.requests[1].body


# -- Headers -------------------------------------------------------------------------------------------------------


def test_headers_are_signed_in_each_attempt(client_kind: Kind) -> None:
    counter = iter(range(9))
    headers = Headers({"X-Team": "data", "X-Request-Number": lambda: str(next(counter))})
    client = s3(client_kind, headers, script=[answer(500), answer(200, body=LISTING)])
    client.list_objects_v2(Bucket="b")
    client.list_objects_v2(Bucket="b")
    for request in client.transport.requests:
        assert text(request.headers["X-Team"]) == "data"
        assert "x-request-number;" in text(request.headers["Authorization"])
        assert ";x-team" in text(request.headers["Authorization"])
    assert [text(request.headers["X-Request-Number"]) for request in client.transport.requests] == [
        "0",
        "0",
        "1",
    ]
    assert SECRET not in repr(Headers({"X-Key": SECRET}))


def test_headers_of_one_operation(client_kind: Kind) -> None:
    client = s3(client_kind, Headers({"X-Team": "data"}, "ListBuckets"))
    client.list_objects_v2(Bucket="b")
    client.list_buckets()
    assert ["X-Team" in request.headers for request in client.transport.requests] == [False, True]


@pytest.mark.parametrize("name", [*RESERVED, "Authorization", "HOST", "Content-Length", "Transfer-Encoding",
                                  "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"])  # fmt: skip
def test_reserved_headers_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"the header '{name}' cannot be set: "):
        Headers({"X-Fine": "a", name: SECRET})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("", "a", "'' is no name of a header"),
        ("X Team", "a", "'X Team' is no name"),
        ("X-Täm", "a", "is no name"),
        ("X-To\u212aen", "a", "is no name"),
        ("X-Team:", "a", "is no name"),
        ("X-Team", "a\r\nX-Evil: b", "'X-Team' has line breaks"),
        ("X-Team", " a", "spaces around"),
        ("X-Team", 5, "must be text, not int"),
    ],
)
def test_headers_that_are_none(name: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Headers({name: value})


def test_a_function_that_gives_no_value(client_kind: Kind) -> None:
    client = s3(client_kind, Headers({"X-Team": lambda: "a\nb"}))
    with pytest.raises(ValueError, match="'X-Team' has line breaks") as caught:
        client.list_buckets()
    assert "extension 'Headers'" in caught.value.__notes__[0]


# -- RequestLog and ErrorLog ---------------------------------------------------------------------------------------


def test_request_log(client_kind: Kind) -> None:
    records: list[dict[str, Any]] = []
    script = [answer(500), answer(200, {"x-amz-request-id": "ID"}, LISTING)]
    client, _ = timed(client_kind, RequestLog(records.append), script=script)
    client.list_objects_v2(Bucket="b", Prefix="p")
    assert [sorted(record) for record in records] == [sorted(
        ["service", "operation", "attempt", "status", "error", "seconds", "request_id", "method", "url", "params"]
    )] * 2  # fmt: skip
    first, second = records
    assert (first["attempt"], first["status"], first["error"]) == (1, 500, "500")
    assert (second["attempt"], second["status"], second["error"], second["request_id"]) == (
        2,
        200,
        None,
        "ID",
    )
    assert second["service"] == "s3"
    assert second["operation"] == "ListObjectsV2"
    assert second["params"]["Prefix"] == "p"
    assert second["method"] == "GET"
    assert "list-type=2" in second["url"]
    assert second["seconds"] == 0


def test_calls_without_an_attempt_are_logged_too(client_kind: Kind) -> None:
    records: list[dict[str, Any]] = []
    client = s3(client_kind, RequestLog(records.append))
    with pytest.raises(ParamValidationError):
        client.list_objects_v2()
    client.meta.events.on(BeforeCall, lambda event: event.respond({}))
    client.list_objects_v2(Bucket="b")
    assert [(record["attempt"], record["status"], record["error"], record["url"]) for record in records] == [
        (0, None, "ParamValidationError", None),
        (0, 200, None, None),
    ]


def test_a_lost_connection(client_kind: Kind) -> None:
    requests: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    client = s3(client_kind, RequestLog(requests.append), ErrorLog(errors.append), RetryRule(exceptions=EndpointConnectionError, delay=0, max_attempts=2),
                script=[EndpointConnectionError(endpoint_url="https://user:PLANTED-SECRET@h")])  # fmt: skip
    with pytest.raises(EndpointConnectionError):
        client.list_buckets()
    assert [(record["attempt"], record["error"]) for record in requests] == [
        (1, "EndpointConnectionError"),
        (2, "EndpointConnectionError"),
    ]
    (error,) = errors
    assert (error["error"], error["attempts"], error["status"], error["request_id"]) == (
        "EndpointConnectionError",
        2,
        None,
        None,
    )
    assert SECRET not in str(requests) + str(errors)


def test_logs_go_to_loggers_with_fields(client_kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    client = s3(
        client_kind,
        RequestLog("app.aws"),
        ErrorLog(),
        script=[answer(404, {"x-amz-request-id": "ID"}, MISSING)],
    )
    with caplog.at_level(logging.INFO), pytest.raises(ClientError):
        client.get_object(Bucket="b", Key="k", SSECustomerKey=SECRET, SSECustomerAlgorithm="AES256")
    request, error = caplog.records
    assert (request.name, request.levelname) == ("app.aws", "WARNING")
    assert (error.name, error.levelname) == ("sotalia.errors", "ERROR")
    assert (request.aws_service, request.aws_operation, request.aws_attempt, request.aws_status) == (
        "s3",
        "GetObject",
        1,
        404,
    )  # type: ignore[attr-defined]
    assert (error.aws_error, error.aws_attempts, error.aws_request_id) == ("NoSuchKey", 1, "ID")  # type: ignore[attr-defined]
    assert "it is not there" in error.getMessage()
    assert request.getMessage().startswith("s3.GetObject, attempt 1: 404 NoSuchKey in ")
    assert SECRET not in str([vars(record) for record in caplog.records])


def test_a_logger_that_is_not_enabled_costs_no_record(client_kind: Kind) -> None:
    quiet = logging.getLogger("app.quiet")
    quiet.setLevel(logging.CRITICAL)
    client = s3(client_kind, RequestLog(quiet), ErrorLog(quiet), script=[answer(404, body=MISSING)])
    with pytest.raises(ClientError):
        client.get_object(Bucket="b", Key="k")


def test_a_target_that_fails_is_named_and_does_not_fail_the_call(
    client_kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(record: Any) -> None:
        raise OSError("disk full")

    client = s3(client_kind, RequestLog(broken), ErrorLog(broken), Metrics(broken))
    client.list_buckets()
    assert "RequestLog.attempt_ended" in caplog.text
    assert "Metrics.call_ended" in caplog.text
    with pytest.raises(TypeError, match="not to int"):
        RequestLog(5)  # type: ignore[arg-type]


def test_error_log_counts_a_call_once_and_ignores_what_it_is_told_to(client_kind: Kind) -> None:
    errors: list[dict[str, Any]] = []
    client = s3(
        client_kind,
        ErrorLog(errors.append, ignored=["NoSuchKey"]),
        RetryRule(statuses=500, delay=0),
        script=[answer(500)] * 3 + [answer(404, body=MISSING), answer(404)],
    )
    for key in "ab":
        with pytest.raises(ClientError):
            client.get_object(Bucket="b", Key=key)
    with pytest.raises(ClientError):
        client.head_object(Bucket="b", Key="c")
    with pytest.raises(ParamValidationError):
        client.head_object(Bucket="b")
    assert [(error["operation"], error["error"], error["attempts"]) for error in errors] == [
        ("GetObject", "500", 3),
        ("HeadObject", "404", 1),
        ("HeadObject", "ParamValidationError", 0),
    ]


def test_a_call_that_is_cancelled_is_no_error() -> None:
    errors: list[Any] = []
    metrics = Metrics()

    async def main() -> None:
        class Hanging:
            async def send(self, request: Any) -> Any:
                await asyncio.sleep(60)

            def close(self) -> None: ...

            async def aclose(self) -> None: ...

        session = sotalia.AsyncSession(
            **KEYS, transport=Hanging(), extensions=[ErrorLog(errors.append), metrics]
        )
        async with session.client("s3") as client:
            task = asyncio.ensure_future(client.list_buckets())
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    assert errors == []
    assert metrics.snapshot()["s3.ListBuckets"]["error_codes"] == {"CancelledError": 1}


# -- RetryRule -----------------------------------------------------------------------------------------------------


def attempts(client_kind: Kind, rule: RetryRule, *script: Any, **arguments: Any) -> tuple[int, list[float]]:
    client, runtime = timed(client_kind, rule, script=list(script), **arguments)
    try:
        client.list_buckets()
    except (ClientError, EndpointConnectionError):
        pass
    return len(client.transport.requests), runtime.sleeps


LOST = EndpointConnectionError(endpoint_url="https://h")


@pytest.mark.parametrize(
    ("conditions", "response", "count"),
    [
        ({"codes": "Conflict"}, answer(409, body=BUSY), 3),
        ({"codes": ["Other", "Conflict"]}, answer(409, body=BUSY), 3),
        ({"codes": ["Other"]}, answer(409, body=BUSY), 1),
        ({"statuses": 409}, answer(409, body=BUSY), 3),
        ({"statuses": [408, 409]}, answer(409, body=BUSY), 3),
        ({"statuses": range(500, 600)}, answer(409, body=BUSY), 1),
        ({"when": lambda event: event.status_code == 409}, answer(409, body=BUSY), 3),
        ({"when": lambda event: event.attempts < 2}, answer(409, body=BUSY), 2),
        ({"exceptions": EndpointConnectionError, "max_attempts": 5}, LOST, 5),
        ({"exceptions": [OSError], "max_attempts": 5}, LOST, 3),
        ({"codes": "NoSuchKey", "when": lambda event: False}, answer(409, body=BUSY), 1),
        # No more and no less than it says, whatever the retry mode (3 attempts) wants.
        ({"statuses": 500, "max_attempts": 1}, answer(500), 1),
        ({"statuses": 500, "max_attempts": 2}, answer(500), 2),
        ({"statuses": 500, "max_attempts": 3}, answer(500), 3),
        ({"statuses": 500, "max_attempts": 6}, answer(500), 6),
        # What it does not fit is the retry mode's.
        ({"statuses": 404, "max_attempts": 6}, answer(500), 3),
    ],
)
@pytest.mark.parametrize("mode", ["standard", "legacy", "adaptive"])
def test_retry_rule(client_kind: Kind, conditions: Any, response: Any, count: int, mode: str) -> None:
    config = sotalia.config.Config(retries={"mode": mode, "total_max_attempts": 3})
    if mode == "legacy" and response is LOST:
        count = 3  # The mode's own handler raises it then.
    assert attempts(client_kind, RetryRule(delay=0, **conditions), response, config=config)[0] == count


@pytest.mark.parametrize(
    ("delay", "sleeps"),
    [
        (2, [2, 2, 2]),
        ([1, 3], [1, 3, 3]),
        ((0,), [0, 0, 0]),
        (lambda number: number * 10, [10, 20, 30]),
    ],
)
def test_delays(client_kind: Kind, delay: Any, sleeps: list[float]) -> None:
    rule = RetryRule(statuses=409, delay=delay, max_attempts=4)
    assert attempts(client_kind, rule, answer(409, body=BUSY)) == (4, sleeps)


def test_a_rule_and_the_retry_mode_in_one_call(client_kind: Kind) -> None:
    """The attempts of both count together."""
    rule = RetryRule(statuses=409, delay=7, max_attempts=4)
    count, sleeps = attempts(
        client_kind, rule, answer(409, body=BUSY), answer(500), answer(409, body=BUSY), answer(409, body=BUSY)
    )
    assert count == 4
    assert (sleeps[0], sleeps[2]) == (7, 7)
    assert sleeps[1] < 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "needs a condition"),
        ({"delay": 3}, "needs a condition"),
        ({"statuses": 500, "max_attempts": 0}, "max_attempts must be"),
        ({"statuses": 500, "delay": -1}, "a delay is"),
        ({"statuses": 500, "delay": []}, "a delay is"),
        ({"statuses": 500, "delay": "1"}, "a delay is"),
        ({"statuses": 500, "delay": float("inf")}, "a delay is"),
    ],
)
def test_rules_that_are_none(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RetryRule(**arguments)


def test_a_predicate_that_fails_is_named(client_kind: Kind) -> None:
    client = s3(client_kind, RetryRule(when=lambda event: 1 / 0))
    with pytest.raises(ZeroDivisionError) as caught:
        client.list_buckets()
    assert "extension 'RetryRule'" in caught.value.__notes__[0]
    client.meta.events.extensions.remove("RetryRule")
    client.list_buckets()


def test_a_rule_of_one_operation(client_kind: Kind) -> None:
    rules = [
        RetryRule(statuses=409, delay=0, max_attempts=2, scope="s3.ListBuckets"),
        RetryRule(statuses=409, delay=0, max_attempts=4),
    ]
    client = s3(client_kind, *rules, script=[answer(409, body=BUSY)])
    for call in (client.list_buckets, lambda: client.list_objects_v2(Bucket="b")):
        with pytest.raises(ClientError):
            call()
    assert len(client.transport.requests) == 2 + 4
    with pytest.warns(sotalia.events.DeadHandlerWarning, match="'needs-retry.s3.ListBuckets'"):
        s3(client_kind, RetryRule(statuses=409, scope="s3.list_buckets"))


# -- Timeouts ------------------------------------------------------------------------------------------------------


def test_timeouts(client_kind: Kind) -> None:
    client = s3(client_kind, Timeouts({"s3.ListBuckets": 900, "*": 2.5}))
    client.list_buckets()
    client.list_objects_v2(Bucket="b")
    assert [request.context["read_timeout"] for request in client.transport.requests] == [900, 2.5]


@pytest.mark.parametrize("limit", [0, -1, "3", None, True, float("inf"), float("nan")])
def test_timeouts_that_are_none(limit: Any) -> None:
    with pytest.raises(ValueError, match="the timeout of 's3' must be a positive number of seconds"):
        Timeouts({"s3": limit})


# -- DryRun and ReadOnly -------------------------------------------------------------------------------------------


def test_dry_run(client_kind: Kind) -> None:
    records: list[dict[str, Any]] = []
    client = s3(client_kind, DryRun(records.append), Headers({"X-Team": "data"}))
    seen: list[str] = []
    client.meta.events.on(BeforeCall, lambda event: seen.append(event.headers["X-Team"]))
    result = client.put_object(
        Bucket="b", Key="k", Body=b"body", SSECustomerKey=SECRET, SSECustomerAlgorithm="AES256"
    )
    assert result["ResponseMetadata"]["DryRun"] is True
    assert result["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert result["ETag"] == "dry-run"
    assert result["SSEKMSEncryptionContext"] == ""
    assert client.transport.requests == []
    assert seen == ["data"]
    (record,) = records
    assert (record["service"], record["operation"], record["method"]) == ("s3", "PutObject", "PUT")
    assert record["url"].endswith("/k")
    assert record["params"]["Body"] == "<BytesIO>"
    assert SECRET not in str(records)
    assert "DryRun" not in client.list_objects_v2(Bucket="b")["ResponseMetadata"]
    assert len(client.transport.requests) == 1
    with pytest.raises(ParamValidationError):
        client.put_object(Bucket="b")


def test_dry_runs_of_streams(client_kind: Kind) -> None:
    client = client_kind.scripted("lambda", [answer(500)], extensions=[DryRun()])
    result = client.invoke(FunctionName="f")
    assert client_kind.run(result["Payload"].read()) == b""
    assert result["StatusCode"] == 0
    stream = client.invoke_with_response_stream(FunctionName="f")["EventStream"]
    assert client_kind.run(aiter(stream) if client_kind.is_async else list(stream)) == []
    stream.close()


@pytest.mark.parametrize("size", [10, 20_000_000])
def test_a_dry_run_of_an_upload(size: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(size))
    records: list[dict[str, Any]] = []
    client = SyncKind().scripted("s3", [answer(500)], extensions=[DryRun(records.append)])
    client.raw.upload_file(str(tmp_path / "file"), "b", "k")
    assert client.transport.requests == []
    assert {record["operation"] for record in records} == (
        {"PutObject"} if size == 10 else {"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}
    )


def test_dry_runs_of_resources() -> None:
    session = sotalia.Session(**KEYS, extensions=[DryRun()])
    session.resource("dynamodb").Table("t").put_item(Item={"a": 1})
    with session.resource("dynamodb").Table("t").batch_writer() as batch:
        batch.put_item(Item={"a": 1})
    assert session.resource("ec2").create_instances(ImageId="ami-1", MinCount=1, MaxCount=1) == []
    assert session.resource("s3").create_bucket(Bucket="b").name == "b"


def test_a_dry_run_needs_no_credentials(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    session = client_kind.session(region_name="us-east-1", extensions=[DryRun()])
    result = client_kind.client("sqs", session).send_message(
        QueueUrl="https://sqs.us-east-1.amazonaws.com/1/q", MessageBody="m"
    )
    assert result["ResponseMetadata"]["DryRun"] is True


def test_read_only(client_kind: Kind) -> None:
    seen: list[str] = []
    client = s3(client_kind, ReadOnly())
    client.meta.events.register("provide-client-params", lambda event_name, **kwargs: seen.append(event_name))
    with pytest.raises(
        ReadOnlyError, match=r"^s3.PutObject was not sent: .*extensions\.remove\('ReadOnly'\)"
    ) as caught:
        client.put_object(Bucket="b", Key="k")
    assert (caught.value.service, caught.value.operation) == ("s3", "PutObject")
    assert client.transport.requests == []
    assert seen == []
    client.list_buckets()
    assert "Signature=" in client.generate_presigned_url("put_object", Params={"Bucket": "b", "Key": "k"})
    client.meta.events.extensions.remove("ReadOnly")
    client.put_object(Bucket="b", Key="k")


def test_what_is_mutating_can_be_said_otherwise(client_kind: Kind) -> None:
    def rule(model: Any) -> bool:
        return model.name != "PutObject" and is_mutating(model)

    client = s3(client_kind, ReadOnly(rule))
    client.put_object(Bucket="b", Key="k")
    with pytest.raises(ReadOnlyError):
        client.delete_object(Bucket="b", Key="k")


def test_read_only_and_dry_run_beside_a_real_service(client_kind: Kind, aws: LocalAWS) -> None:
    name = f"extensions-{os.urandom(4).hex()}"
    session = client_kind.session(**LOCAL)
    dry = client_kind.client("s3", session, endpoint_url=aws.endpoint_url, extensions=[DryRun()])
    dry.create_bucket(Bucket=name)
    plain = client_kind.client("s3", session, endpoint_url=aws.endpoint_url)
    assert name not in [bucket["Name"] for bucket in plain.list_buckets()["Buckets"]]
    plain.create_bucket(Bucket=name)
    only = client_kind.client("s3", session, endpoint_url=aws.endpoint_url, extensions=[ReadOnly()])
    with pytest.raises(ReadOnlyError):
        only.delete_bucket(Bucket=name)
    assert name in [bucket["Name"] for bucket in only.list_buckets()["Buckets"]]


def test_every_mutating_operation_has_an_empty_result(sample: Any) -> None:
    """Each value is of the type that the model says, of all services."""
    from sotalia.extensions.dry_run import _empty

    types = {"structure": dict, "list": list, "map": dict, "string": str, "blob": bytes, "boolean": bool}
    loader = Loader([])

    def check(shape: Any, value: Any) -> None:
        assert isinstance(value, types.get(shape.type_name, int | float))
        if shape.type_name == "structure":
            for name, inner in value.items():
                check(shape.members[name], inner)

    for service in sample(loader.list_available_services("service-2"), 60):
        model = loader.service(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            if is_mutating(operation) and operation.output_shape is not None:
                check(operation.output_shape, _empty(operation.output_shape, ()))


# -- Metrics -------------------------------------------------------------------------------------------------------


def test_metrics(client_kind: Kind) -> None:
    records: list[dict[str, Any]] = []
    metrics = Metrics(records.append)
    script = [answer(200, body=LISTING), answer(409, body=BUSY), answer(200, body=LISTING)]
    client, _ = timed(client_kind, RetryRule(statuses=409, delay=2), metrics, script=script)
    client.list_objects_v2(Bucket="b")
    client.list_objects_v2(Bucket="b")
    with pytest.raises(ParamValidationError):
        client.list_objects_v2()
    found = metrics.snapshot()
    buckets = [0] * (len(BOUNDS) + 1)
    buckets[0], buckets[BOUNDS.index(2.5)] = 2, 1
    assert found == {
        "s3.ListObjectsV2": {
            "calls": 3,
            "errors": 1,
            "attempts": 3,
            "error_codes": {"ParamValidationError": 1},
            "seconds": {"total": 2.0, "min": 0.0, "max": 2.0, "buckets": buckets},
        }
    }
    assert [(record["attempts"], record["seconds"], record["error"]) for record in records] == [
        (1, 0.0, None),
        (2, 2.0, None),
        (0, 0.0, "ParamValidationError"),
    ]
    metrics.reset()
    assert metrics.snapshot() == {}


def test_metrics_to_a_meter(client_kind: Kind) -> None:
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader]).get_meter("test")
    client = s3(client_kind, Metrics(meter=meter), script=[answer(200, body=LISTING), answer(404)])
    client.list_buckets()
    with pytest.raises(ClientError):
        client.head_object(Bucket="b", Key="k")
    found = {}
    for resource in reader.get_metrics_data().resource_metrics:  # type: ignore[union-attr]
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    value = getattr(point, "value", None) or getattr(point, "count", None)
                    found[metric.name, point.attributes["rpc.method"]] = value  # type: ignore[index]
    assert found == {
        ("aws.calls", "ListBuckets"): 1,
        ("aws.calls", "HeadObject"): 1,
        ("aws.attempts", "ListBuckets"): 1,
        ("aws.attempts", "HeadObject"): 1,
        ("aws.duration", "ListBuckets"): 1,
        ("aws.duration", "HeadObject"): 1,
        ("aws.errors", "HeadObject"): 1,
    }


def test_metrics_of_many_threads() -> None:
    metrics = Metrics()
    session = sotalia.Session(**KEYS, extensions=[metrics, DryRun()])
    client = session.client("s3")

    def work() -> None:
        for _ in range(50):
            client.put_object(Bucket="b", Key="k")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert metrics.snapshot()["s3.PutObject"]["calls"] == 400


# -- Tracing -------------------------------------------------------------------------------------------------------


def test_tracing(client_kind: Kind) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    client = s3(client_kind, Tracing(provider), script=[answer(500), answer(200, body=LISTING)])
    before_signing: list[bool] = []
    client.meta.events.on(
        RequestCreated,
        lambda event: before_signing.append(
            "X-Amzn-Trace-Id" in event.headers and "Authorization" not in event.headers
        ),
        operation="ListBuckets",
        first=True,
    )
    client.list_buckets()
    (span,) = exporter.get_finished_spans()
    assert span.name == "S3.ListBuckets"
    assert span.attributes["retry_attempts"] == 1  # type: ignore[index]
    for request in client.transport.requests:
        assert text(request.headers["X-Amzn-Trace-Id"]).startswith("Root=1-")
        assert "trace" not in text(request.headers["Authorization"])
    client.meta.events.extensions.remove("Tracing")
    client.list_buckets()
    assert len(exporter.get_finished_spans()) == 1
    assert "X-Amzn-Trace-Id" not in client.transport.requests[-1].headers


def test_tracing_signs_what_a_propagator_writes(client_kind: Kind) -> None:
    class Propagator:
        def inject(self, headers: Any) -> None:
            headers["X-My-Trace"] = "t"

    client = s3(client_kind, Tracing(TracerProvider(), propagator=Propagator()))
    client.list_buckets()
    (request,) = client.transport.requests
    assert text(request.headers["X-My-Trace"]) == "t"


def test_tracing_twice_makes_one_span(client_kind: Kind) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    session = client_kind.session(**KEYS, extensions=[Tracing(provider)])
    client = s3(client_kind, Tracing(provider), session=session)
    client.list_buckets()
    assert len(exporter.get_finished_spans()) == 1


def test_opentelemetry_instrument_finds_sotalia() -> None:
    """By the entry point; and without it nothing of OpenTelemetry is loaded."""
    program = (
        "import sys; loaded = any(name.startswith('opentelemetry') for name in sys.modules); "
        "import sotalia; sotalia.client('s3', region_name='us-east-1'); "
        "from sotalia.call.hooks import EVERYWHERE; print(loaded, EVERYWHERE.has_unique_id('sotalia-opentelemetry'), "
        "any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    instrument = "from opentelemetry.instrumentation.auto_instrumentation import run; run()"
    exporters = {f"OTEL_{signal}_EXPORTER": "none" for signal in ("TRACES", "METRICS", "LOGS")}

    def run(*command: str, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            env={**os.environ, **exporters, **variables},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert run("-c", program) == "False False False"
    assert run("-c", instrument, sys.executable, "-c", program) == "True True True"
    disabled = {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "sotalia"}
    assert run("-c", instrument, sys.executable, "-c", program, **disabled) == "True False True"
