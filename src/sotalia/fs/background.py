"""Parts of a file that are on their way while the program writes on."""

from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Future

    from sotalia.fs.calls import S3Calls
    from sotalia.fs.writing import Upload
    from sotalia.s3.parts import Part


class Background:
    """The parts of one upload that nobody has waited for yet, oldest first."""

    def __init__(self, fs: S3Calls, upload: Upload) -> None:
        self._fs = fs
        self._upload = upload
        self._futures: list[Future[Part]] = []
        self._tasks: set[asyncio.Task[Part]] = set()

    def __len__(self) -> int:
        return len(self._futures)

    def send(self, number: int, data: bytes) -> None:
        """Begin to upload a part."""
        loop = self._fs.loop
        assert loop is not None
        self._futures.append(asyncio.run_coroutine_threadsafe(self._send(number, data), loop))

    async def _send(self, number: int, data: bytes) -> Part:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            return await self._upload.send(number, data)
        finally:
            self._tasks.discard(task)

    def finish_oldest(self) -> Part:
        """Wait for a part. Raises what uploading it raised."""
        part: Part = self._fs._sync(_result(self._futures[0]))
        del self._futures[0]
        return part

    async def abort(self) -> None:
        """Abort the upload. A part that arrived after that would be kept, so those on their way are ended first."""
        for future in self._futures:
            future.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._futures.clear()
        await self._upload.abort()


async def _result(future: Future[Part]) -> Part:
    return await asyncio.wrap_future(future)
