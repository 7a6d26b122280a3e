"""What is known about the events of a session's clients, for the check of registrations."""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.events.aliases import EVENT_ALIASES
from sotalia.events.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel


# Ids that a service's own name is translated to; all others are names of folders with descriptions.
_TRANSLATED = frozenset(EVENT_ALIASES.values())


class SessionPlace(Place):
    """The registry of a session: events of every service that it can load.

    A service is loaded when a registration names one of its operations: a client of it would load it, too, and it is kept.
    """

    def __init__(self, loader: Callable[[], Loader]) -> None:
        self._loader = loader

    def services(self) -> Collection[str]:
        """Names that services have in events, all of them: for suggestions."""
        # Only names of folders, not what is in them: that would take ten times as long.
        roots = filter(os.path.isdir, self._loader().search_paths)
        names = {name for root in roots for name in os.listdir(root) if "." not in name}
        return {EVENT_ALIASES.get(name, name) for name in names}

    def has_service(self, service: str) -> bool:
        """Whether events of this service can be emitted. It need not be loaded to know that."""
        if service in _TRANSLATED:
            return True
        try:
            return bool(self._loader().list_api_versions(service, "service-2"))
        except exceptions.DataNotFoundError:
            return self._own_service(service) is not None

    def operations(self, service: str) -> Collection[str] | None:
        """The operations of a service; ``None`` for a wildcard."""
        model = None if service == "*" else self._model(service)
        return None if model is None else model.operation_names

    def resources(self, service: str) -> Collection[str] | None:
        """The resource classes of a service, and ``ServiceResource``; ``None`` where there is no such service."""
        model = None if service == "*" else self._model(service)
        if model is None:
            return None
        try:
            definition = self._loader().load_service_model(model.service_name, "resources-1")
        except exceptions.UnknownServiceError:
            return ()
        return ["ServiceResource", *definition.get("resources", ())]

    def _model(self, service: str) -> ServiceModel | None:
        """The service of a hyphenized id. It is mostly loaded by this name, else by one that is translated to it."""
        loader = self._loader()
        names = [service, *(name for name, target in EVENT_ALIASES.items() if target == service)]
        for name in names:
            try:
                model = loader.service(name)
            except exceptions.DataNotFoundError:
                continue
            if model.service_id.hyphenize() == service:
                return model
        return self._own_service(service)

    def _own_service(self, service: str) -> ServiceModel | None:
        """A service from the user's own descriptions, whose id may have nothing to do with the name of its folder."""
        loader = self._loader()
        for root in loader.search_paths:
            if loader.is_builtin_path(root) or not os.path.isdir(root):
                continue
            for name in os.listdir(root):
                try:
                    model = loader.service(name)
                except exceptions.DataNotFoundError:
                    continue  # Something else, or the resources of a service.
                if model.service_id.hyphenize() == service:
                    return model
        return None
