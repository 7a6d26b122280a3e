"""Faults of the way to a service: connections that cannot be opened, that break, or on which nothing comes."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.fault_injection.delivery import failing
from sotalia.fault_injection.rules import Fault, seconds_of
from sotalia.transport.response_reader import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from sotalia.fault_injection.delivery import Delivery, Send
    from sotalia.fault_injection.rules import Selection
    from sotalia.transport.messages import AWSResponse

    Operations = str | Iterable[str]


def _caused(error: Exception, cause: Exception) -> Exception:
    """As ``raise error from cause`` leaves it: what the transport raises has a cause too."""
    error.__cause__ = cause
    return error


def _closed(delivery: Delivery, cause: Exception) -> Exception:
    return _caused(exceptions.ConnectionClosedError(endpoint_url=delivery.url, error=cause), cause)


def _unreached(delivery: Delivery, cause: Exception) -> Exception:
    return _caused(exceptions.EndpointConnectionError(endpoint_url=delivery.url, error=cause), cause)


def read_timeout(
    operation: Operations = "*",
    *,
    seconds: float = 0,
    processed: bool = True,
    **selection: Unpack[Selection],
) -> Fault:
    """The request is sent, and the client's ``read_timeout`` passes without a response.

    ``seconds``: how long the client waits for it, by its runtime; 0, the default, spares your test the time · ``processed``:
    whether the service carries the request out all the same.
    """
    waited = seconds_of("seconds", seconds)
    inject = failing(_read_timed_out, processed=bool(processed), seconds=waited)
    settings: dict[str, object] = {"seconds": seconds} if waited else {}
    if not processed:
        settings["processed"] = False
    return Fault("read_timeout", inject, operation, settings=settings, **selection)


def _timed_out(delivery: Delivery) -> Exception:
    """In the words of a socket, or of a stream of asyncio."""
    return TimeoutError("the operation timed out" if delivery.runtime.is_async else "timed out")


def _read_timed_out(delivery: Delivery) -> Exception:
    cause = _timed_out(delivery)
    return _caused(exceptions.ReadTimeoutError(endpoint_url=delivery.url, error=cause), cause)


def connect_timeout(
    operation: Operations = "*", *, seconds: float = 0, **selection: Unpack[Selection]
) -> Fault:
    """No connection could be opened in time; nothing was sent. ``seconds`` as in :func:`read_timeout`."""

    def error(delivery: Delivery) -> Exception:
        cause = _timed_out(delivery)
        return _caused(exceptions.ConnectTimeoutError(endpoint_url=delivery.url, error=cause), cause)

    waited = seconds_of("seconds", seconds)

    async def inject(delivery: Delivery, send: Send) -> AWSResponse:
        delivery.fires()
        if waited:
            await delivery.wait(waited, "connecting")
        raise error(delivery)

    settings: dict[str, object] = {"seconds": seconds} if waited else {}
    return Fault("connect_timeout", inject, operation, settings=settings, **selection)


def dns_failure(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The name of the service's host cannot be resolved; nothing was sent."""

    def error(delivery: Delivery) -> Exception:
        from socket import EAI_NONAME, gaierror

        return _unreached(delivery, gaierror(EAI_NONAME, "Name or service not known"))

    return Fault("dns_failure", failing(error), operation, **selection)


def connection_refused(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """Nobody listens at the service's address; nothing was sent."""

    def error(delivery: Delivery) -> Exception:
        import errno

        return _unreached(delivery, ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))

    return Fault("connection_refused", failing(error), operation, **selection)


def tls_error(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The host's certificate cannot be verified; nothing was sent."""

    def error(delivery: Delivery) -> Exception:
        from ssl import SSLCertVerificationError

        cause = SSLCertVerificationError(
            1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"
        )
        return _caused(exceptions.SSLError(endpoint_url=delivery.url, error=cause), cause)

    return Fault("tls_error", failing(error), operation, **selection)


def _reset(delivery: Delivery) -> Exception:
    import errno

    return _closed(delivery, ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))


def reset_before(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The connection is reset before the service has the request: it is not carried out."""
    return Fault("reset_before", failing(_reset), operation, **selection)


def reset_after(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The connection is reset after the service has carried the request out: the response is lost.

    The client cannot tell it from :func:`reset_before`, and sends the request again.
    """
    return Fault("reset_after", failing(_reset, processed=True), operation, **selection)


def connection_closed(
    operation: Operations = "*", *, processed: bool = False, **selection: Unpack[Selection]
) -> Fault:
    """The service closes the connection without a response; ``processed``: after it has carried the request out."""

    def error(delivery: Delivery) -> Exception:
        return _closed(delivery, ProtocolError("the connection was closed before a response came"))

    settings = {"processed": True} if processed else {}
    inject = failing(error, processed=bool(processed))
    return Fault("connection_closed", inject, operation, settings=settings, **selection)


def slow(operation: Operations = "*", *, seconds: float = 1, **selection: Unpack[Selection]) -> Fault:
    """The service carries the request out, and its response begins so many seconds later.

    Time passes by the client's runtime. Where the client's ``read_timeout`` is shorter, it gives the attempt up then.
    """
    delay = seconds_of("seconds", seconds)

    async def inject(delivery: Delivery, send: Send) -> AWSResponse:
        delivery.fires()
        response = await send(delivery.request)
        limit = delivery.read_timeout
        try:
            if limit is not None and delay > limit:
                await delivery.wait(limit)
                raise _read_timed_out(delivery)
            await delivery.wait(delay)
        except BaseException:
            await delivery.discard(response)
            raise
        return response

    return Fault("slow", inject, operation, settings={"seconds": seconds}, **selection)


def duplicate(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The request arrives twice, and the response to the second one comes back.

    A body that can be read only once is in peace.
    """

    async def inject(delivery: Delivery, send: Send) -> AWSResponse:
        request = delivery.request
        try:
            request.reset_stream()  # It stands there already: this only asks whether it can.
        except exceptions.UnseekableStreamError:
            delivery.spares()
            return await send(request)
        delivery.fires()
        await delivery.discard(await send(request))
        request.reset_stream()
        return await send(request)

    return Fault("duplicate", inject, operation, **selection)
