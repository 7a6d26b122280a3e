"""Attributes that a room above provides for our classes, and that are loaded when one of them is first wanted.

Tools reach attributes that are private to the reference (``client._request_signer``). No room of ours uses them, so the
classes come without. The front door says which class in which module provides them (:data:`PROVIDERS`), and until somebody
reads or assigns one, each is a placeholder.

Placeholders rather than ``__getattr__``: of a class with that, CPython reads every attribute on a slower path, and a tool
that patches the class finds nothing to patch.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Class = TypeVar("Class", bound=type)

#: By the name of the class: what provides its late names, as ``"module:Class"``, and the names, in one line. A second provider
#: of a class has the word behind a dot: ``"BaseClient.explain"``.
PROVIDERS: dict[str, tuple[str, str]] = {}


def has_late_names(target: Class) -> Class:
    """A decorator for classes: give the class the names that are provided for it."""
    for key, (provider, names) in PROVIDERS.items():
        if key.partition(".")[0] == target.__name__:
            for name in names.split():
                setattr(target, name, _LateName(target, name, provider))
    return target


def provided(key: str) -> Any:
    """What the front door names for a room that has no name of it, loaded now."""
    return _loaded(PROVIDERS[key][0])


def _loaded(place: str) -> Any:
    from importlib import import_module

    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


class _LateName:
    """Stands for an attribute of a class until somebody wants it, and then puts the real one in its own place."""

    __slots__ = ("_name", "_provider", "_target")

    def __init__(self, target: type, name: str, provider: str) -> None:
        self._target, self._name, self._provider = target, name, provider

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        # Not by getattr(): super() asks here, too, for what a subclass overrides.
        return self._loaded().__get__(owner, kind)

    def __set__(self, owner: Any, value: Any) -> None:
        self._loaded()
        setattr(owner, self._name, value)

    def __delete__(self, owner: Any) -> None:
        self._loaded()
        delattr(owner, self._name)

    def _loaded(self) -> Any:
        provider: type = _loaded(self._provider)
        attribute = vars(provider)[self._name]
        if vars(self._target).get(self._name) is self:  # Else somebody has patched it meanwhile.
            setattr(self._target, self._name, attribute)
        return attribute
