"""Streams of events over real connections, beside boto3: what comes out, how it ends, and what becomes of the line."""

from __future__ import annotations

import gc
import re
import struct
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from zlib import crc32

import boto3
import botocore.config
import pytest

from sotalia import exceptions
from sotalia.protocols.eventstream import MessageDecoder
from tests.client_kinds import KEYS, Kind, Plain
from tests.protocols.frames import error, event, exception, frame, header
from tests.transport.servers import Connection, serving

CONFIG = botocore.config.Config(retries={"max_attempts": 0}, inject_host_prefix=False, read_timeout=10)
SELECT = {
    "Bucket": "b",
    "Key": "k",
    "Expression": "SELECT *",
    "ExpressionType": "SQL",
    "InputSerialization": {"CSV": {}},
    "OutputSerialization": {"CSV": {}},
}
SHARD = {"ConsumerARN": "arn:aws:kinesis:us-west-2:123456789012:stream/s/consumer/c:1", "ShardId": "s"}
# Service -> method, parameters, the member that streams.
CALLS: dict[str, tuple[str, dict[str, Any], str]] = {
    "s3": ("select_object_content", SELECT, "Payload"),
    "kinesis": ("subscribe_to_shard", {**SHARD, "StartingPosition": {"Type": "LATEST"}}, "EventStream"),
    "bedrock-runtime": ("converse_stream", {"modelId": "m"}, "stream"),
    "lambda": ("invoke_with_response_stream", {"FunctionName": "f"}, "EventStream"),
    "logs": ("start_live_tail", {"logGroupIdentifiers": ["g"]}, "responseStream"),
    "bedrock-agent-runtime": (
        "invoke_agent",
        {"agentAliasId": "a", "agentId": "i", "sessionId": "ss"},
        "completion",
    ),
}
INITIAL = event("initial-response", {})
RECORDS = event("Records", b"1,2\n3,4\n", header(":content-type", "application/octet-stream"))
DELTA = event("contentBlockDelta", {"delta": {"text": "Hello ü"}, "contentBlockIndex": 0})
SHARD_EVENT = event(
    "SubscribeToShardEvent",
    {
        "Records": [{"Data": "AAE=", "SequenceNumber": "1", "ApproximateArrivalTimestamp": 1577934245.5}],
        "ContinuationSequenceNumber": "2",
        "MillisBehindLatest": 0,
    },
)
STATS = b"<Stats><BytesScanned>10</BytesScanned><BytesReturned>8</BytesReturned></Stats>"
# Name -> service and the messages of its stream.
STREAMS: dict[str, tuple[str, list[bytes]]] = {
    "select": ("s3", [RECORDS, event("Cont"), event("Stats", STATS), event("End")]),
    "unknown events": ("s3", [event("Unheard", b"?"), RECORDS, event("End")]),
    "other headers": (
        "s3",
        [
            event(
                "Records",
                b"x",
                header("t", None, 0)
                + header("f", None, 1)
                + header("b", -1, 2)
                + header("h", 2, 3)
                + header("i", 3, 4)
                + header("l", 4, 5)
                + header("raw", b"\0\1", 6)
                + header("when", 1577934245500, 8)
                + header("id", bytes(16), 9),
            )
        ],
    ),
    "an error": ("s3", [RECORDS, error("InternalError", "it broke")]),
    "nothing": ("s3", []),
    "shard": ("kinesis", [INITIAL, SHARD_EVENT, SHARD_EVENT]),
    "an exception": (
        "kinesis",
        [INITIAL, SHARD_EVENT, exception("ResourceNotFoundException", {"message": "gone"})],
    ),
    "an unknown exception": ("kinesis", [INITIAL, exception("Unheard", {"message": "?"})]),
    "no initial response": ("kinesis", [SHARD_EVENT]),
    "nothing at all": ("kinesis", []),
    "live tail": (
        "logs",
        [INITIAL, event("sessionStart", {"requestId": "r"}), event("sessionUpdate", {"sessionResults": []})],
    ),
    "converse": (
        "bedrock-runtime",
        [
            event("messageStart", {"role": "assistant"}),
            DELTA,
            event("contentBlockStop", {"contentBlockIndex": 0}),
            event(
                "messageStop", {"stopReason": "end_turn", "additionalModelResponseFields": {"a": [1, None]}}
            ),
            event("metadata", {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}}),
        ],
    ),
    "throttled": ("bedrock-runtime", [DELTA, exception("throttlingException", {"message": "slowly"})]),
    "more than a message": (
        "bedrock-runtime",
        [exception("modelStreamErrorException", {"message": "m", "originalStatusCode": 500})],
    ),
    "lambda": ("lambda", [event("PayloadChunk", b"\0chunk"), event("InvokeComplete", {"ErrorCode": "E"})]),
    "agent": (
        "bedrock-agent-runtime",
        [event("chunk", {"bytes": "AAE="}), event("trace", {"eventTime": "2020-01-02T03:04:05Z"})],
    ),
    "a wrong checksum": ("s3", [RECORDS, RECORDS[:-1] + bytes([RECORDS[-1] ^ 1]), RECORDS]),
    "a wrong prelude": ("s3", [RECORDS, b"\0" + RECORDS[1:8] + b"\0\0\0\0" + RECORDS[12:]]),
}
# Where the outcome is another one on purpose: docs/differences.md.
OTHERWISE = {
    "an unknown exception",
    "no initial response",
    "nothing at all",
    "a wrong checksum",
    "a wrong prelude",
}


