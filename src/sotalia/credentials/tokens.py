"""Bearer tokens."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

_Frozen = namedtuple("_Frozen", ("token", "expiration"), defaults=(None,))


class FrozenAuthToken(_Frozen):
    """A token at one moment: ``token``, ``expiration``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<FrozenAuthToken>"


class FixedToken:
    """A token that does not expire."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_frozen_token(self) -> FrozenAuthToken:
        """The token as a tuple."""
        return FrozenAuthToken(self._token)

    async def freeze(self) -> Any:
        """The same, to be awaited."""
        return FrozenAuthToken(self._token)

    def __repr__(self) -> str:
        return "<FixedToken>"
