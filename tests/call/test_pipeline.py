"""One call and its events: which fire, in which order, with which arguments, and what handlers can do with them.

Where the reference can be asked, it is: the same handlers on a boto3 client against the same server.
"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.awsrequest
import pytest

from sotalia import exceptions
from sotalia.config import Config
from sotalia.testing import LocalAWS
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call",
    "after-call-error",
)
LISTING = (
    b"<ListAllMyBucketsResult><Buckets><Bucket><Name>one</Name></Bucket></Buckets></ListAllMyBucketsResult>"
)


def record(events: Any, into: list[Any]) -> None:
    for event in EVENTS:

        def note(event_name: str, **kwargs: Any) -> None:
            into.append((event_name, sorted(kwargs)))

        events.register(event, note)


def calls(s3: Any, bucket: str) -> None:
    """A good call, one that S3 refuses, one that validation refuses."""
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    for call in (lambda: s3.get_object(Bucket=bucket, Key="missing"), lambda: s3.get_object(Bucket=bucket)):
        with pytest.raises(Exception):  # noqa: B017 - which one is not the subject here
            call()


def test_events_are_those_of_the_reference(aws: LocalAWS, client_kind: Kind) -> None:
    bucket = f"events-{uuid.uuid4().hex[:8]}"
    reference = boto3.Session("testing", "testing", region_name="us-east-1").client(
        "s3", endpoint_url=aws.endpoint_url
    )
    reference.create_bucket(Bucket=bucket)
    expected: list[Any] = []
    record(reference.meta.events, expected)
    calls(reference, bucket)
    found: list[Any] = []
    s3 = client_kind.client("s3", endpoint_url=aws.endpoint_url)
    record(s3.raw.meta.events, found)
    calls(s3, bucket)
    assert found == expected


def test_request_dict_is_that_of_the_reference(aws: LocalAWS, client_kind: Kind) -> None:
    """Keys, types and values that handlers of ``before-call`` see."""

    def seen_by(client: Any, events: Any) -> dict[str, Any]:
        seen: dict[str, Any] = {}

        def look(params: dict[str, Any], **kwargs: Any) -> Any:
            seen.update(params)
            headers = dict(params["headers"])
            headers.pop("User-Agent")
            seen["headers"] = headers
            seen["context"] = sorted(params["context"])
            return AWSResponse(None, 200, {}, None), {"ResponseMetadata": {}}

        events.register("before-call.s3.PutObject", look)
        client.put_object(Bucket="bucket", Key="a b/c", Body=b"x", Metadata={"k": "v"})
        seen["body"] = seen["body"].read()
        return seen

    reference = boto3.Session("a", "b", region_name="us-west-2").client("s3")
    s3 = client_kind.client("s3", client_kind.session(**KEYS))
    assert seen_by(s3, s3.raw.meta.events) == seen_by(reference, reference.meta.events)


def test_provided_params_replace_the_callers(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    seen = []

    def first(params: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        seen.append(params)
        return {"MaxBuckets": 3}

    def second(params: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        seen.append(params)
        return {"MaxBuckets": 4}

    s3.meta.events.register("provide-client-params.s3.ListBuckets", first)
    s3.meta.events.register("provide-client-params.s3", second)
    s3.list_buckets(Prefix="mine")
    assert seen == [{"Prefix": "mine"}, {"Prefix": "mine"}]
    assert "max-buckets=3" in s3.transport.requests[0].url
    assert "mine" not in s3.transport.requests[0].url


def test_before_call_can_answer(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [ConnectionError("nobody asks")])
    after = []

    def reply(**kwargs: Any) -> Any:
        return AWSResponse(None, 200, {}, None), {"Buckets": [], "from": "handler"}

    def silenced(**kwargs: Any) -> None:
        raise AssertionError("a less specific handler ran after an answer")

    def note(http_response: Any, parsed: dict[str, Any], **kwargs: Any) -> None:
        after.append((http_response.status_code, parsed))
        parsed["changed"] = True

    s3.meta.events.register("before-call.s3.ListBuckets", reply)
    s3.meta.events.register("before-call.s3", silenced)
    s3.meta.events.register("after-call.s3.ListBuckets", note)
    assert s3.list_buckets() == {"Buckets": [], "from": "handler", "changed": True}
    assert len(after) == 1
    assert s3.transport.requests == []


class Raw:
    """What response stubbing libraries use as a raw body."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **kwargs: Any) -> Any:
        yield self.body

    def read(self, amount: int | None = None) -> bytes:
        data, self.body = self.body, b""
        return data


