"""Small requests to the services of the machine itself (IMDS, container agents)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.transport import TransportOptions
from sotalia.transport.messages import AWSRequest, AWSResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.transport import Transport


class MetadataClient:
    """Sends single requests, each a few times, on a connection of its own."""

    def __init__(
        self, make_transport: Callable[[TransportOptions], Transport], timeout_seconds: float
    ) -> None:
        self._make_transport = make_transport
        self._timeout = timeout_seconds

    async def send(
        self, method: str, url: str, headers: dict[str, str], attempts: int = 1
    ) -> AWSResponse | None:
        """The last answer, or ``None`` when nobody answered. A 200 ends the attempts."""
        options = TransportOptions(connect_timeout=self._timeout, read_timeout=self._timeout)
        transport = self._make_transport(options)
        answer: AWSResponse | None = None
        try:
            for _ in range(max(attempts, 1)):
                request: Any = AWSRequest(method=method, url=url, headers=headers).prepare()
                try:
                    answer = await transport.send(request)
                except (exceptions.ConnectionError, exceptions.HTTPClientError):
                    continue
                if answer.status_code == 200 and answer.content:
                    break
        finally:
            await transport.aclose()
        return answer
