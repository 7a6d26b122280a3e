"""The types that sotalia ships: ``python -m sotalia.stubs.packaged [FOLDER]`` writes ``sotalia/types`` anew.

Each client's class is joined from that of a package of types (``mypy_boto3_s3``, ``types_aiobotocore_s3``), which may be
installed or not, and from ours. Which of the two a name means is settled by a chain of wildcard imports in ``chosen.pyi``::

    from mypy_boto3_s3.client import *
    from sotalia.types.fallback import *
    from mypy_boto3_s3.client import *

A wildcard import of a module that is not there gives no names, to mypy and to pyright. Of two imports of one name, mypy
keeps the first and pyright the last: so for both of them the package wins where it is installed, and else the fallback.
Other modules must use the names: within ``chosen.pyi`` pyright takes both at once.

Checkers read files as a whole. Paginators stand in files by the first letter of their service, behind annotations that are
only followed when a program asks for a paginator.
"""

from __future__ import annotations

from dataclasses import dataclass

from sotalia.stubs.services import load_services, method_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sotalia.stubs.services import TypedService

# mypy objects to the chain and to what the packages do not have; pyright also to what is not installed.
_HEADER = """\
# Written by `python -m sotalia.stubs.packaged`: change that instead.
# mypy: ignore-errors
# pyright: basic, {rules}
"""
_RULES = (
    "reportMissingImports",
    "reportMissingModuleSource",
    "reportAttributeAccessIssue",
    "reportGeneralTypeIssues",
    "reportIncompatibleMethodOverride",
    "reportIncompatibleVariableOverride",
    "reportInvalidTypeForm",
    "reportOverlappingOverload",
    "reportUntypedBaseClass",
    "reportUnknownMemberType",
)
HEADER = _HEADER.format(rules=", ".join(f"{rule}=false" for rule in _RULES))

#: What `sotalia stubs` writes for a project: it comes before what is shipped.
OWN_PACKAGE = "sotalia_services"
ARGUMENTS = (
    "region_name: str | None = None, api_version: str | None = None, use_ssl: bool = True, "
    "verify: bool | str | None = None, endpoint_url: str | None = None, aws_access_key_id: str | None = None, "
    "aws_secret_access_key: str | None = None, aws_session_token: str | None = None, config: AnyConfig | None = None"
)
CLIENT_ARGUMENTS = (
    f"{ARGUMENTS}, aws_account_id: str | None = None, *, "
    "extensions: Iterable[Extension | str] = (), lint: str | None = None"
)


# The modules whose names are for annotations of users.
_PUBLIC = ("async_clients", "clients", "literals", "resources")


@dataclass(frozen=True, slots=True)
class Kind:
    """Sync or async: ``package`` the beginning of the packages' names, ``prefix`` of modules, ``mark`` of classes."""

    package: str
    prefix: str
    mark: str


SYNC = Kind("mypy_boto3", "", "")
ASYNC = Kind("types_aiobotocore", "async_", "Async")


def files(services: list[TypedService]) -> dict[str, str]:
    """The generated files of ``sotalia/types``, by their paths below it."""
    written = {
        "__init__.pyi": _text(f"from sotalia.types.{module} import *" for module in _PUBLIC),
        "literals.pyi": _literals(services),
        "resources.pyi": _resources(services),
    }
    for kind in (SYNC, ASYNC):
        written[f"{kind.prefix}chosen.pyi"] = _chosen(kind, services)
        written[f"{kind.prefix}fallback.pyi"] = _fallback(kind, services)
        written[f"{kind.prefix}clients.pyi"] = _clients(kind, services)
        written[f"{kind.prefix}shipped_sessions.pyi"] = _sessions(kind, services)
        written[f"{kind.prefix}sessions.pyi"] = _chosen_sessions(kind)
        for letter in sorted({service.pages for service in services if service.paginators}):
            of_letter = [service for service in services if service.pages == letter and service.paginators]
            written[f"{kind.prefix}pages/{letter}.pyi"] = _pages(kind, of_letter)
        written[f"{kind.prefix}pages/__init__.pyi"] = HEADER
    return written


def _text(lines: Iterable[str]) -> str:
    return HEADER + "\n" + "\n".join(lines) + "\n"


def _literals(services: list[TypedService]) -> str:
    """The aliases of all names."""

    def alias(name: str, names: Iterable[str]) -> str:
        return f"{name} = Literal[\n" + "".join(f"    {one!r},\n" for one in names) + "]"

    return _text(
        [
            "from typing import Literal",
            "",
            alias("ServiceName", (service.name for service in services)),
            alias("ResourceServiceName", (service.name for service in services if service.has_resource)),
        ]
    )


def _chosen(kind: Kind, services: list[TypedService]) -> str:
    packages = [f"from {kind.package}_{service.module}.client import *" for service in services]
    if kind is SYNC:
        packages += [
            f"from {kind.package}_{service.module}.service_resource import *"
            for service in services
            if service.has_resource
        ]
    return _text([*packages, f"from sotalia.types.{kind.prefix}fallback import *", *packages])


def _fallback(kind: Kind, services: list[TypedService]) -> str:
    lines = [f"from sotalia.types.ours import {kind.mark}Untyped, UntypedResource", ""]
    lines += [f"class {service.client}({kind.mark}Untyped): ..." for service in services]
    if kind is SYNC:
        lines += [
            f"class {service.resource}(UntypedResource): ..." for service in services if service.has_resource
        ]
    return _text(lines)


