"""Serializers: one function per operation, from parameters to a request dict, compiled for its protocol.

Handlers read the request dict, so its keys are the reference's: ``method``, ``url_path``, ``query_string``,
``headers``, ``body`` and, for operations that put parameters into the host name, ``host_prefix``.
"""

from __future__ import annotations

from sotalia.protocols import implementation
from sotalia.protocols.scalars import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import Shape

    RequestDict = dict[str, Any]
    Serialize = Callable[[dict[str, Any]], RequestDict]

# RFC 1123 2.1, and dots: a parameter may bring several labels.
_HOST_LABEL_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")


def compile_serializer(model: OperationModel, *, timestamp_precision: str = "default") -> Serialize:
    """Compile the function that writes an operation's validated parameters as a request dict."""
    compile_body = implementation(model.service_model.resolved_protocol, 0)
    serialize = _bounded(compile_body(model, timestamp_precision))
    template = (model.endpoint or {}).get("hostPrefix")
    if template is None:
        return serialize
    labels = [name for name, member in _members(model).items() if member.serialization.get("hostLabel")]

    def with_host_prefix(params: dict[str, Any]) -> RequestDict:
        request = serialize(params)
        request["host_prefix"] = _expand(template, labels, params)
        return request

    return with_host_prefix


def _bounded(write: Serialize) -> Serialize:
    """Let ``write`` raise ``ParamValidationError`` for values that do not fit, rather than what Python raises."""

    def serialize(params: dict[str, Any]) -> RequestDict:
        try:
            return write(params)
        except MISFITS as error:
            raise refused(error) from None

    return serialize


#: What writing raises for values that are not of their shape. Validation may be switched off, and is shallow for JSON.
MISFITS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def refused(error: Exception) -> Exception:
    """The ``ParamValidationError`` for what writing the parameters raised. It does not show their values."""
    from sotalia import exceptions
    from sotalia.protocols.validate import TOO_DEEP

    # The JSON encoder raises ValueError for a value that contains itself.
    if isinstance(error, RecursionError) or "Circular reference" in str(error):
        report = TOO_DEEP
    elif isinstance(error, UnicodeEncodeError):
        report = (
            f"Text holds {error.object[error.start : error.start + 1]!r}, half of a surrogate pair, which no encoding "
            "can carry; remove it or give bytes"
        )
    else:
        report = f"A parameter is not of the type that the service's model says ({type(error).__name__})"
    return exceptions.ParamValidationError(report=report)


def _members(model: OperationModel) -> dict[str, Shape]:
    return {} if model.input_shape is None else model.input_shape.members


def _expand(template: str, labels: list[str], params: dict[str, Any]) -> str:
    """The host prefix for these parameters. Raises ``ParamValidationError`` if one cannot stand in a host name."""
    values = {name: plain(params[name]) for name in labels if name in params}
    bad = [
        name for name, value in values.items() if not value or not _HOST_LABEL_CHARACTERS.issuperset(value)
    ]
    if bad:
        from sotalia import exceptions

        raise exceptions.ParamValidationError(
            report=f"Invalid value for parameter(s): {', '.join(bad)}. "
            "Must contain only alphanumeric characters, hyphen, or period."
        )
    return template.format(**values)
