"""What a client says of itself, and of names and uses that it does not have: what was meant, and what to write."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.runtime.spelling import closest, did_you_mean, shortened, shown
from sotalia.transport.address import origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.model.service import ServiceModel

# What a client has in another place.
_ELSEWHERE = {
    "config": "client.meta.config",
    "endpoint_url": "client.meta.endpoint_url",
    "events": "client.meta.events",
    "get_available_services": "session.get_available_services()",
    "partition": "client.meta.partition",
    "region": "client.meta.region_name",
    "region_name": "client.meta.region_name",
    "register": "client.meta.events.register",
    "resource": "session.resource(...)",
    "service_model": "client.meta.service_model",
}


def described(client: BaseClient) -> str:
    """The ``repr`` of a client: what tells it from others, and no secret."""
    if "parts" not in vars(client):
        return f"<{type(client).__name__} client, not complete>"
    meta: Any = client.meta
    kind = "async " if meta.runtime.is_async else ""
    place = origin(str(meta.endpoint_url or ""))
    return f"<{kind}{type(client).__name__} client: region {meta.region_name}{place and f', {place}'}>"


def unknown_attribute(client: BaseClient, name: str) -> str:
    """The text of the ``AttributeError``."""
    text = f"{type(client).__name__!r} object has no attribute {name!r}"
    if name.startswith("_"):
        return text
    if name in _ELSEWHERE:
        return f"{text}; use {_ELSEWHERE[name]}"
    if name == "aclose":
        return f"{text}: this client is synchronous; use close()"
    meant = closest(name, [known for known in dir(type(client)) if not known.startswith("_")])
    return f"{text}. Did you mean {meant!r}?" if meant else text


def unknown_method(client: BaseClient, name: object) -> Exception:
    """The error of paginators for a method that the client does not have: those with pages are what was meant."""
    methods = client._PY_TO_OP_NAME
    pageable = [method for method, operation in methods.items() if operation in client.parts.page_config()]
    hint = did_you_mean(name, pageable) or did_you_mean(name, methods)
    error: Exception = exceptions.UnknownMethodError(method_name=shown(name), hint=hint)
    return error


def unknown_waiter(client: BaseClient, name: object) -> ValueError:
    """The error for a waiter that the service does not have."""
    known = client.waiter_names
    hint = did_you_mean(name, known) or "."
    service = client.meta.service_model.service_name
    every = shortened(known, "see client.waiter_names") or "none"
    text = name if isinstance(name, str) and len(name) < 100 else shown(name)
    return ValueError(f"Waiter does not exist: {text}{hint} Waiters of {service}: {every}")


def positional_arguments(model: ServiceModel, operation_name: str, method_name: str) -> TypeError:
    """The error for parameters without names."""
    from sotalia.clients.documentation import arguments

    example = arguments(model.operation_model(operation_name).input_shape)
    error = TypeError(f"{method_name}() only accepts keyword arguments.")
    error.add_note(f"Write {method_name}({example}).")
    return error


def warn_unclosed(client: BaseClient) -> None:
    """Say that an async client goes while its connections stay; with ``-X tracemalloc`` also where it was made."""
    import warnings

    model: Any = client.meta.service_model
    warnings.warn(
        f"an async client of {model.service_name} was never closed, and its connections are still open: use "
        f"'async with session.client({model.service_name!r}) as client', or 'await client.aclose()'",
        ResourceWarning,
        stacklevel=2,
        source=client,
    )
