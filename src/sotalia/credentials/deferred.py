"""Credentials of an asynchronous client, which are looked for when they are first used: looking may have to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.credentials.objects import freeze

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class DeferredCredentials:
    """Stands for credentials that ``load`` finds."""

    def __init__(self, load: Callable[[], Awaitable[Any]]) -> None:
        self._load = load

    async def freeze(self) -> Any:
        """The credentials as a tuple. Raises ``NoCredentialsError``."""
        found = await self._load()
        if found is None:
            raise exceptions.NoCredentialsError()
        return await freeze(found)

    def __repr__(self) -> str:
        return "<DeferredCredentials>"