def _clients(kind: Kind, services: list[TypedService]) -> str:
    letters = sorted({service.pages for service in services if service.paginators})
    lines = [
        f"from sotalia.types import {kind.prefix}chosen as chosen",
        f"from sotalia.types.ours import {kind.mark}Ours, {kind.mark}Typed",
        f"from sotalia.types.{kind.prefix}pages import {', '.join(letters)}",
        "",
    ]
    for service in services:
        start = (
            f"class {kind.mark}{service.client}({kind.mark}Ours, chosen.{service.client}, {kind.mark}Typed):"
        )
        if service.paginators:
            lines += [start, f"    get_paginator: {service.pages}.{service.class_name}GetPaginator"]
        else:
            lines.append(f"{start} ...")
    return _text(lines)


def _pages(kind: Kind, services: list[TypedService]) -> str:
    lines = ["from typing import Any, Literal, Self, overload", ""]
    for service in services:
        package = f"{kind.package}_{service.module}"
        lines.append(f"import {package}.literals as {service.module}_literals")
        lines.append(f"import {package}.paginator as {service.module}_paginator")
    pager, paged = f"{kind.mark}Pager", f"{kind.prefix}paged"
    lines += [
        "",
        f"from sotalia.types.ours import {kind.mark}GetPaginator, {pager}, {kind.mark}Untyped, {paged}",
        f"from sotalia.pagination.pages import {kind.mark}Paginator",
    ]
    for service in services:
        for name in service.paginators:
            theirs = f"{service.module}_paginator.{name}Paginator"
            lines += [
                f"class {service.class_name}_{name}Paginator({theirs}, {pager}):",
                f"    @{paged}({theirs}.paginate)",
                "    def paginate(self) -> None: ...",
            ]
        lines += [
            f"class {service.class_name}GetPaginator:",
            "    @overload",
            f"    def __get__(self, client: {kind.mark}Untyped, owner: Any = ...) -> {kind.mark}GetPaginator: ...",
            "    @overload",
            "    def __get__(self, client: object, owner: Any = ...) -> Self: ...",
        ]
        for name in service.paginators:
            lines += [
                "    @overload",
                f"    def __call__(self, operation_name: Literal[{method_name(name)!r}])"
                f" -> {service.class_name}_{name}Paginator: ...",
            ]
        # What the package knows and this version of sotalia does not.
        lines += [
            "    @overload",
            f"    def __call__(self, operation_name: {service.module}_literals.PaginatorName)"
            f" -> {kind.mark}Paginator: ...",
        ]
    return _text(lines)


def _chosen_sessions(kind: Kind) -> str:
    own = f"from {OWN_PACKAGE}.{kind.prefix}sessions import *"
    return _text([own, f"from sotalia.types.{kind.prefix}shipped_sessions import *", own])


def _resources(services: list[TypedService]) -> str:
    lines = [
        "from sotalia.resources.base import ResourceMeta",
        "from sotalia.types import chosen, clients",
        "from sotalia.types.ours import TypedResource",
        "",
    ]
    for service in services:
        if service.has_resource:
            lines += [
                f"class {service.class_name}ResourceMeta(ResourceMeta):",
                f"    client: clients.{service.client}",
                f"class {service.resource}(chosen.{service.resource}, TypedResource):",
                f"    meta: {service.class_name}ResourceMeta",
            ]
    return _text(lines)


def session_class(kind: Kind) -> str:
    """The line that begins the class of a kind's sessions."""
    return f"class {kind.mark}TypedSession(AnySession):"


def client_overload(name: str, client: str) -> list[str]:
    """The lines of one overload: ``name`` is the text of an annotation."""
    return [
        "    @overload",
        f"    def client(self, service_name: {name}, {CLIENT_ARGUMENTS}) -> {client}: ...",
    ]


def _sessions(kind: Kind, services: list[TypedService]) -> str:
    """The bases of sessions whose methods are typed by service."""
    clients, base = f"{kind.prefix}clients", f"{kind.mark}BaseClient"
    of_resources = "" if kind is ASYNC else ", resources"
    lines = [
        "from collections.abc import Iterable",
        "from typing import Literal, overload",
        "",
        f"from sotalia.clients.base import {base}",
        "from sotalia.config.client_config import AnyConfig",
        "from sotalia.events import Extension",
        f"from sotalia.resources.base import {kind.mark}ServiceResource",
        "from sotalia.session.session import AnySession",
        f"from sotalia.types import {clients}{of_resources}",
        "from sotalia.types.literals import ResourceServiceName, ServiceName",
        "",
        session_class(kind),
    ]
    for service in services:
        lines += client_overload(f"Literal[{service.name!r}]", f"{clients}.{kind.mark}{service.client}")
    lines += client_overload("ServiceName", base)
    if kind is ASYNC:
        lines.append(
            f"    def resource(self, service_name: ResourceServiceName, {ARGUMENTS}) -> AsyncServiceResource: ..."
        )
        return _text(lines)
    for service in services:
        if service.has_resource:
            lines += [
                "    @overload",
                f"    def resource(self, service_name: Literal[{service.name!r}], {ARGUMENTS})"
                f" -> resources.{service.resource}: ...",
            ]
    lines += [
        "    @overload",
        f"    def resource(self, service_name: ResourceServiceName, {ARGUMENTS}) -> ServiceResource: ...",
        "",
        "_default: TypedSession",
        "client = _default.client",
        "resource = _default.resource",
    ]
    return _text(lines)


def write(folder: Path) -> None:
    """Write the files of the services that are installed, and remove those that are no longer written."""
    from sotalia.session.core import SessionCore
    from sotalia.session.session import sync_kind

    written = files(load_services(SessionCore(sync_kind()).loader))
    for path in folder.rglob("*.pyi"):
        name = path.relative_to(folder).as_posix()
        if name not in written and path.read_text("utf-8").startswith(HEADER.partition("\n")[0]):
            path.unlink()
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    import sys
    from pathlib import Path

    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "types")
