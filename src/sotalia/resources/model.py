"""Resource definitions (``resources-1.json``) as objects, under the reference's names: ``resource.meta.resource_model``.

A definition names *identifiers* (what a resource is known by), the *shape* whose members become attributes, *actions*
(calls), what it ``has`` (*subresources* that the caller identifies, *references* that its data identify), what it
``hasMany`` of (*collections*) and *waiters*. All of these become Python names, of which each may be used once; see
:class:`ResourceModel` for who keeps it.
"""

from __future__ import annotations

from sotalia.model.naming import xform_name
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from sotalia.model.shapes import Shape

    Definition = Mapping[str, Any]

_WAITER_PREFIX = "WaitUntil"


class Identifier:
    """One of the values that a resource is known by. ``member_name``: the attribute that is another name of it."""

    __slots__ = ("member_name", "name")

    def __init__(self, name: str, member_name: str | None = None) -> None:
        self.name = name
        self.member_name = member_name


class Parameter:
    """Where a value comes from and where it goes.

    ``source``: ``identifier`` (of the resource, by ``name``), ``data`` (of the resource, by ``path``), ``response`` and
    ``requestParameter`` (by ``path``), ``string``, ``integer`` and ``boolean`` (``value``), ``input`` (the caller).
    """

    __slots__ = ("name", "path", "source", "target", "value")

    def __init__(
        self,
        target: str,
        source: str,
        name: str | None = None,
        path: str | None = None,
        value: Any = None,
        **unknown: Any,
    ) -> None:
        self.target = target
        self.source = source
        self.name = name
        self.path = path
        self.value = value


class Request:
    """The call of an action: the operation's name in the API, and the parameters that are filled in."""

    __slots__ = ("operation", "params")

    def __init__(self, definition: Definition) -> None:
        self.operation: str = definition.get("operation", "")
        self.params = [Parameter(**entry) for entry in definition.get("params", ())]


class ResponseResource:
    """The resources that come of a response; ``path`` leads to their data."""

    __slots__ = ("_definitions", "identifiers", "path", "type")

    def __init__(self, definition: Definition, definitions: Definition) -> None:
        self.type: str = definition["type"]
        self.path: str | None = definition.get("path")
        self.identifiers = [Parameter(**entry) for entry in definition.get("identifiers", ())]
        self._definitions = definitions

    @property
    def model(self) -> ResourceModel:
        """The model of those resources."""
        return ResourceModel(self.type, self._definitions[self.type], self._definitions)


class Action:
    """A call, or what a resource ``has``. ``path``: what to give of the response when no resource is made of it."""

    __slots__ = ("name", "path", "request", "resource")

    def __init__(self, name: str, definition: Definition, definitions: Definition) -> None:
        self.name = name
        self.request = Request(definition.get("request", {}))
        self.resource = (
            ResponseResource(definition["resource"], definitions) if "resource" in definition else None
        )
        self.path: str | None = definition.get("path")


class Collection(Action):
    """Many resources of one type."""

    __slots__ = ()

    @property
    def batch_actions(self) -> list[Action]:
        """Calls that can be made for a page of them at once."""
        return [] if self.resource is None else self.resource.model.batch_actions


class Waiter:
    """A waiter of the service with parameters filled in."""

    __slots__ = ("name", "params", "waiter_name")

    def __init__(self, name: str, definition: Definition) -> None:
        self.name = name
        self.waiter_name: str = definition.get("waiterName", "")
        self.params = [Parameter(**entry) for entry in definition.get("params", ())]


