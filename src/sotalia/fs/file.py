"""Open files of S3: read through fsspec's block caches, written in parts.

An object appears when its file is closed, whole or not at all. A file that is left by an exception, discarded, or dropped
without being closed leaves neither an object nor an upload.
"""

from __future__ import annotations

import errno
import os

from sotalia.fs import leaving
from sotalia.fs.attributes import OBJECT_ACLS
from sotalia.fs.file_reading import ReadFile
from sotalia.fs.file_writing import WrittenFile
from sotalia.fs.older_fsspec import file_mode
from sotalia.fs.paths import one_version
from sotalia.fs.writing import LARGEST_PART, LEAST_PART
from sotalia.runtime import groups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.fs.filesystem import S3FileSystem


class S3File(ReadFile, WrittenFile):
    """An object as a file; get one from :meth:`sotalia.fs.S3FileSystem.open`.

    ``mode``: ``rb``, ``wb``, ``ab``, or ``xb`` for an object that there is not yet, which S3 checks again when the file is closed ·
    ``block_size``: bytes per block of the cache when reading, and per part when writing (5 MiB at least) · ``acl``: a canned ACL ·
    ``version_id``: which version to read · ``autocommit``: false leaves the object to :meth:`commit`.
    """

    part_min = LEAST_PART
    part_max = LARGEST_PART

    def __init__(
        self,
        s3: S3FileSystem,
        path: str,
        mode: str = "rb",
        block_size: int | str | None = 50 * 2**20,
        acl: bool | str = False,
        version_id: str | None = None,
        fill_cache: bool = True,
        s3_additional_kwargs: dict[str, Any] | None = None,
        autocommit: bool = True,
        cache_type: str = "readahead",
        requester_pays: bool = False,
        cache_options: dict[str, Any] | None = None,
        size: int | None = None,
    ) -> None:
        bucket, key, version_of_path = s3.split_path(path)
        if not key:
            raise ValueError(f"Attempt to open non key-like path: {path}")
        if acl and acl not in OBJECT_ACLS:
            raise ValueError(f"ACL {acl!r} is not in {sorted(OBJECT_ACLS)}")
        self.bucket = bucket
        self.key = key
        self._group = groups.Lasting("filesystem", "open s3://{}/{}", bucket, key)
        self.version_id = one_version(version_id, version_of_path)
        self.acl = acl
        self.fill_cache = fill_cache
        self.s3_additional_kwargs = dict(s3_additional_kwargs or {})
        self.req_kw = {"RequestPayer": "requester"} if requester_pays else {}
        self._request_payer_kw = {"RequestPayer": self.req_kw.get("RequestPayer")}
        self._is_committed = False
        self._is_exclusive = "x" in mode
        self._has_own_size = size is not None
        #: Whether the first part is what the object had before: it is appended to.
        self.append_block = False
        if block_size in ("default", None):
            block_size = s3.default_block_size
        if "r" in mode:
            with self._group.within():
                self._find_version(s3, path)
        elif isinstance(block_size, int) and block_size < LEAST_PART:
            raise ValueError(
                f"Block size must be >=5MB, which is S3's least for a part: not {block_size} bytes"
            )
        with self._group.within():
            super().__init__(
                s3,
                path,
                file_mode(mode),
                block_size,
                autocommit=autocommit,
                cache_type=cache_type,
                cache_options=cache_options,
                size=size,
            )
        self.s3 = self.fs
        if "r" not in mode:
            self._check_exclusive()
            self.process = os.getpid()
            leaving.remember(self)
            if "a" in mode:
                self._begin_to_append()

    def _check_exclusive(self) -> None:
        with self._group.within():
            exists = self._is_exclusive and self.fs.exists(self.path)
        if exists:
            self.closed = True
            raise FileExistsError(errno.EEXIST, "the object exists already", self.path)

    # -- as an object ------------------------------------------------------------------------------------------------

    def __hash__(self) -> int:
        """Of what is read: files of the same content are equal."""
        return super().__hash__() if self.mode == "rb" else id(self)

    def __reduce__(self) -> Any:
        """As it was opened, at the same place of the same content. Raises ``RuntimeError`` for a file that is written."""
        if self.mode != "rb":
            raise RuntimeError(
                f"{self.path} is open for writing: such a file belongs to the process that opened it"
            )
        options = {
            "block_size": self.blocksize,
            "version_id": self.version_id,
            "fill_cache": self.fill_cache,
            "s3_additional_kwargs": self.s3_additional_kwargs,
            "cache_type": "none" if self.cache is None else self.cache.name,
            "requester_pays": bool(self.req_kw),
            "size": self.size,
        }
        details = None if self._has_own_size else self.details
        return _reopened, (self.fs, self.path, options, self.loc, details)

    # -- as of the filesystem ----------------------------------------------------------------------------------------

    def metadata(self, refresh: bool = False, **kwargs: Any) -> dict[str, str]:
        """:meth:`sotalia.fs.S3FileSystem.metadata` of the object."""
        metadata: dict[str, str] = self.fs.metadata(self.path, refresh, **kwargs)
        return metadata

    def getxattr(self, xattr_name: str, **kwargs: Any) -> str | None:
        """:meth:`sotalia.fs.S3FileSystem.getxattr` of the object."""
        value: str | None = self.fs.getxattr(self.path, xattr_name, **kwargs)
        return value

    def setxattr(self, copy_kwargs: dict[str, Any] | None = None, **kwargs: str | None) -> None:
        """:meth:`sotalia.fs.S3FileSystem.setxattr` of the object. Raises ``NotImplementedError`` while it is written."""
        if self.writable():
            raise NotImplementedError("cannot update metadata while file is open for writing: close it first")
        self.fs.setxattr(self.path, copy_kwargs=copy_kwargs, **kwargs)

    def url(self, **kwargs: Any) -> str:
        """:meth:`sotalia.fs.S3FileSystem.url` of the object."""
        url: str = self.fs.url(self.path, **kwargs)
        return url


def _reopened(
    fs: S3FileSystem, path: str, options: dict[str, Any], position: int, details: dict[str, Any] | None
) -> S3File:
    file = S3File(fs, path, "rb", **options)
    if details is not None:
        file.details = details
        file._has_own_size = False
    file.seek(position)
    return file
