"""Bodies that can be read once: a cassette tells them apart by what they send."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.config import Config
from sotalia.replay.errors import NotRecordedError
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind


class Pipe:
    """A file that cannot be rewound."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int | None = -1) -> bytes:
        return self._file.read(size)


class AsyncPipe(Pipe):
    async def read(self, size: int | None = -1) -> bytes:  # type: ignore[override]
        return self._file.read(size)


BODIES = {"pipe": Pipe, "async pipe": AsyncPipe}


def _body(kind: Kind, name: str, data: bytes) -> Any:
    if name == "async pipe" and not kind.is_async:
        pytest.skip("sync clients take no async bodies")
    return BODIES[name](data)


class Server:
    """Reads what is sent to it, as far as it comes."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.received: list[bytes] = []

    async def __call__(self, request: Any) -> Any:
        data = b""
        if hasattr(request.body, "__aiter__"):
            async for chunk in request.body:
                data += chunk
        elif isinstance(request.body, bytes):
            data = request.body
        else:
            while chunk := request.body.read(64):
                data += chunk
        self.received.append(data)
        return answer(self.statuses.pop(0))


@pytest.mark.parametrize("name", BODIES)
def test_streams_are_compared_by_what_they_send(name: str, client_kind: Kind, tmp_path: Path) -> None:
    server = Server(200, 200)
    with sotalia.cassette(tmp_path / "c.json"):
        client = client_kind.scripted("s3", [server])
        for data in (b"first" * 1000, b"second"):
            client.put_object(Bucket="b", Key="k", Body=_body(client_kind, name, data))
    assert b"first" * 10 in server.received[0]
    assert b"second" in server.received[1]
    with sotalia.cassette(tmp_path / "c.json", mode="none") as cassette:
        # Without credentials, and without a server.
        client = client_kind.client("s3", client_kind.session(region_name=KEYS["region_name"]))
        client.put_object(Bucket="b", Key="k", Body=_body(client_kind, name, b"second"))
        assert [recording.number for recording in cassette.unused] == [1]
        # What can be rewound is the same if it has the same bytes.
        client.put_object(Bucket="b", Key="k", Body=io.BytesIO(b"first" * 1000))
        assert cassette.unused == []
        with pytest.raises(NotRecordedError, match="the same length, other content"):
            client.put_object(Bucket="b", Key="k", Body=_body(client_kind, name, b"fourth"))


@pytest.mark.parametrize("name", BODIES)
def test_what_is_not_there_is_sent_whole(name: str, client_kind: Kind, tmp_path: Path) -> None:
    """In the mode that plays or records, a body is looked at before it is known whether it is sent."""
    with sotalia.cassette(tmp_path / "c.json"):
        client_kind.scripted("s3", [Server(200)]).put_object(Bucket="b", Key="k", Body=b"first")
    server = Server(200)
    with sotalia.cassette(tmp_path / "c.json", mode="new") as cassette:
        client = client_kind.scripted("s3", [server])
        client.put_object(Bucket="b", Key="k", Body=_body(client_kind, name, b"first"))
        client.put_object(Bucket="b", Key="k", Body=_body(client_kind, name, b"second"))
    assert (cassette.played, cassette.recorded) == (1, 1)
    [data] = server.received
    assert b"second" in data


@pytest.mark.parametrize("is_recorded", [False, True])
def test_retries_do_not_send_an_empty_body(is_recorded: bool, client_kind: Kind, tmp_path: Path) -> None:
    """A body that was read is gone: the call fails as it does without a cassette."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 3})
    server = Server(500, 200)

    def call() -> None:
        client_kind.scripted("s3", [server], config=config).put_object(
            Bucket="b", Key="k", Body=Pipe(b"data")
        )

    if is_recorded:
        with sotalia.cassette(tmp_path / "c.json"), pytest.raises(sotalia.exceptions.UnseekableStreamError):
            call()
    else:
        with pytest.raises(sotalia.exceptions.UnseekableStreamError):
            call()
    assert len(server.received) == 1


def test_a_pipe_of_the_system(client_kind: Kind, tmp_path: Path) -> None:
    for _ in range(2):
        reading, writing = os.pipe()
        os.write(writing, b"hello")
        os.close(writing)
        with os.fdopen(reading, "rb") as file, sotalia.cassette(tmp_path / "c.json"):
            client_kind.scripted("s3", [Server(200)]).put_object(Bucket="b", Key="k", Body=file)


def test_the_callers_parameters_stay_theirs(client_kind: Kind, tmp_path: Path) -> None:
    pipe = Pipe(b"data")
    parameters = {"Bucket": "b", "Key": "k", "Body": pipe}
    with sotalia.cassette(tmp_path / "c.json"):
        client_kind.scripted("s3", [Server(200)]).put_object(**parameters)
    assert parameters["Body"] is pipe
