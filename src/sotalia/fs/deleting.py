"""Objects and buckets removed: by the thousand, with an error for what could not be."""

from __future__ import annotations

import asyncio

from fsspec.asyn import _run_coros_in_chunks

from sotalia import exceptions
from sotalia.fs.buckets import S3Buckets
from sotalia.fs.errors import translated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The most that DeleteObjects takes: "Deleting multiple objects" in the Amazon S3 API Reference.
_AT_ONCE = 1000
# So many requests, each with a thousand keys, at the same time.
_REQUESTS = 3


class S3Deleting(S3Buckets):
    """``rm``, ``rm_file``, ``rmdir`` and what they consist of."""

    async def _bulk_delete(self, pathlist: list[str], **kwargs: Any) -> list[str]:
        """Remove up to 1000 objects of one bucket by one request; the paths that were removed.

        Raises ``ValueError`` for more, and for several buckets; the error of the first object that S3 did not remove, with
        the others in its notes.
        """
        if not pathlist:
            return []
        places = [(path, *self.split_path(path)) for path in pathlist]
        buckets = {bucket for _, bucket, _, _ in places}
        if len(buckets) > 1:
            raise ValueError(f"Bulk delete files should refer to only one bucket, not {sorted(buckets)}")
        if len(pathlist) > _AT_ONCE:
            raise ValueError(f"Max number of files to delete in one call is {_AT_ONCE}, not {len(pathlist)}")
        objects = [
            {"Key": key, **({"VersionId": version} if version else {})} for _, _, key, version in places
        ]
        [bucket] = buckets
        try:
            response = await self._call_s3(
                "delete_objects", kwargs, Bucket=bucket, Delete={"Objects": objects, "Quiet": True}
            )
        finally:
            for path in pathlist:
                self.invalidate_cache(path)
        errors: list[dict[str, Any]] = response.get("Errors") or []
        failed = {(error.get("Key"), error.get("VersionId")) for error in errors}
        if errors:
            raise _refusal(bucket, errors)
        return [path for path, _, key, version in places if (key, version) not in failed]

    async def _rm_file(self, path: str, **kwargs: Any) -> None:
        """Remove an object, or a version of it. One that is not there is no error, as S3 does not say so."""
        bucket, key, version = self.split_path(path)
        if not key:
            await self._rmdir(path)
            return
        parameters = {"VersionId": version} if version else {}
        await self._call_s3("delete_object", kwargs, Bucket=bucket, Key=key, **parameters)
        self.invalidate_cache(path)

    async def _rm(
        self,
        path: str | list[str],
        recursive: bool = False,
        maxdepth: int | None = None,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Remove objects, folders with ``recursive``, and buckets; of a bucket with versions all versions.

        Returns the paths of the objects. Raises as ``_bulk_delete`` does, once all else is removed.
        """
        if recursive and isinstance(path, str):
            bucket, key, _ = self.split_path(path)
            if not key and await self._is_bucket_versioned(bucket):
                await self._rm_versioned_bucket_contents(bucket)
        paths = await self._expand_path(path, recursive=recursive, maxdepth=maxdepth)
        by_bucket: dict[str, list[str]] = {}
        folders: list[str] = []
        for one in paths:
            bucket, key, _ = self.split_path(one)
            if key:
                by_bucket.setdefault(bucket, []).append(one)
            else:
                folders.append(one)
        batches = [
            self._bulk_delete(objects[start : start + _AT_ONCE], **kwargs)
            for objects in by_bucket.values()
            for start in range(0, len(objects), _AT_ONCE)
        ]
        outcomes = await _run_coros_in_chunks(
            batches, batch_size=batch_size or _REQUESTS, nofiles=True, return_exceptions=True
        )
        removed: list[str] = []
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            removed += outcome
        await asyncio.gather(*[self._rmdir(folder) for folder in folders])
        for one in paths:
            self.invalidate_cache(one)
        return removed

    async def _rm_versioned_bucket_contents(self, bucket: str) -> None:
        """Remove all versions and delete markers."""
        async for page in self._list_pages("list_object_versions", Bucket=bucket):
            listed = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]
            for start in range(0, len(objects), _AT_ONCE):
                response = await self._call_s3(
                    "delete_objects",
                    Bucket=bucket,
                    Delete={"Objects": objects[start : start + _AT_ONCE], "Quiet": True},
                )
                if response.get("Errors"):
                    raise _refusal(bucket, response["Errors"])
        self.invalidate_cache(bucket)


def _refusal(bucket: str, errors: list[dict[str, Any]]) -> Exception:
    """The first object that was not removed as an error; the others are named in its notes."""
    first = errors[0]
    cause = exceptions.ClientError({"Error": first, "ResponseMetadata": {}}, "DeleteObjects")
    error = translated(cause, f"{bucket}/{first.get('Key')}")
    for other in errors[1:11]:
        error.add_note(
            f"nor was {bucket}/{other.get('Key')} removed: {other.get('Code')} {other.get('Message', '')}"
        )
    if len(errors) > 11:
        error.add_note(f"nor were {len(errors) - 11} more objects removed")
    return error
