"""Bearer tokens: what they are, and the chain they come from (:mod:`~sotalia.credentials.sso_token` is its other half).

A token from SSO is refreshed as credentials are: from 15 minutes before it expires (others use the old one meanwhile),
by all from 10 minutes before; but not more often than once a minute.
"""

from __future__ import annotations

import os
from collections import namedtuple

from sotalia.credentials.order import ProviderOrder
from sotalia.credentials.single_flight import SingleFlight
from sotalia.runtime import SyncRuntime, drive, resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from typing import Any

    from sotalia.runtime import Runtime

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


class DeferredRefreshableToken:
    """A token of which nothing is loaded until it is first used; ``refresh_using`` gives a :class:`FrozenAuthToken`."""

    _advisory_refresh_timeout: float = 15 * 60
    _mandatory_refresh_timeout: float = 10 * 60
    _attempt_timeout: float = 60

    def __init__(
        self,
        method: str,
        refresh_using: Callable[[], Any],
        time_fetcher: Callable[[], datetime] | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        from sotalia.credentials.refreshable import now

        self.method = method
        self._refresh_using = refresh_using
        self._time_fetcher = time_fetcher or now
        self._runtime = runtime or SyncRuntime()
        self._flight = SingleFlight()
        self._frozen_token: FrozenAuthToken | None = None
        self._next_refresh: datetime | None = None

    def get_frozen_token(self) -> FrozenAuthToken:
        """:meth:`freeze` for synchronous code."""
        return drive(self.freeze())

    async def freeze(self) -> FrozenAuthToken:
        """The token, refreshed where needed. Raises ``TokenRetrievalError``, and what ``refresh_using`` raises."""
        while (need := self._need()) is not None:
            flight = self._flight.begin()
            if flight is not None:
                await self._flight.lead(flight, self._refresh())
                break
            if need == "advisory":
                break
            await self._flight.wait(self._runtime)
        assert self._frozen_token is not None
        return self._frozen_token

    def _need(self) -> str | None:
        """``mandatory``, ``advisory``, or ``None`` for a token that will do."""
        if self._frozen_token is None:
            return "mandatory"
        expiration = self._frozen_token.expiration
        now = self._time_fetcher()
        if expiration is None or (self._next_refresh is not None and now < self._next_refresh):
            return None
        left = (expiration - now).total_seconds()
        if left < self._mandatory_refresh_timeout:
            return "mandatory"
        return "advisory" if left < self._advisory_refresh_timeout else None

    async def _refresh(self) -> None:
        need = self._need()
        if need is None:
            return
        from datetime import timedelta

        self._next_refresh = self._time_fetcher() + timedelta(seconds=self._attempt_timeout)
        try:
            self._frozen_token = await resolved(self._refresh_using())
        except Exception:
            import logging

            logging.getLogger(__name__).warning(
                "Refreshing token failed during the %s refresh period.", need, exc_info=True
            )
            if need == "mandatory":
                raise
        if self._is_expired():
            from sotalia import exceptions

            raise exceptions.TokenRetrievalError(
                provider=self.method, error_msg="Token has expired and refresh failed"
            )

    def _is_expired(self) -> bool:
        if self._frozen_token is None or self._frozen_token.expiration is None:
            return False
        left: float = (self._frozen_token.expiration - self._time_fetcher()).total_seconds()
        return left <= 0

    def __repr__(self) -> str:
        return f"<DeferredRefreshableToken from {self.method}>"


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
