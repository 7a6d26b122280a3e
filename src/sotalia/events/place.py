"""Where a registry stands: which events reach it. The check of registrations asks that."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


class Place:
    """What is known about the events that reach a registry. This class knows nothing: any service, any operation."""

    #: Whether it is a client's registry, which events of sessions do not reach.
    is_client = False
    #: ``a client of s3``, in messages.
    description = "a session"
    #: The hyphenated service id of a client; ``None`` for a session.
    service_id: str | None = None
    #: What to do about an event that the program emits itself.
    own_event = "for an event that your program emits itself, call events.declare({event!r}) first"

    def has_service(self, service: str) -> bool:
        """Whether events with this service part can be emitted."""
        return True

    def services(self) -> Collection[str]:
        """Service parts to suggest."""
        return () if self.service_id is None else (self.service_id,)

    def operations(self, service: str) -> Collection[str] | None:
        """The operations of a service; ``None`` where they are not known."""
        return None

    def resources(self, service: str) -> Collection[str] | None:
        """The resource classes of a service; ``None`` where they are not known."""
        return None
