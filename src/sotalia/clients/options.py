"""Views of a client: the same client with other options, for a call or a few.

::

    client.with_options(timeout=2, headers={"X-Team": "data"}).get_object(Bucket="b", Key="k")

A view has an event registry of its own, a copy of the client's: what is registered on one is not heard on the other. All
else it shares: transport, credentials, compiled operations, endpoints found so far, the retry quota, what was learned about
regions and clocks. Closing a view closes nothing; when the client is closed, its views are. Another region or another
endpoint is another client.

Handlers that a client was equipped with, and that emit events or make calls for it, are exchanged in the copy for those of the
view: its signer, and what has a method ``for_view(view)``.
"""

from __future__ import annotations

import copy
from types import MethodType

from sotalia.call.extra_headers import RequestOptions
from sotalia.call.hooks import Observer
from sotalia.clients.parts import ClientParts
from sotalia.config.client_config import Config
from sotalia.events.catalog import BeforeSign, NeedsRetry, RequestCreated
from sotalia.events.tree import FIRST
from sotalia.retries.exchange import exchange_retries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Any, TypeVar

    from sotalia.clients.base import BaseClient
    from sotalia.events import EventRegistry
    from sotalia.events.handlers import Handler
    from sotalia.events.registry import AroundHook

    C = TypeVar("C", bound=BaseClient)


def view_of(
    client: C,
    *,
    timeout: float | None = None,
    connect_timeout: float | None = None,
    headers: Mapping[str, str] | None = None,
    hooks: Iterable[AroundHook | Observer] = (),
    retries: Mapping[str, Any] | None = None,
    deadline: float | datetime | None = None,
) -> C:
    """The view. Raises ``TypeError`` or ``ValueError`` for options that are none, and what ``Config`` raises for retries."""
    _check_seconds("timeout", timeout)
    _check_seconds("connect_timeout", connect_timeout)
    options = RequestOptions(headers or {}, timeout)
    config = _config(client.meta.config, timeout, connect_timeout, retries)
    hooks = list(hooks)
    for hook in hooks:
        _check_hook(hook)

    meta = client.meta
    events = copy.copy(meta.events)
    view = _shell(client)
    view.meta = type(meta)(
        events,
        meta.service_model,
        config,
        meta.region_name,
        meta.endpoint_url,
        meta.partition,
        meta.method_to_api_mapping,
        meta.runtime,
    )
    parts = client.parts
    user_agent = parts.user_agent
    if retries is not None:
        user_agent = user_agent.with_retry_mode(_retries(meta.config)["mode"], _retries(config)["mode"])
    view.parts = ClientParts(
        meta=view.meta,
        channel=parts.channel.replaced(
            events=events,
            transport=_transport(parts.channel.transport, connect_timeout),
            read_timeout=timeout or parts.channel.read_timeout,
        ),
        endpoint_resolver=parts.endpoint_resolver.with_events(events),
        signer=parts.signer.with_events(events),
        user_agent=user_agent,
        serialization=parts.serialization,
        loader=parts.loader,
        validates_parameters=parts.validates_parameters,
        session=parts.session,
        request=parts.request,
    )
    view.parts.operations, view.parts.cache = parts.operations, parts.cache
    _exchange_handlers(client, view, events)
    if retries is not None:
        exchange_retries(events, meta.service_model, config, meta.runtime, parts.loader)
    if options.headers or timeout is not None:
        service_id = meta.service_model.service_id.hyphenize()
        events.install(BeforeSign.name(service_id), options.apply, FIRST)
    if deadline is not None:
        from sotalia.call.deadlines import deadline_hook

        # The outermost one: what the other hooks wait for counts as well.
        is_moment = hasattr(deadline, "tzinfo")
        hooks.insert(0, deadline_hook(at=deadline) if is_moment else deadline_hook(deadline))  # type: ignore[arg-type]
    for hook in hooks:
        if isinstance(hook, Observer):
            events.observe(hook)
        else:
            events.around_call(hook)
    return view


def _shell(client: C) -> C:
    """An object of the client's class with its attributes, also those that programs have put there."""
    view = object.__new__(type(client))
    for name, value in vars(client).items():
        if type(value) is MethodType and value.__self__ is client:
            value = MethodType(value.__func__, view)
        view.__dict__[name] = value
    # Handlers refer to the client weakly, so it lasts as long as its views.
    view.__dict__["_viewed"] = client
    return view


def _exchange_handlers(client: BaseClient, view: BaseClient, events: EventRegistry) -> None:
    mine, its = client.parts, view.parts
    exchanged: dict[int, Any] = {id(mine.signer): its.signer}
    if its.user_agent is not mine.user_agent:
        exchanged[id(mine.user_agent)] = its.user_agent

    def change(handler: Handler) -> Handler:
        if not isinstance(handler, MethodType):
            return handler
        owner: Any = handler.__self__
        other = exchanged.get(id(owner))
        if other is None:
            for_view: Any = getattr(owner.__class__, "for_view", None)
            if for_view is None:
                return handler
            other = exchanged[id(owner)] = for_view(owner, view)
        return MethodType(handler.__func__, other)

    service_id = client.meta.service_model.service_id.hyphenize()
    for event in (RequestCreated, NeedsRetry):
        events.change(event.name(service_id), change)


def _transport(transport: Any, connect_timeout: float | None) -> Any:
    if connect_timeout is None:
        return transport
    if not hasattr(transport, "with_connect_timeout"):
        raise TypeError(
            f"connect_timeout: {type(transport).__name__} has no such setting; give the client a transport that has a "
            "method with_connect_timeout(seconds), or leave the option out"
        )
    return transport.with_connect_timeout(connect_timeout)


def _config(
    config: Config, timeout: float | None, connect_timeout: float | None, retries: Mapping[str, Any] | None
) -> Config:
    """The effective options of the view."""
    changed: dict[str, Any] = {}
    if timeout is not None:
        changed["read_timeout"] = timeout
    if connect_timeout is not None:
        changed["connect_timeout"] = connect_timeout
    if retries is not None:
        given = Config(retries=dict(retries)).retries or {}
        changed["retries"] = total = dict(_retries(config))
        if given.get("max_attempts") is not None:
            total["total_max_attempts"] = given["max_attempts"] + 1  # There the first attempt does not count.
        total.update({name: given[name] for name in ("total_max_attempts", "mode") if given.get(name)})
    if not changed:
        return config
    view = copy.copy(config)
    view.__dict__.update(changed)
    view._user_provided_options = {**config._user_provided_options, **changed}
    return view


def _retries(config: Config) -> dict[str, Any]:
    assert config.retries is not None
    return config.retries


def _check_seconds(name: str, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is a number of seconds, not {type(value).__name__}")
    if not 0 < value < float("inf"):
        raise ValueError(
            f"{name} is a number of seconds above 0, not {value!r}; leave it out for the client's"
        )


def _check_hook(hook: object) -> None:
    if not isinstance(hook, Observer) and not callable(hook):
        raise TypeError(
            f"hooks: {type(hook).__name__} is neither a function hook(call, proceed) nor an Observer object"
        )
    if isinstance(hook, type):
        raise TypeError(f"hooks: {hook.__name__} is a class; give an object of it")
