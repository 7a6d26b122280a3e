"""Sessions of botocore taken over: ``Session(botocore_session=...)`` for a session that botocore made.

Recipes for credentials that renew themselves build a ``botocore.session.Session``, hand it to ``boto3.Session``, and put
credentials, providers, variables or handlers into it before or after. So nothing is copied: a :class:`FollowingSession`
looks at the given session whenever it needs something, and sets there what is set on it.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator, MutableMapping

from sotalia.events.tree import FIRST, LAST, MIDDLE
from sotalia.runtime.version import __version__
from sotalia.session import foreign
from sotalia.session.core import SessionCore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.clients.kind import ClientKind
    from sotalia.events import EventRegistry

    Registration = tuple[str, Callable[..., Any], int]

_THEIR_NAMES = frozenset(("Botocore", "Boto3"))


def is_reference_session(candidate: Any) -> bool:
    """Whether this is a ``botocore.session.Session``; told by its class's module, so botocore need not be imported."""
    return any(
        kind.__module__ == "botocore.session" and kind.__name__ == "Session"
        for kind in type(candidate).__mro__
    )


class FollowingHandlers(SessionCore):
    """A session whose clients also get the handlers of an emitter of botocore's, as they are when a client is made."""

    _handlers: FollowedHandlers | None = None

    def follow(self, emitter: Callable[[], Any]) -> None:
        """Follow the emitter that this gives, each time it is asked."""
        self._handlers = FollowedHandlers(self._own_events, emitter)

    @property
    def events(self) -> EventRegistry:
        """The registry of this session, with the handlers that there are now."""
        if self._handlers is not None:
            self._handlers.refresh()
        return self._own_events

    @events.setter
    def events(self, events: EventRegistry) -> None:
        self._own_events = events
        if self._handlers is not None:
            self._handlers = FollowedHandlers(events, self._handlers.emitter)


