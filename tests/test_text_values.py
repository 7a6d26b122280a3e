"""Text of other classes is sent, and signed, as the text that it is; what cannot be sent is refused in our words."""

from __future__ import annotations

import asyncio
import io
from enum import Enum, StrEnum
from typing import Any

import boto3
import pytest

from sotalia import exceptions
from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind


class Bucket(str, Enum):  # noqa: UP042 - other than StrEnum, it shows itself by its name
    MAIN = "the-bucket"


class Word(str, Enum):  # noqa: UP042
    PLAIN = "a value"
    SLASHED = "some/key.txt"
    KEY = "word-key"
    ENCODING = "url"


class Odd(str):
    """Text that shows itself as something else wherever it can."""

    def __str__(self) -> str:
        return "str"

    def __format__(self, spec: str) -> str:
        return "format"

    def __repr__(self) -> str:
        return "repr"

    def __hash__(self) -> int:
        return 7

    def __eq__(self, other: object) -> bool:
        return True


class Modern(StrEnum):
    PLAIN = "a value"


class Count(int, Enum):
    FIVE = 5


# Service, method, a function from (text, number) to parameters.
CALLS: dict[str, tuple[str, str, Any]] = {
    "uri and header": (
        "s3",
        "put_object",
        lambda t, n: {
            "Bucket": t("the-bucket"), "Key": t("some/key.txt"), "Body": b"x", "ContentType": t("text/x"),
            "Metadata": {t("word-key"): t("a value")}, "Tagging": t("a=b"),
        },
    ),
    "text as body": ("s3", "put_object", lambda t, n: {"Bucket": t("bucket"), "Key": "k", "Body": t("a value")}),
    "query": (
        "s3",
        "list_objects_v2",
        lambda t, n: {"Bucket": t("the-bucket"), "Prefix": t("a value"), "MaxKeys": n(5), "EncodingType": t("url")},
    ),
    "copy source": (
        "s3",
        "copy_object",
        lambda t, n: {"Bucket": "b", "Key": "k", "CopySource": {"Bucket": t("src"), "Key": t("some/key.txt")}},
    ),
    "xml": (
        "s3",
        "delete_objects",
        lambda t, n: {"Bucket": t("the-bucket"), "Delete": {"Objects": [{"Key": t("some/key.txt")}]}},
    ),
    "arn": (
        "s3",
        "get_object",
        lambda t, n: {"Bucket": t("arn:aws:s3:us-west-2:123456789012:accesspoint:mine"), "Key": t("k")},
    ),
    "form": (
        "sns",
        "publish",
        lambda t, n: {
            "TopicArn": t("arn:aws:sns:us-west-2:1:t"), "Message": t("a value"),
            "MessageAttributes": {t("word-key"): {"DataType": t("String"), "StringValue": t("x")}},
        },
    ),
    "ec2": ("ec2", "describe_instances", lambda t, n: {"InstanceIds": [t("i-1")], "DryRun": True}),
    "json": (
        "dynamodb",
        "put_item",
        lambda t, n: {"TableName": t("table"), "Item": {t("word-key"): {"S": t("a value")}}},
    ),
    "rest json": (
        "lambda",
        "invoke",
        lambda t, n: {"FunctionName": t("func"), "Qualifier": t("a-value"), "Payload": t("{}")},
    ),
    "host": (
        "s3control",
        "list_access_points",
        lambda t, n: {"AccountId": t("123456789012"), "Bucket": t("the-bucket"), "MaxResults": n(5)},
    ),
    "query map": (
        "apigateway",
        "get_export",
        lambda t, n: {"restApiId": t("id"), "stageName": t("s"), "exportType": t("x"), "parameters": {t("a"): t("b")}},
    ),
}  # fmt: skip
_FREE = {"date", "amz-sdk-invocation-id", "user-agent"}


def member(text: str) -> Any:
    return Enum("Made", {"MEMBER": text}, type=str).MEMBER  # type: ignore[attr-defined]


def modern(text: str) -> Any:
    return StrEnum("Made", {"MEMBER": text}).MEMBER  # type: ignore[attr-defined]


def sent(client: Any, method: str, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)
    monkeypatch.setattr("sotalia.call.pipeline.new_uuid", lambda: "0")
    try:
        getattr(client, method)(**params)
    except exceptions.ResponseParserError:
        pass  # The response is the same for all.
    finally:
        monkeypatch.undo()
    (request,) = client.transport.requests
    body = request.body
    body = body.read() if hasattr(body, "read") else body
    return request.method, request.url, dict(request.headers.items()), body


