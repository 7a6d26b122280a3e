"""Text and compression over a file that is written, so that the file hears of it when a block is left by an exception.

``io.TextIOWrapper`` and compressors close what they write to in the same way whatever happened, or never.
"""

from __future__ import annotations

import io
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from sotalia.fs.file import S3File


class TextFile(io.TextIOWrapper):
    """A text file over an open file of S3, or over a compressor."""

    def __init__(self, buffer: Any, **options: Any) -> None:
        try:
            super().__init__(buffer, **options)
        except BaseException:
            # Such as an encoding that there is not.
            (buffer.discard if buffer.writable() else buffer.close)()
            raise
        self._layer = buffer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._layer.__exit__(kind, error, trace)
        super().__exit__(kind, error, trace)

    def discard(self) -> None:
        """Leave no object."""
        self._layer.discard()

    def __del__(self) -> None:
        # The base class would close the file, and so make an object of what may be half of it.
        with suppress(ValueError, AttributeError):  # Of one that was never made, or is detached.
            if not self.closed and self.writable():
                self.detach()


class CompressedFile(io.BufferedIOBase):
    """What is written goes through a compressor to an open file of S3, which is closed with it."""

    def __init__(self, compressor: Any, raw: S3File) -> None:
        self._compressor = compressor
        self._raw = raw
        self._is_at_end = False

    def write(self, data: Any) -> int:
        """Write bytes to be compressed."""
        written: int = self._compressor.write(data)
        return written

    def writable(self) -> bool:
        """Whether it is open."""
        return not self.closed

    def flush(self) -> None:
        """Compress what is there."""
        if not self._is_at_end:
            self._compressor.flush()

    def discard(self) -> None:
        """Leave no object."""
        self._raw.discard()
        self._end()

    def _end(self) -> None:
        """Be closed, when what is written to is closed already."""
        self._is_at_end = True
        with suppress(Exception):
            self._compressor.close()  # Else it would write its end when it is collected.
        super().close()

    def close(self) -> None:
        """Write the end of the compressed data, and make the object."""
        if self.closed:
            return
        self._is_at_end = True
        try:
            self._compressor.close()
            self._raw.close()
        except BaseException:
            if not self._raw.closed:
                self._raw.give_up()
            raise
        finally:
            super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not self.closed:
            self._raw.__exit__(kind, error, trace)
            self._end()
        else:
            self.close()

    def __del__(self) -> None:
        # From Python 3.12 on a compressor is in a cycle and outlives its file: dropped first, it would write its end there.
        with suppress(AttributeError):  # Of one that was never made.
            if not self.closed:
                self._raw.drop()
                self._end()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__dict__["_compressor"], name)
