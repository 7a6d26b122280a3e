"""Requests from parameters: one function per operation, compiled for its protocol.

What it returns is the reference's request dict: ``method``, ``url_path``, ``query_string``, ``headers``, ``body`` and,
for operations that put parameters into the host, ``host_prefix``.
"""

from __future__ import annotations

from sotalia.protocols.scalars import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.model.service import OperationModel

    RequestDict = dict[str, Any]
    Serialize = Callable[[dict[str, Any]], RequestDict]

_HOST_LABEL_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")


def compile_serializer(model: OperationModel, *, timestamp_precision: str = "default") -> Serialize:
    """The function that writes an operation's parameters, already validated, as a request dict."""
    serialize = _bounded(_for_protocol(model, timestamp_precision))
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
    """The same, with a report in place of what writing raises for values that do not fit."""

    def serialize(params: dict[str, Any]) -> RequestDict:
        try:
            return write(params)
        except MISFITS as error:
            raise refused(error) from None

    return serialize


#: What writing raises for values that are not of their shape, as far as validation lets them pass or is switched off.
MISFITS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def refused(error: Exception) -> Exception:
    """``ParamValidationError`` in place of what writing the parameters raised. It does not show their values."""
    from sotalia import exceptions
    from sotalia.protocols.validate import TOO_DEEP

    # What contains itself is a ValueError of the JSON encoder.
    if isinstance(error, RecursionError) or "Circular reference" in str(error):
        report = TOO_DEEP
    elif isinstance(error, UnicodeEncodeError):
        report = (
            f"Text holds {error.object[error.start : error.start + 1]!r}, half of a surrogate pair, which no encoding "
            "can carry; remove it or give bytes"
        )
    else:
        report = f"A parameter is not of the type that the service's model says ({type(error).__name__})"
    made: Exception = exceptions.ParamValidationError(report=report)
    return made


def _for_protocol(model: OperationModel, precision: str) -> Serialize:
    protocol = model.service_model.resolved_protocol
    if protocol in ("query", "ec2"):
        from sotalia.protocols.query import compile_query

        return compile_query(model, precision)
    if protocol == "json":
        from sotalia.protocols.json_body import compile_json

        return compile_json(model, precision)
    if protocol == "smithy-rpc-v2-cbor":
        from sotalia.protocols.cbor_body import compile_cbor

        return compile_cbor(model, precision)
    from sotalia.protocols.rest import compile_rest

    return compile_rest(model, precision)


def _members(model: OperationModel) -> dict[str, Any]:
    members: dict[str, Any] = {} if model.input_shape is None else model.input_shape.members
    return members


def _expand(template: str, labels: list[str], params: dict[str, Any]) -> str:
    """The host prefix for these parameters. Raises ``ParamValidationError`` for what cannot stand in a host name."""
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
