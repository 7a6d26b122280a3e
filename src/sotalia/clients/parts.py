"""What a client is made of, put together by :mod:`sotalia.clients.builder`."""

from __future__ import annotations

from sotalia.call import pipeline
from sotalia.call.operation import compiled
from sotalia.runtime.late_names import has_late_names
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.auth.signer import RequestSigner
    from sotalia.call.channel import Channel
    from sotalia.call.operation import Operation, Serialization
    from sotalia.call.user_agent import ClientUserAgent
    from sotalia.clients.settings import ClientRequest
    from sotalia.config.client_config import Config
    from sotalia.endpoints.resolver import EndpointRulesetResolver, FixedEndpoint
    from sotalia.events import EventRegistry
    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel
    from sotalia.runtime import Runtime
    from sotalia.session.core import SessionCore


@has_late_names
class ClientMeta(ReferenceBase):
    """What is known about a client: ``client.meta``.

    ``events``: this client's own event registry · ``region_name``: ``aws-global`` for services without regions ·
    ``endpoint_url``: the service's usual address; a call may go elsewhere, as its rule set decides ·
    ``config``: the effective :class:`~sotalia.config.client_config.Config` · ``partition``: such as ``aws`` ·
    ``method_to_api_mapping``: ``{"list_buckets": "ListBuckets", ...}`` · ``runtime``: how the client waits, locks and tells
    the time; ``runtime.is_async`` says whether its methods are coroutines.
    """

    __slots__ = (
        "config",
        "endpoint_url",
        "events",
        "method_to_api_mapping",
        "partition",
        "region_name",
        "runtime",
        "service_model",
    )

    def __init__(
        self,
        events: EventRegistry,
        service_model: ServiceModel,
        config: Config,
        region_name: str | None,
        endpoint_url: str | None,
        partition: str | None,
        method_to_api_mapping: dict[str, str],
        runtime: Runtime,
    ) -> None:
        self.runtime = runtime
        self.events = events
        self.service_model = service_model
        self.config = config
        self.region_name = region_name
        self.endpoint_url = endpoint_url
        self.partition = partition
        self.method_to_api_mapping = method_to_api_mapping

    def __repr__(self) -> str:
        return f"<ClientMeta of {self.service_model.service_name}, region {self.region_name}>"


class ClientParts:
    """The parts of one client, ``client.parts``: what our own rooms reach through a client.

    ``channel`` the transport to the service · ``endpoint_resolver`` finds the endpoint of each call · ``signer`` signs
    requests · ``user_agent`` writes their ``User-Agent`` · ``loader`` reads service descriptions · ``operations`` those
    compiled so far, by name · ``cache`` descriptions of pagination and waiters, once somebody asked for them: programs add
    their own there · ``session`` and ``request``: where the client comes from, and what was asked for, to explain it.
    """

    __slots__ = (
        "cache",
        "channel",
        "endpoint_resolver",
        "loader",
        "meta",
        "operations",
        "request",
        "serialization",
        "session",
        "signer",
        "user_agent",
        "validates_parameters",
    )

    #: A call as a coroutine, on any client: for rooms below the pipeline that make calls.
    invoke = staticmethod(pipeline.invoke)

    def __init__(
        self,
        *,
        meta: ClientMeta,
        channel: Channel,
        endpoint_resolver: EndpointRulesetResolver | FixedEndpoint,
        signer: RequestSigner,
        user_agent: ClientUserAgent,
        serialization: Serialization,
        loader: Loader,
        validates_parameters: bool,
        session: SessionCore,
        request: ClientRequest,
    ) -> None:
        self.meta = meta
        self.channel = channel
        self.endpoint_resolver = endpoint_resolver
        self.signer = signer
        self.user_agent = user_agent
        self.serialization = serialization
        self.loader = loader
        self.validates_parameters = validates_parameters
        self.session = session
        self.request = request
        self.operations: dict[str, Operation] = {}
        self.cache: dict[str, Any] = {}

    def operation(self, name: str) -> Operation:
        """The compiled operation. Raises ``OperationNotFoundError`` (did you mean ...?)."""
        operation = self.operations.get(name)
        if operation is None:
            model = self.meta.service_model.operation_model(name)
            operation = self.operations[name] = compiled(model, self.serialization)
        return operation

    def waiter_config(self) -> dict[str, Any]:
        """The service's waiters as their file has them, for this client alone."""
        if "waiter_config" not in self.cache:
            model = self.meta.service_model
            waiters = self.loader.waiters(model.service_name, model.api_version)
            self.cache["waiter_config"] = {"version": 2, "waiters": dict(waiters)} if waiters else {}
        config: dict[str, Any] = self.cache["waiter_config"]
        return config

    def page_config(self) -> dict[str, Any]:
        """The service's pagination by operation, for this client alone."""
        if "page_config" not in self.cache:
            model = self.meta.service_model
            self.cache["page_config"] = dict(self.loader.paginators(model.service_name, model.api_version))
        config: dict[str, Any] = self.cache["page_config"]
        return config