@pytest.mark.parametrize("kind", [botocore.awsrequest.AWSResponse, AWSResponse])
def test_before_send_can_answer_with_anybodys_response(client_kind: Kind, kind: Any) -> None:
    s3 = client_kind.scripted("s3", [ConnectionError("nobody asks")])
    s3.meta.events.register(
        "before-send.s3.ListBuckets",
        lambda request, **kwargs: kind(request.url, 200, {"x-amz-request-id": "R"}, Raw(LISTING)),
    )
    s3.meta.events.register(
        "before-send.s3.GetObject",
        lambda request, **kwargs: kind(request.url, 200, {"content-length": "4"}, Raw(b"body")),
    )
    found = s3.list_buckets()
    assert found["Buckets"] == [{"Name": "one"}]
    assert found["ResponseMetadata"]["RequestId"] == "R"
    assert s3.get_object(Bucket="b", Key="k")["Body"].read() == b"body"


def test_needs_retry_decides_and_is_asked_after_successes_too(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    asked = []

    def again(attempts: int, response: Any, **kwargs: Any) -> float | None:
        asked.append((attempts, response[0].status_code))
        return 0 if attempts < 3 else None

    s3.meta.events.register("needs-retry.s3.ListBuckets", again)
    found = s3.list_buckets()
    assert asked == [(1, 200), (2, 200), (3, 200)]
    assert found["ResponseMetadata"]["RetryAttempts"] == 2
    ids = {request.headers["amz-sdk-invocation-id"] for request in s3.transport.requests}
    assert len(ids) == 1
    attempts = [request.headers["amz-sdk-request"] for request in s3.transport.requests]
    assert attempts[0] == b"attempt=1; max=3"


def test_server_errors_are_retried_with_the_body_sent_again(client_kind: Kind) -> None:
    bodies = []

    def keep(request: Any) -> Any:
        bodies.append(request.body.read())
        return answer(503 if len(bodies) < 3 else 200)

    s3 = client_kind.scripted("s3", [keep], endpoint_url="http://localhost:1")
    found = s3.put_object(Bucket="b", Key="k", Body=b"content")
    assert bodies == [b"content"] * 3
    assert found["ResponseMetadata"]["RetryAttempts"] == 2
    assert found["ResponseMetadata"]["MaxAttemptsReached"] is True


def test_before_send_exceptions_are_failed_attempts(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    failures = []

    def fail(request: Any, **kwargs: Any) -> None:
        if len(failures) < 2:
            failures.append(request)
            raise exceptions.EndpointConnectionError(endpoint_url=request.url)

    s3.meta.events.register("before-send.s3", fail)
    assert s3.list_buckets()["ResponseMetadata"]["RetryAttempts"] == 2


def test_what_is_raised_reaches_after_call_error_and_what_is_answered_does_not(client_kind: Kind) -> None:
    seen: list[Any] = []
    config = Config(retries={"max_attempts": 0})
    s3 = client_kind.scripted("s3", [exceptions.EndpointConnectionError(endpoint_url="u")], config=config)
    s3.meta.events.register("after-call-error.s3", lambda exception, **kwargs: seen.append(type(exception)))
    s3.meta.events.register(
        "after-call.s3", lambda http_response, **kwargs: seen.append(http_response.status_code)
    )
    with pytest.raises(exceptions.EndpointConnectionError):
        s3.list_buckets()
    s3 = client_kind.scripted("s3", [answer(404)], config=config)
    s3.meta.events.register("after-call-error.s3", lambda exception, **kwargs: seen.append(type(exception)))
    s3.meta.events.register(
        "after-call.s3", lambda http_response, **kwargs: seen.append(http_response.status_code)
    )
    with pytest.raises(exceptions.ClientError):
        s3.list_buckets()
    assert seen == [exceptions.EndpointConnectionError, 404]


def test_a_handler_that_raises_ends_the_call_with_its_own_exception(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])

    def fail(**kwargs: Any) -> None:
        raise KeyError("mine")

    s3.meta.events.register("before-call.s3.ListBuckets", fail)
    with pytest.raises(KeyError, match="mine"):
        s3.list_buckets()


def test_headers_added_before_signing_are_signed(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])

    def add(request: Any, **kwargs: Any) -> None:
        request.headers["X-Mine"] = "yes"

    s3.meta.events.register("request-created.s3.ListBuckets", add)
    s3.list_buckets()
    headers = s3.transport.requests[0].headers
    assert headers["X-Mine"] == b"yes"
    assert b"x-mine" in headers["Authorization"]


