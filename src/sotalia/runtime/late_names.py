"""Attributes that a room above adds to our classes the first time that one of them is wanted.

Tools reach attributes that are private to the reference (``client._request_signer``). No room of ours uses them, so the
classes come without. The front door says which module adds them (:data:`PROVIDERS`), and its import costs nothing until
somebody reads or assigns a name that is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

#: By the class that lacks the names: the module which adds them to it when it is imported.
PROVIDERS: dict[str, str] = {}


def load(class_name: str) -> bool:
    """Have the names added. ``False`` where that was done before, or where nobody provides any."""
    provider = PROVIDERS.get(class_name)
    if provider is None:
        return False
    from importlib import import_module

    # Forgotten only afterwards: another thread that wants a name now has to wait for the import.
    import_module(provider)
    PROVIDERS.pop(class_name, None)
    return True


def provided(class_name: str, owner: object, name: str) -> Any:
    """The attribute ``name``, which ``owner`` lacks so far. Raises ``AttributeError`` where nobody provides it."""
    # Names of the language, such as __deepcopy__, are asked for to find that they are not there.
    if not name.startswith("__") and load(class_name):
        return getattr(owner, name)
    raise AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}", name=name, obj=owner)


class LateNames:
    """A class with such attributes, of which those that begin with an underscore may be assigned first."""

    __slots__ = ()

    #: The name of the class in :data:`PROVIDERS`.
    _provided_as: str

    def __dir__(self) -> list[str]:
        load(self._provided_as)
        return list(super().__dir__())

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            return provided(self._provided_as, self, name)

        def __setattr__(self, name, value):
            if name.startswith("_"):
                load(self._provided_as)
            object.__setattr__(self, name, value)
