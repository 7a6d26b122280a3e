"""Loaders that programs register as the component ``data_loader``: objects with ``botocore.loaders.Loader``'s methods.

A plain loader of botocore's is replaced by one of ours with the same folders, which reads packs. Any other loader may
have its descriptions from anywhere, so we call its methods and pack nothing.
"""

from __future__ import annotations

import copy

from sotalia.model.adjustments import adjust
from sotalia.model.loader import Loader, data_root
from sotalia.model.service import ServiceModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_TYPES = {"paginators": "paginators-1", "waiters": "waiters-2", "ruleset": "endpoint-rule-set-1"}
_METHODS = (
    "determine_latest_version",
    "is_builtin_path",
    "list_api_versions",
    "list_available_services",
    "load_data",
    "load_data_with_path",
    "load_service_model",
)
_OF_TYPE = ("determine_latest_version", "list_api_versions", "load_service_model")


def loader_of(foreign: object) -> Loader:
    """A loader of ours that has what the program's loader has."""
    loader_class = type(foreign)
    is_plain = loader_class.__module__ == "botocore.loaders" and loader_class.__name__ == "Loader"
    # A test may have replaced a method on the instance.
    if is_plain and not any(name in vars(foreign) for name in _METHODS):
        paths: list[str] = getattr(foreign, "search_paths", [])
        loader = Loader(paths, include_default_search_paths=False)
        resources = data_root("boto3")  # boto3's sessions add it to botocore's loader.
        if resources is not None and resources not in loader.search_paths:
            loader.search_paths.append(resources)
        return loader
    return ForeignLoader(foreign)


class ForeignLoader(Loader):
    """Calls the methods of a program's loader.

    Methods that it lacks are those of :class:`Loader`, on its folders and then the usual ones. Resources that it lacks
    are boto3's.
    """

    def __init__(self, foreign: object) -> None:
        super().__init__(getattr(foreign, "search_paths", None))
        self._cache: dict[tuple[str, str, str | None], Any] = {}
        for name in _METHODS:
            method = getattr(foreign, name, None)
            if method is not None:
                own = getattr(self, name)
                setattr(self, name, _or_resources(method, own) if name in _OF_TYPE else method)

    def _once(self, section: str, name: str, version: str | None, make: Callable[[], Any]) -> Any:
        key = (section, name, version)
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def _section(self, service_name: str, api_version: str | None, section: str) -> dict[str, Any]:
        value: dict[str, Any] = self._once(
            section,
            service_name,
            api_version,
            lambda: self._optional(service_name, api_version, _TYPES[section]),
        )
        return value

    def _optional(self, service_name: str, api_version: str | None, type_name: str) -> dict[str, Any]:
        from sotalia import exceptions

        try:
            return self.load_service_model(service_name, type_name, api_version)
        except exceptions.DataNotFoundError:
            return {}

    def service(self, service_name: str, api_version: str | None = None) -> ServiceModel:
        """The model of a service, from the program's loader. Raises what that raises."""
        model: ServiceModel = self._once(
            "service", service_name, api_version, lambda: self._service(service_name, api_version)
        )
        return model

    def _service(self, service_name: str, api_version: str | None) -> ServiceModel:
        # Adjusting must not change what the program's loader caches.
        description = copy.deepcopy(self.load_service_model(service_name, "service-2", api_version))
        adjust(service_name, description)
        discovers = (name for name, row in description["operations"].items() if row.get("endpointoperation"))
        description["endpointDiscovery"] = next(discovers, None)
        return ServiceModel(description, service_name)

    def resource_definitions(
        self, service_name: str, api_version: str | None = None
    ) -> tuple[str, dict[str, Any]]:
        """The API version of a service's resources, and their description."""
        version = api_version or self.determine_latest_version(service_name, "resources-1")
        return version, self.load_service_model(service_name, "resources-1", version)

    def partitions(self) -> dict[str, Any]:
        """``partitions.json``: the partitions as rule sets know them."""
        return self._once("", "partitions", None, lambda: self.load_data("partitions"))  # type: ignore[no-any-return]

    def endpoints(self) -> dict[str, Any]:
        """``endpoints.json``: the legacy host names."""
        return self._once("", "endpoints", None, lambda: self.load_data("endpoints"))  # type: ignore[no-any-return]

    def endpoints_path(self) -> str:
        """The file that :meth:`endpoints` comes from."""
        path: str = self.load_data_with_path("endpoints")[1]
        return path


def _or_resources(method: Callable[..., Any], own: Callable[..., Any]) -> Callable[..., Any]:
    """``method``, with ``own`` in its place for resources that it does not have."""

    def call(service_name: str, type_name: str, *version: Any, **named: Any) -> Any:
        from sotalia import exceptions

        try:
            return method(service_name, type_name, *version, **named)
        except exceptions.DataNotFoundError:
            if type_name != "resources-1":
                raise
            return own(service_name, type_name, *version, **named)

    return call
