"""Faults of responses: the service carried the request out, and what comes back is cut, slow or damaged."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.call.pipeline import content
from sotalia.fault_injection.delivery import answering, changed, has_stream, pause, spoiling
from sotalia.fault_injection.error_bodies import http_date, s3_error_body
from sotalia.fault_injection.rules import Fault, share_of
from sotalia.runtime import resolved
from sotalia.transport.body import RawBody
from sotalia.transport.response_reader import ProtocolError
from sotalia.transport.scripted import canned_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from typing import Any, Unpack

    from sotalia.fault_injection.delivery import Delivery
    from sotalia.fault_injection.rules import Selection
    from sotalia.transport.messages import AWSResponse

    Operations = str | Iterable[str]
    NextChunk = Callable[[int | None], Awaitable[bytes]]

# What is read at once of a stream that does not say what has arrived.
_PIECE = 65536
_CUT = "the connection was closed in the middle of the response"


async def _piece(raw: Any) -> bytes:
    """What comes next of a stream, whosever it is; ``b""`` at its end."""
    piece = getattr(raw, "piece", None)
    data: bytes = await resolved(raw.read(_PIECE) if piece is None else piece())
    return data


def _stream(delivery: Delivery, raw: Any, next_chunk: NextChunk) -> RawBody:
    """A body read through ``next_chunk``. When it ends early, what is below is closed.

    It must not refer to the delivery: the call's response would refer to itself, and a body that is dropped would keep its
    connection until the collector runs.
    """

    def finish(complete: bool) -> None:
        if not complete:
            raw.close()

    return RawBody(
        next_chunk,
        finish,
        getattr(raw, "set_socket_timeout", None),
        threads_wait=not delivery.runtime.is_async,
    )


def cut_body(
    operation: Operations = "*",
    *,
    at: float = 0.5,
    chunked: bool = False,
    **selection: Unpack[Selection],
) -> Fault:
    """The connection breaks in the middle of the body.

    ``at``: the share of the body that arrives, from 0 to 1, 1 excluded. Of a stream whose length was not announced, the first
    piece is cut there · ``chunked``: the length was not announced, but the end would have been marked.
    """
    share = share_of("at", at)
    if share == 1:
        raise ValueError("at is 1, so that nothing would be cut; give less")

    async def spoil(delivery: Delivery, response: AWSResponse) -> AWSResponse | None:
        if not has_stream(delivery, response):
            if not await content(response):
                return None
            # What was read to its end has given its connection back already.
            cause = ProtocolError(_CUT)
            delivery.fires()
            raise exceptions.ConnectionClosedError(endpoint_url=delivery.url, error=cause) from cause
        length = response.headers.get("content-length")
        left = None if length is None else int(int(length) * share)
        if length is not None and not int(length):
            return None
        headers = {"content-length": None, "transfer-encoding": "chunked"} if chunked else {}
        return await changed(response, headers=headers, raw=_cut_stream(delivery, response.raw, left, share))

    settings: dict[str, object] = {} if at == 0.5 else {"at": at}
    if chunked:
        settings["chunked"] = True
    return Fault("cut_body", spoiling(spoil), operation, settings=settings, **selection)


def _cut_stream(delivery: Delivery, raw: Any, left: int | None, share: float) -> RawBody:
    rest, url = left, delivery.url

    async def next_chunk(wanted: int | None) -> bytes:
        nonlocal rest
        data = b"" if rest == 0 else await _piece(raw)
        if rest is None:
            rest = int(len(data) * share)
        data = data[:rest]
        rest -= len(data)
        if data:
            return data
        cause = ProtocolError(_CUT)
        raise exceptions.ConnectionClosedError(endpoint_url=url, error=cause) from cause

    return _stream(delivery, raw, next_chunk)


def slow_body(
    operation: Operations = "*", *, bytes_per_second: float = 1024, **selection: Unpack[Selection]
) -> Fault:
    """The body comes at no more than so many bytes a second; time passes by the client's runtime."""
    if isinstance(bytes_per_second, bool) or not isinstance(bytes_per_second, int | float):
        raise TypeError(f"bytes_per_second is a number, not {bytes_per_second!r}")
    if not 1 <= bytes_per_second < float("inf"):
        raise ValueError(f"bytes_per_second is {bytes_per_second!r}; give a number from 1 on")
    rate = bytes_per_second

    async def spoil(delivery: Delivery, response: AWSResponse) -> AWSResponse | None:
        if has_stream(delivery, response):
            return await changed(response, raw=_slow_stream(delivery, response.raw, rate))
        body = await content(response)
        if not body:
            return None
        await delivery.wait(len(body) / rate, "reading the response")
        return response

    settings = {"bytes_per_second": bytes_per_second}
    return Fault("slow_body", spoiling(spoil), operation, settings=settings, **selection)


