"""Bearer tokens: what they are, and the chain they come from (:mod:`~sotalia.credentials.sso_token` is its other half).

A token from SSO is refreshed as credentials are (:mod:`~sotalia.credentials.refreshing`), but not more often than once a
minute.
"""

from __future__ import annotations

import os
from collections import namedtuple

from sotalia import exceptions
from sotalia.credentials.order import ProviderOrder
from sotalia.credentials.refreshing import Refreshing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from typing import Any, NamedTuple

    from sotalia.runtime import Runtime

    class _Frozen(NamedTuple):
        token: str
        expiration: datetime | None = None

else:
    _Frozen = namedtuple("_Frozen", ("token", "expiration"), defaults=(None,))


class FrozenAuthToken(_Frozen):
    """A token at one moment: ``token``, ``expiration`` (``None``: never)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<FrozenAuthToken>"

    def get_frozen_token(self) -> FrozenAuthToken:
        """Itself: a token of the environment is its own frozen form."""
        return self

    async def freeze(self) -> FrozenAuthToken:
        """The same, to be awaited."""
        return self


class DeferredRefreshableToken(Refreshing[FrozenAuthToken]):
    """A token of which nothing is loaded until it is first used; ``refresh_using`` gives a :class:`FrozenAuthToken`."""

    _attempt_timeout = 60
    _noun = "token"

    def __init__(
        self,
        method: str,
        refresh_using: Callable[[], Any],
        time_fetcher: Callable[[], datetime] | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        super().__init__(None, None, refresh_using, method, time_fetcher, runtime)

    def get_frozen_token(self) -> FrozenAuthToken:
        """:meth:`freeze` for synchronous code. Raises ``TokenRetrievalError``, and what ``refresh_using`` raises."""
        return self._refreshed()

    def _accepted(self, data: FrozenAuthToken) -> tuple[FrozenAuthToken, datetime | None]:
        until = data.expiration
        if until is not None and until <= self._time_fetcher():
            raise exceptions.TokenRetrievalError(
                provider=self.method, error_msg="Token has expired and refresh failed"
            )
        return data, until


class EnvTokenProvider:
    """``AWS_BEARER_TOKEN_<SIGNING_NAME>``: a token for one service, which does not expire."""

    METHOD = "env"

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ: Mapping[str, str] = os.environ if environ is None else environ

    def load_token(self, signing_name: str | None = None, **kwargs: Any) -> FrozenAuthToken | None:
        """The token for a service, or ``None``."""
        text = self._environ.get(token_variable(signing_name)) if signing_name else None
        return None if text is None else FrozenAuthToken(text)


def token_variable(signing_name: str) -> str:
    """The variable of a service's token: ``AWS_BEARER_TOKEN_BEDROCK``."""
    return f"AWS_BEARER_TOKEN_{signing_name.replace('-', '_').replace(' ', '_').upper()}"


class TokenProviderChain(ProviderOrder):
    """Asks its providers in order: ``env``, then ``sso``; the first that has a token gives it."""

    _unknown_error = "UnknownTokenProviderError"

    def __init__(self, providers: Iterable[Any] | None = None) -> None:
        self.providers: list[Any] = list(providers or ())

    def load_token(self, **kwargs: Any) -> Any:
        """A token, or ``None``; ``signing_name`` is the service it is for."""
        for provider in self.providers:
            found = provider.load_token(**kwargs)
            if found is not None:
                return found
        return None
