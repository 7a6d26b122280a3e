"""Deleting what a sync's source lacks, after everything else."""

from __future__ import annotations

import re

from sotalia.runtime import resolved
from sotalia.s3 import arguments
from sotalia.s3.sync import folders
from sotalia.s3.sync.places import Folder, Place, Prefix
from sotalia.s3.sync.report import Step, Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.runtime import Runtime

#: What DeleteObjects takes at most.
AT_ONCE = 1000
# Characters that XML cannot carry, not even escaped, or that readers change (XML 1.0, section 2.11): such keys are deleted
# one by one.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\r\x0e-\x1f\ufffe\uffff]")


class Deletion:
    """Deletes paths of one target and tells the tally of each.

    ``label`` gives their whole names, for whoever reads them · ``is_single``: one by one, by a call that all servers know.
    """

    def __init__(
        self,
        client: BaseClient,
        runtime: Runtime,
        target: Place,
        extra: dict[str, Any],
        tally: Tally,
        label: Callable[[str], str] = lambda path: "",
        *,
        is_single: bool = False,
    ) -> None:
        self._client = client
        self._runtime = runtime
        self._target = target
        self._owner = arguments.only(extra, arguments.OWNER)
        self._tally = tally
        self._label = label
        self._is_single = is_single

    async def run(self, paths: list[str], *, dry_run: bool) -> None:
        """Delete these, or only say so."""
        for start in range(0, len(paths), AT_ONCE):
            await self.run_batch(paths[start : start + AT_ONCE], dry_run=dry_run)

    async def run_batch(self, paths: list[str], *, dry_run: bool) -> None:
        """The same for what one call takes."""
        errors = {} if dry_run else await self._delete(paths)
        for path in paths:
            step = Step("delete", path, 0, target=self._label(path))
            if path in errors:
                await self._tally.fail(step, errors[path])
            else:
                await self._tally.finish(step)

    async def _delete(self, paths: list[str]) -> dict[str, Exception]:
        """Delete these, and give what went wrong with some."""
        if isinstance(self._target, Folder):
            found: dict[str, Exception] = await self._runtime.offload(_delete_files, self._target.root, paths)
            return found
        in_xml = [] if self._is_single else [path for path in paths if not _NOT_IN_XML.search(path)]
        errors = await self._delete_objects(self._target, in_xml) if in_xml else {}
        for path in set(paths).difference(in_xml):
            try:
                key = self._target.name(path)
                await resolved(self._client.delete_object(Bucket=self._target.bucket, Key=key, **self._owner))
            except Exception as error:
                errors[path] = error
        return errors

    async def _delete_objects(self, target: Prefix, paths: list[str]) -> dict[str, Exception]:
        keys = [{"Key": target.name(path)} for path in paths]
        try:
            response = await resolved(
                self._client.delete_objects(
                    Bucket=target.bucket, Delete={"Objects": keys, "Quiet": True}, **self._owner
                )
            )
        except Exception as error:
            return dict.fromkeys(paths, error)
        from sotalia import exceptions

        errors: dict[str, Exception] = {}
        for details in response.get("Errors", ()):
            failed = exceptions.ClientError({"Error": details}, "DeleteObjects")
            path = str(details.get("Key", "")).removeprefix(target.prefix)
            # Of an error that names none of the keys nobody knows which are still there.
            errors.update({path: failed} if path in paths else dict.fromkeys(paths, failed))
        return errors


def _delete_files(root: str, paths: list[str]) -> dict[str, Exception]:
    errors: dict[str, Exception] = {}
    for path in paths:
        try:
            folders.delete(root, path)
        except OSError as error:
            errors[path] = error
    return errors
