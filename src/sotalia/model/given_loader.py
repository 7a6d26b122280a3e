"""Loaders that programs bring as the component ``data_loader``: objects with the methods of ``botocore.loaders.Loader``.

One of botocore's own class is known by its folders; ours reads them, with packs. Any other is asked by its methods, which
may have descriptions from anywhere, and nothing of it is packed.
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


def loader_of(given: Any) -> Loader:
    """A loader of ours with what the given one has."""
    kind = type(given)
    is_plain = kind.__module__ == "botocore.loaders" and kind.__name__ == "Loader"
    if is_plain and not any(name in vars(given) for name in _METHODS):
        loader = Loader(given.search_paths, include_default_search_paths=False)
        resources = data_root("boto3")  # boto3's sessions add it to a loader of botocore's.
        if resources is not None and resources not in loader.search_paths:
            loader.search_paths.append(resources)
        return loader
    return GivenLoader(given)


class GivenLoader(Loader):
    """Asks another loader. Methods that it lacks are those of :class:`Loader`, on the usual folders behind its own ones,
    and resources that it does not have are boto3's.
    """

    def __init__(self, given: Any) -> None:
        super().__init__(getattr(given, "search_paths", None))
        self._made: dict[tuple[str, str, str | None], Any] = {}
        for name in _METHODS:
            method = getattr(given, name, None)
            if method is not None:
                own = getattr(self, name)
                setattr(self, name, _or_resources(method, own) if name in _OF_TYPE else method)

    def _once(self, kind: str, name: str, version: str | None, make: Callable[[], Any]) -> Any:
        key = (kind, name, version)
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

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
        """The model of a service, made from what the given loader has. Raises what that raises."""
        model: ServiceModel = self._once(
            "service", service_name, api_version, lambda: self._service(service_name, api_version)
        )
        return model

    def _service(self, service_name: str, api_version: str | None) -> ServiceModel:
        description = copy.deepcopy(self.load_service_model(service_name, "service-2", api_version))
        adjust(service_name, description)
        discovers = (name for name, row in description["operations"].items() if row.get("endpointoperation"))
        description["endpointDiscovery"] = next(discovers, None)
        return ServiceModel(description, service_name)

    def resource_definitions(
        self, service_name: str, api_version: str | None = None
    ) -> tuple[str, dict[str, Any]]:
        """The API version and the description of a service's resources."""
        version = api_version or self.determine_latest_version(service_name, "resources-1")
        return version, self.load_service_model(service_name, "resources-1", version)

    def partitions(self) -> dict[str, Any]:
        """The partitions as rule sets know them."""
        return self._once("", "partitions", None, lambda: self.load_data("partitions"))  # type: ignore[no-any-return]

    def endpoints(self) -> dict[str, Any]:
        """The legacy hosts."""
        return self._once("", "endpoints", None, lambda: self.load_data("endpoints"))  # type: ignore[no-any-return]

    def endpoints_path(self) -> str:
        """Where :meth:`endpoints` came from, if the given loader says so."""
        path: str = self.load_data_with_path("endpoints")[1]
        return path


def _or_resources(method: Callable[..., Any], own: Callable[..., Any]) -> Callable[..., Any]:
    def call(service_name: str, type_name: str, *version: Any, **named: Any) -> Any:
        from sotalia import exceptions

        try:
            return method(service_name, type_name, *version, **named)
        except exceptions.DataNotFoundError:
            if type_name != "resources-1":
                raise
            return own(service_name, type_name, *version, **named)

    return call
