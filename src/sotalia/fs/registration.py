"""Which URLs this filesystem opens: ``sotalia://`` always, ``s3://`` and ``s3a://`` once a program asks for it."""

from __future__ import annotations

from fsspec.registry import register_implementation, registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: What s3fs has as well.
SHARED = ("s3", "s3a")


def register(*protocols: str) -> None:
    """Have fsspec, and pandas, dask and others on it, open ``s3://`` and ``s3a://`` by :class:`sotalia.fs.S3FileSystem`.

    In this process, in the place of s3fs; ``protocols`` names others. Filesystems that were made before stay what they are.
    """
    from sotalia.fs.filesystem import S3FileSystem

    for protocol in protocols or SHARED:
        register_implementation(protocol, S3FileSystem, clobber=True)


def is_registered(kind: type, protocols: Iterable[str] = SHARED[:1]) -> bool:
    """Whether these protocols are opened by a class."""
    return all(registry.get(protocol) is kind for protocol in protocols)
