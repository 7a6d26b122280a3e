"""The event system: hierarchical names, wildcards, isolation, and who is called in which order."""

from __future__ import annotations

from sotalia.events.aliases import EVENT_ALIASES
from sotalia.events.catalog import (
    AfterCall,
    AfterCallError,
    BeforeCall,
    BeforeEndpointResolution,
    BeforeParameterBuild,
    BeforeParse,
    BeforeSend,
    BeforeSign,
    ChooseServiceName,
    ChooseSigner,
    ClientCreated,
    CreatingClientClass,
    CreatingResourceClass,
    CreatingSerializer,
    GetAttribute,
    NeedsRetry,
    ProvideClientParams,
    RequestCreated,
    ResponseReceived,
    ServiceDataLoaded,
)
from sotalia.events.event import Event
from sotalia.events.handlers import LazyHandler, only_for
from sotalia.events.registry import EventRegistry, first_non_none_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.events.extensions import Extension, ExtensionError
    from sotalia.events.lint import DeadHandlerError, DeadHandlerWarning
    from sotalia.events.order import OrderError
    from sotalia.events.typed import Registration

_LAZY = {
    "DeadHandlerError": "lint",
    "DeadHandlerWarning": "lint",
    "Extension": "extensions",
    "ExtensionError": "extensions",
    "OrderError": "order",
    "Registration": "typed",
}

__all__ = [
    "EVENT_ALIASES",
    "AfterCall",
    "AfterCallError",
    "BeforeCall",
    "BeforeEndpointResolution",
    "BeforeParameterBuild",
    "BeforeParse",
    "BeforeSend",
    "BeforeSign",
    "ChooseServiceName",
    "ChooseSigner",
    "ClientCreated",
    "CreatingClientClass",
    "CreatingResourceClass",
    "CreatingSerializer",
    "DeadHandlerError",
    "DeadHandlerWarning",
    "Event",
    "EventRegistry",
    "Extension",
    "ExtensionError",
    "GetAttribute",
    "LazyHandler",
    "NeedsRetry",
    "OrderError",
    "ProvideClientParams",
    "Registration",
    "RequestCreated",
    "ResponseReceived",
    "ServiceDataLoaded",
    "first_non_none_response",
    "only_for",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load what few programs need when it is first used."""
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
