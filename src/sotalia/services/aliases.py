"""Parameters that may be given under a second name, which the reference once used."""

from __future__ import annotations

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.service import OperationModel


def accept_filters(params: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """EC2: ``Filters`` where the model says ``Filter``."""
    _accept(params, model, "Filter", "Filters")


def accept_from_time(params: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """Logs: ``fromTime`` for ``from``, a word of Python."""
    _accept(params, model, "from", "fromTime")


def accept_return_fields(params: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """CloudSearch: ``returnFields`` for ``return``, a word of Python."""
    _accept(params, model, "return", "returnFields")


def _accept(params: dict[str, Any], model: OperationModel, original: str, alias: str) -> None:
    if alias not in params or model.input_shape is None or original not in model.input_shape.members:
        return
    if original in params:
        raise exceptions.AliasConflictParameterError(original=original, alias=alias, operation=model.name)
    params[original] = params.pop(alias)
