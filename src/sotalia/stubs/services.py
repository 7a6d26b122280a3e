"""What type checkers are told about each service: its names in Python and in the packages of types."""

from __future__ import annotations

from dataclasses import dataclass
from keyword import iskeyword

from sotalia.model.naming import client_class_name, xform_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from sotalia.model.loader import Loader


@dataclass(frozen=True, slots=True)
class TypedService:
    """One service.

    ``name``: what ``client()`` takes (``"application-autoscaling"``) · ``module``: the end of a package's name
    (``application_autoscaling``) · ``class_name``: the client's class without ``Client``, with a capital at its beginning, as
    the packages have it · ``paginators``: names of operations · ``has_resource``: whether ``resource()`` takes the name.
    """

    name: str
    module: str
    class_name: str
    paginators: tuple[str, ...]
    has_resource: bool

    @property
    def client(self) -> str:
        """``S3Client``."""
        return f"{self.class_name}Client"

    @property
    def resource(self) -> str:
        """``S3ServiceResource``."""
        return f"{self.class_name}ServiceResource"

    @property
    def pages(self) -> str:
        """The module of :mod:`sotalia.types.pages` that has the service's paginators: its first letter."""
        return self.module[0]

    @property
    def own_module(self) -> str:
        """The module of the stubs that a project has of its own: ``lambda_`` for ``lambda``."""
        return f"{self.module}_" if iskeyword(self.module) else self.module

    def remark(self) -> str:
        """A line of a stub by which :meth:`of_stub` knows the service again, without its model."""
        return f"# Service: {(self.name, self.class_name)!r}"

    @classmethod
    def of_stub(cls, text: str) -> Self | None:
        """The service of a stub: its names alone. ``None`` where the text is not that of a service."""
        from ast import literal_eval

        for line in text.splitlines()[:5]:
            if line.startswith("# Service: "):
                name, class_name = literal_eval(line.removeprefix("# Service: "))
                return cls(name, _module(name), class_name, (), has_resource=False)
        return None

    @classmethod
    def load(cls, loader: Loader, name: str) -> Self:
        """What is said of an installed service. Raises ``UnknownServiceError`` (did you mean ...?)."""
        service_id = loader.service(name).service_id
        class_name = client_class_name(service_id)
        return cls(
            name=name,
            module=_module(name),
            class_name=safe(class_name[0].upper() + class_name[1:]),
            paginators=tuple(sorted(loader.paginators(name))),
            has_resource=name in loader.list_available_services("resources-1"),
        )


def load_services(loader: Loader, names: Iterable[str] | None = None) -> list[TypedService]:
    """These services, or all that are installed."""
    wanted = loader.list_available_services("service-2") if names is None else names
    return [TypedService.load(loader, name) for name in sorted(wanted)]


def _module(name: str) -> str:
    # A keyword stays, `lambda`: it stands behind the beginning of a package's name.
    return safe(f"_{name}")[1:]


def is_identifier(name: str) -> bool:
    """Whether Python takes a name as it is."""
    return name.isidentifier() and not iskeyword(name)


def safe(name: str) -> str:
    """An identifier for a name of a model."""
    text = "".join(one if one.isalnum() or one == "_" else "_" for one in name)
    return text if is_identifier(text) else f"_{text}_"


def method_name(operation: str) -> str:
    """``list_objects_v2`` of ``ListObjectsV2``."""
    return xform_name(operation)
