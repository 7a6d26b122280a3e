"""A plugin of pytest (``-p s3fs_engine``): what s3fs' tests run on, by ``S3FS_AGAINST``, and which of them make calls on it.

``s3fs``: aiobotocore, as s3fs comes · ``session``: s3fs with sotalia's session in aiobotocore's place · ``filesystem``: sotalia's
own filesystem in the place of s3fs'.
"""

from __future__ import annotations

import os
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

AGAINST = os.environ["S3FS_AGAINST"]
_calls: list[str] = []


def _count(base: Any) -> None:
    make_api_call: Callable[..., Any] = base._make_api_call

    async def counted(client: Any, operation_name: str, api_params: Any) -> Any:
        _calls.append(operation_name)
        return await make_api_call(client, operation_name, api_params)

    base._make_api_call = counted


def _use_session() -> None:
    import aiobotocore.config
    import aiobotocore.session

    from sotalia.compatibility import aiobotocore as ours

    aiobotocore.session.AioSession = ours.AioSession
    aiobotocore.session.get_session = ours.get_session


def _use_filesystem() -> None:
    import fsspec
    import s3fs
    import s3fs.core
    import s3fs.mapping
    import s3fs.utils

    from sotalia import fs
    from sotalia.fs import attempts, writing

    ours = {
        "S3FileSystem": fs.S3FileSystem,
        "S3File": fs.S3File,
        "FileExpired": fs.FileExpired,
        "add_retryable_error": fs.add_retryable_error,
        "set_custom_error_handler": fs.set_custom_error_handler,
        "calculate_chunksize": writing.calculate_chunksize,
        "MAX_UPLOAD_PARTS": writing.MAX_UPLOAD_PARTS,
        "S3_RETRYABLE_ERRORS": attempts.policy.errors,
        "_error_wrapper": attempts.attempted,
    }
    for module in (s3fs, s3fs.core, s3fs.mapping, s3fs.utils):
        for name in ours.keys() & vars(module).keys():
            setattr(module, name, ours[name])
    s3fs.core.__class__ = _Core
    for protocol in ("s3", "s3a"):
        fsspec.register_implementation(protocol, fs.S3FileSystem, clobber=True)


class _Core(types.ModuleType):
    """What tests set in the module ``s3fs.core`` is set where ours has it."""

    def __setattr__(self, name: str, value: object) -> None:
        from sotalia import fs
        from sotalia.fs import attempts

        if name == "MANAGED_COPY_THRESHOLD":
            fs.S3FileSystem.managed_copy_threshold = value
        elif name == "CUSTOM_ERROR_HANDLER":
            attempts.policy.handler = value
        elif name == "S3_RETRYABLE_ERRORS":
            attempts.policy.errors = value
        super().__setattr__(name, value)


if AGAINST == "s3fs":
    import aiobotocore.client

    _count(aiobotocore.client.AioBaseClient)
else:
    import sotalia.clients.base

    _count(sotalia.clients.base.AsyncBaseClient)
    if AGAINST == "session":
        _use_session()
    else:
        _use_filesystem()


@pytest.fixture(autouse=True)
def _record_calls(record_property: Callable[[str, object], None]) -> Iterator[None]:
    _calls.clear()
    yield
    if _calls:
        record_property("calls", len(_calls))