def _slow_stream(delivery: Delivery, raw: Any, rate: float) -> RawBody:
    runtime, deadline = delivery.runtime, delivery.request.context.get("deadline")

    async def next_chunk(wanted: int | None) -> bytes:
        data = await _piece(raw)
        if data:
            await pause(runtime, deadline, len(data) / rate, "reading the response")
        return data

    return _stream(delivery, raw, next_chunk)


_CHECKED = ["s3", "dynamodb"]
_CHECKSUM = "x-amz-checksum-"
_CRC32 = "x-amz-crc32"


def wrong_checksum(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The body is not what the checksum that came with it says: ``x-amz-checksum-*`` of S3, ``x-amz-crc32`` of DynamoDB.

    Of S3, responses are meant that the client verifies.
    """

    async def spoil(delivery: Delivery, response: AWSResponse) -> AWSResponse | None:
        if response.status_code >= 300:
            return None
        if delivery.call.operation.service_id == "dynamodb":
            from zlib import crc32

            body = await content(response)
            return await changed(response, headers={_CRC32: str(crc32(body) ^ 1)})
        decided: dict[str, Any] = delivery.call.context.get("checksum") or {}
        algorithms: list[str] = decided.get("response_algorithms") or []
        if not algorithms:
            return None
        present = [name for name in algorithms if f"{_CHECKSUM}{name}" in response.headers]
        wrong = {f"{_CHECKSUM}{name}": _other(response.headers[f"{_CHECKSUM}{name}"]) for name in present}
        raw = response.raw if has_stream(delivery, response) else None
        # Nothing has this CRC32 by accident but one body in four billion.
        return await changed(response, headers=wrong or {f"{_CHECKSUM}crc32": "/////w=="}, raw=raw)

    return Fault("wrong_checksum", spoiling(spoil), operation, only=_CHECKED, **selection)


def _other(checksum: str) -> str:
    """Another checksum of the same form."""
    return ("B" if checksum[:1] == "A" else "A") + checksum[1:]


def corrupt_body(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """A byte of the body arrives wrong: the first one of JSON, XML or CBOR, which is then none; one of the first piece of a
    stream, which only a checksum shows.
    """

    async def spoil(delivery: Delivery, response: AWSResponse) -> AWSResponse | None:
        if has_stream(delivery, response):
            if response.headers.get("content-length") == "0":
                return None
            return await changed(response, raw=_corrupt_stream(delivery, response.raw))
        body = await content(response)
        if not body:
            return None
        # Begins neither JSON nor XML; in CBOR it is a "break" where nothing can be broken off (RFC 8949 3.2.1).
        return await changed(response, body=b"\xff" + body[1:])

    return Fault("corrupt_body", spoiling(spoil), operation, **selection)


def _corrupt_stream(delivery: Delivery, raw: Any) -> RawBody:
    is_first = True

    async def next_chunk(wanted: int | None) -> bytes:
        nonlocal is_first
        data = await _piece(raw)
        if is_first and data:
            is_first = False
            middle = len(data) // 2
            data = data[:middle] + bytes((data[middle] ^ 0xFF,)) + data[middle + 1 :]
        return data

    return _stream(delivery, raw, next_chunk)


def empty_body(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """A success whose body is empty."""

    async def spoil(delivery: Delivery, response: AWSResponse) -> AWSResponse | None:
        if response.status_code >= 300:
            return None
        if not has_stream(delivery, response):
            if not await content(response):
                return None
            return await changed(response, headers={"content-length": "0", _CRC32: None}, body=b"")
        if response.headers.get("content-length") == "0":
            return None
        raw = response.raw
        raw.close()  # Its connection has the rest of a body on it.
        # Neither length nor checksum of a body that did not come.
        headers: dict[str, str | None] = {"content-length": "0"}
        headers.update({name: None for name in response.headers if name.lower().startswith(_CHECKSUM)})

        async def nothing(wanted: int | None) -> bytes:
            return b""

        return await changed(response, headers=headers, raw=_stream(delivery, raw, nothing))

    return Fault("empty_body", spoiling(spoil), operation, **selection)


_BEGIN_EARLY = ["s3.CopyObject", "s3.CompleteMultipartUpload", "s3.UploadPartCopy"]


def error_in_success(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """S3: a 200 whose body is an error. Operations that take long begin to respond before they know how they end.

    The request is not carried out.
    """

    def respond(delivery: Delivery) -> AWSResponse:
        text = "We encountered an internal error. Please try again."
        body = s3_error_body("InternalError", text, delivery.identity)
        headers = {"Date": http_date(), "Content-Type": "application/xml", "Content-Length": str(len(body))}
        return canned_response(delivery.request, 200, headers, body)

    return Fault("error_in_success", answering(respond), operation, only=_BEGIN_EARLY, **selection)
