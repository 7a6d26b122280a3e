"""Attributes of aiobotocore's HTTP session that begin with an underscore, by which s3fs sees that a client is closed.

The first use of one imports this module: see :mod:`sotalia.runtime.late_names`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from sotalia.transport.http import HTTPTransport

_ASSIGNED = "sessions_assigned"


class TransportNames:
    """What a transport has of aiobotocore's HTTP session."""

    @property
    def _sessions(self: HTTPTransport) -> Mapping[str | None, Connections] | None:  # type: ignore[misc] # Late names.
        """``None`` once the client is closed; empty until a connection was opened; then one entry for all."""
        if _ASSIGNED in vars(self):
            assigned: Mapping[str | None, Connections] | None = vars(self)[_ASSIGNED]
            return assigned
        if self.is_closed:
            return None
        return {None: Connections(self)} if self.pool.opened else {}

    @_sessions.setter
    def _sessions(self: HTTPTransport, sessions: Mapping[str | None, Connections] | None) -> None:  # type: ignore[misc]
        # Tests pretend that a client is closed.
        vars(self)[_ASSIGNED] = sessions

    @property
    def _session(self: HTTPTransport) -> Connections:  # type: ignore[misc]
        """The same before aiobotocore 2.22."""
        return Connections(self)


class Connections:
    """All connections of a transport, as aiohttp's ``ClientSession`` holds those of a client."""

    __slots__ = ("_transport",)

    def __init__(self, transport: HTTPTransport) -> None:
        self._transport = transport

    @property
    def closed(self) -> bool:
        """Whether the client was closed."""
        return self._transport.is_closed

    async def close(self) -> None:
        """Close the client's connections for good."""
        await self._transport.aclose()
