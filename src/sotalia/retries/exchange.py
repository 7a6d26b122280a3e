"""Another retry mode for a view of a client: its handlers in the places of the client's."""

from __future__ import annotations

from sotalia.events import EventRegistry
from sotalia.events.handlers import is_built_in
from sotalia.events.order import name_of
from sotalia.retries.installation import install_retries
from sotalia.retries.standard import StandardRetries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.config.client_config import Config
    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel
    from sotalia.runtime import Runtime

# What constraints call the handlers of retry modes.
_NAMES = frozenset(("announce_attempts", "measure_rate", "rate_limit", "release_quota", "retry"))


def exchange_retries(
    events: EventRegistry, model: ServiceModel, config: Config, runtime: Runtime, loader: Loader
) -> None:
    """Put the handlers of ``config.retries`` in the places of those that are here, whatever their mode.

    Quota and rate go on as they are: a view of a client may not spend what the client has to save.
    """
    new = EventRegistry()
    install_retries(new, model, config, runtime, loader)
    service_id = model.service_id.hyphenize()
    names = [f"{event}.{service_id}" for event in ("request-created", "needs-retry", "after-call")]
    for event_name in (*names, "before-send", "needs-retry"):
        here, coming = _by_name(events, event_name), _by_name(new, event_name)
        for name in here.keys() - coming.keys():
            events.unregister(event_name, here[name])
        for name, handler in coming.items():
            if name in here:
                _exchange(events, event_name, here[name], handler)
            else:
                events.install(event_name, handler)


def _by_name(events: EventRegistry, event_name: str) -> dict[str, Any]:
    """The handlers of a retry mode."""
    found = {name_of(handler): handler for handler in events.registered_at(event_name)}
    return {name: handler for name, handler in found.items() if name in _NAMES and is_built_in(handler)}


def _exchange(events: EventRegistry, event_name: str, old: Any, new: Any) -> None:
    before, after = old.__self__, new.__self__
    if type(before) is type(after) is StandardRetries:
        after.quota = before.quota
    elif type(before) is type(after) and hasattr(after, "rate"):
        return  # One limiter for all.
    events.change(event_name, lambda handler: new if handler == old else handler)
