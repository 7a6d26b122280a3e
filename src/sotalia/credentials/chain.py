"""A chain of sources of credentials, asked in order; the usual order is in :mod:`~sotalia.credentials.precedence`."""

from __future__ import annotations

import sys

from sotalia.credentials.order import ProviderOrder
from sotalia.runtime import drive, resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class CredentialResolver(ProviderOrder):
    """Asks its ``providers`` in order; the first that has credentials gives them. An exception ends the search.

    Providers may be the reference's own, or anybody's: what counts is ``METHOD`` and ``load``.
    """

    def __init__(self, providers: Iterable[Any]) -> None:
        self.providers = list(providers)

    def load_credentials(self) -> Any:
        """Credentials, or ``None`` when no source has any; for synchronous code."""
        return drive(self.load())

    async def load(self) -> Any:
        """:meth:`load_credentials`, to be awaited."""
        for provider in self._in_order():
            found = await resolved(provider.load())
            if found is not None:
                _log(provider)
                return found
        return None

    def __repr__(self) -> str:
        return f"<CredentialResolver {', '.join(str(provider.METHOD) for provider in self.providers)}>"


def _log(provider: Any) -> None:
    """Where credentials were found; for programs that have loaded logging, whose import takes long."""
    if "logging" not in sys.modules:
        return
    import logging

    logger = logging.getLogger(__name__)
    if logger.isEnabledFor(logging.INFO):
        logger.info(
            "Found credentials by %s: %s", provider.METHOD, told(provider, "origin", type(provider).__name__)
        )


def told(provider: Any, what: str, otherwise: str) -> str:
    """``origin`` or ``absence`` of a provider; ``otherwise`` of one that does not tell, or cannot."""
    tell = getattr(provider, what, None)
    try:
        return (str(tell()) if tell is not None else "") or otherwise
    except Exception:
        # A file that has gone since, say: nothing that is only told may fail a call.
        return otherwise


async def load_from(resolver: Any) -> Any:
    """Credentials from a resolver of either kind: ours, or one that only has ``load_credentials``."""
    load = getattr(resolver, "load", None) or resolver.load_credentials
    return await resolved(load())
