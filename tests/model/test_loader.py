"""Service models beside the reference's, and the packs they are kept in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from sotalia.model import loader as loader_module
from sotalia.model.loader import Loader
from sotalia.model.naming import client_class_name, xform_name

REFERENCE = botocore.session.get_session()
TEXT = "This text stands for documentation. " * 20


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for packs that no other test uses, and nothing remembered from before."""
    monkeypatch.setattr(loader_module, "_packs", {})
    monkeypatch.setattr(loader_module, "_models", {})
    return tmp_path / "cache"


def service_file(root: Path, version: str = "2020-01-01", **changes: Any) -> Path:
    """A small service of our own."""
    description = {
        "metadata": {
            "apiVersion": version,
            "endpointPrefix": "mine",
            "protocol": "json",
            "jsonVersion": "1.0",
            "targetPrefix": "Mine",
            "serviceId": "My Service",
            "signatureVersion": "v4",
        },
        "operations": {
            "Ask": {"name": "Ask", "http": {"method": "POST", "requestUri": "/"}, "documentation": TEXT}
        },
        "shapes": {},
        **changes,
    }
    path = root / "mine" / version / "service-2.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(description))
    return path


@pytest.mark.parametrize("service", ["s3", "dynamodb", "sqs", "cloudwatch", "kinesis", "lambda"])
def test_models_are_those_of_the_reference(service: str, folder: Path) -> None:
    ours = Loader(cache_directory=str(folder)).service(service)
    theirs = REFERENCE.get_service_model(service)
    for name in (
        "service_id",
        "endpoint_prefix",
        "signing_name",
        "api_version",
        "protocol",
        "resolved_protocol",
    ):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.operation_names == theirs.operation_names
    for name in ours.operation_names:
        mine, other = ours.operation_model(name), theirs.operation_model(name)
        for attribute in (
            "name",
            "has_streaming_input",
            "has_streaming_output",
            "has_event_stream_output",
            "auth_type",
            "idempotent_members",
            "http_checksum",
            "deprecated",
            "documentation",
        ):
            assert getattr(mine, attribute) == getattr(other, attribute), (name, attribute)
        for shape in ("input_shape", "output_shape"):
            mine_shape, other_shape = getattr(mine, shape), getattr(other, shape)
            assert (mine_shape is None) == (other_shape is None)
            if mine_shape is not None:
                assert list(mine_shape.members) == list(other_shape.members)
                assert mine_shape.required_members == other_shape.required_members


def test_names_are_those_of_the_reference() -> None:
    from botocore import xform_name as reference_xform
    from botocore.utils import get_service_module_name

    loader = Loader()
    for service in ("ec2", "iam", "mturk", "wafv2", "storagegateway", "lex-models"):
        model = REFERENCE.get_service_model(service)
        assert client_class_name(loader.service(service).service_id) == get_service_module_name(model)
        for name in model.operation_names:
            assert xform_name(name) == reference_xform(name)


def test_own_descriptions_go_first(folder: Path, tmp_path: Path) -> None:
    service_file(tmp_path)
    service_file(tmp_path, "2021-01-01")
    loader = Loader([str(tmp_path)], cache_directory=str(folder))
    assert loader.service("mine").api_version == "2021-01-01"
    assert loader.service("mine", "2020-01-01").api_version == "2020-01-01"
    assert loader.list_api_versions("mine", "service-2") == ["2020-01-01", "2021-01-01"]
    assert "mine" in loader.list_available_services("service-2")


def test_documentation_stays_out_of_packs_and_is_found_nevertheless(folder: Path, tmp_path: Path) -> None:
    service_file(tmp_path)
    model = Loader([str(tmp_path)], cache_directory=str(folder)).service("mine")
    (pack,) = [path for path in folder.rglob("*") if path.is_file()]
    assert b"stands for documentation" not in pack.read_bytes()
    assert model.operation_model("Ask").documentation == TEXT


def test_a_changed_file_is_noticed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = service_file(tmp_path)
    Loader([str(tmp_path)], cache_directory=str(folder)).service("mine")
    changed = json.loads(path.read_text())
    changed["operations"]["Answer"] = changed["operations"]["Ask"]
    path.write_text(json.dumps(changed))
    monkeypatch.setattr(loader_module, "_packs", {})
    monkeypatch.setattr(loader_module, "_models", {})
    model = Loader([str(tmp_path)], cache_directory=str(folder)).service("mine")
    assert model.operation_names == ["Ask", "Answer"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-7],
        lambda data: data[:20] + b"\0" + data[21:],
        lambda data: b"x" * 500,
    ],
    ids=["empty", "cut", "flipped", "other"],
)
def test_a_damaged_pack_is_made_anew(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Any
) -> None:
    service_file(tmp_path)
    Loader([str(tmp_path)], cache_directory=str(folder)).service("mine")
    (pack,) = [path for path in folder.rglob("*") if path.is_file()]
    good = pack.read_bytes()
    pack.write_bytes(damage(good))
    monkeypatch.setattr(loader_module, "_packs", {})
    monkeypatch.setattr(loader_module, "_models", {})
    model = Loader([str(tmp_path)], cache_directory=str(folder)).service("mine")
    assert model.operation_names == ["Ask"]
    assert pack.read_bytes() == good


def test_a_folder_that_cannot_be_written_is_done_without(folder: Path, tmp_path: Path) -> None:
    service_file(tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    model = Loader([str(tmp_path)], cache_directory=str(blocked / "cache")).service("mine")
    assert model.operation_names == ["Ask"]


def test_processes_that_start_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    code = (
        "from sotalia.model.loader import Loader; m = Loader().service('sts');"
        "print(len(m.operation_names), m.operation_model('AssumeRole').input_shape.required_members)"
    )
    environment = {**os.environ, "SOTALIA_CACHE_DIR": str(tmp_path)}
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, text=True)
        for _ in range(6)
    ]
    assert len({process.communicate()[0] for process in started}) == 1
    leftovers = [path for path in tmp_path.rglob("*") if path.is_file() and "tmp" in path.name]
    assert leftovers == []


def test_models_are_shared(folder: Path) -> None:
    first, second = (Loader(cache_directory=str(folder)).service("sts") for _ in range(2))
    assert first is second
