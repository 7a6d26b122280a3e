"""Stubs of own models, up to the checkers: those are asked in ``tests/typing``."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

from sotalia import exceptions
from sotalia.cli.main import main
from sotalia.stubs.writing import write_stubs

MODELS = Path(__file__).parents[1] / "typing" / "models"


def definitions(path: Path) -> dict[str, ast.stmt]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def test_a_service_of_its_own(tmp_path: Path) -> None:
    written = write_stubs(["preview"], tmp_path, models=MODELS)
    folder = tmp_path / "sotalia_services"
    assert {path.name for path in written} == {path.name for path in folder.iterdir()}
    for path in written:
        ast.parse(path.read_text("utf-8"))
    classes = definitions(folder / "preview.pyi")
    for name in (
        "PreviewClient",
        "AsyncPreviewClient",
        "ListThingsPaginator",
        "AsyncThingThereWaiter",
        "ThingInput",
    ):
        assert name in classes, name
    methods = {node.name for node in classes["PreviewClient"].body if isinstance(node, ast.FunctionDef)}
    assert {"create_thing", "get_paginator", "get_waiter", "generate_presigned_url"} <= methods
    assert "import" not in methods
    for sessions in ("sessions.pyi", "async_sessions.pyi"):
        text = (folder / sessions).read_text("utf-8")
        assert "Literal['preview']" in text
        assert "Literal['s3']" in text


def test_what_was_written_before_is_kept(tmp_path: Path) -> None:
    write_stubs(["preview"], tmp_path, models=MODELS)
    write_stubs(["sqs"], tmp_path)
    write_stubs(["lambda", "sts"], tmp_path)
    text = (tmp_path / "sotalia_services" / "sessions.pyi").read_text("utf-8")
    for module, alias in (
        ("preview", "own_preview"),
        ("sqs", "own_sqs"),
        ("lambda_", "own_lambda"),
        ("sts", "own_sts"),
    ):
        assert f"import {module} as {alias}" in text
        assert (tmp_path / "sotalia_services" / f"{module}.pyi").exists()


@pytest.mark.parametrize("name", ["s3", "dynamodb", "bedrock-runtime", "iot-data", "transcribe"])
def test_services_that_are_installed(name: str, tmp_path: Path) -> None:
    for path in write_stubs([name], tmp_path):
        compile(path.read_text("utf-8"), path.name, "exec")


HOSTILE = ["x y", "a: int\nimport os", '"""', "class", "é", "__init__", "1st", "a\\b", "${x}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_model_stays_text(text: str, tmp_path: Path) -> None:
    """Names of members, operations, errors and values of an enumeration, and documentation."""
    folder = tmp_path / "models" / "preview" / "2026-01-01"
    shutil.copytree(MODELS / "preview" / "2026-01-01", folder)
    model = json.loads((folder / "service-2.json").read_text("utf-8"))
    shapes = model["shapes"]
    shapes["CreateThingRequest"]["members"][text] = {"shape": "Kind"}
    shapes["Kind"]["enum"].append(text)
    shapes[text] = {**shapes["ThingExists"]}
    shapes["Thing"]["members"]["Odd"] = {"shape": f"{text}Thing"}
    shapes[f"{text}Thing"] = {"type": "structure", "members": {"Name": {"shape": "String"}}}
    model["operations"][text] = {
        **model["operations"]["CreateThing"],
        "name": text,
        "documentation": f"<p>{text}</p>",
    }
    model["metadata"]["serviceId"] = f"Preview {text}"
    (folder / "service-2.json").write_text(json.dumps(model), "utf-8")
    (path,) = (
        p for p in write_stubs(["preview"], tmp_path, models=tmp_path / "models") if p.stem == "preview"
    )
    tree = ast.parse(path.read_text("utf-8"))
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    assert set(imported) == {
        "collections.abc",
        "datetime",
        "typing",
        "sotalia.exceptions",
        "sotalia.types.ours",
    }


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "sotalia_services"
    folder.mkdir()
    (folder / "__init__.pyi").write_text("# mine")
    with pytest.raises(FileExistsError, match="was not written by `sotalia stubs`"):
        write_stubs(["sqs"], tmp_path)
    assert [path.name for path in folder.iterdir()] == ["__init__.pyi"]


def test_nothing_is_written_for_a_service_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(exceptions.UnknownServiceError, match="sqs"):
        write_stubs(["sts", "sqss"], tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotADirectoryError, match="--models"):
        write_stubs(["sts"], tmp_path, models=tmp_path / "absent")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stubs", "preview", "--out", str(tmp_path / "typings"), "--models", str(MODELS)]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert tmp_path / "typings" / "sotalia_services" / "preview.pyi" in paths
    assert all(path.exists() for path in paths)
    assert main(["stubs", "previw", "--out", str(tmp_path), "--models", str(MODELS)]) == 1
    assert "preview" in capsys.readouterr().err
