"""Names that scripts reach: ``boto3.s3.transfer`` after ``client("s3")``, and boto3's below ``sotalia.s3``."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import sotalia.s3
from sotalia import exceptions

# What needs awscrt, and what boto3 keeps for its own use.
NOT_THERE = {
    "s3.inject": {"disable_threading_if_append_mode", "is_append_mode", "utils"},
    "s3.transfer": {
        "_create_default_transfer_manager",
        "_should_use_crt",
        "create_crt_transfer_manager",
        "has_minimum_crt_version",
        "awscrt",
    },
}


@pytest.mark.parametrize("name", ["s3", "s3.inject", "s3.transfer", "s3.constants"])
def test_names_below_s3(name: str) -> None:
    reference, ours = importlib.import_module(f"boto3.{name}"), importlib.import_module(f"sotalia.{name}")
    missing = {known for known in dir(reference) if not known.startswith("__") and not hasattr(ours, known)}
    assert missing <= NOT_THERE.get(name, set())


def test_names_are_the_ones_that_are_meant() -> None:
    from sotalia.s3 import inject, transfer

    assert transfer.S3UploadFailedError is exceptions.S3UploadFailedError
    assert transfer.ClientError is exceptions.ClientError
    assert inject.TransferConfig is transfer.TransferConfig
    assert sotalia.s3.constants.CRT_TRANSFER_CLIENT == "crt"
    with pytest.raises(AttributeError, match="nothing"):
        transfer.nothing  # noqa: B018


SCRIPT = """
import boto3, sotalia
sotalia.patch_boto3()
arguments = {"region_name": "us-east-1"}
assert not hasattr(boto3, "s3")
boto3.client("s3", **arguments)
boto3.s3.transfer.TransferConfig(), boto3.s3.inject
boto3.resource("dynamodb", **arguments)
boto3.dynamodb.conditions.Key("k"), boto3.dynamodb.types.TypeSerializer()
"""


def test_modules_of_boto3_after_clients_of_a_patched_one() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=60)


def test_without_the_patch_boto3_is_not_loaded() -> None:
    script = "import sotalia, sys; sotalia.client('s3', region_name='us-east-1'); assert 'boto3.s3' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
