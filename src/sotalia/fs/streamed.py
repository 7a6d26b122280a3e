"""Files whose ``read`` and ``write`` are awaited, for use in coroutines: from start to end, without a cache."""

from __future__ import annotations

from fsspec.asyn import AbstractAsyncStreamedFile

from sotalia.fs.writing import LEAST_PART, Upload
from sotalia.runtime import groups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from sotalia.fs.filesystem import S3FileSystem
    from sotalia.s3.parts import Part


class S3AsyncStreamedFile(AbstractAsyncStreamedFile):
    """An object as a stream; get one from ``await fs.open_async(path, "rb")`` and use it in ``async with``.

    Reading takes one request. Writing gives an object when the file is closed, and none when it is left by an exception.
    """

    def __init__(
        self,
        fs: S3FileSystem,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        version_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        if mode not in ("rb", "wb", "xb"):
            raise ValueError(f"a stream is read (rb) or written (wb, xb), not {mode!r}")
        self.fs = fs
        self.path = path
        self.mode = mode
        self.loc = 0
        #: Bytes of the object, once the first of them is read.
        self.size: int | None = None
        self.closed = False
        self.bucket, self.key, version = fs.split_path(path)
        self._group = groups.Lasting("filesystem", "open s3://{}/{}", self.bucket, self.key)
        self.version_id = version_id or version
        self.blocksize = max(block_size or fs.default_block_size, LEAST_PART)
        self._parameters = kwargs
        self._body: Any = None
        self._pending = bytearray()
        self._upload: Upload | None = None
        self._parts: list[Part] = []

    async def read(self, length: int | None = -1) -> bytes:
        """Up to ``length`` bytes, all that are left for ``-1`` or ``None``; ``b""`` at the end."""
        self._check("rb")
        if self._body is None:
            version = {"VersionId": self.version_id} if self.version_id else {}
            with self._group.within():
                response = await self.fs._call_s3(
                    "get_object", self._parameters, Bucket=self.bucket, Key=self.key, **version
                )
            self.size, self._body = response["ContentLength"], response["Body"]
        data: bytes = await self._body.read(None if length is None or length < 0 else length)
        self.loc += len(data)
        return data

    async def write(self, data: Any) -> int:
        """Write bytes; they are uploaded once there are enough for a part."""
        self._check("wb", "xb")
        view = memoryview(data).cast("B")
        self._pending += view
        self.loc += len(view)
        if len(self._pending) >= self.blocksize:
            try:
                with self._group.within():
                    await self._send_part()
            except BaseException:
                await self.discard()
                raise
        return len(view)

    def _check(self, *modes: str) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        if self.mode not in modes:
            raise ValueError(f"the file is open in mode {self.mode!r}")

    async def flush(self, force: bool = False) -> None:
        """Do nothing: parts go up when there is enough for one, the last one when the file is closed."""

    async def _send_part(self) -> None:
        if self._upload is None:
            self._upload = Upload(self.fs, self.bucket, self.key, {**self._parameters, **self._conditions()})
            await self._upload.begin()
        data = bytes(self._pending)
        self._pending.clear()
        self._parts.append(await self._upload.send(len(self._parts) + 1, data))

    def _conditions(self) -> dict[str, str]:
        return {"IfNoneMatch": "*"} if self.mode == "xb" else {}

    async def close(self) -> None:
        """End reading; or make the object of what was written."""
        if self.closed:
            return
        if self.mode == "rb":
            self.closed = True
            if self._body is not None:
                self._body.close()
            return
        try:
            with self._group.within():
                await self._finish()
        except BaseException:
            await self.discard()
            raise
        self.closed = True
        self.fs.invalidate_cache(self.path)

    async def _finish(self) -> None:
        if self._upload is None:
            await self.fs._call_s3(
                "put_object",
                self._parameters,
                Bucket=self.bucket,
                Key=self.key,
                Body=bytes(self._pending),
                **self._conditions(),
            )
            return
        if self._pending:
            await self._send_part()
        await self._upload.complete(self._parts)

    async def discard(self) -> None:
        """Leave no object, and no upload."""
        self.closed = True
        upload, self._upload = self._upload, None
        if upload is not None:
            with self._group.within():
                await upload.abort()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self.mode != "rb" and not self.closed:
            await self.discard()
        else:
            await self.close()

    def __del__(self) -> None:
        # The base class would close it, which takes an event loop.
        pass
