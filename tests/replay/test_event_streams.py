"""Event streams of all kinds, good and broken: played back they give the same events, and end in the same way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind
from tests.protocols.test_eventstream import CALLS, STREAMS

_HEADERS = {"content-type": "application/vnd.amazon.eventstream"}
#: Broken in ways that no message is, and what is left when a connection ends early.
BROKEN = {
    "cut": lambda data: data[:-5],
    "cut within the first": lambda data: data[:10],
    "a wrong checksum": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "a wrong length": lambda data: b"\xff" + data[1:],
    "something behind": lambda data: data + b"?",
    "twice": lambda data: data + data,
    "another format": lambda data: b'{"message": "no stream"}',
}
CASES = [(name, service, b"".join(messages)) for name, (service, messages) in STREAMS.items()] + [
    (f"{name}: {how}", service, damage(b"".join(messages)))
    for name, (service, messages) in STREAMS.items()
    if name in ("select", "shard", "converse", "other headers")
    for how, damage in BROKEN.items()
]


async def _collect(stream: Any, found: list[Any]) -> None:
    async for event in stream:
        found.append(event)


def _seen(kind: Kind, client: Any, service: str) -> list[str]:
    """Result, events, and the error that ended it."""
    method, parameters, member = CALLS[service]
    found: list[Any] = []
    try:
        result = kind.run(getattr(client.raw, method)(**parameters))
        stream = result.pop(member)
        found.append(result)
        if kind.is_async:
            kind.run(_collect(stream, found))
        else:
            found.extend(stream)
    except Exception as error:
        found.append(f"{type(error).__name__}: {error}")
    return [repr(one) for one in found]


@pytest.mark.parametrize(("name", "service", "data"), CASES, ids=[case[0] for case in CASES])
def test_event_streams(name: str, service: str, data: bytes, client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    with sotalia.cassette(path, redact=_keep()):
        recorded = _seen(client_kind, client_kind.scripted(service, [answer(200, _HEADERS, data)]), service)
    with sotalia.cassette(path, mode="none", redact=_keep()):
        assert _seen(client_kind, client_kind.client(service), service) == recorded
    # Somebody looks at a file in a review: whole messages are shown as such.
    body = json.loads(path.read_text("utf-8"))["calls"][0]["attempts"][0].get("body", {})
    is_damaged = ": " in name or name in ("a wrong checksum", "a wrong prelude")
    assert ("events" in body) == (bool(data) and (not is_damaged or name.endswith("twice")))


def _keep() -> Any:
    """Whole events are compared: nothing in them is hidden."""
    names = (
        "Data",
        "text",
        "bytes",
        "message",
        "payload",
        "Payload",
        "chunk",
        "sessionResults",
        "delta",
        "usage",
    )
    return dict.fromkeys(names, False)
