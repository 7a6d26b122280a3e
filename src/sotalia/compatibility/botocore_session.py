"""``botocore.session.Session`` while ``patch_boto3(botocore=True)`` is in force."""

from __future__ import annotations

from sotalia.events import EVENT_ALIASES, EventRegistry
from sotalia.session.builtin_handlers import ROWS
from sotalia.session.foreign import ForeignHandlers
from sotalia.session.reference_session import FollowingHandlers, registrations
from sotalia.session.session import sync_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.kind import ClientKind


class Session(FollowingHandlers):
    """A session of ours made by botocore's constructor; its clients are synchronous unless ``kind`` says otherwise.

    ``session_vars``: rows that are added to ``SESSION_VARIABLES`` · ``event_hooks``: the registry that handlers are kept in:
    one of ours, or an emitter of botocore's, whose handlers our clients get as well · ``include_builtin_handlers``: ``False``
    leaves out what the services need, for those who bring handlers of their own · ``profile``: its name · ``kind``: what its
    clients are made of, where they are not synchronous.
    """

    def __init__(
        self,
        session_vars: dict[str, Any] | None = None,
        event_hooks: Any = None,
        include_builtin_handlers: bool = True,
        profile: str | None = None,
        kind: ClientKind | None = None,
    ) -> None:
        super().__init__(kind or sync_kind(), profile, session_vars)
        if not include_builtin_handlers:
            self.events = EventRegistry(EVENT_ALIASES)
            self.events.accepts_coroutines = self.runtime.is_async
        if isinstance(event_hooks, EventRegistry):
            if include_builtin_handlers:
                for row in ROWS:
                    event_hooks.install(*row)
            self.events = event_hooks
        elif event_hooks is not None:
            registrations(event_hooks)
            self.follow(lambda: event_hooks)
        self.foreign_handlers = ForeignHandlers(self.events)
