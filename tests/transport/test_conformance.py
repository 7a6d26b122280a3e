"""One check for every transport: synchronous, asynchronous, scripted."""

from __future__ import annotations

from typing import Any

import pytest

from sotalia.runtime import drive
from sotalia.transport import TransportOptions
from sotalia.transport.conformance import check_transport, expected_answer
from sotalia.transport.http import asyncio_transport, sync_transport
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import Kind
from tests.transport.servers import Connection, serving


def answer_as_expected(connection: Connection) -> None:
    while True:
        head, body = connection.request()
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        status, headers, content = expected_answer(method, target.partition("?")[0], body)
        lines = [f"HTTP/1.1 {status} Any", *(f"{name}: {value}" for name, value in headers.items())]
        lines.append(f"Content-Length: {len(content)}")
        connection.send("\r\n".join([*lines, "", ""]).encode() + content)


def answer_from_script(request: Any) -> Any:
    path = request.url.removeprefix("http://scripted").partition("?")[0]
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
    elif not isinstance(body, bytes | None):
        body = b"".join(body)
    status, headers, content = expected_answer(request.method, path, body or b"")
    return answer(status, headers, content)


def test_over_sockets(client_kind: Kind) -> None:
    async def check(port: int) -> None:
        make = asyncio_transport if client_kind.is_async else sync_transport
        await check_transport(make(TransportOptions(read_timeout=5)), f"http://127.0.0.1:{port}")

    with serving(answer_as_expected) as port:
        if client_kind.is_async:
            client_kind.run(check(port))
        else:
            drive(check(port))


def test_scripted(client_kind: Kind) -> None:
    work = check_transport(ScriptedTransport([answer_from_script]), "http://scripted")
    if client_kind.is_async:
        client_kind.run(work)
    else:
        drive(work)


def test_the_check_can_fail() -> None:
    with pytest.raises(AssertionError, match="is there when it comes"):
        drive(check_transport(ScriptedTransport([answer(200, body=b"else")]), "http://scripted"))