class ResourceModel:
    """One type of resource.

    Names are given out in this order: ``meta`` and ``load``, identifiers, actions, subresources and references,
    collections, waiters, members of the shape. Who comes to a name that is taken becomes ``<name>_<category>``
    (``routes_attribute``); members that are identifiers are left out. Raises ``ValueError`` when that is taken too.
    """

    def __init__(
        self, name: str, definition: Definition, definitions: Definition, shape: Shape | None = None
    ) -> None:
        self.name = name
        self.shape: str | None = definition.get("shape")
        self._definition = definition
        self._definitions = definitions
        self._taken = {"meta"}
        self._renamed: dict[tuple[str, str], str] = {}
        load = definition.get("load")
        self.load = None if load is None else Action("load", load, definitions)
        if load is not None:
            self._taken.add("load")
        identifiers = [
            (self._claim("identifier", entry["name"]), entry) for entry in definition.get("identifiers", ())
        ]
        self.actions = self._actions("action", definition.get("actions", {}))
        self.subresources: list[Action] = []
        self.references: list[Action] = []
        self._load_relations()
        self.collections = [
            Collection(self._claim("collection", key), entry, definitions)
            for key, entry in definition.get("hasMany", {}).items()
        ]
        self.waiters = [
            Waiter(self._claim("waiter", _WAITER_PREFIX + key), entry)
            for key, entry in definition.get("waiters", {}).items()
        ]
        self._members: dict[str, str] = {}
        for member in getattr(shape, "members", ()):
            self._members[member] = self._claim("attribute", member)
        self.identifiers = [
            Identifier(given, self._attribute_name(entry.get("memberName"))) for given, entry in identifiers
        ]

    def _claim(self, category: str, name: str, *, in_snake_case: bool = True) -> str:
        name = xform_name(name) if in_snake_case else name
        given = name
        if given in self._taken:
            given = f"{name}_{category}"
            if given in self._taken:
                raise ValueError(
                    f"Problem renaming {self.name} {category} to {given}! Both names are taken already."
                )
            self._renamed[category, name] = given
        self._taken.add(given)
        return given

    def _attribute_name(self, member_name: str | None) -> str | None:
        if member_name is None:
            return None
        name = xform_name(member_name)
        return self._renamed.get(("attribute", name), name)

    def _actions(self, category: str, definitions: Definition) -> list[Action]:
        return [
            Action(self._claim(category, key), entry, self._definitions) for key, entry in definitions.items()
        ]

    @property
    def _resource_defs(self) -> Definition:
        # Under this name, which is private to the reference, other packages read it.
        return self._definitions

    @property
    def batch_actions(self) -> list[Action]:
        """Calls for a page of these resources at once; they are methods of collections, so they take no name here."""
        definitions: Definition = self._definition.get("batchActions", {})
        return [Action(xform_name(key), entry, self._definitions) for key, entry in definitions.items()]

    def _load_relations(self) -> None:
        for key, entry in self._relations():
            by_data = any(
                identifier["source"] == "data" for identifier in entry["resource"].get("identifiers", ())
            )
            if by_data:
                self.references.append(Action(self._claim("reference", key), entry, self._definitions))
            else:
                name = self._claim("subresource", key, in_snake_case=False)
                self.subresources.append(Action(name, entry, self._definitions))

    def _relations(self) -> Iterable[tuple[str, Definition]]:
        """What the definition says it has; a service has every one of its resources, whether it says so or not."""
        written: Definition = self._definition.get("has", {})
        if self.name in self._definitions:
            return written.items()
        found: dict[str, Definition] = {}
        for kind, definition in self._definitions.items():
            named = {key: entry for key, entry in written.items() if entry["resource"]["type"] == kind}
            found.update(named or {kind: _by_caller(kind, definition)})
        return found.items()

    def get_attributes(self, shape: Shape) -> dict[str, tuple[str, Shape]]:
        """Attributes by name: ``{"creation_date": ("CreationDate", shape)}``."""
        identifiers = {identifier.name for identifier in self.identifiers}
        members: dict[str, Shape] = getattr(shape, "members", {})
        return {
            self._members.get(member, xform_name(member)): (member, member_shape)
            for member, member_shape in members.items()
            if xform_name(member) not in identifiers
        }


def _by_caller(kind: str, definition: Definition) -> Definition:
    """A relation to a resource whose identifiers are all given by the caller."""
    identifiers = [
        {"target": entry["name"], "source": "input"} for entry in definition.get("identifiers", ())
    ]
    return {"resource": {"type": kind, "identifiers": identifiers}}


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__)
