"""S3 as a filesystem for fsspec, and so for pandas, dask, Arrow and whatever opens files by it.

>>> from sotalia.fs import S3FileSystem
>>> S3FileSystem().ls("bucket")                     # or fsspec.open("sotalia://bucket/key")

Names, arguments, results and errors are those of s3fs; docs/filesystem.md says what differs. Needs the extra ``sotalia[fs]``.
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("fsspec") is None:
    raise ImportError("sotalia.fs needs fsspec, which is not installed: pip install 'sotalia[fs]'")

from sotalia.fs.attempts import add_retryable_error, set_custom_error_handler
from sotalia.fs.errors import FileExpired
from sotalia.fs.file import S3File
from sotalia.fs.filesystem import S3FileSystem
from sotalia.fs.registration import register
from sotalia.fs.streamed import S3AsyncStreamedFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "FileExpired",
    "S3AsyncStreamedFile",
    "S3File",
    "S3FileSystem",
    "S3Map",
    "add_retryable_error",
    "register",
    "set_custom_error_handler",
]


def S3Map(root: str, s3: S3FileSystem | None = None, check: bool = False, create: bool = False) -> Any:  # noqa: N802
    """What is below a path as a mapping of names and bytes, as s3fs names it: ``fs.get_mapper(root)``."""
    return (s3 or S3FileSystem.current()).get_mapper(root, check=check, create=create)
