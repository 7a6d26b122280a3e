"""What is known about the events of one client, for the check of registrations."""

from __future__ import annotations

from sotalia.events.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from sotalia.model.service import ServiceModel


class ClientPlace(Place):
    """The registry of a client: events of one service."""

    is_client = True

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self.service_id = model.service_id.hyphenize()
        self.description = f"a client of {model.service_name}"

    def has_service(self, service: str) -> bool:
        """Whether it is the client's."""
        return service == self.service_id

    def operations(self, service: str) -> Collection[str]:
        """Its operations."""
        return self._model.operation_names
