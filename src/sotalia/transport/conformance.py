"""What every transport must do, as one check: for the transports here, and for one of your own.

The peer has to answer as :func:`expected_answer` says, be it a server on a socket or a script. Then

>>> await check_transport(transport, "http://127.0.0.1:8000")

checks a transport, sync or async (a sync one through :func:`sotalia.runtime.drive`). It raises ``AssertionError`` with
the first requirement that does not hold.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.transport.messages import AWSRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.transport import Transport

#: More than a transport may be expected to hold in one piece.
STREAM = bytes(range(256)) * 1200
CONTENT = b"<All>of it</All>"


def expected_answer(method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body with which the peer answers a request; its length goes with it."""
    if path == "/missing":
        return 404, {"Content-Type": "application/xml"}, b"<Error/>"
    if path == "/stream":
        return 200, {}, STREAM
    if path == "/echo":
        return 200, {"X-Method": method}, body
    return 200, {"X-Amz-Meta-Ab": "value", "X-Path": path}, b"" if method == "HEAD" else CONTENT


async def check_transport(transport: Transport, url: str) -> None:
    """Check a transport whose peer at ``url`` answers as expected. It is closed at the end."""
    await _check_answers(transport, url)
    await _check_streams(transport, url)
    await _check_bodies(transport, url)
    await _check_end(transport, url)


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def _request(method: str, url: str, data: Any = None, *, stream: bool = False) -> Any:
    return AWSRequest(method, url, {"X-Amz-Meta-Sent": "1"}, data, stream_output=stream).prepare()


async def _check_answers(transport: Transport, url: str) -> None:
    response = await transport.send(_request("GET", f"{url}/a%20b?c=d"))
    _require(response.status_code == 200, "an answer has its status")
    _require(response.content == CONTENT, "the body of an answer that is not streamed is there when it comes")
    _require(response.headers["x-amz-meta-ab"] == "value", "names of headers are looked up in any case")
    _require("X-Amz-Meta-Ab" in list(response.headers), "and keep the case they came in")
    _require(response.headers["X-Path"] == "/a%20b", "the path goes out as it is")
    _require(not await response.raw.take(), "nothing is left of a body that was read")
    missing = await transport.send(_request("GET", f"{url}/missing"))
    _require((missing.status_code, missing.content) == (404, b"<Error/>"), "an error is an answer as well")
    head = await transport.send(_request("HEAD", f"{url}/"))
    _require((head.status_code, head.content) == (200, b""), "HEAD has no body")


async def _check_streams(transport: Transport, url: str) -> None:
    response = await transport.send(_request("GET", f"{url}/stream", stream=True))
    first = await response.raw.take(1000)
    _require(first == STREAM[:1000], "as many bytes as were asked for")
    _require(first + await response.raw.take() == STREAM, "and then the rest")
    _require(await response.raw.take(10) == b"", "and nothing after the end")
    given_up = await transport.send(_request("GET", f"{url}/stream", stream=True))
    await given_up.raw.take(1)
    given_up.raw.close()
    again = await transport.send(_request("GET", f"{url}/"))
    _require(again.content == CONTENT, "a stream that was given up does not show in the next answer")


async def _check_bodies(transport: Transport, url: str) -> None:
    from io import BytesIO

    file = BytesIO(b"xx" + STREAM)
    file.seek(2)
    for what, data, sent in (
        ("bytes", b"data", b"data"),
        ("text", "tëxt", "tëxt".encode()),
        ("a file from where it stands", file, STREAM),
        ("pieces", iter([b"one", b"two"]), b"onetwo"),
        ("nothing", None, b""),
    ):
        response = await transport.send(_request("PUT", f"{url}/echo", data))
        _require(response.content == sent, f"{what} went out as {response.content[:40]!r}")


async def _check_end(transport: Transport, url: str) -> None:
    await transport.aclose()
    try:
        await transport.send(_request("GET", f"{url}/"))
    except exceptions.BotoCoreError as error:
        raise AssertionError(
            f"a transport that was closed is no failure of the network: {error!r}"
        ) from error
    except RuntimeError as error:
        _require("closed" in str(error), "the error says that the transport was closed")
    else:
        raise AssertionError("a transport that was closed still sends")
