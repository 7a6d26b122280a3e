"""Endpoint discovery: some services tell, through an operation of their own, where the others are to be sent.

DynamoDB may be asked; Timestream has to be. The answer is kept for as long as it says, per operation and identifiers
where the discovering operation takes such. When asking fails, nothing is asked for a minute and what was known before
stays in use. Three handlers per client: one gathers the identifiers among the parameters, one puts the address into
the request before it is signed, one forgets an address that refuses a call (status 421, ``InvalidEndpointException``).

An ``endpoint_url`` given to the client turns all of it off.
"""

from __future__ import annotations

import time
import weakref

from sotalia import exceptions
from sotalia.endpoints.functions import is_valid_host_label
from sotalia.events import only_for
from sotalia.events.handlers import sends
from sotalia.events.tree import FIRST, MIDDLE
from sotalia.model.naming import xform_name
from sotalia.retries.backoff import Delay
from sotalia.runtime import SingleFlight, resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.model.service import OperationModel
    from sotalia.transport.messages import AWSRequest

_PAUSE_SECONDS = 60
_MISDIRECTED = 421
_AUTO = "auto"


def equip(client: BaseClient, setting: Any) -> None:
    """Register the handlers of one client of a service that has discovery.

    ``setting``: ``endpoint_discovery_enabled``, ``True``, ``False`` or text: ``true``, ``false``, ``auto`` (only
    where the service requires it). Raises ``InvalidEndpointDiscoveryConfigurationError`` for anything else.
    """
    events = client.meta.events
    model = client.meta.service_model
    enabled = normalized(setting)
    if not enabled or (enabled == _AUTO and not model.endpoint_discovery_required):
        events.install("before-parameter-build", refuse_required_operations, MIDDLE)
        return
    handlers = DiscoveryHandlers(DiscoveredEndpoints(client, always=enabled is True))
    service_id = model.service_id.hyphenize()
    events.install(f"before-parameter-build.{service_id}", handlers.gather_identifiers, MIDDLE)
    events.install(f"request-created.{service_id}", handlers.inject_endpoint, FIRST)
    events.install(f"needs-retry.{service_id}", handlers.forget_refusing_endpoint, MIDDLE)


def normalized(setting: Any) -> bool | str:
    """``True``, ``False`` or ``auto``. Raises ``InvalidEndpointDiscoveryConfigurationError``."""
    if isinstance(setting, bool):
        return setting
    text = setting.lower().strip() if isinstance(setting, str) else None
    if text == _AUTO:
        return _AUTO
    if text not in ("true", "false"):
        raise exceptions.InvalidEndpointDiscoveryConfigurationError(
            config_value=setting if text is None else text
        )
    return text == "true"


def _is_required(model: OperationModel) -> bool:
    return bool((model.endpoint_discovery or {}).get("required"))


@only_for(_is_required)
def refuse_required_operations(**kwargs: Any) -> None:
    """A handler of ``before-parameter-build`` where discovery is off: operations that need it say so."""
    raise exceptions.EndpointDiscoveryRequired()


