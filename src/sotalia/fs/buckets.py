"""Buckets: made, removed, with versions or without; and the uploads in them that nobody has finished."""

from __future__ import annotations

from fsspec.asyn import sync_wrapper

from sotalia import exceptions
from sotalia.fs.errors import caused, code_of
from sotalia.fs.listing import S3Listing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The canned ACLs of a bucket.
BUCKET_ACLS = {"private", "public-read", "public-read-write", "authenticated-read"}
# Where a bucket goes that names no place; S3 refuses to hear it named.
_WITHOUT_CONSTRAINT = ("us-east-1", "aws-global")


class S3Buckets(S3Listing):
    """What is done with buckets."""

    async def _mkdir(
        self, path: str, acl: bool | str = False, create_parents: bool = True, **kwargs: Any
    ) -> None:
        """Make a bucket: the path, or for ``create_parents`` the one that it begins with. Folders need not be made.

        ``acl``: a canned ACL · ``region_name``: where, unless ``client_kwargs`` say it. Raises ``FileExistsError`` for a bucket
        that there is, ``FileNotFoundError`` for one that there is not without ``create_parents``, ``ValueError`` for a bad name.
        """
        path = self._strip_protocol(path).rstrip("/")
        if not path:
            raise ValueError("the path to make names no bucket")
        bucket, key, _ = self.split_path(path)
        if await self._exists(bucket):
            if not key:
                raise FileExistsError(path)
        elif not key or create_parents:
            await self._make_bucket(bucket, acl, kwargs.pop("region_name", None), kwargs)
        else:
            await self._ls(bucket)  # Raises for a bucket that is not there.

    mkdir = sync_wrapper(_mkdir)

    async def _make_bucket(
        self, bucket: str, acl: bool | str, region: str | None, options: dict[str, Any]
    ) -> None:
        if acl and acl not in BUCKET_ACLS:
            raise ValueError(f"ACL {acl!r} is not in {sorted(BUCKET_ACLS)}")
        parameters: dict[str, Any] = {"Bucket": bucket, **({"ACL": acl} if acl else {})}
        region = region or self.client_kwargs.get("region_name") or self.kwargs.get("region_name")
        if region and region not in _WITHOUT_CONSTRAINT:
            parameters["CreateBucketConfiguration"] = {"LocationConstraint": region}
        try:
            await self._call_s3("create_bucket", options, **parameters)
        except exceptions.ParamValidationError as error:
            raise caused(ValueError(f"Bucket create failed {bucket!r}: {error}"), error) from error
        self.invalidate_cache("")
        self.dircache.pop("", None)
        self.invalidate_cache(bucket)

    async def _makedirs(self, path: str, exist_ok: bool = False) -> None:
        """:meth:`mkdir`, which may find that it is there for ``exist_ok``."""
        try:
            await self._mkdir(path, create_parents=True)
        except FileExistsError:
            if not exist_ok:
                raise

    makedirs = sync_wrapper(_makedirs)

    async def _rmdir(self, path: str) -> None:
        """Remove an empty bucket. Raises ``OSError`` (``ENOTEMPTY``) for one with objects.

        Folders are there as long as objects are in them: ``FileExistsError`` for one that is, else ``FileNotFoundError``.
        """
        path = self._strip_protocol(path)
        bucket, key, _ = self.split_path(path)
        if key:
            if await self._exists(path):
                raise FileExistsError(path)
            raise FileNotFoundError(path)
        await self._call_s3("delete_bucket", Bucket=bucket)
        self.invalidate_cache(bucket)
        self.dircache.pop("", None)

    rmdir = sync_wrapper(_rmdir)

    async def _is_bucket_versioned(self, bucket: str) -> bool:
        """Whether new objects of a bucket get versions."""
        response = await self._call_s3("get_bucket_versioning", Bucket=bucket)
        return bool(response.get("Status") == "Enabled")

    is_bucket_versioned = sync_wrapper(_is_bucket_versioned)

    async def _make_bucket_versioned(self, bucket: str, versioned: bool = True) -> Any:
        """Have new objects get versions, or not any more."""
        status = "Enabled" if versioned else "Suspended"
        return await self._call_s3(
            "put_bucket_versioning", Bucket=bucket, VersioningConfiguration={"Status": status}
        )

    make_bucket_versioned = sync_wrapper(_make_bucket_versioned)

    # -- uploads that are under way ----------------------------------------------------------------------------------

    async def _list_multipart_uploads(self, bucket: str) -> list[dict[str, Any]]:
        """Uploads in parts that were begun and not finished, each with ``Key`` and ``UploadId``."""
        uploads: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page = await self._call_s3("list_multipart_uploads", Bucket=bucket, **more)
            uploads += page.get("Uploads", ())
            following = {
                "KeyMarker": page.get("NextKeyMarker") or "",
                "UploadIdMarker": page.get("NextUploadIdMarker") or "",
            }
            if not page.get("IsTruncated") or following == more:
                return uploads
            more = following

    list_multipart_uploads = sync_wrapper(_list_multipart_uploads)

    async def _abort_mpu(self, bucket: str, key: str, mpu: str) -> None:
        """Have S3 forget an upload in parts."""
        await self._call_s3("abort_multipart_upload", Bucket=bucket, Key=key, UploadId=mpu)

    abort_mpu = sync_wrapper(_abort_mpu)

    async def _clear_multipart_uploads(self, bucket: str) -> None:
        """Have S3 forget all uploads in parts that were not finished: those that are under way fail."""
        for upload in await self._list_multipart_uploads(bucket):
            try:
                await self._abort_mpu(bucket, upload["Key"], upload["UploadId"])
            except FileNotFoundError as error:
                if code_of(error.__cause__) != "NoSuchUpload":
                    raise

    clear_multipart_uploads = sync_wrapper(_clear_multipart_uploads)
