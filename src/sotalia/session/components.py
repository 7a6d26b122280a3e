"""Parts of a session that programs fetch, replace or add by name: ``session.get_component("credential_provider")``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.session.core import SessionCore

#: Names of parts that the session itself has, with the attribute that holds each.
OF_SESSION = {
    "config_store": "config_store",
    "credential_provider": "credential_provider",
    "data_loader": "loader",
    "event_emitter": "events",
    "response_parser_factory": "response_parser_factory",
    "token_provider": "token_provider",
}
#: The reference counts this one as internal and warns.
_INTERNAL = {"endpoint_resolver": "endpoint_resolver"}


class Components:
    """The parts of one session. What is registered replaces what the session would make itself."""

    def __init__(self, session: SessionCore) -> None:
        self._session = session
        self._registered: dict[str, Any] = {}
        self._deferred: dict[str, Callable[[], Any]] = {}

    def get(self, name: str, *, warns: bool = True) -> Any:
        """A part. Raises ``ValueError`` for a name that nobody registered.

        The reference warns of parts that are internal to it; ``warns`` is for callers who may have them.
        """
        factory = self._deferred.get(name)
        if factory is not None:
            made = factory()
            if self._deferred.pop(name, None) is not None:  # else another thread was quicker
                self.register(name, made)
        if name in self._registered:
            return self._registered[name]
        if name in OF_SESSION:
            return getattr(self._session, OF_SESSION[name])
        if name in _INTERNAL:
            if warns:
                import warnings

                warnings.warn(
                    f"Fetching the {name} component with the get_component() method is deprecated as the component "
                    "has always been considered an internal interface of botocore",
                    DeprecationWarning,
                    stacklevel=3,
                )
            return getattr(self._session, _INTERNAL[name])
        raise ValueError(f"Unknown component: {name}")

    def replacement(self, name: str) -> Any:
        """What was registered under a name, made if need be; ``None`` for nothing."""
        return self.get(name) if name in self._registered or name in self._deferred else None

    # The reference's names, for those who take the parts from a session.
    get_component = get

    def register(self, name: str, component: Any) -> None:
        """Replace a part, or add one."""
        self._deferred.pop(name, None)
        self._registered[name] = component

    register_component = register

    def state(self) -> dict[str, Any]:
        """What was registered by name, to be given to :meth:`restore`; functions that make a part under ``lazy NAME``."""
        # The registry of events goes its own way.
        registered = {name: part for name, part in self._registered.items() if name != "event_emitter"}
        return {**registered, **{f"lazy {name}": factory for name, factory in self._deferred.items()}}

    def restore(self, state: dict[str, Any]) -> None:
        """Register what :meth:`state` gave."""
        for name, part in state.items():
            if name.startswith("lazy "):
                self._deferred[name.removeprefix("lazy ")] = part
            else:
                self._session.register_component(name, part)

    def register_lazily(self, name: str, factory: Callable[[], Any]) -> None:
        """Replace a part by what a function gives, called when it is first needed."""
        self._registered.pop(name, None)
        self._deferred[name] = factory

    lazy_register_component = register_lazily


class ParserDefaults:
    """``response_parser_factory``: how timestamps and blobs of responses are made into values."""

    def __init__(self, defaults: dict[str, Any]) -> None:
        self._defaults = defaults

    def set_parser_defaults(self, **defaults: Any) -> None:
        """Use ``timestamp_parser`` (text or number -> value) and ``blob_parser`` (base64 text -> value) from now on.

        Counts for clients made afterwards.
        """
        self._defaults.update(defaults)
