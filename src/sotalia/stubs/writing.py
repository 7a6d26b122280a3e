"""Stubs of services that no package knows, for a project: ``sotalia stubs SERVICE...``.

They are a package ``sotalia_services`` with a module for each service, and with the overloads of ``client()`` and ``resource()`` of all
that are installed. ``sotalia/types/sessions.pyi`` looks for it. Pyright finds it in a project's folder ``typings``; mypy wants
``mypy_path = typings``.
"""

from __future__ import annotations

from pathlib import Path

from sotalia.stubs.clients import ServiceStub
from sotalia.stubs.packaged import ASYNC, OWN_PACKAGE, SYNC, Kind, client_overload, session_class
from sotalia.stubs.services import TypedService

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from sotalia.session.core import SessionCore

_MARK = '"""Types of services, written by `sotalia stubs`: it may be removed and written again."""\n'


def write_stubs(
    services: Iterable[str],
    out: str | os.PathLike[str] = "typings",
    *,
    models: str | os.PathLike[str] | None = None,
    session: SessionCore | None = None,
) -> list[Path]:
    """Write the stubs, and give the paths that were written.

    ``services``: names as for ``client()``; what an earlier call has written of others is kept · ``out``: the folder for the package ·
    ``models``: a folder as in ``AWS_DATA_PATH``, to be searched first · ``session``: whose models are read and whose handlers
    add to clients; by default a new one. Raises ``UnknownServiceError`` (did you mean ...?), and ``FileExistsError`` where the folder has
    a package of that name which is not ours.
    """
    session = _session(models) if session is None else session
    loader = session.loader
    wanted = [TypedService.load(loader, name) for name in services]
    folder = Path(out) / OWN_PACKAGE
    start = folder / "__init__.pyi"
    if folder.exists() and (not start.exists() or start.read_text("utf-8") != _MARK):
        raise FileExistsError(
            f"{folder} is there and was not written by `sotalia stubs`: choose another folder with --out, or remove it"
        )
    texts = {f"{one.own_module}.pyi": ServiceStub(loader, one, session.events).text() for one in wanted}
    others = [path.read_text("utf-8") for path in folder.glob("*.pyi") if path.name not in texts]
    kept = [service for service in map(TypedService.of_stub, others) if service is not None]
    own = sorted([*wanted, *kept], key=lambda one: one.name)
    texts["__init__.pyi"] = _MARK
    for kind in (SYNC, ASYNC):
        texts[f"{kind.prefix}sessions.pyi"] = _sessions(kind, own)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in sorted(texts)]


def _sessions(kind: Kind, own: list[TypedService]) -> str:
    """The sessions that sotalia ships, with overloads for services of one's own before the others.

    They are copied: to load a few hundred models for their names would take a minute where none is in the cache.
    """
    shipped = Path(__file__).parents[1] / "types" / f"{kind.prefix}shipped_sessions.pyi"
    text = shipped.read_text("utf-8")
    imports = [f"from {OWN_PACKAGE} import {one.own_module} as own_{one.module}" for one in own]
    start = session_class(kind)
    overloads = [
        line
        for one in own
        for line in client_overload(f"Literal[{one.name!r}]", f"own_{one.module}.{kind.mark}{one.client}")
    ]
    head, _, rest = text.partition(start)
    return "\n".join([head.rstrip(), *imports, "", start, *overloads]) + rest


def _session(models: str | os.PathLike[str] | None) -> SessionCore:
    from sotalia.session.core import SessionCore
    from sotalia.session.session import sync_kind

    session = SessionCore(sync_kind())
    if models is not None:
        folder = Path(models)
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is not a folder: --models takes one as in AWS_DATA_PATH")
        session.loader.search_paths.insert(0, str(folder))
    return session
