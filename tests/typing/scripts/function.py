"""Call a function, and publish a version of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3

functions = boto3.client("lambda")


def call(name: str, event: dict[str, Any]) -> Any:
    response = functions.invoke(
        FunctionName=name, InvocationType="RequestResponse", Payload=json.dumps(event)
    )
    if "FunctionError" in response:
        raise RuntimeError(response["FunctionError"])
    return json.loads(response["Payload"].read())


def publish(name: str, archive: Path) -> str:
    functions.update_function_code(FunctionName=name, ZipFile=archive.read_bytes())
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    return functions.publish_version(FunctionName=name)["Version"]


def names() -> list[str]:
    pages = functions.get_paginator("list_functions").paginate()
    return [function["FunctionName"] for page in pages for function in page["Functions"]]
