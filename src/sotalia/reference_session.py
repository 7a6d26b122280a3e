"""Sessions of botocore taken over: ``Session(botocore_session=...)`` for a session that botocore made.

Recipes for credentials that renew themselves build a ``botocore.session.Session``, put credentials or providers into it
and hand it to ``boto3.Session``. What was set by hand is copied; credentials stay with the given session, which is asked
when they are first needed, so whatever was plugged into its chain counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia.events.tree import FIRST, LAST, MIDDLE
from sotalia.services import foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sotalia.assembly import ClientKind
    from sotalia.session_core import SessionCore

_THEIR_NAMES = frozenset(("Botocore", "Boto3"))
_THEIR_MODULES = ("botocore.", "boto3.")


class ReferenceCredentials:
    """A chain of one: the credentials of a botocore session."""

    def __init__(self, session: Any) -> None:
        self._session = session

    async def load(self) -> Any:
        """The session's credentials, or ``None``. Its providers may block: they are botocore's."""
        return self._session.get_credentials()

    def load_credentials(self) -> Any:
        """The same for synchronous code."""
        return self._session.get_credentials()


def is_reference_session(candidate: Any) -> bool:
    """Whether this is a ``botocore.session.Session``; told by its class's module, so botocore need not be imported."""
    return any(
        kind.__module__ == "botocore.session" and kind.__name__ == "Session"
        for kind in type(candidate).__mro__
    )


def adopted(session: Any, kind: ClientKind) -> SessionCore:
    """A session of ours with what was set by hand on ``session``: variables, default config, user agent, handlers.

    Later changes to ``session`` are not seen, except of its credentials until they are first used.
    """
    from sotalia.session_core import SessionCore

    core = SessionCore(kind)
    for name, value in session.instance_variables().items():
        if value is not None:
            core.set_config_variable(name, value)
    core.register_component("credential_provider", ReferenceCredentials(session))
    core.set_default_client_config(session.get_default_client_config())
    if session.user_agent_name not in _THEIR_NAMES:
        core.user_agent_name = session.user_agent_name
        core.user_agent_version = session.user_agent_version
    core.user_agent_extra = " ".join(
        part for part in (session.user_agent_extra or "").split() if not part.startswith("Botocore/")
    )
    for event, handler, position in _own_handlers(session):
        foreign.install(core.events, event, handler, position)
    return core


def _own_handlers(session: Any) -> Iterator[tuple[str, Any, int]]:
    """What was registered on the session by others than botocore and boto3, which is only kept in a private tree."""
    emitter = session.get_component("event_emitter")
    tree = getattr(getattr(emitter, "_emitter", emitter), "_handlers", None)
    root = getattr(tree, "_root", None)
    return iter(()) if root is None else _walk(root, ())


def _walk(node: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Any, int]]:
    for position, handlers in zip((FIRST, MIDDLE, LAST), node["values"] or (), strict=False):
        for handler in handlers:
            if not getattr(handler, "__module__", "").startswith(_THEIR_MODULES):
                yield ".".join(path), handler, position
    for part, child in node["children"].items():
        yield from _walk(child, (*path, part))
