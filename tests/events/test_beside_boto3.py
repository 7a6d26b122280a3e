"""Calls of every kind beside boto3, against one server that answers both from a script: the same events in the same
order, with the same arguments, and the same outcome.
"""

from __future__ import annotations

import asyncio
import io
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import boto3
import botocore
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.model import OperationModel as TheirOperationModel

from sotalia.model.service import OperationModel
from tests.client_kinds import Kind
from tests.transport.servers import Connection, serving

EVENTS = (
    "provide-client-params before-parameter-build before-endpoint-resolution before-call request-created choose-signer "
    "before-sign before-send before-parse response-received needs-retry after-call after-call-error"
).split()
# One retry: enough to see it.
TWICE = Config(retries={"max_attempts": 1})

Call = Callable[[Any], Any]
# -- the server ----------------------------------------------------------------------------------------------------

CLOSE, RESET = b"close", b"reset"
_script: list[bytes] = []


def handle(connection: Connection) -> None:
    while True:
        head = connection.head()
        if b"100-continue" in head.lower():
            connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.body(head)
        reply = _script.pop(0) if _script else CLOSE
        if reply == CLOSE:
            return
        if reply == RESET:
            connection.reset()
            return
        if head.startswith(b"HEAD"):
            reply = reply.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        connection.send(reply)


def reply(status: int, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def error(code: str, more: str = "") -> bytes:
    return f"<Error><Code>{code}</Code><Message>m</Message>{more}<RequestId>r</RequestId></Error>".encode()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(handle) as found:
        yield found


# -- what is compared ----------------------------------------------------------------------------------------------

# Values that differ from call to call, or name the library.
_VARYING = {"user-agent", "authorization", "x-amz-date", "amz-sdk-invocation-id", "date"}
_LEFT_OUT = {"client_config", "is_async", "xml_root", "endpoint_properties", "timestamp", "ttl"}


def fact(value: Any, depth: int = 0) -> Any:
    """What a handler sees of a value, free of what must differ."""
    kind = type(value).__name__
    if kind in ("AWSRequest", "AWSPreparedRequest"):
        headers = sorted(
            (name.lower(), type(item).__name__, None if name.lower() in _VARYING else item)
            for name, item in value.headers.items()
            if name.lower() != "host"
        )
        return kind, value.method, value.url, headers, value.stream_output, type(value.body).__name__
    if kind == "AWSResponse":
        return kind, value.url, value.status_code, sorted(value.headers.items())
    if isinstance(value, OperationModel | TheirOperationModel):
        return "OperationModel", value.name
    if isinstance(value, BaseException):
        return kind, str(value)
    if isinstance(value, dict):
        return {
            str(key): fact(item, depth + 1) if depth < 4 else type(item).__name__
            for key, item in value.items()
            if str(key) not in _LEFT_OUT
        }
    if isinstance(value, list | tuple):
        return [fact(item, depth + 1) for item in value]
    if isinstance(value, str):
        return re.sub(r"^\S*oto3/.*|^sotalia/.*|^[0-9a-f-]{36}$", "...", value)
    return value if isinstance(value, int | float | bytes | None) else kind.replace("AsyncS", "S")


def record(events: Any, into: list[Any]) -> None:
    for event in EVENTS:

        def note(event_name: str, **kwargs: Any) -> None:
            kinds = {name: fact(value) for name, value in kwargs.items()}
            if event_name.startswith("before-endpoint-resolution"):
                kinds["builtins"] = sorted(getattr(name, "value", name) for name in kwargs["builtins"])
            if event_name.startswith("needs-retry"):
                kinds["endpoint"] = "Endpoint"
            into.append((event_name, kinds))

        events.register(event, note)


def outcome(call: Call, client: Any) -> Any:
    try:
        return fact(call(client))
    except Exception as raised:
        return (
            [kind.__name__ for kind in type(raised).__mro__],
            str(raised),
            fact(getattr(raised, "response", None)),
        )


# -- the calls -----------------------------------------------------------------------------------------------------


class Scenario(NamedTuple):
    call: Call
    replies: tuple[bytes, ...] = ()
    event: str = ""
    handler: Any = None


def buckets(s3: Any) -> Any:
    return s3.list_buckets()


def objects(s3: Any) -> Any:
    return s3.list_objects_v2(Bucket="bucket", Prefix="a b")


def put(**more: Any) -> Call:
    return lambda s3: s3.put_object(**{"Bucket": "bucket", "Key": "k/ü", "Body": b"x", **more})


def get(s3: Any) -> Any:
    return s3.get_object(Bucket="bucket", Key="k")["Body"].read()


def head(s3: Any) -> Any:
    return s3.head_object(Bucket="bucket", Key="k")


def complete(s3: Any) -> Any:
    return s3.complete_multipart_upload(Bucket="bucket", Key="k", UploadId="u")


def copy(s3: Any) -> Any:
    key = "k" * 32
    return s3.copy_object(
        Bucket="bucket",
        Key="k",
        CopySource={"Bucket": "s", "Key": "a b", "VersionId": "v"},
        CopySourceSSECustomerKey=key,
        CopySourceSSECustomerAlgorithm="AES256",
    )


def create(s3: Any) -> Any:
    return s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})


