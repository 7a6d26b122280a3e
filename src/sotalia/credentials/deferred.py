"""Credentials of an asynchronous client, which are looked for when they are first used: looking may have to wait."""

from __future__ import annotations

from sotalia.credentials.objects import features_of, freeze
from sotalia.runtime.features import features
from sotalia.runtime.notes import begin_wait, end_wait
from sotalia.runtime.pickling import OfOneProcess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any


class DeferredCredentials(OfOneProcess):
    """Stands for credentials that ``load`` finds, perhaps none. Its parts can be read once they were found."""

    _pickle_instead = (
        "a worker finds its own; pickle 'await credentials.freeze()' if it must have the same keys"
    )

    def __init__(self, load: Callable[[], Awaitable[Any]]) -> None:
        self._load = load
        self._found: Any = None

    async def freeze(self) -> Any:
        """The credentials as a tuple; ``None`` when there are none, and then they are looked for again next time."""
        found = self._found
        if found is None:
            began = begin_wait()
            try:
                found = self._found = await self._load()
            finally:
                end_wait("credentials", began)
        if found is None:
            return None
        for feature in features_of(found):
            features.note(feature)
        return await freeze(found)

    def get_frozen_credentials(self) -> Any:
        """The credentials as a tuple, once they were found. Raises ``RuntimeError`` before, saying what to do."""
        return self._known().get_frozen_credentials()

    @property
    def found(self) -> Any:
        """What was found, ``None`` before."""
        return self._found

    @property
    def method(self) -> Any:
        """Where they come from."""
        return self._known().method

    @property
    def access_key(self) -> Any:
        """The access key."""
        return self._known().access_key

    @property
    def secret_key(self) -> Any:
        """The secret key."""
        return self._known().secret_key

    @property
    def token(self) -> Any:
        """The session token."""
        return self._known().token

    @property
    def account_id(self) -> Any:
        """The account."""
        return self._known().account_id

    def _known(self) -> Any:
        if self._found is None:
            raise RuntimeError(
                "an asynchronous client looks for credentials at its first call: use 'await credentials.freeze()', "
                "or 'await session.get_credentials()'"
            )
        return self._found

    def __repr__(self) -> str:
        return f"<DeferredCredentials {'not looked for yet' if self._found is None else repr(self._found)}>"
