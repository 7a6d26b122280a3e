"""Names that scripts reach through boto3's modules without asking: ``boto3.session.botocore``, ``boto3.compat.os``.

A module of ours that stands where one of boto3's does names its counterpart here. What boto3's module merely imported is
then also found in ours, when somebody asks; so are the functions and classes of boto3 that do their work on our objects.
Its machinery is not: a name that imports and then fails is worse than one that is not there. The list of those is in
``docs/compatibility.md``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any

_REFERENCE = "boto3"
# Errors are the reference's own everywhere: see sotalia.exceptions.
_ERRORS = "boto3.exceptions"


def stand_in(
    module_name: str, *, shared: Collection[str] | None = (), **ours: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of the module ``sotalia.x`` that stands where ``boto3.x`` does.

    ``shared``: what boto3's module defines and ours offers as it is (``None``: all of it) · ``ours``: names of boto3 that
    are called otherwise here, as ``"package.module:name"``. What boto3 defines in another of its modules is looked for in
    our module of that name.
    """
    counterpart = _REFERENCE + module_name.removeprefix("sotalia")

    def get(name: str) -> Any:
        if name == "__all__" and shared is None:
            return [known for known in vars(import_module(counterpart)) if not known.startswith("_")]
        # Python itself asks modules for names with underscores, such as __path__ at each import.
        if not (name.startswith("__") and name.endswith("__")):
            try:
                if name in ours:
                    home, _, attribute = ours[name].partition(":")
                    return getattr(import_module(home), attribute)
                found = getattr(import_module(counterpart), name)
                home = _home(found)
                if not home:
                    return found
                if home != counterpart:
                    module = import_module(f"sotalia{home.removeprefix(_REFERENCE)}")
                    return module if isinstance(found, ModuleType) else getattr(module, name)
                if shared is None or name in shared:
                    return found
            except (ImportError, AttributeError):
                pass
        raise AttributeError(f"module {module_name!r} has no attribute {name!r}")

    def names() -> list[str]:
        return sorted({*vars(import_module(module_name)), *ours, *(shared or ())})

    return get, names


def _home(found: Any) -> str:
    """The module of boto3 that defines something; empty for constants, errors, and what others define."""
    name: Any = found.__name__ if isinstance(found, ModuleType) else getattr(found, "__module__", None)
    if not isinstance(name, str) or name == _ERRORS or not f"{name}.".startswith(f"{_REFERENCE}."):
        return ""
    return name


def submodules(package: str, *names: str) -> Callable[[str], Any]:
    """``__getattr__`` of a package whose modules are attributes of it before anybody imported them."""

    def get(name: str) -> Any:
        if name in names:
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get


def import_for_patched_boto3(*names: str) -> None:
    """Import these modules of boto3, as it does itself, if its names lead to sotalia; else nobody waits for them."""
    boto3 = sys.modules.get("boto3")
    session_class = getattr(boto3, "Session", None)
    if boto3 is None or not getattr(session_class, "__module__", "").startswith("sotalia."):
        return
    for name in names:
        import_module(f"boto3.{name}")
