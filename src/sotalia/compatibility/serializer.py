"""``client._serializer`` for recipes that build requests by hand: parameters in, request dict out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import pipeline

if TYPE_CHECKING:
    from sotalia.clients import BaseClient
    from sotalia.model.service import OperationModel


class ClientSerializer:
    """The serializers of one client under the reference's name."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def serialize_to_request(
        self, parameters: dict[str, Any], operation_model: OperationModel
    ) -> dict[str, Any]:
        """A request dict without URL: ``url_path``, ``query_string``, ``method``, ``headers``, ``body``.

        Raises ``ParamValidationError`` unless the client does not validate.
        """
        return pipeline.serialize(self._client, self._client._operation(operation_model.name), parameters)