def streaming(pieces: list[bytes], *, is_complete: bool = True) -> Callable[[Connection], None]:
    """Answer each request with a chunked body in these pieces; an incomplete one ends with the connection."""

    def handle(connection: Connection) -> None:
        while True:
            connection.request()
            connection.send(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx-amzn-RequestId: r\r\n"
                b"Content-Type: application/vnd.amazon.eventstream\r\n\r\n"
            )
            for piece in pieces:
                connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            if not is_complete:
                return
            connection.send(b"0\r\n\r\n")

    return handle


def outcome(client: Any, service: str, *, closes: bool = False) -> list[Any]:
    """The events in order, and what was raised at last. The reference's streams need to be closed."""
    method, params, member = CALLS[service]
    found: list[Any] = []
    try:
        answer = getattr(client, method)(**params)
        stream = answer.pop(member)
        answer.pop("ResponseMetadata")
        found.append(answer)
        for each in stream:
            found += [each]
    except Exception as raised:
        found.append((type(raised).__name__, str(raised), getattr(raised, "response", None)))
    if closes:
        stream.close()
    return found


@contextmanager
def connected(client_kind: Kind, service: str, handle: Callable[[Connection], None]) -> Any:
    with serving(handle) as port:
        client = client_kind.connected(service, endpoint_url=f"http://127.0.0.1:{port}", config=CONFIG)
        yield StreamsAreLists(client, client_kind)


class StreamsAreLists:
    """A client whose streams can be iterated over plainly."""

    def __init__(self, client: Plain, client_kind: Kind) -> None:
        self.client = client
        self._client_kind = client_kind

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)

        def call(**params: Any) -> Any:
            answer = method(**params)
            for key, value in answer.items():
                if hasattr(value, "get_initial_response"):
                    answer[key] = Events(value, self._client_kind)
            return answer

        return call

    @property
    def pool(self) -> tuple[int, int]:
        """Connections in use and idle."""
        pool = self.client.transport.pool
        return pool.in_use, pool.idle


class Events:
    """A stream sync or async as a plain iterator."""

    def __init__(self, stream: Any, client_kind: Kind) -> None:
        self.stream = stream
        self._client_kind = client_kind

    def __iter__(self) -> Any:
        if not self._client_kind.is_async:
            yield from self.stream
            return
        events = self.stream.__aiter__()
        while True:
            try:
                found = self._client_kind.run(events.__anext__())
            except StopAsyncIteration:
                return
            yield found

    def close(self) -> None:
        self.stream.close()


@pytest.mark.parametrize("name", [name for name in STREAMS if name not in OTHERWISE])
def test_events_are_the_same(name: str, client_kind: Kind) -> None:
    service, messages = STREAMS[name]
    body = b"".join(messages)
    with connected(client_kind, service, streaming([body] if body else [])) as client:
        endpoint = client.client.meta.endpoint_url
        reference = boto3.Session(**KEYS).client(service, endpoint_url=endpoint, config=CONFIG)
        expected = outcome(reference, service, closes=True)
        reference.close()
        assert outcome(client, service) == expected
        # However it ended: the line is free again, or closed where the stream was left in the middle.
        assert client.pool[0] == 0


@pytest.mark.parametrize("name", STREAMS)
def test_however_the_bytes_come(name: str, client_kind: Kind) -> None:
    service, messages = STREAMS[name]
    body = b"".join(messages)
    with connected(client_kind, service, streaming([body] if body else [])) as client:
        whole = outcome(client, service)
    with connected(client_kind, service, streaming([body[at : at + 1] for at in range(len(body))])) as client:
        assert outcome(client, service) == whole
        assert client.pool[0] == 0


