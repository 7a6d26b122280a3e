"""``client.exceptions``: one ``ClientError`` subclass per error shape of a service, made when it is first asked for."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.model.naming import client_class_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.model.service import ServiceModel


class ClientExceptions:
    """The errors of one service by name (``exceptions.NoSuchBucket``) and by code (``from_code("NoSuchBucket")``)."""

    def __init__(self, service_model: ServiceModel, class_name: str) -> None:
        self._service_model = service_model
        self._class_name = class_name

    @property
    def ClientError(self) -> Any:  # noqa: N802 - the reference's public name
        """The base class of all of them: ``botocore.exceptions.ClientError``."""
        return exceptions.ClientError

    def from_code(self, error_code: str) -> Any:
        """The class for an error code of the service; plain ``ClientError`` when the model does not know it."""
        shape = self._service_model.shape_for_error_code(error_code)
        return exceptions.ClientError if shape is None else getattr(self, shape.name)

    def __getattr__(self, name: str) -> Any:
        """Make the class on first use. Raises ``AttributeError`` listing the names that there are."""
        if name in self._names():
            attributes = {
                "__module__": "botocore.errorfactory",
                "__reduce__": _reducer(self._service_model, name),
            }
            made = type(name, (exceptions.ClientError,), attributes)
            # Two threads may make it at once; the first one stays, so that `except` meets one class only.
            return self.__dict__.setdefault(name, made)
        raise AttributeError(
            f"{self!r} object has no attribute {name}. Valid exceptions are: {', '.join(sorted(self._names()))}"
        )

    @property
    def _code_to_exception(self) -> dict[str, Any]:
        # Under this name, which is private to the reference, other packages read it.
        return {
            shape.error_code or shape.name: getattr(self, shape.name)
            for shape in self._service_model.error_shapes
        }

    def _names(self) -> set[str]:
        return {shape.name for shape in self._service_model.error_shapes}

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._names()})

    def __repr__(self) -> str:
        return f"<botocore.errorfactory.{self._class_name}Exceptions object>"


def service_exceptions(service_model: ServiceModel) -> ClientExceptions:
    """The one exceptions object of a service in this process."""
    cached: Any = service_model.derived.get("exceptions")
    if cached is None:
        cached = ClientExceptions(service_model, client_class_name(service_model.service_id))
    classes: ClientExceptions = service_model.derived.setdefault("exceptions", cached)
    return classes


def _reducer(service_model: ServiceModel, name: str) -> Callable[[Any], Any]:
    """The ``__reduce__`` of a class of errors."""

    def reduce(error: Any) -> Any:
        service = service_model.service_name, service_model.api_version
        return _unpickled, (*service, name, error.response, error.operation_name), dict(error.__dict__)

    return reduce


def _unpickled(
    service_name: str, api_version: str, name: str, response: dict[str, Any], operation_name: str
) -> Exception:
    """An error of the class that ``client.exceptions`` has for it here; ``ClientError`` where the service is not known."""
    from sotalia.model.loader import Loader

    try:
        kind = getattr(service_exceptions(Loader().service(service_name, api_version)), name)
    except (exceptions.DataNotFoundError, AttributeError):
        kind = exceptions.ClientError
    error: Exception = kind(response, operation_name)
    return error
