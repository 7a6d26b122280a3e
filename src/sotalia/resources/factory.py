"""Resource classes, generated at run time from resource definitions.

What a definition says is compiled once for the process, as attributes of a class. The class itself belongs to a session:
handlers of ``creating-resource-class`` may add attributes and base classes, whenever one is asked for. While there are
only built-in handlers, which do the same each time, the class made first is used again.
"""

from __future__ import annotations

from typing import NamedTuple

from sotalia.events.catalog import CreatingResourceClass
from sotalia.resources import action
from sotalia.resources.base import ResourceMeta, ServiceResource
from sotalia.resources.collection import CollectionManager, CollectionPlan, ResourceCollection
from sotalia.resources.documentation import ResourceDocumentation
from sotalia.resources.model import Collection, ResourceModel
from sotalia.runtime.documented import DocumentedFunction, DocumentedProperty
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sotalia.events import EventRegistry
    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel

    Handlers = tuple[Any, ...]


class ServiceContext(NamedTuple):
    """What handlers of ``creating-resource-class`` and the resources themselves know about their service."""

    service_name: str
    service_model: ServiceModel
    service_waiter_model: Any
    resource_json_definitions: Mapping[str, Any]


class ServiceWaiters:
    """The waiters of a service by name, read when they are asked for."""

    def __init__(self, loader: Loader, service_name: str, api_version: str) -> None:
        self._loader = loader
        self._service_name = service_name
        self._api_version = api_version

    @property
    def waiter_names(self) -> list[str]:
        """The names, as the model has them (``BucketExists``)."""
        return sorted(self._loader.waiters(self._service_name, self._api_version))

    def get_waiter(self, waiter_name: str) -> Any:
        """One waiter's :class:`~sotalia.waiting.WaiterModel`. Raises ``ValueError`` for no such waiter."""
        from sotalia.waiting import WaiterModel

        found = self._loader.waiters(self._service_name, self._api_version).get(waiter_name)
        if found is None:
            raise ValueError(f"Waiter does not exist: {waiter_name}")
        return WaiterModel(waiter_name, found)


class ResourceFactory:
    """Makes the resource classes of one session; ``base`` decides whether they are async."""

    def __init__(self, emitter: EventRegistry, base: type[ServiceResource] = ServiceResource) -> None:
        self._emitter = emitter
        self._base = base
        self._made: dict[tuple[ServiceModel, str, int, int], _Made] = {}

    def load_from_definition(
        self,
        resource_name: str,
        single_resource_json_definition: Mapping[str, Any],
        service_context: ServiceContext,
    ) -> type[ServiceResource]:
        """The class of a resource, after the handlers had their say.

        ``resource_name``: the resource's, or the service's for the service resource · the definition: its entry in
        ``resources-1.json``. Raises ``ValueError`` for a definition whose names clash.
        """
        definitions = service_context.resource_json_definitions
        key = (
            service_context.service_model,
            resource_name,
            id(definitions),
            id(single_resource_json_definition),
        )
        made = self._made.get(key)
        if made is None:
            template = _template(resource_name, single_resource_json_definition, service_context)
            made = self._made.setdefault(key, _Made(template, service_context))
        handlers = self._emitter.handlers(made.event_name)  # The same tuple until somebody registers.
        last = made.last
        if last is not None and handlers is last.final_for:
            return last.kind
        return self._build(made, handlers)

    def child_class(self, parent: ServiceResource, resource_name: str) -> type[ServiceResource]:
        """The class of another resource of the same service."""
        context: ServiceContext = parent._service_context
        definition = context.resource_json_definitions.get(resource_name, _NO_DEFINITION)
        return self.load_from_definition(resource_name, definition, context)

    def _build(self, made: _Made, handlers: Handlers) -> type[ServiceResource]:
        attributes = dict(made.template.attributes)
        bases: list[type] = [self._base]
        self._emitter.emit(
            made.event_name,
            class_attributes=attributes,
            base_classes=bases,
            service_context=made.context,
        )
        wanted = tuple(bases)
        last = made.last
        if last is not None and last.bases == wanted and last.attributes == attributes:
            resource_class: Any = last.kind
        else:
            hidden = {
                "_factory": self,
                "_service_context": made.context,
                "__module__": "sotalia.resources.factory",
                "__doc__": self._base.__doc__,
            }
            resource_class = type(made.template.class_name, wanted, {**hidden, **attributes})
        is_final = all(getattr(h, "__module__", "").startswith("sotalia.") for h in handlers)
        made.last = _Class(resource_class, wanted, attributes, handlers if is_final else None)
        return resource_class  # type: ignore[no-any-return] # A subclass of the base.


class _Class:
    """A class and what it was made with. ``final_for``: the handlers that would do the same again, if they all would."""

    __slots__ = ("attributes", "bases", "final_for", "kind")

    def __init__(
        self,
        kind: type[ServiceResource],
        bases: tuple[type, ...],
        attributes: dict[str, Any],
        final_for: Handlers | None,
    ) -> None:
        self.kind = kind
        self.bases = bases
        self.attributes = attributes
        self.final_for = final_for


class _Made:
    """What one session makes of one definition: the last class, put there at once, as threads may make several."""

    __slots__ = ("context", "event_name", "last", "template")

    def __init__(self, template: _ResourceTemplate, context: ServiceContext) -> None:
        self.template = template
        self.context = context
        self.event_name = CreatingResourceClass.name(template.class_name)
        self.last: _Class | None = None


