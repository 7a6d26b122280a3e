"""The rooms of the package from the top down: a room imports only rooms below it. ``python -m tests.rooms`` draws the table.

The page ``docs/architecture.md`` shows the table; ``tests/test_architecture.py`` holds the package to it.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import sotalia

ROOT = Path(sotalia.__file__).parent

#: Folders, and files beside them, with their subjects. ``""`` is the front door, ``sotalia/__init__.py``.
ROOMS = {
    "": "the front door: loads nothing until a name is used",
    "__main__": "`python -m sotalia`",
    "__pyinstaller": "the hook for PyInstaller: modules imported by name, data files",
    "cli": "the command line, one command a file",
    "stubs": "types for checkers: those that are shipped, those of models that no package knows",
    "fs": "S3 as a filesystem of fsspec; loaded only when it is imported",
    "lint": "registrations that can never work, found in source code",
    "compatibility": "behind boto3's names; moto's mock",
    "extensions": "ready-made, on public hooks only: parameters, headers, logs, retries, dry runs, metrics, traces",
    "testing": "a scripted transport, runtimes with a manual clock, an embedded AWS; fixtures of pytest",
    "replay": "cassettes: calls recorded in a file, and played back",
    "fault_injection": "failures on purpose: throttled, cut, slow, expired",
    "recording": "what calls did, kept and shown: phases, attempts, handlers and what they changed",
    "compat": "`boto3.compat`",
    "utils": "`boto3.utils`",
    "types": "names for annotations; the stubs of all services",
    "session": "sessions, what they know, parts of them by name; the table of built-in handlers",
    "ec2": "`boto3.ec2`: tags of many resources by one call",
    "s3": "transfers of files, one or many: copied, moved, deleted; `sync`, which makes and carries out a plan of them",
    "dynamodb": "what tables have beyond their definitions; conditions; Python's values for DynamoDB's",
    "resources": "generated resource classes",
    "services": "built-in behaviour, one module a service",
    "explain": "what a call would send, and why; nothing is sent",
    "clients": "base classes, generated classes, settings, the builder, presigning",
    "pagination": "pages of results",
    "waiting": "waiters",
    "retries": "retry modes",
    "call": "one call as an object, the pipeline, hooks and observers, modeled errors, the user agent",
    "endpoints": "where calls go: rule sets, the old endpoints.json",
    "auth": "signers",
    "credentials": "sources of credentials, one a file; refreshing; what explains them",
    "config": "settings: files, environment, `Config`",
    "checksums": "checksums and compression",
    "protocols": "validators, serializers, parsers, compiled from shapes",
    "model": "service descriptions, read from botocore's data and kept as packs",
    "transport": "HTTP/1.1: connections, streams, requests and responses",
    "events": "the registry, aliases, the catalog",
    "exceptions": "every error class, loaded when it is raised; a module for the errors of each service",
    "runtime": "what differs between sync and async; locks, forks, logs, redaction; what is installed, and who owns a file",
}

#: Upward all the same, each with its reason.
ALLOWED = {
    ("resources.base", ""): "a resource class without a client takes the default session's, as boto3's does",
    ("compatibility.moto", ""): "a mock puts the default session aside",
}

FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix("__init__").removesuffix("."): path
    for path in sorted(ROOT.rglob("*.py"))
}
# A module named in a string: "sotalia.x.y", with or without a function behind a colon.
_NAMED = re.compile(r"sotalia(?:\.\w+)+(?::\w+)?")
# What gets the name of a logger.
_LOGGERS = ("logger", "is_enabled")


def imported(module: str) -> set[str]:
    """Modules that a module imports or names in a string, at whatever moment; not those for type checkers only."""
    tree = ast.parse(FILES[module].read_text("utf-8"))
    ignored = {inner for node in ast.walk(tree) for ignored in _ignored(node) for inner in ast.walk(ignored)}
    found = set()
    for node in ast.walk(tree):
        if node in ignored:
            continue
        if isinstance(node, ast.ImportFrom) and _is_ours(node.module or ""):
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if _is_ours(alias.name))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAMED.fullmatch(node.value):
            found.add(node.value.partition(":")[0])
    return {_module(name.removeprefix("sotalia").removeprefix(".")) for name in found} - {module}


def _ignored(node: ast.AST) -> list[ast.stmt] | list[ast.expr]:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return node.body
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _LOGGERS:
        return node.args
    return []


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == "sotalia"


def _module(name: str) -> str:
    """The module that a dotted name lies in: the name itself, or what is before a function."""
    while name not in FILES:
        name = name.rpartition(".")[0]
    return name


def room(module: str) -> str:
    """The room that a module lies in."""
    return module.partition(".")[0]


def upward() -> list[tuple[str, str]]:
    """Pairs of modules of which the first imports the second, which lies in a room above it, or beside it."""
    order = list(ROOMS)
    return [
        (module, other)
        for module in FILES
        for other in sorted(imported(module))
        if room(module) != room(other) and order.index(room(module)) >= order.index(room(other))
    ]


def table() -> str:
    """The rooms as a table in Markdown."""
    rows = [
        f"| `{name or '__init__'}{'/' if (ROOT / name).is_dir() and name else ''}` | {subject} |"
        for name, subject in ROOMS.items()
    ]
    return "\n".join(["| Room | Subject |", "|---|---|", *rows])


if __name__ == "__main__":
    print(table())
