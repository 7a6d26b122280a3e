"""Attributes that a room above adds to our classes the first time that one of them is wanted.

Tools reach attributes that are private to the reference (``client._request_signer``). No room of ours uses them, so the
classes come without. The front door says which module adds them (:data:`PROVIDERS`), and that module is not imported until
somebody reads a name that is not there, or assigns one that counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection


class Provider(NamedTuple):
    """Who adds names to a class: a module, by being imported. ``assigned``: those names that programs may assign."""

    module: str
    assigned: Collection[str] = ()


#: By the name of the class that comes without the names.
PROVIDERS: dict[str, Provider] = {}


def load(class_name: str) -> bool:
    """Have the names added. ``False`` where that was done before, or where nobody provides any."""
    provider = PROVIDERS.get(class_name)
    if provider is None:
        return False
    from importlib import import_module

    import_module(provider.module)
    # Only now: another thread that wants a name meanwhile has to wait for the import.
    PROVIDERS.pop(class_name, None)
    return True


def provided(class_name: str, owner: object, name: str) -> Any:
    """The attribute ``name``, which ``owner`` lacks so far. Raises ``AttributeError`` where nobody provides it."""
    # Names of the language, such as __deepcopy__, are asked for to find that they are not there.
    if not name.startswith("__") and load(class_name):
        return getattr(owner, name)
    raise AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}", name=name, obj=owner)


class LateNames:
    """A base of classes to which names are added."""

    __slots__ = ()

    #: The name of the class in :data:`PROVIDERS`.
    _provided_as: str

    def __dir__(self) -> list[str]:
        load(self._provided_as)
        return list(super().__dir__())

    # Checkers would take any name, also a misspelt one, for known.
    if not TYPE_CHECKING:

        def __getattr__(self, name):
            return provided(self._provided_as, self, name)

        def __setattr__(self, name, value):
            # Without the property for it, what is assigned would be an attribute that nobody looks at.
            provider = PROVIDERS.get(self._provided_as)
            if provider is not None and name in provider.assigned:
                load(self._provided_as)
            object.__setattr__(self, name, value)


def add_names(source: type, target: type) -> None:
    """For providers: give ``target`` what the class ``source`` defines."""
    for name, value in vars(source).items():
        if not name.startswith("__"):
            setattr(target, name, value)
