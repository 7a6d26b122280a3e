"""Which URLs this filesystem opens: ``sotalia://`` always, ``s3://`` and ``s3a://`` once a program asks for it."""

from __future__ import annotations

from fsspec.registry import register_implementation

from sotalia.fs.filesystem import S3FileSystem
from sotalia.fs.paths import SHARED


def register(*protocols: str) -> None:
    """Have fsspec, and pandas, dask and others on it, open ``s3://`` and ``s3a://`` by :class:`sotalia.fs.S3FileSystem`.

    In this process, in the place of s3fs; ``protocols`` names others. Filesystems that were made before stay what they are.
    """
    for protocol in protocols or SHARED:
        register_implementation(protocol, S3FileSystem, clobber=True)
