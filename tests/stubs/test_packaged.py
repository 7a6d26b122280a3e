"""The types that sotalia ships are those that would be written now."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sotalia
from sotalia import types
from sotalia.clients.base import AsyncBaseClient, BaseClient
from sotalia.resources.base import ServiceResource
from sotalia.session.core import SessionCore
from sotalia.session.session import sync_kind
from sotalia.stubs.packaged import files
from sotalia.stubs.services import TypedService, load_services

FOLDER = Path(sotalia.__file__).parent / "types"
SERVICES = [
    TypedService("lambda", "lambda", "Lambda", ("ListFunctions",), has_resource=False),
    TypedService("s3", "s3", "S3", ("ListBuckets", "ListObjectsV2"), has_resource=True),
    TypedService("sts", "sts", "STS", (), has_resource=False),
]


def test_files_are_python() -> None:
    for name, text in files(SERVICES).items():
        compile(text, name, "exec")


def test_what_is_shipped_is_made_of_the_same_files() -> None:
    shipped = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.pyi")}
    by_hand = {"ours.pyi", "reference.pyi", "reference_fallback.pyi"}
    of_letters = {name for name in shipped if "pages/" in name}
    assert shipped - of_letters - by_hand == {name for name in files(SERVICES) if "pages/" not in name}


def test_what_is_shipped_has_the_lines_that_would_be_written_now() -> None:
    """Of a few services: to load the models of all takes a minute where none is in the cache."""
    loader = SessionCore(sync_kind()).loader
    for name, text in files(load_services(loader, ["dynamodb", "lambda", "s3", "sts"])).items():
        shipped = set((FOLDER / name).read_text("utf-8").splitlines())
        missing = [line for line in text.splitlines() if line not in shipped and " import " not in line]
        assert missing == [], name


def test_every_service_has_an_overload() -> None:
    names = SessionCore(sync_kind()).loader.list_available_services("service-2")
    for module in ("shipped_sessions", "async_shipped_sessions"):
        text = (FOLDER / f"{module}.pyi").read_text("utf-8")
        assert [name for name in names if f"service_name: Literal[{name!r}]" not in text] == []


@pytest.mark.parametrize("module", ["clients", "async_clients"])
def test_classes_of_paginators_are_there(module: str) -> None:
    """Each annotation of a client names a class in the file of its letter."""
    pages = FOLDER / ("async_pages" if module.startswith("async") else "pages")
    classes = {
        f"{path.stem}.{node.name}"
        for path in pages.glob("?.pyi")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    tree = ast.parse((FOLDER / f"{module}.pyi").read_text("utf-8"))
    named = {ast.unparse(node.annotation) for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)}
    assert len(named) > 300
    assert named <= classes


def test_names_for_annotations_are_there_at_run_time() -> None:
    assert (types.S3Client, types.AsyncS3Client) == (BaseClient, AsyncBaseClient)
    assert types.S3ServiceResource is ServiceResource
    assert types.ServiceName is str
    with pytest.raises(AttributeError, match="'S3Client', 'AsyncS3Client'"):
        types.S3  # noqa: B018