# -- what a definition says ------------------------------------------------------------------------------------------

_NO_DEFINITION: Mapping[str, Any] = {}


class _ResourceTemplate:
    """The generated attributes of one resource. Holds on to the definitions, as their identities are its key."""

    __slots__ = ("attributes", "class_name", "definition", "definitions")

    def __init__(self, resource_name: str, definition: Mapping[str, Any], context: ServiceContext) -> None:
        self.definition = definition
        self.definitions = context.resource_json_definitions
        is_service = resource_name == context.service_name
        self.class_name = f"{context.service_name}.{'ServiceResource' if is_service else resource_name}"
        shape = context.service_model.shape_for(definition["shape"]) if definition.get("shape") else None
        model = ResourceModel(resource_name, definition, self.definitions, shape)
        names = [identifier.name for identifier in model.identifiers]
        self.attributes: dict[str, Any] = {
            "meta": ResourceMeta(context.service_name, names, resource_model=model)
        }
        prefix = context.service_name if is_service else self.class_name
        words = ResourceDocumentation(context, resource_name)
        self._add_identifiers_and_attributes(model, shape, words)
        self._add_actions(model, words)
        self._add_relations(model, words)
        for collection in model.collections:
            self.attributes[collection.name] = _collection_property(collection, prefix, words)
        for waiter in model.waiters:
            self.attributes[waiter.name] = action.waiter_method(
                waiter, words.waiter(waiter), words.sign_waiter(waiter)
            )

    def _add_identifiers_and_attributes(
        self, model: ResourceModel, shape: Any, words: ResourceDocumentation
    ) -> None:
        aliases: dict[str, Any] = {}
        for identifier in model.identifiers:
            self.attributes[identifier.name] = action.identifier_property(
                identifier, identifier.name, words.identifier(identifier)
            )
            if identifier.member_name:
                aliases[identifier.member_name] = identifier
        if shape is None:
            return
        for name, (member, _) in model.get_attributes(shape).items():
            write = words.attribute(shape, member)
            self.attributes[name] = (
                action.identifier_property(aliases[name], name, write)
                if name in aliases
                else action.attribute_property(name, member, write)
            )

    def _add_actions(self, model: ResourceModel, words: ResourceDocumentation) -> None:
        if model.load is not None:
            load = action.load_method(model.load, words.load(model.load))
            self.attributes["load"] = self.attributes["reload"] = load
        for one in model.actions:
            self.attributes[one.name] = action.action_method(one, words.action(one), words.sign(one))

    def _add_relations(self, model: ResourceModel, words: ResourceDocumentation) -> None:
        for relation in model.references:
            self.attributes[relation.name] = action.reference_property(relation, words.reference(relation))
        for relation in model.subresources:
            self.attributes[relation.name] = action.subresource_method(
                relation, words.subresource(relation), words.sign_subresource(relation)
            )
        names = sorted(relation.name for relation in model.subresources)

        def get_available_subresources(self: ServiceResource) -> list[str]:
            """Names of the resources that can be made from this one."""
            return list(names)

        self.attributes["get_available_subresources"] = get_available_subresources


def _template(
    resource_name: str, definition: Mapping[str, Any], context: ServiceContext
) -> _ResourceTemplate:
    # With the model that they are made of: they last as long as it.
    kept: dict[tuple[object, ...], _ResourceTemplate] = context.service_model.derived.setdefault(
        "resources", {}
    )
    key = (context.service_name, resource_name, id(definition), id(context.resource_json_definitions))
    template = kept.get(key)
    if template is None:
        template = kept.setdefault(key, _ResourceTemplate(resource_name, definition, context))
    return template


def _collection_property(model: Collection, prefix: str, words: ResourceDocumentation) -> property:
    """The manager of a collection. Its class is made when the first one is asked for."""
    made: list[type[CollectionManager]] = []

    def get(self: ServiceResource) -> Any:
        if not made:
            made.append(_manager_class(model, prefix, words))
        return made[0](self)

    get.__name__ = get.__qualname__ = model.name
    return DocumentedProperty(get, words.collection(model))


def _manager_class(model: Collection, prefix: str, words: ResourceDocumentation) -> type[CollectionManager]:
    """The class of managers of a collection, and that of collections; both have the batch actions as methods."""
    name = f"{prefix}.{model.name}Collection"
    attributes: dict[str, Any] = {
        "_plan": CollectionPlan(model),
        "__module__": "sotalia.resources.collection",
    }
    for batch in model.batch_actions:
        attributes[batch.name] = action.batch_method(
            batch, words.batch_action(model, batch), words.sign(batch)
        )
    for method_name in ("all", "filter", "limit", "page_size"):
        attributes[method_name] = DocumentedFunction(
            getattr(CollectionManager, method_name),
            words.collection_method(model, method_name),
            words.sign_filter(model) if method_name == "filter" else None,
        )
    collection_attributes = {**attributes, "__doc__": ResourceCollection.__doc__}
    collection_cls: Any = type(name, (ResourceCollection,), collection_attributes)
    collection_cls._collection_cls = collection_cls
    return type(
        f"{name}Manager",
        (CollectionManager,),
        {**attributes, "__doc__": CollectionManager.__doc__, "_collection_cls": collection_cls},
    )


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__)
