"""What ``close`` of an async client gives."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from sotalia.clients.base import AsyncBaseClient


class Closing:
    """Closes the client for good when it is awaited; unlike a coroutine it need not be."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    def __await__(self) -> Generator[Any, Any, None]:
        return self._client.aclose().__await__()
