"""The reference's own data, read quickly: each session of boto3 looks through it and reads it anew, and tests make
thousands of sessions.

Only how the installed files are found and read is replaced. What is read is made anew for each session, so no client of
boto3 can change what another one gets; other folders (``AWS_DATA_PATH``) are read by botocore itself.
"""

from __future__ import annotations

import gzip
import os
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore
import orjson
from botocore.loaders import JSONFileLoader, Loader

_INSTALLED = [os.path.join(os.path.dirname(package.__file__), "data") for package in (boto3, botocore)]
_PREFIXES = tuple(f"{folder}{os.sep}" for folder in _INSTALLED)
_load_file = JSONFileLoader.load_file
_list_services = Loader.list_available_services
_services: dict[tuple[str, ...], list[str]] = {}


def read_quickly() -> None:
    """From now on, in this process."""
    JSONFileLoader.load_file = _load_file_quickly
    Loader.list_available_services = _list_services_quickly


def _load_file_quickly(self: Any, file_path: str) -> Any:
    if not file_path.startswith(_PREFIXES):
        return _load_file(self, file_path)
    text = _text(file_path)
    return None if text is None else orjson.loads(text)


@cache
def _text(path: str) -> bytes | None:
    for name, unpack in ((f"{path}.json", bytes), (f"{path}.json.gz", gzip.decompress)):
        if os.path.isfile(name):
            return unpack(Path(name).read_bytes())
    return None


def _list_services_quickly(self: Any, type_name: str) -> Any:
    folders = [path for path in self.search_paths if os.path.isdir(path)]
    if not set(folders) <= set(_INSTALLED):
        return _list_services(self, type_name)
    key = (type_name, *folders)
    if key not in _services:
        _services[key] = _list_services(self, type_name)
    return list(_services[key])
