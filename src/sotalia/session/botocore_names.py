"""The public names of botocore's ``Session`` that neither settings nor clients need: for programs that use them."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.events import first_non_none_response
from sotalia.events.aliases import EVENT_ALIASES
from sotalia.events.catalog import ServiceDataLoaded
from sotalia.runtime.logs import LOG_FORMAT, set_file_logger, set_stream_logger
from sotalia.session.components import ParserDefaults
from sotalia.session.state import SessionState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.model.service import ServiceModel


class BotocoreNames(SessionState):
    """Data, events, parts and loggers, by botocore's methods."""

    # -- data --------------------------------------------------------------------------------------------------

    def get_service_model(self, service_name: str, api_version: str | None = None) -> ServiceModel:
        """The model of a service. Raises ``UnknownServiceError``."""
        if self.events.handlers(_service_data_event(service_name)):
            from sotalia.model.service import ServiceModel

            # Somebody may change the description, so it is not the one that all share.
            return ServiceModel(self.get_service_data(service_name, api_version), service_name)
        return self.loader.service(service_name, api_version)

    def get_service_data(self, service_name: str, api_version: str | None = None) -> dict[str, Any]:
        """The description of a service as it stands in its file, after the handlers of ``service-data-loaded``."""
        data: dict[str, Any] = self.loader.load_service_model(service_name, "service-2", api_version)
        self.events.emit(
            _service_data_event(service_name), service_data=data, service_name=service_name, session=self
        )
        return data

    def get_waiter_model(self, service_name: str, api_version: str | None = None) -> Any:
        """The waiters of a service, as the reference's ``WaiterModel``."""
        from botocore.waiter import WaiterModel

        return WaiterModel(self.loader.load_service_model(service_name, "waiters-2", api_version))

    def get_paginator_model(self, service_name: str, api_version: str | None = None) -> Any:
        """The pagination of a service, as the reference's ``PaginatorModel``."""
        from botocore.paginate import PaginatorModel

        return PaginatorModel(self.loader.load_service_model(service_name, "paginators-1", api_version))

    def get_data(self, data_path: str) -> Any:
        """A data file by its path without ending (``endpoints``). Raises ``DataNotFoundError``."""
        return self.loader.load_data(data_path)

    def get_available_services(self) -> list[str]:
        """Names of all services."""
        return self.loader.list_available_services("service-2")

    def get_available_partitions(self) -> list[str]:
        """Names of all partitions."""
        return self.endpoint_resolver.get_available_partitions()

    def get_partition_for_region(self, region_name: str) -> str:
        """The partition of a region. Raises ``UnknownRegionError``."""
        return self.endpoint_resolver.get_partition_for_region(region_name)

    def get_available_regions(
        self, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False
    ) -> list[str]:
        """Regions of a service; none for services that nobody knows."""
        try:
            prefix = self.loader.service(service_name).endpoint_prefix
        except exceptions.DataNotFoundError:
            return []
        return self.endpoint_resolver.get_available_endpoints(prefix, partition_name, allow_non_regional)

    # -- events ------------------------------------------------------------------------------------------------

    def register(
        self,
        event_name: str,
        handler: Callable[..., Any],
        unique_id: Any = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        """Register a handler for all clients to come."""
        self.events.register(event_name, handler, unique_id, unique_id_uses_count)

    def unregister(
        self,
        event_name: str,
        handler: Callable[..., Any] | None = None,
        unique_id: Any = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        """Take a registration back."""
        self.events.unregister(event_name, handler, unique_id, unique_id_uses_count)

    def emit(self, event_name: str, **kwargs: Any) -> list[tuple[Any, Any]]:
        """Emit an event on the session."""
        return self.events.emit(event_name, **kwargs)

    def emit_first_non_none_response(self, event_name: str, **kwargs: Any) -> Any:
        """Emit an event; the first response that is one."""
        return first_non_none_response(self.events.emit(event_name, **kwargs))

    # -- components --------------------------------------------------------------------------------------------

    def get_component(self, name: str) -> Any:
        """A part of the session by name. Raises ``ValueError`` for unknown ones."""
        return self._components.get(name)

    def register_component(self, name: str, component: Any) -> None:
        """Replace a part of the session, or add one."""
        if name == "config_store":
            self.config_store = component
        elif name == "event_emitter":
            self.events = component
        self._components.register(name, component)

    def lazy_register_component(self, name: str, component: Callable[[], Any]) -> None:
        """Replace a part of the session by what a function gives, called when the part is first needed."""
        self._components.register_lazily(name, component)

    @property
    def response_parser_factory(self) -> ParserDefaults:
        """Where ``set_parser_defaults(timestamp_parser=...)`` is called."""
        return ParserDefaults(self.response_parser_defaults)

    # -- logging -----------------------------------------------------------------------------------------------

    LOG_FORMAT = LOG_FORMAT

    def set_debug_logger(self, logger_name: str = "sotalia") -> None:
        """Write everything to standard error."""
        self.set_stream_logger(logger_name, "DEBUG")

    def set_stream_logger(
        self, logger_name: str, log_level: int | str, stream: Any = None, format_string: str | None = None
    ) -> None:
        """Write messages to a stream, standard error by default; see :func:`sotalia.runtime.logs.set_stream_logger`."""
        set_stream_logger(logger_name, log_level, format_string or self.LOG_FORMAT, stream)

    def set_file_logger(self, log_level: int | str, path: str, logger_name: str = "sotalia") -> None:
        """Write messages to a file."""
        set_file_logger(log_level, path, logger_name)


def _service_data_event(service_name: str) -> str:
    return ServiceDataLoaded.name(str(EVENT_ALIASES.get(service_name, service_name)))
