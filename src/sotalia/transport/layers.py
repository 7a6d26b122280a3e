"""Transports around another one: what stands between the calls of a client and its connections.

A hook around a call puts one there for that call: ``call.channel = call.channel.replaced(transport=Layer(transport))``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.transport import Transport
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse


class TransportLayer:
    """A transport that does something about ``send``, and leaves all else to the one below: ``inner``."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The response to a prepared request."""
        return await self.inner.send(request)

    def close(self) -> None:
        """Close what is below."""
        self.inner.close()

    async def aclose(self) -> None:
        """Close what is below."""
        await self.inner.aclose()
