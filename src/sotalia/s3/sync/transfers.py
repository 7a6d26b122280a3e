"""The transfers of a sync: one file each."""

from __future__ import annotations

from dataclasses import replace

from sotalia import exceptions
from sotalia.runtime import resolved
from sotalia.s3.download import download_file
from sotalia.s3.streams import Listed
from sotalia.s3.sync import folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, Protocol

    from sotalia.clients.base import BaseClient
    from sotalia.runtime import Runtime
    from sotalia.s3.config import TransferConfig
    from sotalia.s3.sync.listing import Entry
    from sotalia.s3.sync.report import Step, Tally

    class Named(Protocol):
        """A place, as far as a transfer needs it."""

        def name(self, path: str) -> str:
            """What a path is called there."""
            ...


# A file that is written to while it is read is uploaded once more, not forever.
_UPLOADS = 2


class Transfers:
    """Brings single files from one side to the other, and tells the tally.

    ``source`` and ``target`` give the name of each path. ``then`` is called with what was transferred, before it is told of:
    what goes wrong in it is reported as well. ``is_fatal`` says which errors are raised instead of reported.
    """

    def __init__(
        self,
        client: BaseClient,
        runtime: Runtime,
        source: Named,
        target: Named,
        extra: dict[str, Any],
        config: TransferConfig | None,
        tally: Tally,
        then: Callable[[Entry], Coroutine[Any, Any, None]] | None = None,
        is_fatal: Callable[[Exception], bool] = lambda error: False,
    ) -> None:
        self._client = client
        self._runtime = runtime
        # Folders have no bucket, and are not asked for one.
        self._source: Any = source
        self._target: Any = target
        self._extra = extra
        self._config = config
        self._tally = tally
        self._then = then
        self._is_fatal = is_fatal

    async def run(self, step: Step, source: Entry) -> None:
        """Transfer one file. What goes wrong with it is reported; what goes wrong in ``progress`` is raised."""
        transfer = {"upload": self._upload, "download": self._download, "copy": self._copy}[step.action]
        try:
            await self._tally.start(step)
            source = await transfer(step, source)
            if self._then is not None:
                await self._then(source)
            await self._tally.finish(step)
        except Exception as error:
            if self._tally.broken is not None:
                raise self._tally.broken from None
            if self._is_fatal(error):
                raise
            if _is_archived(error):
                await self._tally.skip(step, "archived (InvalidObjectState): restore the object first")
            else:
                await self._tally.fail(step, error)

    async def _upload(self, step: Step, source: Entry) -> Entry:
        """Give the entry as it was uploaded: it may have been written to since it was listed."""
        name, key = self._source.name(step.path), self._target.name(step.path)
        extra = self._extra if "ContentType" in self._extra else {**_content_type(name), **self._extra}
        found = (source.size, source.modified)
        for _ in range(_UPLOADS):
            callback = self._callback(step)
            await resolved(
                self._client.upload_file(name, self._target.bucket, key, dict(extra), callback, self._config)
            )
            before, found = found, await self._runtime.offload(folders.state_of, name)
            if found == before:
                return replace(source, size=found[0], modified=found[1])
            await self._tally.start(step, found[0])
        raise OSError(
            f"{name} was written to while it was uploaded, so its object may be neither the old nor the new: sync again"
        )

    async def _download(self, step: Step, source: Entry) -> Entry:
        name = await self._runtime.offload(folders.make_room, self._target.root, step.path)
        place = (self._source.bucket, self._source.name(step.path), name)
        # Not by the client's method: that takes what the object's own answers say for true.
        listed = Listed(source.size, source.modified)
        callback = self._callback(step)
        await download_file(self._client, *place, dict(self._extra), callback, self._config, listed)
        await self._runtime.offload(folders.set_time, name, source.modified)
        return source

    async def _copy(self, step: Step, source: Entry) -> Entry:
        origin = {"Bucket": self._source.bucket, "Key": self._source.name(step.path)}
        place = (origin, self._target.bucket, self._target.name(step.path))
        await resolved(self._client.copy(*place, dict(self._extra), self._callback(step), None, self._config))
        return source

    def _callback(self, step: Step) -> Callable[[int], Any]:
        """What a transfer reports its bytes to; a coroutine function for an asynchronous client."""
        return lambda count: self._runtime.run(self._tally.move(step, count))


def _content_type(name: str) -> dict[str, str]:
    from mimetypes import guess_type

    found, _ = guess_type(name)
    return {"ContentType": found} if found else {}


def _is_archived(error: Exception) -> bool:
    if not isinstance(error, exceptions.ClientError):
        return False
    return bool(error.response.get("Error", {}).get("Code") == "InvalidObjectState")
