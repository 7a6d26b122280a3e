"""Bodies in a cassette: readable, and the same bytes again; and bodies that end early, also when they are played."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sotalia
from sotalia.replay.errors import CassetteError
from sotalia.replay.event_messages import messages_of, written
from sotalia.replay.stored import bytes_of, stored
from sotalia.testing import LocalAWS
from sotalia.transport.body import RawBody
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

#: A body, and the form that people see of it.
FORMS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "nothing": (b"", {}),
    "text": (b"hello", {"text": "hello"}),
    "lines": (b"one\ntwo\r\n", {"lines": ["one\n", "two\r\n"]}),
    "JSON": (b'{"b":1,"a":[]}', {"json": {"b": 1, "a": []}}),
    "spaced JSON": (b'{"b": 1, "a": "\xc3\xbc"}', {"json": {"b": 1, "a": "\u00fc"}, "style": "spaced"}),
    "ASCII JSON": (b'{"a":"\\u00fc"}', {"json": {"a": "\u00fc"}, "style": "ascii"}),
    "JSON of two styles": (b'{"a": 1,"b":2}', {"text": '{"a": 1,"b":2}'}),
    "JSON with a member twice": (b'{"a":1,"a":2}', {"text": '{"a":1,"a":2}'}),
    "JSON with odd numbers": (b'{"a":1.50}', {"text": '{"a":1.50}'}),
    "no JSON": (b'{"a":NaN}', {"text": '{"a":NaN}'}),
    "half a pair": (b'{"a":"\\ud800"}', {"text": '{"a":"\\ud800"}'}),
    "XML": (
        b'<?xml version="1.0"?><A><B>b</B><C/><D><E>e</E></D></A>',
        {"xml": ['<?xml version="1.0"?>', "<A>", "  <B>b</B>", "  <C/>", "  <D>", "    <E>e</E>", "  </D>", "</A>"]},
    ),
    "XML in lines": (b"<A>\n <B/>\n</A>", {"lines": ["<A>\n", " <B/>\n", "</A>"]}),
    "bytes": (b"\x00\xff", {"base64": ["AP8="]}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    body, form = FORMS[name]
    assert stored(body) == form
    assert bytes_of(form) == body


_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_BODIES = st.one_of(
    st.binary(),
    st.text().map(lambda text: text.encode("utf-8", "surrogatepass")),
    _DOCUMENTS.map(lambda value: json.dumps(value).encode()),
    _DOCUMENTS.map(
        lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )
    ),
    st.lists(
        st.sampled_from(["<a>", "</a>", "<b/>", " ", "x", "<![CDATA[><]]>", "\u00fc", "&lt;"]), max_size=12
    ).map(lambda parts: "".join(parts).encode()),
)


@given(_BODIES)
def test_the_same_bytes_again(body: bytes) -> None:
    """Also after the form was written as JSON, and read."""
    assert bytes_of(json.loads(json.dumps(stored(body)))) == body


_HEADERS = st.dictionaries(
    st.text("abc:-", min_size=1, max_size=8),
    st.one_of(
        st.tuples(st.sampled_from([0, 1]), st.none()),
        st.tuples(st.just(4), st.integers(-(2**31), 2**31 - 1)),
        st.tuples(st.just(8), st.integers(0, 2**40)),
        st.tuples(st.just(6), st.binary(max_size=9)),
        st.tuples(st.just(7), st.text(max_size=9)),
        st.tuples(st.just(9), st.binary(min_size=16, max_size=16)),
    ),
    max_size=4,
)


@given(st.lists(st.tuples(_HEADERS, _BODIES), min_size=1, max_size=3))
def test_event_streams(events: list[tuple[Any, bytes]]) -> None:
    body = b"".join(
        written(
            [(name, kind, kind == 0 if kind < 2 else value) for name, (kind, value) in headers.items()],
            payload,
        )
        for headers, payload in events
    )
    form = stored(body)
    assert "events" in form
    assert bytes_of(json.loads(json.dumps(form))) == body
    # Half a message, or a damaged one, is kept as it is.
    assert messages_of(body[:-1]) is None
    assert bytes_of(stored(body[:-1])) == body[:-1]


def _event(name: str, payload: bytes = b"", content_type: str = "application/octet-stream") -> bytes:
    return written(
        [(":message-type", 7, "event"), (":event-type", 7, name), (":content-type", 7, content_type)], payload
    )


SELECT = {
    "Bucket": "bucket", "Key": "k", "ExpressionType": "SQL", "Expression": "SELECT * FROM S3Object",
    "InputSerialization": {"CSV": {}}, "OutputSerialization": {"CSV": {}},
}  # fmt: skip


def _events(kind: Kind, client: Any) -> list[Any]:
    payload = client.select_object_content(**SELECT)["Payload"]
    events: list[Any] = kind.run(_list(payload)) if kind.is_async else list(payload)
    return events


async def _list(stream: Any) -> list[Any]:
    return [event async for event in stream]


def test_events_are_played(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    body = _event("Records", b"a,b\n1,2\n") + _event("Cont") + _event("End")
    response = answer(headers={"content-type": "application/vnd.amazon.eventstream"}, body=body)
    with sotalia.cassette(path):
        recorded = _events(client_kind, client_kind.scripted("s3", [response]))
    assert [list(event) for event in recorded] == [["Records"], ["Cont"], ["End"]]
    assert '"lines": [' in path.read_text()
    assert "a,b" in path.read_text()
    with sotalia.cassette(path, mode="none"):
        assert _events(client_kind, client_kind.client("s3")) == recorded


def test_events_of_which_some_were_read(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    events = [_event("Records", b"1"), _event("Records", b"2"), _event("End")]

    def respond(request: Any) -> Any:
        pieces = iter(events)

        async def next_chunk(wanted: int | None) -> bytes:
            return next(pieces, b"")

        return AWSResponse(request.url, 200, {}, RawBody(next_chunk, lambda complete: None))

    async def first(stream: Any) -> Any:
        event = await anext(aiter(stream))
        stream.close()
        return event

    def one(client: Any) -> Any:
        stream = client.select_object_content(**SELECT)["Payload"]
        if client_kind.is_async:
            return client_kind.run(first(stream))
        event = next(iter(stream))
        stream.close()
        return event

    with sotalia.cassette(path):
        recorded = one(client_kind.scripted("s3", [respond]))
    assert recorded == {"Records": {"Payload": b"1"}}
    with sotalia.cassette(path):
        assert one(client_kind.client("s3")) == recorded
    with sotalia.cassette(path), pytest.raises(CassetteError, match="nobody read more"):
        _events(client_kind, client_kind.client("s3"))


@pytest.mark.parametrize("length", [{"content-length": "10"}, {}, {"content-length": str(9 << 20)}])
def test_a_body_that_ended_early(client_kind: Kind, tmp_path: Path, length: dict[str, str]) -> None:
    """What came is given, and then the error, as it was."""
    path = tmp_path / "calls.json"

    def respond(request: Any) -> Any:
        pieces = [b"01234"]

        async def next_chunk(wanted: int | None) -> bytes:
            if pieces:
                return pieces.pop()
            raise ConnectionResetError("reset by peer")

        return AWSResponse(request.url, 200, length, RawBody(next_chunk, lambda complete: None))

    def read(client: Any) -> tuple[bytes, str]:
        body = client.get_object(Bucket="bucket", Key="k")["Body"]
        data = body.read(3) + body.read(2)
        with pytest.raises(sotalia.exceptions.ResponseStreamingError) as caught:
            body.read()
        return data, str(caught.value)

    with sotalia.cassette(path):
        recorded = read(client_kind.scripted("s3", [respond]))
    assert recorded[0] == b"01234"
    with sotalia.cassette(path, mode="none"):
        assert read(client_kind.client("s3")) == recorded


def test_a_real_stream_beyond_what_is_read_at_once(client_kind: Kind, tmp_path: Path, aws: LocalAWS) -> None:
    path = tmp_path / "calls.json"
    data = bytes(range(250)) * 40_000
    bucket = f"streams-{client_kind.is_async}".lower()
    real = aws.client("s3")
    real.create_bucket(Bucket=bucket)
    real.put_object(Bucket=bucket, Key="k", Body=data)

    def read(client: Any) -> bytes:
        body = client.get_object(Bucket=bucket, Key="k")["Body"]
        return body.read(1000) + body.read(1 << 20) + body.read()

    session = client_kind.session(**{**KEYS, "region_name": "us-east-1"})
    client = client_kind.client("s3", session, endpoint_url=aws.endpoint_url)
    with sotalia.cassette(path):
        assert read(client) == data
    with sotalia.cassette(path, mode="none"):
        assert read(client_kind.client("s3", client_kind.session(region_name="us-east-1"))) == data


def test_a_body_that_nobody_reads(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    with sotalia.cassette(path):
        body = client_kind.scripted("s3", [answer(body=b"later")]).get_object(Bucket="bucket", Key="k")[
            "Body"
        ]
    assert body.read() == b"later"
    with sotalia.cassette(path):
        body = client_kind.client("s3").get_object(Bucket="bucket", Key="k")["Body"]
    assert body.read() == b"later"
