"""Service resources: what ``Session.resource`` gives."""

from __future__ import annotations

import copy

from sotalia import exceptions
from sotalia.resources.factory import ServiceContext, ServiceWaiters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from sotalia.config.client_config import AnyConfig
    from sotalia.resources.base import ServiceResource
    from sotalia.resources.factory import ResourceFactory


if TYPE_CHECKING:

    class ClientSource(Protocol):
        """What resources need of a session."""

        _session: Any

        @property
        def resource_factory(self) -> ResourceFactory:
            """What makes the classes."""
            ...

        @property
        def client(self) -> Callable[..., Any]:
            """What makes clients."""
            ...

        def get_available_services(self) -> list[str]:
            """Names of services."""
            ...

        def get_available_resources(self) -> list[str]:
            """Names of services that have resources."""
            ...


_TYPE = "resources-1"
_USER_AGENT = "Resource"


def service_resource(
    session: ClientSource,
    service_name: str,
    api_version: str | None,
    config: AnyConfig | None,
    **arguments: Any,
) -> ServiceResource:
    """The resource of a service on a new client; ``arguments`` are those of the client.

    Raises ``ResourceNotExistsError`` for a service without resources, ``UnknownAPIVersionError``, and what making a
    client raises.
    """
    version, definitions = _definitions(session, service_name, api_version)
    # The client speaks the version that the resources were described for, even where there is a later one.
    client = session.client(service_name, api_version=version, config=_with_user_agent(config), **arguments)
    context = ServiceContext(
        service_name,
        client.meta.service_model,
        ServiceWaiters(session._session.loader, service_name, version),
        definitions["resources"],
    )
    kind = session.resource_factory.load_from_definition(service_name, definitions["service"], context)
    return kind(client=client)


def _definitions(
    session: ClientSource, service_name: str, api_version: str | None
) -> tuple[str, dict[str, Any]]:
    loader = session._session.loader
    try:
        found: tuple[str, dict[str, Any]] = loader.resource_definitions(service_name, api_version)
        return found
    except exceptions.UnknownServiceError:
        names, has_client = (
            session.get_available_resources(),
            service_name in session.get_available_services(),
        )
        error = exceptions.ResourceNotExistsError(service_name, names, has_client)
        if not has_client:
            from sotalia.runtime.spelling import did_you_mean

            if hint := did_you_mean(service_name, names, ""):
                error.add_note(hint)
        raise error from None
    except exceptions.DataNotFoundError:
        known = ", ".join(loader.list_api_versions(service_name, _TYPE))
        raise exceptions.UnknownAPIVersionError(service_name, api_version, known) from None


def _with_user_agent(config: Any) -> Any:
    """The config with ``Resource`` in its user agent, unless it has something else there."""
    if config is None:
        from sotalia.config import Config

        return Config(user_agent_extra=_USER_AGENT)
    if config.user_agent_extra is not None:
        return config
    config = copy.copy(config)
    config.user_agent_extra = _USER_AGENT
    options = getattr(config, "_user_provided_options", None)
    if options is not None:
        # What the session's default options are merged with.
        config._user_provided_options = {**options, "user_agent_extra": _USER_AGENT}
    return config
