"""The event system: hierarchical names, wildcards, isolation, and who is called in which order."""

from __future__ import annotations

from sotalia.events.aliases import EVENT_ALIASES
from sotalia.events.handlers import LazyHandler, only_for
from sotalia.events.registry import EventRegistry, first_non_none_response

__all__ = ["EVENT_ALIASES", "EventRegistry", "LazyHandler", "first_non_none_response", "only_for"]
