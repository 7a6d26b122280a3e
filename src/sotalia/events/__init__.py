"""The event system: hierarchical names, wildcards, isolation, and who is called in which order."""

from __future__ import annotations

from sotalia.events.aliases import EVENT_ALIASES
from sotalia.events.registry import EventRegistry, LazyHandler, first_non_none_response, only_for

__all__ = ["EVENT_ALIASES", "EventRegistry", "LazyHandler", "first_non_none_response", "only_for"]