def test_one_context_is_shared_by_all_events_of_a_call(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    contexts: list[Any] = []
    for event in ("provide-client-params", "before-parameter-build", "before-call", "after-call"):
        s3.meta.events.register(event, lambda context, **kwargs: contexts.append(context))
    s3.meta.events.register("request-created", lambda request, **kwargs: contexts.append(request.context))
    s3.meta.events.register(
        "needs-retry", lambda request_dict, **kwargs: contexts.append(request_dict["context"])
    )
    s3.list_buckets()
    assert len(contexts) == 6
    assert all(context is contexts[0] for context in contexts)


def test_sessions_and_clients_are_isolated(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    heard: list[str] = []
    session.events.register("before-call.s3", lambda **kwargs: heard.append("session"))
    one = client_kind.scripted("s3", [answer(body=LISTING)], session)
    two = client_kind.scripted("s3", [answer(body=LISTING)], session)
    session.events.register("before-call.s3", lambda **kwargs: heard.append("too late"))
    one.meta.events.register("before-call.s3", lambda **kwargs: heard.append("one"))
    one.list_buckets()
    assert heard == ["session", "one"]
    two.list_buckets()
    assert heard == ["session", "one", "session"]


def test_error_in_a_success_is_retried_and_raised(client_kind: Kind) -> None:
    body = b"<Error><Code>InternalError</Code><Message>sorry</Message></Error>"
    s3 = client_kind.scripted("s3", [answer(200, body=body)])
    with pytest.raises(exceptions.ClientError, match="InternalError") as caught:
        s3.complete_multipart_upload(Bucket="b", Key="k", UploadId="u")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert len(s3.transport.requests) == 3


def test_redirects_lead_to_the_region_of_the_bucket(client_kind: Kind) -> None:
    moved = answer(
        301, {"x-amz-bucket-region": "eu-central-1"}, b"<Error><Code>PermanentRedirect</Code></Error>"
    )
    s3 = client_kind.scripted("s3", [moved, answer(200, body=b"<ListBucketResult/>")])
    found = s3.list_objects_v2(Bucket="bucket")
    s3.list_objects_v2(Bucket="bucket")
    urls = [request.url.partition("?")[0] for request in s3.transport.requests]
    assert urls == [
        "https://bucket.s3.us-west-2.amazonaws.com/",
        "https://bucket.s3.eu-central-1.amazonaws.com/",
        "https://bucket.s3.eu-central-1.amazonaws.com/",
    ]
    assert found["ResponseMetadata"]["RetryAttempts"] == 1
    assert b"eu-central-1/s3" in s3.transport.requests[1].headers["Authorization"]


HOSTILE_REGIONS = [
    "",
    "evil.com/#",
    "evil.com",
    "a@evil",
    "-x",
    "x-",
    "a b",
    "a\\b",
    "x" * 64,
    "\u00e9",
    "%2e",
]


@pytest.mark.parametrize("told", HOSTILE_REGIONS)
@pytest.mark.parametrize("by", ["header", "error"])
@pytest.mark.parametrize(("method", "asked"), [("list_objects_v2", 2), ("head_bucket", 1)])
def test_a_redirect_to_nowhere_is_looked_up_once_at_most(
    client_kind: Kind, told: str, by: str, method: str, asked: int
) -> None:
    """The redirector's own call, which is redirected as well, is not followed; no host is made of what is no region."""
    headers = {"x-amz-bucket-region": told.encode().decode("latin-1")} if by == "header" else {}
    region = f"<Region>{told}</Region>" if by == "error" else ""
    moved = answer(301, headers, f"<Error><Code>PermanentRedirect</Code>{region}</Error>".encode())
    s3 = client_kind.scripted("s3", [moved])
    with pytest.raises(exceptions.ClientError):
        getattr(s3, method)(Bucket="bucket")
    assert len(s3.transport.requests) == asked
    assert {urlsplit(request.url).netloc for request in s3.transport.requests} == {
        "bucket.s3.us-west-2.amazonaws.com"
    }


def test_a_lookup_that_is_redirected_still_tells_the_region(client_kind: Kind) -> None:
    silent = answer(301, {}, b"<Error><Code>PermanentRedirect</Code></Error>")
    moved = answer(301, {"x-amz-bucket-region": "eu-central-1"})
    s3 = client_kind.scripted("s3", [silent, moved, answer(200, body=b"<ListBucketResult/>")])
    s3.list_objects_v2(Bucket="bucket")
    assert [(request.method, urlsplit(request.url).netloc) for request in s3.transport.requests] == [
        ("GET", "bucket.s3.us-west-2.amazonaws.com"),
        ("HEAD", "bucket.s3.us-west-2.amazonaws.com"),
        ("GET", "bucket.s3.eu-central-1.amazonaws.com"),
    ]


def test_a_call_is_redirected_once(client_kind: Kind) -> None:
    def elsewhere(request: Any) -> Any:
        return answer(
            301,
            {"x-amz-bucket-region": f"eu-west-{len(asked)}"},
            b"<Error><Code>PermanentRedirect</Code></Error>",
        )

    asked: list[Any] = []
    s3 = client_kind.scripted("s3", [lambda request: asked.append(request) or elsewhere(request)])
    with pytest.raises(exceptions.ClientError):
        s3.get_object(Bucket="bucket", Key="k")
    assert len(asked) == 2
