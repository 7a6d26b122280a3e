"""The modules of :mod:`sotalia.exceptions` that hold the errors of one service: ``s3``, ``cognito_idp``, ``lambda_``.

A module's classes are made from the service's model when they are first asked for. Models of your own are found as a session
without arguments finds them: in ``AWS_DATA_PATH``, ``data_path`` of the profile, and ``~/.aws/models``.
"""

from __future__ import annotations

from importlib.machinery import ModuleSpec

from sotalia import exceptions
from sotalia.call.error_classes import error_class
from sotalia.config.settings import SessionSettings
from sotalia.model.loader import Loader
from sotalia.runtime.spelling import did_you_mean, shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any

_PACKAGE = exceptions.__name__


def _loader() -> Loader:
    settings = SessionSettings()
    try:
        return Loader(settings.data_paths)
    except exceptions.BotoCoreError:
        return Loader()  # Broken files of settings are somebody else's to report.


def module_name(service_name: str) -> str:
    """The name of a service's module: ``cognito_idp``, and ``lambda_``, as ``lambda`` is a word of Python's."""
    from keyword import iskeyword

    name = service_name.replace("-", "_").replace(".", "_").replace("+", "_").lower()
    return f"{name}_" if iskeyword(name) or not name.isidentifier() else name


def _service(loader: Loader, name: str) -> str | None:
    """The name of the service that has the module ``name``."""
    for candidate in (name.replace("_", "-"), name.removesuffix("_"), name):
        try:
            loader.service_source(candidate)
        except exceptions.DataNotFoundError:
            continue
        return candidate
    services = loader.list_available_services("service-2")
    return next((service for service in services if module_name(service) == name), None)


class _ServiceNames:
    """Names of the errors of one service, and their classes; the model is read when somebody asks."""

    def __init__(self, module: str, service_name: str, loader: Loader) -> None:
        self._module = module
        self._service_name = service_name
        self._loader = loader
        self._names: list[str] | None = None

    def names(self) -> list[str]:
        """The names, sorted."""
        if self._names is None:
            model = self._loader.service(self._service_name)
            self._names = sorted(shape.name for shape in model.error_shapes)
        return self._names

    def get(self, name: str) -> Any:
        """The class. Raises ``AttributeError`` (did you mean ...?)."""
        if name == "__all__":
            return self.names()
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self.names():
            return error_class(self._service_name, name)
        hint = did_you_mean(name, self.names()) or "."
        every = shortened(self.names(), f"see dir({self._module})")
        raise AttributeError(f"{self._service_name} has no error {name!r}{hint} It has: {every or 'none'}")


def _names_of(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__path__`` of the module.

    With a path, even an empty one, Python asks the finder for a class that is not there, which says what was meant. Raises
    ``ImportError`` where the installed models lack the service.
    """
    loader = _loader()
    service_name = _service(loader, module.removeprefix(f"{_PACKAGE}."))
    if service_name is None:
        raise ImportError(_no_service(module, loader), name=module)
    names = _ServiceNames(module, service_name, loader)
    return names.get, names.names, []


class _Maker:
    """Makes the module of a service."""

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """Let Python make an empty one."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """Fill it."""
        module.__doc__ = "Errors that a service models."
        get, names, path = _names_of(module.__name__)
        vars(module).update(__getattr__=get, __dir__=names, __path__=path)


def module_spec(module: str, classes: Iterable[str]) -> ModuleSpec | None:
    """How to make a service's module. Raises ``ImportError`` that says what was meant, where there is no such service."""
    name = module.removeprefix(f"{_PACKAGE}.")
    service, _, error = name.partition(".")
    if name.startswith("_") or error.startswith("_"):
        return None
    if error:
        try:
            _names_of(f"{_PACKAGE}.{service}")[0](error)
        except AttributeError as unknown:
            raise ImportError(str(unknown), name=module) from None
        return None
    if not name.islower():
        # Reached by `from sotalia.exceptions import NoSuchKey`; Python would say that it cannot import the name.
        raise ImportError(unknown_class(name, classes), name=module)
    loader = _loader()
    if _service(loader, name) is None:
        raise ImportError(_no_service(module, loader), name=module)
    maker: Any = _Maker
    return ModuleSpec(module, maker, origin="the model of the service")


def unknown_class(name: str, classes: Iterable[str]) -> str:
    """What to say of a name that is no class of :mod:`sotalia.exceptions`."""
    hint = did_you_mean(name, classes)
    if hint:
        return f"sotalia.exceptions has no {name!r}{hint}"
    return (
        f"sotalia.exceptions has no {name!r}. An error that a service models is in the service's module, since services use the "
        f"same names: from sotalia.exceptions import s3, then s3.{name}"
    )


def _no_service(module: str, loader: Loader) -> str:
    name = module.removeprefix(f"{_PACKAGE}.")
    known = [module_name(service) for service in loader.list_available_services("service-2")]
    hint = did_you_mean(name, known)
    return f"sotalia.exceptions has no service {name!r}{hint or ', and no installed model has one'}"


class ServiceErrors:
    """What :mod:`sotalia.exceptions` needs of this module; the front door names it."""

    module_spec = staticmethod(module_spec)
    unknown_class = staticmethod(unknown_class)
