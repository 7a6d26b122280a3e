"""Small requests to the services of the machine itself (IMDS, container agents)."""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.transport import TransportOptions
from sotalia.transport.messages import AWSRequest, AWSResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from sotalia.credentials.settings import ChainSettings


class MetadataConnection:
    """A connection to one such service, open for ``async with``. ``uses_proxies``: those that the environment names."""

    def __init__(
        self,
        settings: ChainSettings,
        url: str,
        timeout_seconds: float,
        *,
        uses_proxies: bool = False,
    ) -> None:
        proxies = None
        if uses_proxies:
            from sotalia.transport.proxies import environment_proxies

            proxies = environment_proxies(url, os.environ)
        self._owns_transport = settings.owns_transports
        self._transport = settings.make_transport(
            TransportOptions(connect_timeout=timeout_seconds, read_timeout=timeout_seconds, proxies=proxies)
        )

    async def send(self, method: str, url: str, headers: dict[str, str]) -> AWSResponse:
        """One request, tried once. Raises ``ConnectionError`` and ``HTTPClientError`` of the reference."""
        prepared: Any = AWSRequest(method=method, url=url, headers=headers).prepare()
        return await self._transport.send(prepared)

    async def __aenter__(self) -> MetadataConnection:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owns_transport:
            await self._transport.aclose()


def nobody_there() -> tuple[type[Exception], ...]:
    """What is raised when a request got no answer."""
    return (exceptions.ConnectionError, exceptions.HTTPClientError)
