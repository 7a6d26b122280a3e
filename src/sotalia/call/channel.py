"""A client's way to its service: the usual address, and the transport that requests are sent through.

Handlers of ``needs-retry`` get it as ``endpoint``. What the reference's ``Endpoint`` has beyond that,
:mod:`sotalia.compatibility.endpoint` provides when somebody asks for it.
"""

from __future__ import annotations

from sotalia.runtime.late_names import has_late_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.operation import Serialization
    from sotalia.events import EventRegistry
    from sotalia.runtime import Runtime
    from sotalia.transport import Transport


@has_late_names
class Channel:
    """One service at one address.

    ``host`` the usual address (``https://s3.amazonaws.com``) · ``endpoint_prefix`` the service's name in host names ·
    ``events`` the client's registry · ``transport`` what requests are sent through · ``read_timeout`` in seconds, ``None``
    for no limit · ``owns_transport`` whether closing the channel closes the transport: ``False`` where others use it too.
    """

    # No __slots__: it becomes an Endpoint by assignment to __class__, and tools replace methods of that one.

    def __init__(
        self,
        host: str,
        endpoint_prefix: str,
        events: EventRegistry,
        transport: Transport,
        runtime: Runtime,
        read_timeout: float | None,
        serialization: Serialization,
        *,
        owns_transport: bool = True,
    ) -> None:
        self.host = host
        self.endpoint_prefix = endpoint_prefix
        self.events = events
        self.transport = transport
        self.runtime = runtime
        self.read_timeout = read_timeout
        self.serialization = serialization
        self.owns_transport = owns_transport

    def set_connect_timeout(self, seconds: float | None) -> None:
        """Wait so long for connections, where the transport is the client's own and has such a setting."""
        set_timeout = getattr(self.transport, "set_connect_timeout", None)
        if self.owns_transport and set_timeout is not None:
            set_timeout(seconds)

    def replaced(self, **attributes: Any) -> Channel:
        """The same with other attributes, for a call or for a view of the client; closing it closes nothing."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, owns_transport=False, **attributes)
        return twin

    def has_idle_connections(self) -> bool:
        """Whether connections of its own are open, for the next call."""
        return self.owns_transport and getattr(self.transport, "has_idle_connections", False)

    def close(self) -> None:
        """Close the transport's idle connections."""
        if self.owns_transport:
            self.transport.close()

    async def aclose(self) -> None:
        """Close the transport; what is in flight ends with an error."""
        if self.owns_transport:
            await self.transport.aclose()

    def __repr__(self) -> str:
        from sotalia.runtime.redaction import redact_url

        return f"{self.endpoint_prefix}({redact_url(self.host)})"
