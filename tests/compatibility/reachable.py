"""Prints, as JSON, what of boto3 is not in sotalia: names in modules, and names of objects. Run in a process of its own.

Modules are those that ``import boto3`` and a few clients and resources leave behind; objects are those that programs
hold. boto3's private names count where tools are known to reach them: of these objects, all.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import boto3

import sotalia

# Not looked at: sotalia has other modules there, as docs/compatibility.md says.
WITHOUT_COUNTERPART = ("boto3.crt", "boto3.docs", "boto3.s3")
KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}


def is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def lacking_in_modules() -> dict[str, list[str]]:
    for service in ("s3", "dynamodb", "ec2"):
        boto3.resource(service, **KEYS)
    boto3.resource("dynamodb", **KEYS).Table("t")
    boto3.resource("ec2", **KEYS).Instance("i")
    found = {}
    for name, module in sorted(sys.modules.items()):
        if f"{name}.".startswith("boto3.") and not name.startswith(WITHOUT_COUNTERPART):
            ours = importlib.import_module(name.replace("boto3", "sotalia", 1))
            found[name] = [one for one in dir(module) if not is_special(one) and not hasattr(ours, one)]
    return {name: names for name, names in found.items() if names}


def objects(package: Any) -> dict[str, Any]:
    session = package.Session(**KEYS)
    client = session.client("s3")
    resource = session.resource("s3")
    bucket = resource.Bucket("b")
    table = session.resource("dynamodb").Table("t")
    paginator = client.get_paginator("list_objects_v2")
    operation = client.meta.service_model.operation_model("PutObject")
    return {
        "session": session,
        "session._session": session._session,
        "session.resource_factory": session.resource_factory,
        "client": client,
        "client.meta": client.meta,
        "client.meta.events": client.meta.events,
        "client.meta.config": client.meta.config,
        "client.meta.service_model": client.meta.service_model,
        "client.exceptions": client.exceptions,
        "client._endpoint": client._endpoint,
        "client._request_signer": client._request_signer,
        "operation_model": operation,
        "shape": operation.input_shape,
        "paginator": paginator,
        "page_iterator": paginator.paginate(Bucket="b"),
        "waiter": client.get_waiter("bucket_exists"),
        "waiter.config": client.get_waiter("bucket_exists").config,
        "resource": resource,
        "resource.meta": resource.meta,
        "resource.meta.resource_model": resource.meta.resource_model,
        "bucket": bucket,
        "bucket.objects": bucket.objects,
        "bucket.objects.all()": bucket.objects.all(),
        "table": table,
        "table.batch_writer()": table.batch_writer(),
        "credentials": session.get_credentials(),
        "credentials.get_frozen_credentials()": session.get_credentials().get_frozen_credentials(),
        "session._loader": session._loader,
    }


def lacking_in_objects() -> dict[str, list[str]]:
    ours = objects(sotalia)
    found = {}
    for where, theirs in objects(boto3).items():
        # dir() rather than hasattr(): attributes of resources make calls.
        known = {*dir(ours[where]), *getattr(ours[where], "__dict__", ())}
        names = {*dir(theirs), *getattr(theirs, "__dict__", ())}
        found[where] = sorted(name for name in names if not is_special(name) and name not in known)
    return {where: names for where, names in found.items() if names}


if __name__ == "__main__":
    print(json.dumps({**lacking_in_modules(), **lacking_in_objects()}))