class DiscoveredEndpoints:
    """The addresses that one client's service has told, by operation and identifiers.

    ``always``: ask for every operation that takes a discovered address, not only for those that require it.
    ``clock`` gives seconds.
    """

    def __init__(
        self, client: BaseClient, *, always: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        # The client's events hold this object: a strong reference back would be a cycle.
        self._client = weakref.ref(client)
        self._model = client.meta.service_model
        discovering: Any = self._model.endpoint_discovery_operation
        self._method_name = xform_name(discovering.name)
        shape = discovering.input_shape
        self._taken: frozenset[str] = frozenset() if shape is None else frozenset(shape.members)
        self._always = always
        self._clock = clock
        self._runtime = client.meta.runtime
        self._asking = SingleFlight()
        self._known: dict[Hashable, list[tuple[str, float]]] = {}
        self._paused_until: dict[Hashable, float] = {}

    async def address(self, operation_name: str, identifiers: Mapping[str, Any]) -> str | None:
        """Where to send an operation, or ``None`` for its usual address.

        Raises ``EndpointDiscoveryRefreshFailed`` where no address could be had for an operation that requires one, and
        what the service answers in place of addresses.
        """
        is_required = _is_required(self._model.operation_model(operation_name))
        if not self._always and not is_required:
            return None
        arguments = self._arguments(operation_name, identifiers)
        key = _key(arguments)
        found = self._fresh(key)
        return found or await self._asked_or_stale(key, arguments, is_required)

    def known_address(self, operation_name: str, identifiers: Mapping[str, Any]) -> tuple[str | None, bool]:
        """The address, if one is known, and whether :meth:`address` would not ask."""
        if not self._always and not _is_required(self._model.operation_model(operation_name)):
            return None, True
        found = self._fresh(_key(self._arguments(operation_name, identifiers)))
        return found, found is not None

    def forget(self, operation_name: str, identifiers: Mapping[str, Any]) -> None:
        """Ask anew at the next call."""
        self._known.pop(_key(self._arguments(operation_name, identifiers)), None)

    def _arguments(self, operation_name: str, identifiers: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters of the discovering operation; those it does not take, or that say nothing, are left out."""
        if not identifiers:
            return {}
        given = {"Operation": operation_name, "Identifiers": dict(identifiers)}
        return {name: value for name, value in given.items() if name in self._taken}

    def _fresh(self, key: Hashable) -> str | None:
        now = self._clock()
        return next((address for address, end in self._known.get(key, ()) if now < end), None)

    async def _asked_or_stale(
        self, key: Hashable, arguments: dict[str, Any], is_required: bool
    ) -> str | None:
        has_paused = self._clock() < self._paused_until.get(key, 0.0)
        found = None if has_paused else await self._ask(key, arguments)
        if found is not None:
            return found
        if stale := self._known.get(key):
            return stale[0][0]
        if not is_required:
            return None
        # Without an address this call is lost, so a pause does not keep it from asking.
        found = await self._ask(key, arguments) if has_paused else None
        if found is None:
            raise exceptions.EndpointDiscoveryRefreshFailed()
        return found

    async def _ask(self, key: Hashable, arguments: dict[str, Any]) -> str | None:
        """An address, one call asking for all that need it; ``None`` when nobody answers or none is usable."""
        return await self._asking.share(lambda: self._asked(key, arguments), self._runtime, key)

    async def _asked(self, key: Hashable, arguments: dict[str, Any]) -> str | None:
        if found := self._fresh(key):
            return found  # Another call asked before this one began.
        client = self._client()
        assert client is not None  # It is in the middle of a call.
        method = getattr(client, self._method_name)
        try:
            answer: dict[str, Any] = await resolved(method(**arguments))
        except (exceptions.ConnectionError, exceptions.HTTPClientError):
            self._paused_until[key] = self._clock() + _PAUSE_SECONDS
            return None
        now = self._clock()
        is_secure = (client.meta.endpoint_url or "").startswith("https:")
        told = [
            (endpoint["Address"], now + 60 * (endpoint.get("CachePeriodInMinutes") or 0))
            for endpoint in answer.get("Endpoints", ())
            if is_usable_address(endpoint.get("Address"), is_secure)
        ]
        self._known[key] = told
        self._paused_until.pop(key, None)
        return told[0][0] if told else None


def is_usable_address(address: Any, is_secure: bool) -> bool:
    """Whether signed requests may go there: a host, perhaps with scheme and port, and nothing more.

    ``is_secure``: the client itself uses TLS, so no response talks it into plain text.
    """
    if not isinstance(address, str):
        return False
    scheme, has_scheme, authority = address.rpartition("://")
    host, has_port, port = authority.removesuffix("/").partition(":")
    return (
        (not has_scheme or scheme == "https" or (scheme == "http" and not is_secure))
        and is_valid_host_label(host, True)
        and (not has_port or (port.isascii() and port.isdigit() and int(port[:6]) < 65536))
    )


def _key(arguments: Mapping[str, Any]) -> Hashable:
    values: list[dict[str, Any] | str | None] = [value for _, value in sorted(arguments.items())]
    return tuple([tuple(sorted(value.items())) if isinstance(value, dict) else value for value in values])


class DiscoveryHandlers:
    """The handlers of one client."""

    def __init__(self, endpoints: DiscoveredEndpoints) -> None:
        self.endpoints = endpoints

    @only_for(lambda model: model.endpoint_discovery is not None)
    def gather_identifiers(
        self, params: dict[str, Any], model: OperationModel, context: dict[str, Any], **kwargs: Any
    ) -> None:
        """A handler of ``before-parameter-build``: keep the parameters that addresses depend on."""
        context["discovery"] = {"identifiers": _identifiers(model.input_shape, params)}

    @sends("asks the service for the address unless it has a recent one", "inject_known_endpoint")
    @only_for(lambda model: model.endpoint_discovery is not None)
    async def inject_endpoint(self, request: AWSRequest, operation_name: str, **kwargs: Any) -> None:
        """A handler of ``request-created``, before the signer: send the request to the discovered address."""
        identifiers = request.context.get("discovery", {}).get("identifiers")
        if identifiers is None:
            return
        _go_to(request, await self.endpoints.address(operation_name, identifiers))

    def inject_known_endpoint(self, request: AWSRequest, operation_name: str, **kwargs: Any) -> bool:
        """:meth:`inject_endpoint` without asking. Returns whether no asking is needed."""
        identifiers = request.context.get("discovery", {}).get("identifiers")
        if identifiers is None:
            return True
        address, is_settled = self.endpoints.known_address(operation_name, identifiers)
        _go_to(request, address)
        return is_settled

    @only_for(lambda model: model.endpoint_discovery is not None)
    def forget_refusing_endpoint(
        self, request_dict: dict[str, Any], response: Any, operation: Any, **kwargs: Any
    ) -> Delay | None:
        """A handler of ``needs-retry``: ``0`` to try again at once, elsewhere."""
        if response is None:
            return None
        parsed = response[1]
        status = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status != _MISDIRECTED and parsed.get("Error", {}).get("Code") != "InvalidEndpointException":
            return None
        identifiers = request_dict.get("context", {}).get("discovery", {}).get("identifiers")
        if identifiers is None:
            return None
        self.endpoints.forget(operation.name, identifiers)
        return Delay(0, "the discovered endpoint refuses the call")


def _go_to(request: AWSRequest, address: str | None) -> None:
    if address is not None:
        request.url = address if "://" in address else f"https://{address}"


def _identifiers(shape: Any, params: Any) -> dict[str, Any]:
    """Parameters marked as identifiers, at any depth. Those that are missing are left to validation."""
    found: dict[str, Any] = {}
    if shape is None or not isinstance(params, dict):
        return found
    for name, member in shape.members.items():
        if name not in params:
            continue
        if member.metadata.get("endpointdiscoveryid"):
            found[name] = params[name]
        elif member.type_name == "structure":
            found.update(_identifiers(member, params[name]))
    return found
