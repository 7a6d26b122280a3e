"""``isinstance`` with classes of botocore and boto3, which is true of our objects while boto3 is patched.

Libraries ask it before they take a client, record a body or trace a stream, often of a class they imported long before
the patch. So the class itself has to be among the bases of ours, in the place of
:class:`~sotalia.runtime.reference_base.ReferenceBase`. Nothing else of it shines through: between it and our class lies a shield
that hides every method and property which ours does not have. Existing objects and generated subclasses follow at once.
"""

from __future__ import annotations

from importlib import import_module

from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Our classes and theirs.
PAIRS = (
    ("sotalia.clients.base:BaseClient", "botocore.client:BaseClient"),
    ("sotalia.clients.parts:ClientMeta", "botocore.client:ClientMeta"),
    ("sotalia.config.client_config:Config", "botocore.config:Config"),
    ("sotalia.session.session:AnySession", "boto3.session:Session"),
    ("sotalia.session.core:SessionCore", "botocore.session:Session"),
    ("sotalia.credentials.objects:Credentials", "botocore.credentials:Credentials"),
    ("sotalia.credentials.refreshable:RefreshableCredentials", "botocore.credentials:RefreshableCredentials"),
    ("sotalia.protocols.eventstream:EventStream", "botocore.eventstream:EventStream"),
    ("sotalia.transport.messages:AWSRequest", "botocore.awsrequest:AWSRequest"),
    ("sotalia.transport.messages:AWSPreparedRequest", "botocore.awsrequest:AWSPreparedRequest"),
    ("sotalia.transport.messages:AWSResponse", "botocore.awsrequest:AWSResponse"),
    ("sotalia.transport.body:StreamingBody", "botocore.response:StreamingBody"),
    ("sotalia.pagination.pages:Paginator", "botocore.paginate:Paginator"),
    ("sotalia.pagination.pages:PageIterator", "botocore.paginate:PageIterator"),
    ("sotalia.waiting.waiter:Waiter", "botocore.waiter:Waiter"),
    ("sotalia.resources.base:ServiceResource", "boto3.resources.base:ServiceResource"),
    ("sotalia.resources.base:ResourceMeta", "boto3.resources.base:ResourceMeta"),
    ("sotalia.resources.collection:CollectionManager", "boto3.resources.collection:CollectionManager"),
    ("sotalia.resources.collection:ResourceCollection", "boto3.resources.collection:ResourceCollection"),
)


class JoinedClass:
    """A class of ours below one of theirs, until :meth:`part`."""

    def __init__(self, own_class: Any, reference_class: Any) -> None:
        self._own, self._reference = own_class, reference_class
        self._bases = own_class.__bases__
        shield = type(f"{own_class.__name__}Shield", (reference_class,), _hidden(own_class, reference_class))
        self._joined_bases = tuple(
            shield if issubclass(base, ReferenceBase) else base for base in self._bases
        )
        self._set_bases(self._joined_bases)

    def part(self) -> None:
        """Put the bases back that were there, unless somebody else has changed them since."""
        if self._own.__bases__ == self._joined_bases:
            self._set_bases(self._bases)

    def _set_bases(self, bases: tuple[type, ...]) -> None:
        self._own.__bases__ = bases
        forget = getattr(self._reference, "_abc_caches_clear", None)
        if forget is not None:
            # Bodies are files, and so of an abstract base class, which remembers what isinstance found.
            forget()


def join_all() -> list[JoinedClass]:
    """Put all of them below theirs."""
    joined: list[JoinedClass] = []
    try:
        for own, reference in PAIRS:
            joined.append(JoinedClass(_found(own), _found(reference)))
    except BaseException:
        part_all(joined)
        raise
    return joined


def part_all(joined: list[JoinedClass]) -> None:
    """Take all of them apart."""
    for pair in reversed(joined):
        pair.part()


def _found(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


class _Hidden:
    """An attribute of theirs that ours does not have; ``__getattr__`` of ours is asked next, as if it were not there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        kind = f"type object {owner.__name__!r}" if instance is None else f"{owner.__name__!r} object"
        raise AttributeError(f"{kind} has no attribute {self._name!r}", name=self._name, obj=instance)


def _hidden(own_class: type, reference_class: type) -> dict[str, Any]:
    """The attributes of the shield: methods and properties. Values that tracers leave on a class are found by them."""
    known = {name for base in own_class.__mro__[:-1] for name in vars(base)}
    theirs = {
        name: value
        for base in reversed(reference_class.__mro__[:-1])
        for name, value in vars(base).items()
        if name not in known and name not in ("__dict__", "__weakref__") and hasattr(type(value), "__get__")
    }
    return {
        # Python looks for special methods in the class alone: these are object's, or None, which is "not supported".
        name: getattr(object, name, None) if name.startswith("__") else _Hidden(name)
        for name in theirs
    }