OK = reply(200)
BUCKETS = reply(200, b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>")
OBJECTS = reply(
    200,
    b"<R><EncodingType>url</EncodingType><Prefix>a+b</Prefix><Contents><Key>a+b%2Fc</Key></Contents></R>",
)
LATE = reply(200, error("InternalError"))
SLOW = reply(503, error("SlowDown"))
MOVED = reply(301, error("PermanentRedirect"), x_amz_bucket_region="eu-west-1")
MOVED_SILENTLY = reply(301, error("PermanentRedirect"))


class Raw(io.BytesIO):
    def stream(self, **kwargs: Any) -> Iterator[bytes]:
        yield self.read()


def answering(status: int, parsed: dict[str, Any]) -> Any:
    return lambda **kwargs: (AWSResponse(None, status, {}, None), parsed)


def sending(status: int, body: bytes) -> Any:
    return lambda request, **kwargs: AWSResponse(request.url, status, {}, Raw(body))


class BoomError(Exception):
    pass


def boom(**kwargs: Any) -> None:
    raise BoomError("boom")


def again(value: Any) -> Any:
    return lambda attempts, **kwargs: value if attempts == 1 else None


def on_request(change: Callable[[Any], object]) -> Any:
    def handler(request: Any, **kwargs: Any) -> None:
        change(request)

    return handler


def twice_assigned(request: Any) -> None:
    request.headers["X-A"] = "1"
    request.headers["x-a"] = "2"


def replaced(request: Any) -> None:
    request.headers["X-A"] = "1"
    del request.headers["X-A"]
    request.headers["X-A"] = "2"
    request.headers.replace_header("User-Agent", "mine")


CREATED = "request-created.s3.ListBuckets"
SCENARIOS: dict[str, Scenario] = {
    "put": Scenario(put(Metadata={"a": "b"}, ContentType="t/p"), (OK,)),
    "put a file": Scenario(lambda s3: put(Body=io.BytesIO(b"file"))(s3), (OK,)),
    "put with a customer's key": Scenario(put(SSECustomerKey="k" * 32, SSECustomerAlgorithm="AES256"), (OK,)),
    "put with SHA-256": Scenario(put(ChecksumAlgorithm="SHA256"), (OK,)),
    "put with a checksum": Scenario(put(ChecksumCRC32="AAAAAA=="), (OK,)),
    "put with MD5": Scenario(put(ContentMD5="AAAA"), (OK,)),
    "put, refused once": Scenario(put(), (SLOW, OK)),
    "put, sent elsewhere": Scenario(
        put(), (reply(307, error("TemporaryRedirect"), x_amz_bucket_region="eu-west-1"), OK)
    ),
    "get": Scenario(get, (reply(200, b"data", x_amz_checksum_crc32="rfPzYw=="),)),
    "get nothing": Scenario(get, (reply(404, error("NoSuchKey", "<Key>k</Key>")),)),
    "get, wrong region": Scenario(
        get,
        (reply(400, error("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")), reply(200, b"x")),
    ),
    "get by a wrong name": Scenario(lambda s3: s3.get_object(Bucket="b!", Key="k")),
    "head nothing": Scenario(head, (reply(404),)),
    "head, wrong region": Scenario(head, (reply(400, x_amz_bucket_region="eu-west-1"), OK)),
    "head, moved": Scenario(head, (reply(301), reply(200, x_amz_bucket_region="eu-west-1"), OK)),
    "list buckets": Scenario(buckets, (BUCKETS,)),
    "list objects": Scenario(objects, (OBJECTS,)),
    "list, moved": Scenario(objects, (MOVED, OBJECTS)),
    "list, moved for ever": Scenario(objects, (MOVED, MOVED)),
    "list, moved, and again": Scenario(lambda s3: (objects(s3), objects(s3)), (MOVED, OBJECTS, OBJECTS)),
    "list, moved who knows where": Scenario(objects, (MOVED_SILENTLY, reply(404), OBJECTS)),
    "list, moved, asked for": Scenario(
        # A look-up that is redirected itself is not followed, see tests/test_pipeline.py; boto3 follows it.
        objects,
        (MOVED_SILENTLY, reply(403, x_amz_bucket_region="eu-west-1"), OBJECTS),
    ),
    "delete many": Scenario(
        lambda s3: s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "a\r\nb"}]}),
        (reply(200, b"<DeleteResult/>"),),
    ),
    "copy": Scenario(copy, (reply(200, b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"),)),
    "complete, failing late": Scenario(complete, (LATE, LATE)),
    "complete at last": Scenario(complete, (LATE, reply(200, b"<R><ETag>x</ETag></R>"))),
    "location": Scenario(
        lambda s3: s3.get_bucket_location(Bucket="bucket"),
        (reply(200, b"<LocationConstraint>eu-west-1</LocationConstraint>"),),
    ),
    "create": Scenario(create, (OK,)),
    "create in a wrong place": Scenario(create, (reply(400, error("IllegalLocationConstraintException")),)),
    "refused once": Scenario(buckets, (SLOW, BUCKETS)),
    "refused always": Scenario(buckets, (SLOW, SLOW)),
    "refused in HTML": Scenario(buckets, (reply(503, b"<html>"), reply(503, b"<html>"))),
    "refused in silence": Scenario(buckets, (reply(503), reply(500))),
    "garbage": Scenario(buckets, (reply(200, b"garbage"), reply(200, b"garbage"))),
    "nothing there, in garbage": Scenario(buckets, (reply(404, b"garbage"),)),
    "too slow": Scenario(buckets, (reply(400, error("RequestTimeout")), BUCKETS)),
    "reset": Scenario(buckets, (RESET, BUCKETS)),
    "closed": Scenario(buckets, (CLOSE, CLOSE)),
    "wrong parameters": Scenario(lambda s3: s3.put_object(Bucket="bucket", Key=3)),
    "wrong metadata": Scenario(put(Metadata={"a": "ü"})),
    "presigned": Scenario(
        lambda s3: s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})[:30]
    ),
    "presigned form": Scenario(
        lambda s3: sorted(s3.generate_presigned_post("bucket", "k${filename}")["fields"])
    ),
    "answered before the call": Scenario(buckets, (), "before-call.s3.ListBuckets", answering(200, {"A": 1})),
    "refused before the call": Scenario(
        buckets, (), "before-call.s3.*", answering(404, {"Error": {"Code": "NoSuchBucket", "Message": "m"}})
    ),
    "answered before the sending": Scenario(
        buckets, (), "before-send.s3", sending(200, b"<R><Owner><ID>me</ID></Owner></R>")
    ),
    "refused before the sending": Scenario(
        buckets, (), "before-send.s3", sending(500, error("InternalError"))
    ),
    "other parameters": Scenario(get, (OK,), "provide-client-params.s3", lambda **kwargs: {}),
    "retry at once": Scenario(buckets, (BUCKETS, BUCKETS), "needs-retry.s3", again(0)),
    "retry soon": Scenario(buckets, (BUCKETS, BUCKETS), "needs-retry.s3", again(0.001)),
    "no retry": Scenario(buckets, (SLOW,), "needs-retry.s3.ListBuckets", again(False)),
    "a header assigned twice": Scenario(buckets, (BUCKETS,), CREATED, on_request(twice_assigned)),
    "a header replaced": Scenario(buckets, (BUCKETS,), CREATED, on_request(replaced)),
    "a header with parameters": Scenario(
        buckets,
        (BUCKETS,),
        CREATED,
        on_request(lambda request: request.headers.add_header("X-A", "b", file_name='a "b"', c=None)),
    ),
    "other headers": Scenario(
        buckets, (BUCKETS,), CREATED, on_request(lambda request: setattr(request, "headers", {"X-B": "1"}))
    ),
    "a header beyond ASCII": Scenario(
        buckets, (BUCKETS,), CREATED, on_request(lambda request: request.headers.add_header("X-A", "é"))
    ),
    "another address": Scenario(
        buckets,
        (BUCKETS,),
        CREATED,
        on_request(lambda request: setattr(request, "url", request.url + "&more=1")),
    ),
    "another method": Scenario(
        buckets, (BUCKETS,), CREATED, on_request(lambda request: setattr(request, "method", "POST"))
    ),
    "a signed header": Scenario(
        buckets, (BUCKETS,), "before-sign.s3", on_request(lambda r: r.headers.add_header("X-S", "1"))
    ),
    "no signature": Scenario(buckets, (BUCKETS,), "choose-signer.s3", lambda **kwargs: botocore.UNSIGNED),
    "another signature": Scenario(buckets, (BUCKETS,), "choose-signer.s3", lambda **kwargs: "v4"),
    "no such signature": Scenario(buckets, (BUCKETS,), "choose-signer.s3", lambda **kwargs: "junk"),
    "a header of the prepared request": Scenario(
        buckets,
        (BUCKETS,),
        "before-send.s3.ListBuckets",
        on_request(lambda r: r.headers.pop("amz-sdk-request")),
    ),
    "another body of the answer": Scenario(
        buckets,
        (BUCKETS,),
        "before-parse.s3",
        lambda response_dict, **kwargs: response_dict.update(body=b"<R><Owner><ID>me</ID></Owner></R>"),
    ),
    "another status of the answer": Scenario(
        buckets,
        (BUCKETS,),
        "before-parse.s3",
        lambda response_dict, **kwargs: response_dict.update(status_code=404),
    ),
    "more in the result": Scenario(
        buckets,
        (BUCKETS,),
        "before-parse.s3",
        lambda customized_response_dict, **kwargs: customized_response_dict.update(Mine=1),
    ),
    "a refusal made good": Scenario(
        buckets,
        (reply(404, error("X")),),
        "after-call.s3",
        lambda http_response, **kwargs: setattr(http_response, "status_code", 200),
    ),
    "another error": Scenario(
        buckets,
        (reply(404, error("X")),),
        "after-call.s3",
        lambda context, **kwargs: context.update(error_code_override="NoSuchBucket"),
    ),
    "another region": Scenario(
        objects,
        (OBJECTS,),
        "before-endpoint-resolution.s3",
        lambda builtins, **kwargs: builtins.update({"AWS::Region": "eu-central-1"}),
    ),
    "another request": Scenario(
        put(),
        (OK,),
        "before-call.s3",
        lambda params, **kwargs: params.update(url=params["url"] + "?z=1", url_path="/no", body=b"changed"),
    ),
    "an attribute": Scenario(lambda s3: s3.nonesuch, (), "getattr.s3.nonesuch", lambda **kwargs: 7),
    **{
        f"{event} raises": Scenario(
            buckets,
            (BUCKETS,),
            f"{event}.s3" if event == "before-endpoint-resolution" else f"{event}.s3.ListBuckets",
            boom,
        )
        for event in EVENTS
    },
}


@pytest.fixture(scope="module")
def reference() -> Any:
    return boto3.Session("a", "b", region_name="us-west-2")


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come at once: boto3's and ours."""
    sleep = asyncio.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: sleep(0))


@pytest.mark.usefixtures("no_awscrt", "no_pauses")
@pytest.mark.parametrize("name", SCENARIOS)
def test_events_and_outcomes(name: str, port: int, reference: Any, client_kind: Kind) -> None:
    scenario = SCENARIOS[name]
    where = {"endpoint_url": f"http://127.0.0.1:{port}", "config": TWICE}
    session = client_kind.session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-west-2")
    results = []
    for client in (
        reference.client("s3", **where),
        client_kind.client("s3", session, **where),
    ):
        _script[:] = scenario.replies
        seen: list[Any] = []
        record(client.meta.events, seen)
        if scenario.handler is not None:
            client.meta.events.register(scenario.event, scenario.handler)
        ended = outcome(scenario.call, client)
        results.append((seen, ended, len(_script)))
    expected, found = results
    assert [event for event, _ in found[0]] == [event for event, _ in expected[0]]
    for (event, mine), (_, theirs) in zip(found[0], expected[0], strict=True):
        assert mine == theirs, event
    assert found[1:] == expected[1:]
