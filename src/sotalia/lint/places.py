"""Where registrations in source code are made: on which client or session, as far as the source says so."""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.clients.place import ClientPlace
from sotalia.events.aliases import EVENT_ALIASES, AliasTable, apply_alias
from sotalia.lint.values import Client, Emitter, Session, Value
from sotalia.model.loader import Loader
from sotalia.session.place import SessionPlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.events.place import Place

_ALIASES = AliasTable(EVENT_ALIASES)
_OWN_EVENT = (
    "for an event that your program emits itself, call events.declare({event!r}) where sotalia is used, or write "
    "'# sotalia: ignore[unknown-event]' here"
)


class SourcePlace(SessionPlace):
    """A session, or something of which it is not known what it is."""

    own_event = _OWN_EVENT


class AnyClientPlace(SourcePlace):
    """A client of some service."""

    is_client = True
    description = "a client"


class OneClientPlace(ClientPlace):
    """A client of a service that the source names."""

    own_event = _OWN_EVENT


class Places:
    """Places by what the source says of them. Service descriptions are read when they are needed, each once."""

    def __init__(self) -> None:
        self._loader: Loader | None = None
        self._of_clients: dict[str, Place] = {}
        self.anywhere = SourcePlace(self.loader)
        self._any_client = AnyClientPlace(self.loader)

    def loader(self) -> Loader:
        """Descriptions of services: installed ones, and the user's own, as for a session without a profile."""
        if self._loader is None:
            paths = os.environ.get("AWS_DATA_PATH", "").split(os.pathsep)
            self._loader = Loader([os.path.expanduser(path) for path in paths if path])
        return self._loader

    def of(self, receiver: Value) -> Place:
        """The place of an event system, or of a session, which can register as well."""
        holder = receiver.of if isinstance(receiver, Emitter) else receiver
        if isinstance(holder, Client):
            return self._of_client(holder.service)
        return self.anywhere

    def _of_client(self, service: str | None) -> Place:
        if service is None:
            return self._any_client
        place = self._of_clients.get(service)
        if place is None:
            try:
                place = OneClientPlace(self.loader().service(service))
            except (exceptions.DataNotFoundError, exceptions.UnknownServiceError):
                place = (
                    self._any_client
                )  # The program has an error of its own, or a description that is not here.
            self._of_clients[service] = place
        return place


def alias(event_name: str) -> str:
    """The name under which a registration is made."""
    return apply_alias(_ALIASES, event_name.split(".")) or event_name


def is_async(receiver: Value) -> bool | None:
    """Whether coroutine functions can be handlers there; ``None`` where that is not known."""
    holder = receiver.of if isinstance(receiver, Emitter) else receiver
    return holder.is_async if isinstance(holder, Client | Session) else None
