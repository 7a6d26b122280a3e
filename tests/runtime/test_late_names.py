"""Attributes that are provided from above, and loaded when one is first wanted."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import sotalia  # noqa: F401 - says who provides the names
from sotalia.runtime.late_names import PROVIDERS

HOMES = {
    "BaseClient": "sotalia.clients.base",
    "Channel": "sotalia.call.channel",
    "ClientMeta": "sotalia.clients.parts",
    "HTTPTransport": "sotalia.transport.http",
    "SessionCore": "sotalia.session.core",
}


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("class_name", PROVIDERS)
def test_the_front_door_names_what_is_provided(class_name: str) -> None:
    path, names = PROVIDERS[class_name]
    module, _, provider = path.partition(":")
    provided = {name for name in vars(getattr(import_module(module), provider)) if not name.startswith("__")}
    assert provided == set(names.split())
    if class_name == "exceptions":  # A module that asks for its part by this name.
        return
    class_name = class_name.partition(".")[0]
    target = getattr(import_module(HOMES[class_name]), class_name)
    assert set(names.split()) <= set(vars(target))


SCRIPT = """
import sys, sotalia
from sotalia.clients.base import BaseClient
from sotalia.transport.scripted import ScriptedTransport, answer
def loaded():
    return [name for name in sys.modules if name.startswith("sotalia.compatibility")]
transport = ScriptedTransport([answer(body=b"<ListAllMyBucketsResult/>")] * 5)
session = sotalia.Session("key", "secret", region_name="us-east-1", transport=transport)
s3 = session.client("s3")
s3.list_buckets()
dir(s3), dir(session._session), dir(s3.meta)
assert not loaded(), loaded()
"""


def test_a_call_loads_none_of_them() -> None:
    run(SCRIPT)


@pytest.mark.parametrize(
    "code",
    [
        "signer = s3.parts.signer; s3._request_signer = None; assert s3.parts.signer is None",
        "s3._cache = {'page_config': {}}; assert not s3.can_paginate('list_objects_v2')",
        "s3.meta._partition = 'aws-cn'; assert s3.meta.partition == 'aws-cn'",
        "session._session._profile = 'other'; assert session.profile_name == 'other'",
        "s3._endpoint.host = 'x'; assert s3.parts.channel.host == 'x'",
        "s3.parts.channel.make_request = lambda model, request: (type('R', (), {'status_code': 200}), {'fake': 1})\n"
        "assert s3.list_buckets() == {'fake': 1}\ndel s3.parts.channel.make_request; assert s3.list_buckets() != {'fake': 1}",
        "assert BaseClient._get_credentials(s3).access_key == 'key'",
        "class Sub(BaseClient):\n def _get_credentials(self): return super()._get_credentials().access_key\n"
        "sub = Sub(s3.parts); assert sub._get_credentials() == 'key'",
        "from unittest.mock import patch\n"
        "with patch.object(BaseClient, '_get_credentials', lambda self: 1): assert s3._get_credentials() == 1\n"
        "assert s3._get_credentials().access_key == 'key'",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(8) as pool: assert all(pool.map(lambda _: s3._service_model.service_name == 's3', range(64)))",
    ],
)
def test_the_first_use_may_be_any(code: str) -> None:
    run(f"{SCRIPT}\n{code}\nassert loaded()")
