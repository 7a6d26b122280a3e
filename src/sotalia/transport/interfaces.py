"""What a transport offers, as a protocol: for type checkers, and for whoever writes a transport of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse


class Transport(Protocol):
    """Sends prepared requests. In a synchronous client ``send`` never suspends."""

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The response; its body is read already unless ``request.stream_output``.

        Raises ``botocore.exceptions.ConnectionError`` and ``HTTPClientError`` and their subclasses.
        """
        ...

    def close(self) -> None:
        """Close idle connections; the transport stays usable."""
        ...

    async def aclose(self) -> None:
        """Close all connections; what is in flight ends with an error."""
        ...
