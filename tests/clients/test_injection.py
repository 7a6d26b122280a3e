"""Line breaks and zero bytes in whatever a user gives: encoded where that has a meaning, else refused before anything is sent.

A real server counts what reaches it: one request line and the headers meant, or nothing.
"""

from __future__ import annotations

from typing import Any

import pytest

from sotalia.config import Config
from sotalia.exceptions import BotoCoreError, ParamValidationError, ResponseParserError
from tests.client_kinds import KEYS, Kind
from tests.transport.servers import Connection, serving

BAD = ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rb", "a\0b", "\r\n\r\nGET / HTTP/1.1"]
IDS = ["CRLF", "LF", "CR", "NUL", "request"]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Recorder:
    """Answers every request and keeps its head."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []

    def handle(self, connection: Connection) -> None:
        while True:
            head, _ = connection.request()
            self.heads.append(head)
            connection.send(ANSWER)


def call(
    client_kind: Kind,
    service: str,
    method: str,
    params: dict[str, Any],
    config: dict[str, Any] | None = None,
    keys: dict[str, str] | None = None,
    suffix: str = "",
) -> tuple[list[bytes], Exception | None]:
    """What reached the server, and what was raised."""
    recorder = Recorder()
    raised = None
    with serving(recorder.handle) as port:
        session = client_kind.session(**{**KEYS, **(keys or {})})
        options = Config(retries={"max_attempts": 0}, connect_timeout=5, **(config or {}))
        try:
            url = f"http://127.0.0.1:{port}{suffix}"
            client = client_kind.client(service, session, endpoint_url=url, config=options)
            getattr(client, method)(**params)
        except ResponseParserError:
            pass  # The server answers all services alike.
        except (BotoCoreError, ValueError) as error:
            raised = error
    return recorder.heads, raised


def put(**params: Any) -> tuple[str, str, dict[str, Any]]:
    return "s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"", **params}


# What is refused: a function from the bad text to service, method, parameters; and of what the error speaks.
REFUSED: dict[str, tuple[Any, str]] = {
    "header member": (lambda bad: put(ContentType=bad), "Content-Type.*remove it"),
    "metadata value": (lambda bad: put(Metadata={"a": bad}), "x-amz-meta-a.*remove it"),
    "metadata key": (lambda bad: put(Metadata={bad: "a"}), "x-amz-meta-.*remove it"),
    "header list": (
        lambda bad: (
            "s3",
            "get_object_attributes",
            {"Bucket": "b", "Key": "k", "ObjectAttributes": ["ETag", bad]},
        ),
        "x-amz-object-attributes.*remove it",
    ),
    "copy source": (
        lambda bad: ("s3", "copy_object", {"Bucket": "b", "Key": "k", "CopySource": "b/k?versionId=x" + bad}),
        "x-amz-copy-source.*remove it",
    ),
    "bucket": (
        lambda bad: ("s3", "get_object", {"Bucket": bad, "Key": "k"}),
        "Invalid bucket name",
    ),
    # A `$` in a regular expression lets a line feed at the end pass.
    "bucket that ends so": (
        lambda bad: ("s3", "get_object", {"Bucket": f"bucket{bad[:1]}", "Key": "k"}),
        "Invalid bucket name",
    ),
    "access point that ends so": (
        lambda bad: (
            "s3",
            "get_object",
            {"Bucket": f"arn:aws:s3:us-west-2:123456789012:accesspoint:ap{bad[-1:]}", "Key": "k"},
        ),
        "Invalid bucket name|Invalid ARN|Invalid Access Point",
    ),
    "access point": (
        lambda bad: (
            "s3",
            "get_object",
            {"Bucket": f"arn:aws:s3:us-west-2:123456789012:accesspoint:{bad}", "Key": "k"},
        ),
        "Invalid bucket name",
    ),
    "account": (
        lambda bad: ("s3control", "get_access_point", {"AccountId": bad, "Name": "x"}),
        "AccountId|host|label",
    ),
    "timestamp": (
        lambda bad: ("s3", "get_object", {"Bucket": "b", "Key": "k", "IfModifiedSince": bad}),
        "timestamp",
    ),
}
# Of these, what is encoded on the way may as well be sent.
MAYBE_ENCODED = ("copy source",)
# What is encoded, and so does no harm.
ENCODED: dict[str, Any] = {
    "key": lambda bad: ("s3", "get_object", {"Bucket": "b", "Key": bad}),
    "path": lambda bad: ("lambda", "get_function", {"FunctionName": bad}),
    "query": lambda bad: ("s3", "get_object", {"Bucket": "b", "Key": "k", "VersionId": bad}),
    "query list": lambda bad: ("apigateway", "untag_resource", {"resourceArn": "a", "tagKeys": [bad]}),
    "JSON in a header": lambda bad: (
        "lex-runtime",
        "post_content",
        {
            "botName": "b",
            "botAlias": "a",
            "userId": "user",
            "sessionAttributes": {bad: bad},
            "contentType": "audio/x",
            "inputStream": b"",
        },
    ),
    "form": lambda bad: ("sns", "publish", {"Message": bad}),
    "JSON body": lambda bad: ("dynamodb", "get_item", {"TableName": "ttt", "Key": {bad: {"S": bad}}}),
}


def is_harmless(head: bytes) -> bool:
    """One request line of three words, headers that we know, no control bytes."""
    first, *lines = head.split(b"\r\n")
    return (
        len(first.split(b" ")) == 3
        and not any(line.lower().startswith(b"x-evil") for line in lines)
        and all(byte >= 32 for line in (first, *lines) for byte in line)
    )


@pytest.mark.parametrize("bad", BAD, ids=IDS)
@pytest.mark.parametrize("place", REFUSED)
def test_refused(place: str, bad: str, client_kind: Kind) -> None:
    make, message = REFUSED[place]
    if place.endswith("that ends so"):
        bad = bad.strip("aX-Evil: 1b") or "\n"
    heads, raised = call(client_kind, *make(bad))
    if place in MAYBE_ENCODED and raised is None:
        assert [is_harmless(head) for head in heads] == [True]
        return
    assert heads == []
    with pytest.raises((BotoCoreError, ValueError), match=f"(?s){message}"):
        raise raised or AssertionError("nothing was raised")


@pytest.mark.parametrize("bad", BAD, ids=IDS)
@pytest.mark.parametrize("place", ENCODED)
def test_encoded(place: str, bad: str, client_kind: Kind) -> None:
    heads, raised = call(client_kind, *ENCODED[place](bad))
    assert raised is None
    assert len(heads) == 1
    assert is_harmless(heads[0])


@pytest.mark.parametrize("bad", BAD, ids=IDS)
@pytest.mark.parametrize("option", ["user_agent", "user_agent_extra", "user_agent_appid"])
def test_user_agent(option: str, bad: str, client_kind: Kind) -> None:
    heads, raised = call(client_kind, "sqs", "list_queues", {}, config={option: bad})
    # The application's id is cleaned, as boto3 does; the others are the user's own words.
    sent = option == "user_agent_appid"
    assert [is_harmless(head) for head in heads] == [True] * sent
    assert (raised is None) == sent


@pytest.mark.parametrize("bad", BAD, ids=IDS)
@pytest.mark.parametrize("key", ["aws_access_key_id", "aws_session_token"])
def test_credentials(key: str, bad: str, client_kind: Kind) -> None:
    heads, raised = call(client_kind, "sqs", "list_queues", {}, keys={key: bad})
    assert heads == []
    assert "remove it" in str(raised)
    assert "Evil" not in str(raised)


@pytest.mark.parametrize("bad", BAD, ids=IDS)
@pytest.mark.parametrize("suffix", ["/{}", "/?a={}", "{}/", "/#{}"])
def test_addresses(suffix: str, bad: str, client_kind: Kind) -> None:
    heads, raised = call(client_kind, "sqs", "list_queues", {}, suffix=suffix.format(bad))
    assert heads == []
    assert "Invalid endpoint" in str(raised)


@pytest.mark.parametrize("bad", BAD, ids=IDS)
def test_regions(bad: str, client_kind: Kind) -> None:
    heads, raised = call(client_kind, "sqs", "list_queues", {}, keys={"region_name": bad})
    assert heads == []
    assert type(raised).__name__ == "InvalidRegionError"


@pytest.mark.parametrize("bad", BAD, ids=IDS)
def test_headers_of_handlers(bad: str, client_kind: Kind) -> None:
    """What a handler adds goes the same way."""
    recorder = Recorder()
    with serving(recorder.handle) as port:
        client = client_kind.client("sqs", endpoint_url=f"http://127.0.0.1:{port}")
        client.meta.events.register(
            "before-call", lambda params, **kwargs: params["headers"].update({"X-Mine": bad})
        )
        with pytest.raises(ParamValidationError, match=r"X-Mine.*remove it"):
            client.list_queues()
    assert recorder.heads == []