class FollowingSession(FollowingHandlers):
    """A session of ours that has its variables, default config, user agent, handlers, models and credentials from one
    of botocore's, as they are at each moment.

    Clients are made from what is there then, as botocore's are. Credentials are the given session's: its providers may
    block. Built-in handlers that were taken off the given session stay on this one.
    """

    def __init__(self, session: Any, kind: ClientKind) -> None:
        super().__init__(kind)
        self._followed = session
        self.config_store.instance = _Variables(session)  # type: ignore[assignment]
        self.follow(lambda: session.get_component("event_emitter"))
        self.register_component("credential_provider", _Credentials(session))

    def __deepcopy__(self, memo: dict[int, Any]) -> FollowingSession:
        """A session that follows the same one, with the handlers that this one has now."""
        twin = memo[id(self)] = type(self)(self._followed, self._kind)
        twin.events = copy.copy(self.events)
        return twin

    @property
    def _is_made(self) -> bool:
        return "_followed" in vars(self)

    # -- credentials -------------------------------------------------------------------------------------------

    async def load_credentials(self) -> Any:
        """The given session's credentials, or ``None``."""
        return self._followed.get_credentials()

    def set_credentials(
        self,
        access_key: str | None,
        secret_key: str | None,
        token: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Use these credentials, in the given session as well."""
        more = {} if account_id is None else {"account_id": account_id}
        self._followed.set_credentials(access_key, secret_key, token, **more)

    # -- settings ----------------------------------------------------------------------------------------------

    @property
    def _default_config(self) -> Any:
        return self._followed.get_default_client_config() if self._is_made else None

    @_default_config.setter
    def _default_config(self, config: Any) -> None:
        if self._is_made:
            self._followed.set_default_client_config(config)

    @property
    def response_parser_defaults(self) -> dict[str, Any]:
        """What ``set_parser_defaults`` was told on the given session."""
        defaults: dict[str, Any] = self._followed.get_component("response_parser_factory")._defaults
        return defaults

    @response_parser_defaults.setter
    def response_parser_defaults(self, defaults: dict[str, Any]) -> None:
        pass

    @property
    def user_agent_name(self) -> str:
        """The program's name, ours unless somebody set one."""
        name: str = self._followed.user_agent_name
        return "sotalia" if name in _THEIR_NAMES else name

    @user_agent_name.setter
    def user_agent_name(self, name: str) -> None:
        if self._is_made:
            self._followed.user_agent_name = name

    @property
    def user_agent_version(self) -> str:
        """The version that belongs to the name."""
        version: str = self._followed.user_agent_version
        return __version__ if self._followed.user_agent_name in _THEIR_NAMES else version

    @user_agent_version.setter
    def user_agent_version(self, version: str) -> None:
        if self._is_made:
            self._followed.user_agent_version = version

    @property
    def user_agent_extra(self) -> str:
        """What was added, but for the version of botocore, which boto3 adds."""
        extra = (self._followed.user_agent_extra or "").split()
        return " ".join(part for part in extra if not part.startswith("Botocore/"))

    @user_agent_extra.setter
    def user_agent_extra(self, extra: str) -> None:
        if self._is_made:
            self._followed.user_agent_extra = extra

    # -- data --------------------------------------------------------------------------------------------------

    def _given_data_loader(self) -> Any:
        given = super()._given_data_loader()
        if given is not None:
            return given
        loader = self._followed.get_component("data_loader")
        return None if _is_untouched(loader, self._followed) else loader


class _Credentials:
    """A chain of one: the credentials of a botocore session."""

    def __init__(self, session: Any) -> None:
        self._session = session

    async def load(self) -> Any:
        """The session's credentials, or ``None``. Its providers may block: they are botocore's."""
        return self._session.get_credentials()

    def load_credentials(self) -> Any:
        """The same for synchronous code."""
        return self._session.get_credentials()


class _Variables(MutableMapping[str, "Any"]):
    """The variables that were set on a session of botocore, as they are now."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def _now(self) -> dict[str, Any]:
        # Where they were set on the session's component, they count more, and stand nowhere but there.
        overrides = getattr(self._session.get_component("config_store"), "_overrides", {})
        variables = {**self._session.instance_variables(), **overrides}
        return {name: value for name, value in variables.items() if value is not None}

    def __getitem__(self, name: str) -> Any:
        return self._now()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._session.set_config_variable(name, value)

    def __delitem__(self, name: str) -> None:
        self._session.set_config_variable(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


class FollowedHandlers:
    """Keeps a registry of ours up to date with an emitter of botocore's, but for what botocore and boto3 put there."""

    def __init__(self, events: EventRegistry, emitter: Callable[[], Any]) -> None:
        self._own_events = events
        self.emitter = emitter
        self._known: list[Registration] = []

    def refresh(self) -> None:
        """Register what is new there, and take back what is gone."""
        now = [row for row in registrations(self.emitter()) if not self._is_builtin(row)]
        if now == self._known:
            return
        for event, handler, _ in (row for row in self._known if row not in now):
            foreign.remove(self._own_events, event, handler)
        for event, handler, position in (row for row in now if row not in self._known):
            foreign.install(self._own_events, event, handler, position)
        self._known = now

    def _is_builtin(self, row: Registration) -> bool:
        event, handler, _ = row
        module = getattr(handler, "__module__", None) or ""
        if not module.startswith("botocore."):
            return module.startswith("boto3.")
        # Recipes register functions of botocore's, such as disable_signing, for other events than botocore does.
        rows = getattr(sys.modules.get("botocore.handlers"), "BUILTIN_HANDLERS", ())
        return any(
            handler == builtin and self._own_events.alias(event) == self._own_events.alias(name)
            for name, builtin, *_ in rows
        )


def registrations(emitter: Any) -> Iterator[Registration]:
    """What is registered on an emitter of botocore's. Raises ``TypeError`` for one that is not."""
    # It is only kept in a private tree.
    tree = getattr(getattr(emitter, "_emitter", emitter), "_handlers", None)
    root = getattr(tree, "_root", None)
    if root is None:
        raise TypeError(
            f"{emitter!r} is no emitter whose handlers can be taken over: use botocore.hooks.HierarchicalEmitter, "
            "or register handlers on the session"
        )
    return _walk(root, ())


def _walk(node: dict[str, Any], path: tuple[str, ...]) -> Iterator[Registration]:
    sections: tuple[list[Any], ...] = node["values"] or ()
    for position, handlers in zip((FIRST, MIDDLE, LAST), sections, strict=False):
        for handler in handlers:
            yield ".".join(path), handler, position
    for part, child in node["children"].items():
        yield from _walk(child, (*path, part))


def _is_untouched(loader: Any, session: Any) -> bool:
    """Whether a loader of botocore is the one that its session makes by itself."""
    from botocore import loaders

    if type(loader) is not loaders.Loader:
        return False
    create: Callable[[Any], Any] = loaders.create_loader
    usual: list[str] = create(session.get_config_variable("data_path")).search_paths
    paths: list[str] = getattr(loader, "search_paths", usual)
    # boto3 adds the folder of its resources.
    more = [path for path in paths if path not in usual]
    return all(path.replace("\\", "/").endswith("/boto3/data") for path in more)
