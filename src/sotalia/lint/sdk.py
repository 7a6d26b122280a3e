"""What the names of boto3, botocore, their asynchronous kin and sotalia stand for in source code."""

from __future__ import annotations

from sotalia.lint.values import (
    NOTHING,
    UNKNOWN,
    Client,
    Emitter,
    Meta,
    Qualified,
    Resource,
    Session,
    Text,
    Unknown,
    Value,
    Values,
    join,
)

_ROOTS = frozenset({"boto3", "botocore", "aioboto3", "aiobotocore", "functools"})
# Packages of stubs, with a module for each service: mypy_boto3_s3, types_aiobotocore_s3.
_STUBS = ("mypy_boto3", "types_boto3", "types_aiobotocore")

# This package has the names of boto3, and more: ours are looked up as if they were there.
_OURS = __name__.partition(".")[0]

_SESSIONS: dict[str, bool] = {
    "boto3.Session": False,
    "boto3.session.Session": False,
    "boto3.DEFAULT_SESSION": False,
    "boto3._get_default_session": False,
    "botocore.session.Session": False,
    "botocore.session.get_session": False,
    "boto3.AsyncSession": True,
    "boto3.session.AsyncSession": True,
    "aioboto3.Session": True,
    "aioboto3.session.Session": True,
    "aiobotocore.session.AioSession": True,
    "aiobotocore.session.get_session": True,
}
_CLIENTS: dict[str, bool] = {"boto3.client": False, "aioboto3.client": True}
_RESOURCES = frozenset({"boto3.resource", "aioboto3.resource"})
# Types that only annotations and constructors of one's own name.
_CLIENT_TYPES = {
    "botocore.client.BaseClient": None,
    "boto3.clients.base.BaseClient": False,
    "boto3.clients.base.AsyncBaseClient": True,
    "aiobotocore.client.AioBaseClient": True,
}
_RESOURCE_TYPES = frozenset({"boto3.resources.base.ServiceResource"})
_EMITTERS = frozenset(
    {
        "botocore.hooks.HierarchicalEmitter",
        "botocore.hooks.EventAliaser",
        "botocore.hooks.BaseEventHooks",
        "aiobotocore.hooks.AioHierarchicalEmitter",
        "boto3.events.EventRegistry",
        "boto3.events.registry.EventRegistry",
    }
)
# What asynchronous and synchronous exit stacks give back as it is.
_PASSING = frozenset({"enter_async_context", "enter_context", "__enter__", "__aenter__"})
_EVENTS = ("boto3.events.catalog.", "boto3.events.")


def module(name: str) -> Values:
    """What an imported name stands for: nothing is known of other packages."""
    root, dot, rest = name.partition(".")
    if root == _OURS:
        return (Qualified(f"boto3{dot}{rest}"),)
    return (Qualified(name),) if root in _ROOTS or root.startswith(_STUBS) else UNKNOWN


def event_class(value: Value) -> str | None:
    """The name of the event's class that a value is."""
    if isinstance(value, Qualified):
        for prefix in _EVENTS:
            if value.name.startswith(prefix):
                return value.name.removeprefix(prefix)
    return None


def attribute(value: Value, name: str) -> Values:
    """An attribute of something of the SDK."""
    match value, name:
        case Qualified(), _ if value.name in _SESSIONS and "DEFAULT" in value.name:
            return attribute(Session(_SESSIONS[value.name]), name)
        case Qualified(), _:
            return (Qualified(f"{value.name}.{name}"),)
        case (Client() | Resource()) as holder, "meta":
            return (Meta(holder),)
        case Unknown(), "meta":
            return (Meta(),)
        case Meta(of=Client() as client), "events":
            return (Emitter(client),)
        case Meta(of=None), "events":
            return (Emitter(Client()),)
        case Meta(of=Resource() as resource), "client":
            return (Client(resource.service),)
        case Meta(), "client":
            return (Client(),)
        case Session() as session, "events" | "_events":
            return (Emitter(session),)
        case Session() as session, "_session":
            return (session,)
        case Emitter() as emitter, "_emitter":
            return (emitter,)
    return UNKNOWN


def made_by(name: str, services: Values) -> Values:
    """What calling a function of the SDK gives; ``services`` is its first argument."""
    if name in _SESSIONS:
        return (Session(_SESSIONS[name]),)
    if name in _CLIENTS:
        return _clients(services, _CLIENTS[name])
    if name in _RESOURCES:
        return tuple(Resource(service) for service in _services(services))
    if name in _EMITTERS:
        return (Emitter(is_own=True),)
    return UNKNOWN


def made_by_method(owner: Value, method: str, services: Values, is_service: bool) -> Values | None:
    """What calling a method gives; ``None`` where nothing is known. ``is_service``: the first argument names a service."""
    if method in _PASSING:
        return services if method.startswith("enter_") else (owner,)
    if isinstance(owner, Session) or (isinstance(owner, Unknown) and is_service):
        is_async = owner.is_async if isinstance(owner, Session) else None
        if method in ("client", "create_client"):
            return _clients(services, is_async)
        if method == "resource":
            return tuple(Resource(service) for service in _services(services))
    if isinstance(owner, Session) and method == "get_component" and services == (Text("event_emitter"),):
        return (Emitter(owner),)
    if isinstance(owner, Resource) and method[:1].isupper():
        return (owner,)
    return None


def _clients(services: Values, is_async: bool | None) -> Values:
    return tuple(Client(service, is_async) for service in _services(services))


def _services(values: Values) -> list[str | None]:
    return [value.text if isinstance(value, Text) and "\0" not in value.text else None for value in values]


def annotated(values: Values) -> Values:
    """What an argument with this annotation is."""
    return join(*(_annotated(value) for value in values))


def _annotated(value: Value) -> Values:
    if value in NOTHING:
        return NOTHING
    if not isinstance(value, Qualified):
        return UNKNOWN
    name = value.name
    if name in _SESSIONS:
        # An annotation says boto3.Session also where a sotalia.AsyncSession or an aioboto3.Session is meant.
        return (Session(True if _SESSIONS[name] else None),)
    if name in _CLIENT_TYPES:
        return (Client(is_async=_CLIENT_TYPES[name]),)
    if name in _RESOURCE_TYPES:
        return (Resource(),)
    if name in _EMITTERS:
        return (Emitter(),)
    root, _, rest = name.partition(".")
    if root.startswith(_STUBS) and rest:
        package = next(prefix for prefix in _STUBS if root.startswith(prefix))
        service = root.removeprefix(package).strip("_").replace("_", "-") or rest.partition(".")[0].replace(
            "_", "-"
        )
        last = rest.rpartition(".")[2]
        if last.endswith("ServiceResource"):
            return (Resource(service),)
        if last.endswith("Client"):
            return (Client(service, package == "types_aiobotocore"),)
    return UNKNOWN
