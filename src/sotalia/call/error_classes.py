"""The classes of the errors that services model, and what an error knows of the call that raised it.

A service has one class of each name in a process, whatever model, version, session or kind of client it is asked from:
``client.exceptions`` and :mod:`sotalia.exceptions` have the same ones, so that ``except`` needs no client. Loaded with the first
error.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.runtime.error_pickles import travels_whole
from sotalia.transport.address import origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.call import Call

# Classes of these write only their arguments when they are pickled.
_REFERENCES = ("botocore.exceptions", "boto3.exceptions")
_classes: dict[tuple[str, str], Any] = {}
_DETAILS = ("request_id", "status_code", "attempts", "region_name", "endpoint_url")
_TRAVELLING = frozenset((*_DETAILS, "service_name", "operation_name"))


def error_class(service_name: str, name: str) -> Any:
    """The class of a service's error, a subclass of ``ClientError``, as in the reference; made on first use.

    What :func:`note_call` sets on an error is ``None`` on the class, for errors that programs make.
    """
    key = (service_name, name)
    modeled = _classes.get(key)
    if modeled is None:
        attributes = {
            "__module__": "botocore.errorfactory",  # As tracebacks and reports of errors have it.
            "__doc__": f"The error {name} of {service_name}. Import it from sotalia.exceptions.",
            **dict.fromkeys(_DETAILS),
            "service_name": service_name,
            "__reduce__": _reduce,
        }
        # Two threads may make it at once; the first one stays, so that `except` meets one class only.
        modeled = _classes.setdefault(key, type(name, (exceptions.ClientError,), attributes))
    return modeled


def _reduce(error: Any) -> Any:
    kind: Any = error.__class__
    service_name, name = kind.service_name, kind.__name__
    if _classes.get((service_name, name)) is not kind:
        return exceptions.ClientError.__reduce__(error)  # A subclass that a program has made.
    # Not what tools have put there, which may be unable to travel.
    state: dict[str, Any] = error.__dict__
    attributes = {key: value for key, value in state.items() if key in _TRAVELLING}
    return _restored, (service_name, name, error.response, error.operation_name), attributes


def _restored(service_name: str, name: str, response: dict[str, Any], operation_name: str) -> Any:
    return error_class(service_name, name)(response, operation_name)


def note_call(error: BaseException, call: Call) -> None:
    """Put on an error that a call raises what call it was; on errors of the reference's and ours only.

    A call within the call, such as one for credentials, has been there before.
    """
    if "attempts" in vars(error) or not isinstance(error, (exceptions.ClientError, exceptions.BotoCoreError)):
        return
    try:
        vars(error).update(_details(error, call))
        if type(error).__module__ in _REFERENCES:
            travels_whole(type(error))
        if isinstance(error, exceptions.EndpointConnectionError):
            from sotalia.call.next_steps import note_unknown_region

            note_unknown_region(error, call)
    except Exception:
        pass


def _details(error: BaseException, call: Call) -> dict[str, Any]:
    meta = call.client.meta
    response: dict[str, Any] | None = getattr(error, "response", None)
    metadata: dict[str, Any] = response.get("ResponseMetadata") or {} if isinstance(response, dict) else {}
    return {
        "service_name": meta.service_model.service_name,
        "operation_name": call.operation.name,
        "request_id": metadata.get("RequestId"),
        "status_code": metadata.get("HTTPStatusCode"),
        "attempts": len(call.attempts),
        "region_name": meta.region_name,
        "endpoint_url": _place_of(call),
    }


def _place_of(call: Call) -> str | None:
    """Where the last attempt went: nothing of path and query, which may be secrets."""
    request = call.attempts[-1].request if call.attempts else None
    url = getattr(request, "url", None) or (call.request or {}).get("url") or call.client.meta.endpoint_url
    if not isinstance(url, str):
        return None
    return origin(url) or None