@pytest.mark.parametrize("kind", [member, modern, Odd])
@pytest.mark.parametrize("name", CALLS)
def test_members_of_an_enum(name: str, kind: Any, client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte, the signature among them, is that of plain text."""
    service, method, params = CALLS[name]
    config = Config(retries={"total_max_attempts": 1}, request_checksum_calculation="when_required")
    plain, odd = (client_kind.scripted(service, [answer(200)], config=config) for _ in range(2))
    expected = sent(plain, method, params(str, int), monkeypatch)
    assert sent(odd, method, params(kind, Count), monkeypatch) == expected


@pytest.mark.parametrize("name", CALLS)
def test_as_boto3_sends_them(name: str, client_kind: Kind) -> None:
    """Where boto3 gets it right: what is sent of members is what boto3 sends of text."""
    service, method, params = CALLS[name]
    seen: list[Any] = []

    def stop(request: Any, **kwargs: Any) -> None:
        body = request.body.read() if hasattr(request.body, "read") else request.body
        names = {name.lower() for name in request.headers} - _FREE
        seen.append((request.method, request.url, type(body), names))
        raise InterruptedError

    theirs = boto3.Session(**KEYS).client(service)
    mine = client_kind.client(service)
    for client, given in ((theirs, params(str, int)), (mine, params(member, Count))):
        client.meta.events.register_last("before-send", stop)
        with pytest.raises(InterruptedError):
            getattr(client, method)(**given)
    assert seen[0][:2] == seen[1][:2]


def test_presigned(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = client_kind.client("s3")
    urls = []
    for kind in (str, member, Odd):
        monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)
        params = {"Bucket": kind("the-bucket"), "Key": kind("some/key.txt")}
        urls.append(s3.generate_presigned_url("get_object", Params=params))
        urls.append(str(s3.generate_presigned_post(params["Bucket"], params["Key"])))
        monkeypatch.undo()
    assert urls[0::2] == [urls[0]] * 3
    assert urls[1::2] == [urls[1]] * 3


# -- refused -------------------------------------------------------------------------------------------------------

HALF = "a\ud800b"
SURROGATES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "uri": ("s3", "get_object", {"Bucket": "bucket", "Key": HALF}),
    "query": ("s3", "list_objects_v2", {"Bucket": "bucket", "Prefix": HALF}),
    "header": ("s3", "put_object", {"Bucket": "bucket", "Key": "k", "ContentType": HALF}),
    "xml": ("s3", "delete_objects", {"Bucket": "bucket", "Delete": {"Objects": [{"Key": HALF}]}}),
    "form": ("sns", "publish", {"Message": HALF}),
    "payload": ("lambda", "invoke", {"FunctionName": "f", "Payload": HALF}),
    "label": ("lambda", "invoke", {"FunctionName": HALF}),
    "body": ("s3", "put_object", {"Bucket": "bucket", "Key": "k", "Body": HALF}),
}


@pytest.mark.parametrize("name", SURROGATES)
def test_half_a_surrogate_pair(name: str, client_kind: Kind) -> None:
    service, method, params = SURROGATES[name]
    client = client_kind.scripted(service, [answer()])
    with pytest.raises(exceptions.ParamValidationError) as caught:
        getattr(client, method)(**params)
    assert "surrogate" in str(caught.value)
    assert client.transport.requests == []


@pytest.mark.parametrize("key", ["a:b", "a b", "a ", " a", "a\tb", ":", "a\x7f", "a\x01", "a\r\nX: b"])
def test_keys_of_metadata_that_end_the_name(key: str, client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer()])
    with pytest.raises(exceptions.ParamValidationError, match="header name"):
        client.put_object(Bucket="bucket", Key="k", Body=b"", Metadata={key: "value"})
    assert client.transport.requests == []


@pytest.mark.parametrize("service", ["s3", "dynamodb", "sns", "ec2", "lambda", "route53"])
def test_what_handlers_see_of_a_body(service: str, client_kind: Kind) -> None:
    """In before-call, request-created and before-send: of the types that boto3 has there."""
    method, params = {
        "s3": ("delete_objects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}}),
        "dynamodb": ("list_tables", {}),
        "sns": ("publish", {"Message": "m"}),
        "ec2": ("describe_regions", {}),
        "lambda": ("invoke", {"FunctionName": "f", "Payload": b"{}"}),
        "route53": ("list_hosted_zones", {}),
    }[service]
    seen: list[list[Any]] = []

    def send(request: Any, **kwargs: Any) -> None:
        seen[-1].append((type(request.body), request.body if isinstance(request.body, str) else ""))
        raise InterruptedError

    def created(request: Any, **kwargs: Any) -> None:
        seen[-1] += [type(request.data), type(request.body)]

    for client in (boto3.Session(**KEYS).client(service), client_kind.client(service)):
        seen.append([])
        client.meta.events.register(
            "before-call", lambda params, **kwargs: seen[-1].append(type(params["body"]))
        )
        client.meta.events.register("request-created", created)
        client.meta.events.register("before-send", send)
        with pytest.raises(InterruptedError):
            getattr(client, method)(**params)
    assert seen[0] == seen[1]


def test_a_form_that_a_handler_changes_is_sent(client_kind: Kind) -> None:
    client = client_kind.scripted("sns", [answer(200, body=b"<PublishResponse/>")])

    def change(request: Any, **kwargs: Any) -> None:
        request.body = request.body.replace("Message=m", "Message=n")

    client.meta.events.register("before-send", change)
    client.publish(Message="m")
    (request,) = client.transport.requests
    assert b"Message=n" in request.body


def test_a_form_is_sent_again(client_kind: Kind) -> None:
    client = client_kind.scripted("sns", [answer(503), answer(200, body=b"<PublishResponse/>")])
    client.meta.events.register(
        "needs-retry", lambda response, **kwargs: 0 if response[0].status_code == 503 else None
    )
    client.publish(Message="m")
    assert [b"Message=m" in request.body for request in client.transport.requests] == [True, True]


@pytest.mark.parametrize("seconds", [-1, -0.5, float("nan"), float("inf")])
def test_a_negative_wait_is_refused(seconds: float, client_kind: Kind) -> None:
    def hasty(**kwargs: Any) -> float:
        return seconds

    client = client_kind.scripted("sqs", [answer(200, body=b"{}")])
    client.meta.events.register_first("needs-retry.sqs", hasty)
    with pytest.raises(
        ValueError, match=r"needs-retry\.\S*ListQueues: handler '.*hasty' .*returned (-|nan|inf)"
    ):
        client.list_queues()
    assert len(client.transport.requests) == 1


async def _waits() -> None:
    await asyncio.sleep(0.001)


async def _suspends() -> None:
    await _Never()


class _Never:
    def __await__(self) -> Any:
        yield


def plainly_asynchronous(**kwargs: Any) -> Any:
    return _waits()


def suspending(**kwargs: Any) -> Any:
    return _suspends()


@pytest.mark.parametrize("handler", [plainly_asynchronous, suspending])
@pytest.mark.parametrize(
    "event", ["before-call.sqs", "before-send.sqs", "needs-retry.sqs", "provide-client-params.sqs"]
)
def test_a_plain_handler_of_a_coroutine_is_named(event: str, handler: Any) -> None:
    import sotalia
    from sotalia.transport.scripted import ScriptedTransport

    session = sotalia.Session(**KEYS, transport=ScriptedTransport([answer(200, body=b"{}")]))
    client = session.client("sqs", config=Config(retries={"total_max_attempts": 1}))
    client.meta.events.register(event, handler)
    with pytest.raises(
        RuntimeError, match=rf"{event}\.ListQueues: handler '{handler.__name__}' .*test_text_values\.py"
    ):
        client.list_queues()


def test_a_plain_handler_of_a_coroutine_while_a_loop_runs() -> None:
    async def inside() -> None:
        test_a_plain_handler_of_a_coroutine_is_named("before-call.sqs", plainly_asynchronous)

    asyncio.run(inside())


@pytest.mark.parametrize("method", ["put_object", "upload_part"])
def test_a_body_that_can_be_read_once(method: str, client_kind: Kind) -> None:
    class Pipe(io.RawIOBase):
        def readable(self) -> bool:
            return True

    client = client_kind.scripted("s3", [answer()], endpoint_url="http://localhost:1")
    params = {"UploadId": "u", "PartNumber": 1} if method == "upload_part" else {}
    with pytest.raises(exceptions.UnseekableStreamError, match="can be read only once"):
        getattr(client, method)(Bucket="bucket", Key="k", Body=Pipe(), **params)
    assert client.transport.requests == []


@pytest.mark.parametrize("kind", [member, modern, Odd])
def test_regions_and_keys(kind: Any, client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 asks `s3.Made.MEMBER.amazonaws.com`."""
    heads = []
    for each in (str, kind):
        session = client_kind.session(
            aws_access_key_id=each("AKID"),
            aws_secret_access_key=each("secret"),
            region_name=each("eu-west-1"),
        )
        heads.append(
            sent(client_kind.scripted("sqs", [answer(200)], session), "list_queues", {}, monkeypatch)
        )
    assert heads[0] == heads[1]