@pytest.mark.parametrize(
    ("name", "raised", "message"),
    [
        ("no initial response", "ResponseParserError", "does not start with its initial response"),
        ("nothing at all", "ResponseParserError", "does not start with its initial response"),
        ("a wrong checksum", "ResponseParserError", r"its checksum is 0x[0-9a-f]+, expected 0x"),
        ("a wrong prelude", "ResponseParserError", "its prelude's checksum"),
    ],
)
def test_damage(name: str, raised: str, message: str, client_kind: Kind) -> None:
    service, messages = STREAMS[name]
    with connected(client_kind, service, streaming([part for part in messages if part])) as client:
        *_, (kind, text, _) = outcome(client, service)
        assert kind == raised
        assert re.search(message, text)
        assert client.pool[0] == 0


def test_an_exception_that_no_model_knows_is_named(client_kind: Kind) -> None:
    service, messages = STREAMS["an unknown exception"]
    with connected(client_kind, service, streaming(messages)) as client:
        _, (kind, text, response) = outcome(client, service)
        assert kind == "EventStreamError"
        assert "(Unheard)" in text
        assert response == {"Error": {"Code": "Unheard", "Message": ""}}


@pytest.mark.parametrize("cut", [1, 11, 12, 40, len(RECORDS) - 1])
def test_a_stream_that_ends_in_a_message(cut: int, client_kind: Kind) -> None:
    with connected(client_kind, "s3", streaming([RECORDS, RECORDS[:cut]])) as client:
        events = outcome(client, "s3")
        assert events[1] == {"Records": {"Payload": b"1,2\n3,4\n"}}
        assert events[2][0] == "ResponseStreamingError"
        assert client.pool[0] == 0


def test_a_connection_that_breaks(client_kind: Kind) -> None:
    with connected(client_kind, "s3", streaming([RECORDS, RECORDS[:20]], is_complete=False)) as client:
        *events, (kind, _, _) = outcome(client, "s3")
        assert len(events) == 2
        assert kind in ("ConnectionClosedError", "ResponseStreamingError")
        assert client.pool == (0, 0)


def test_a_stream_read_to_its_end_frees_the_line(client_kind: Kind) -> None:
    with connected(client_kind, "s3", streaming([RECORDS, event("End")])) as client:
        for _ in range(3):
            assert len(list(client.select_object_content(**SELECT)["Payload"])) == 2
        assert client.pool == (0, 1)
        assert client.client.transport.pool.opened == 1


def test_a_stream_closed_early_leaves_no_dirty_line(client_kind: Kind) -> None:
    with connected(client_kind, "s3", streaming([RECORDS * 100] * 100)) as client:  # More than comes at once.
        for turn in range(3):
            stream = client.select_object_content(**SELECT)["Payload"]
            assert next(iter(stream)) == {"Records": {"Payload": b"1,2\n3,4\n"}}
            stream.close()
            stream.close()
            assert client.pool == (0, 0)
            assert client.client.transport.pool.opened == turn + 1


def test_a_stream_that_is_dropped_leaves_no_line(client_kind: Kind) -> None:
    with connected(client_kind, "s3", streaming([RECORDS * 100] * 100)) as client:  # More than comes at once.
        client.select_object_content(**SELECT)
        gc.collect()
        assert client.pool == (0, 0)


def test_with_closes_it(client_kind: Kind) -> None:
    with connected(client_kind, "s3", streaming([RECORDS] * 3)) as client:
        stream = client.client.select_object_content(**SELECT)["Payload"]

        async def asynchronous() -> None:
            async with stream as events:
                async for _ in events:
                    break

        if client_kind.is_async:
            client_kind.run(asynchronous())
        else:
            with stream as events:
                next(iter(events))
        in_use, _ = client.pool  # One whose bytes had all come may serve again.
        assert in_use == 0


def test_reading_goes_on_where_it_stopped(client_kind: Kind) -> None:
    numbered = [event("Records", bytes([number])) for number in range(4)]
    with connected(client_kind, "s3", streaming([b"".join(numbered)])) as client:
        stream = client.select_object_content(**SELECT)["Payload"]
        assert next(iter(stream)) == {"Records": {"Payload": b"\0"}}
        assert [found["Records"]["Payload"] for found in stream] == [b"\1", b"\2", b"\3"]


LONG = struct.pack(">II", 2**31, 16)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (frame(header("a", "1") + header("a", "2")), "appears twice"),
        (frame(b"\x05ab"), "end early"),
        (frame(b"\x01a\x07\x00\x09x"), "ends early"),
        (frame(b"\x01a\x0c"), "unknown type 12"),
        (frame(b"\x01\xff\x00"), "end early"),
        (LONG + struct.pack(">I", crc32(LONG)), "payload is .* bytes long, the maximum"),
        (frame(bytes(130 * 1024)), "headers are .* bytes long, the maximum"),
    ],
)
def test_impossible_messages(data: bytes, message: str) -> None:
    """Refused at once, before memory is set aside for what they announce."""
    with pytest.raises(exceptions.ResponseParserError, match=message):
        MessageDecoder().feed(data)
