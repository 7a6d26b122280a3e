"""Watching handlers: while somebody does, registries hand out listeners of another class, which note what they call.

The class is chosen when an event is looked up, not when it is emitted. So starting and ending a watch has every registry look
up anew, and an emission that nobody watches costs what it cost before there was anything to watch with.
"""

from __future__ import annotations

from sotalia.events import listeners
from sotalia.events.registry import forget_lookups_everywhere

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.events.listeners import Listeners


def watch(listeners_class: type[Listeners]) -> None:
    """Have all look-ups of the process find listeners of this class: ``Listeners`` itself for nobody who watches."""
    listeners.found_class = listeners_class
    forget_lookups_everywhere()
