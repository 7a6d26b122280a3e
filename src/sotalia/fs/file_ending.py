"""How open files end: closed, discarded, left by an exception, or dropped without being closed.

Only a file that is closed makes an object; the others leave neither an object nor an upload.
"""

from __future__ import annotations

import logging
import os
import warnings

from sotalia.fs import leaving
from sotalia.fs.file_object import ObjectFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

logger = logging.getLogger(__name__)


class EndingFile(ObjectFile):
    """An open file that may be given up."""

    def close(self) -> None:
        """Close the file; the object is there when this returns."""
        if self.closed:
            return
        if self.mode != "rb" and leaving.is_left_by_error():
            self.give_up()
            return
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self.mode != "rb" and not self.closed:
            self.give_up()
        else:
            self.close()

    def __del__(self) -> None:
        self.drop()

    def drop(self) -> None:
        """What nobody closed is discarded: nobody knows whether it is all."""
        background, self._background, self.mpu = self._background, None, None
        # Another process is the one that a file was opened in before a fork; it goes on writing. For reading it is none.
        if not self.closed and self.process == os.getpid():
            self._closed = True
            warnings.warn(
                f"{self.path} was opened for writing and never closed, so that there is no object of it: use "
                "'with fs.open(...)', or close the file",
                ResourceWarning,
                stacklevel=3,
                source=self,
            )
        if background is not None and self.process == os.getpid():
            # Collected in whatever thread, also in that of the loop: nobody waits for it.
            with self._group.within():
                leaving.run_later(self.fs.loop, background.abort())

    def discard(self) -> None:
        """Leave no object, and no upload. The file can not be used any more."""
        self._abort()
        self.buffer = None
        self.forced = True
        leaving.forget(self)
        self.closed = True
        if self.fs._transaction is not None:
            # There is nothing to be committed with the others.
            files = self.fs._transaction.files
            for number, file in enumerate(files):
                if file is self:
                    del files[number]
                    break

    def _abort(self) -> None:
        """Have S3 forget the upload, once no part of it is on its way."""
        background, self._background, self.mpu = self._background, None, None
        if background is not None and self.process == os.getpid():
            self._sync(background.abort())

    def give_up(self) -> None:
        """:meth:`discard` after an error, which must be heard of rather than one of aborting."""
        upload = self.mpu
        try:
            self.discard()
        except Exception:
            logger.warning(
                "the upload %s of %s could not be aborted; S3 keeps its parts until a lifecycle rule removes them",
                upload and upload.upload_id,
                self.path,
                exc_info=True,
            )
