"""An HTTP session of the reference's kind as a client's transport: ``client._endpoint.http_session = session``."""

from __future__ import annotations

from sotalia.runtime import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse


class SessionTransport:
    """A :class:`~sotalia.transport.Transport` over an object with ``send(request)`` (plain or ``async def``).

    ``botocore.httpsession.URLLib3Session`` is one, and so are the fakes that tests put in its place. In an async client a
    plain ``send`` blocks the event loop.
    """

    def __init__(self, session: Any) -> None:
        self.session = session

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """What the session responses, or raises."""
        response: AWSResponse = await resolved(self.session.send(request))
        return response

    def close(self) -> None:
        """Close the session, if it can be closed."""
        close = getattr(self.session, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        """The same, to be awaited."""
        self.close()

    def __repr__(self) -> str:
        return f"<SessionTransport of {type(self.session).__name__}>"
