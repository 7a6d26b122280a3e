"""The state of one session: what was set on it, and what it made from that; how it is copied, pickled and shared."""

from __future__ import annotations

from sotalia.config.settings import SessionSettings
from sotalia.endpoints.legacy_endpoints import LegacyEndpoints
from sotalia.model.loader import Loader
from sotalia.runtime.pickling import check
from sotalia.runtime.version import __version__
from sotalia.session.builtin_handlers import registry_with_builtins
from sotalia.session.components import Components
from sotalia.session.credentials import SessionCredentials
from sotalia.session.foreign import ForeignHandlers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from sotalia.clients.kind import ClientKind
    from sotalia.events.place import Place
    from sotalia.runtime import Runtime
    from sotalia.session.core import SessionCore
    from sotalia.session.instance_region import InstanceRegion

# Parts that wait as the session does that made them.
_NOT_SHARED = frozenset(("credential_provider", "region_of_instance", "token_provider"))


class SessionState(SessionSettings):
    """What a session holds. ``kind`` makes its clients sync or async."""

    def __init__(
        self,
        kind: ClientKind,
        profile: str | None = None,
        session_vars: dict[str, Any] | None = None,
        loader: Loader | None = None,
    ) -> None:
        super().__init__(session_vars, profile)
        self._kind = kind
        self.events = registry_with_builtins(coroutines=kind.runtime.is_async)
        self.events.locate = self._place
        #: Handlers of other packages; refreshed before each client is made.
        self.foreign_handlers = ForeignHandlers(self.events)
        self.user_agent_name = "sotalia"
        self.user_agent_version = __version__
        self.user_agent_extra = ""
        self.response_parser_defaults: dict[str, Any] = {}
        self._components = Components(self._core)
        #: Gives the region that we run in, for the defaults mode ``auto``, in place of the instance's metadata.
        self.instance_region: Callable[[], str | None] | None = None
        self.credentials = SessionCredentials(self._core)
        self._given_loader = loader
        self._last_client_region: str | None = None

    @property
    def _core(self) -> SessionCore:
        core: Any = self  # Its parts ask the whole session, where subclasses change what it does.
        return core  # type: ignore[no-any-return]

    def _place(self) -> Place:
        from sotalia.session.place import SessionPlace  # Registrations want it, starts do not.

        return SessionPlace(lambda: self.loader)

    @property
    def runtime(self) -> Runtime:
        """How this session's clients wait."""
        return self._kind.runtime

    # -- data --------------------------------------------------------------------------------------------------

    @property
    def loader(self) -> Loader:
        """Where service models are read."""
        return self._replaced_loader() or self.part("loader", self._make_loader)

    def _replaced_loader(self) -> Loader | None:
        """What was registered as ``data_loader``, as a loader of ours."""
        given = self._given_data_loader()
        if given is None or isinstance(given, Loader):
            return given
        from sotalia.model.foreign_loader import loader_of

        # Folders may be added at any time.
        name = f"loader {id(given)} {getattr(given, 'search_paths', '')}"
        return self.part(name, lambda: loader_of(given))

    def _given_data_loader(self) -> Any:
        return self._components.replacement("data_loader")

    def _make_loader(self) -> Loader:
        if self._given_loader is not None:
            return self._given_loader
        return Loader(self.data_paths)

    @property
    def endpoint_resolver(self) -> LegacyEndpoints:
        """Resolver for the legacy endpoints.json."""
        return self.part("endpoint_resolver", self._make_endpoint_resolver)

    def _make_endpoint_resolver(self) -> LegacyEndpoints:
        loader = self.loader
        return LegacyEndpoints(loader.endpoints(), loader.is_builtin_path(loader.endpoints_path()))

    @property
    def region_of_instance(self) -> InstanceRegion:
        """The region of the machine that we run on."""
        from sotalia.session.instance_region import InstanceRegion  # Only the defaults mode "auto" wants it.

        return self.part("region_of_instance", lambda: InstanceRegion(self._core))

    # -- copies ------------------------------------------------------------------------------------------------

    def of_kind(self, kind: ClientKind) -> Self:
        """A session whose clients are of another kind, with the same handlers, settings, data and given keys.

        What is registered or set on either counts for both.
        """
        twin = self.__copy__()
        twin._kind = kind
        twin._made = {name: part for name, part in self._made.items() if name not in _NOT_SHARED}
        twin.credentials = self.credentials.copy_to(twin._core, shares_found=False)
        return twin

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.credentials = self.credentials.copy_to(twin._core, shares_found=True)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = memo[id(self)] = object.__new__(type(self))
        twin.__setstate__(self._given_state())
        return twin

    def _given_state(self) -> dict[str, Any]:
        """What programs have set on this session; nothing that was found in files, environment or elsewhere."""
        events = self.events.__copy__()
        self.foreign_handlers.remove_from(events)  # Their packages bring them to every process.
        return {
            **self.settings_state(),
            "kind": self._kind,
            "events": events,
            "components": self._components.state(),
            "credentials": self.credentials.given,
            "loader": self._given_loader,
            "instance_region": self.instance_region,
            "parser_defaults": dict(self.response_parser_defaults),
            "user_agent": (self.user_agent_name, self.user_agent_version, self.user_agent_extra),
        }

    def __getstate__(self) -> dict[str, Any]:
        """:meth:`_given_state` for pickle; an error names what cannot travel."""
        state = self._given_state()
        apart = ("kind", "events", "components")  # They look for themselves, or are looked at one by one.
        parts = {name.replace("_", " "): part for name, part in state.items() if name not in apart}
        parts.update({f"component {name}": part for name, part in state["components"].items()})
        for name, part in parts.items():
            check(part, f"the {name} of the session", "set it again in the worker")
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        SessionState.__init__(self, state["kind"], loader=state["loader"])
        self.restore_settings(state)
        self.events = state["events"]
        self.events.locate = self._place
        self.foreign_handlers = ForeignHandlers(self.events)
        self._components.restore(state["components"])
        self.credentials = SessionCredentials(self._core, state["credentials"])
        self.instance_region = state["instance_region"]
        self.response_parser_defaults.update(state["parser_defaults"])
        self.user_agent_name, self.user_agent_version, self.user_agent_extra = state["user_agent"]
