"""``client.exceptions``: one ``ClientError`` subclass per error shape of a service, made when it is first asked for.

The classes are those of :mod:`sotalia.call.error_classes`, which is loaded with the first of them.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.model.naming import client_class_name

TYPE_CHECKING = False
if TYPE_CHECKING:
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
        names = self._names()
        if name in names:
            from sotalia.call.error_classes import error_class

            return self.__dict__.setdefault(name, error_class(self._service_model.service_name, name))
        from sotalia.runtime.spelling import did_you_mean, shortened

        hint = did_you_mean(name, names) or "."
        every = shortened(sorted(names), "see dir(client.exceptions)")
        raise AttributeError(f"{self!r} object has no attribute {name}{hint} Valid exceptions are: {every}")

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
