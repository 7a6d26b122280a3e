"""What objects have beside their bytes: metadata, tags, ACLs, versions, URLs."""

from __future__ import annotations

import asyncio

from fsspec.asyn import sync_wrapper

from sotalia.fs.buckets import BUCKET_ACLS
from sotalia.fs.listing import S3Listing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: The canned ACLs of an object.
OBJECT_ACLS = {
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
}
# What an object has beside its metadata, and loses when these are replaced.
_HEADERS = (
    "CacheControl ContentDisposition ContentEncoding ContentLanguage ContentType Expires StorageClass "
    "ServerSideEncryption SSEKMSKeyId BucketKeyEnabled WebsiteRedirectLocation"
).split()


class S3Attributes(S3Listing):
    """What is known of objects, and set on them."""

    def _named(self, path: str) -> dict[str, str]:
        """The parameters that name an object."""
        bucket, key, version = self.split_path(path)
        return {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}

    # -- metadata ----------------------------------------------------------------------------------------------------

    async def _metadata(self, path: str, refresh: bool = False, **kwargs: Any) -> dict[str, str]:
        """The metadata that users gave an object, by name, with ``-`` for each ``_``. ``refresh`` has no effect."""
        head = await self._call_s3("head_object", kwargs, **self._named(path))
        return {name.replace("_", "-"): value for name, value in head.get("Metadata", {}).items()}

    metadata = sync_wrapper(_metadata)

    async def _getxattr(self, path: str, attr_name: str, **kwargs: Any) -> str | None:
        """One value of the metadata, ``None`` for none."""
        return (await self._metadata(path, **kwargs)).get(attr_name.replace("_", "-"))

    getxattr = sync_wrapper(_getxattr)

    async def _setxattr(
        self, path: str, copy_kwargs: Mapping[str, Any] | None = None, **kw_args: str | None
    ) -> None:
        """Set metadata by name; ``None`` removes it, what is not named stays.

        S3 does so by a copy of the object onto itself, ``copy_kwargs`` being parameters of it (``ContentType`` ...).
        """
        place = self._named(path)
        head = await self._call_s3("head_object", **place)
        metadata = {name.replace("_", "-"): value for name, value in head.get("Metadata", {}).items()}
        for name, value in kw_args.items():
            if value is None:
                metadata.pop(name.replace("_", "-"), None)
            else:
                metadata[name.replace("_", "-")] = value
        kept = {name: head[name] for name in _HEADERS if name in head}
        await self._call_s3(
            "copy_object",
            kept,
            copy_kwargs or {},
            CopySource=place,
            Bucket=place["Bucket"],
            Key=place["Key"],
            Metadata=metadata,
            MetadataDirective="REPLACE",
        )
        self.invalidate_cache(path)

    setxattr = sync_wrapper(_setxattr)

    # -- tags --------------------------------------------------------------------------------------------------------

    async def _get_tags(self, path: str) -> dict[str, str]:
        """The tags of an object."""
        response = await self._call_s3("get_object_tagging", **self._named(path))
        return {tag["Key"]: tag["Value"] for tag in response["TagSet"]}

    get_tags = sync_wrapper(_get_tags)

    async def _put_tags(self, path: str, tags: Mapping[str, str], mode: str = "o") -> None:
        """Set the tags of an object: ``mode="o"`` in the place of those it has, ``"m"`` beside them."""
        if mode not in ("o", "m"):
            raise ValueError(f"Mode must be {{'o', 'm'}}, not {mode}")
        wanted = {**(await self._get_tags(path) if mode == "m" else {}), **tags}
        tagging = {"TagSet": [{"Key": key, "Value": value} for key, value in wanted.items()]}
        await self._call_s3("put_object_tagging", **self._named(path), Tagging=tagging)

    put_tags = sync_wrapper(_put_tags)

    # -- access ------------------------------------------------------------------------------------------------------

    async def _chmod(self, path: str, acl: str, recursive: bool = False, **kwargs: Any) -> None:
        """Set a canned ACL on an object, or a bucket; on all objects below a path for ``recursive``."""
        bucket, key, _ = self.split_path(path)
        if recursive:
            objects = await self._find(path, withdirs=False)
            await asyncio.gather(*[self._chmod(one, acl, **kwargs) for one in objects])
        elif key:
            if acl not in OBJECT_ACLS:
                raise ValueError(f"ACL {acl!r} is not in {sorted(OBJECT_ACLS)}")
            await self._call_s3("put_object_acl", kwargs, **self._named(path), ACL=acl)
        if not key:
            if acl not in BUCKET_ACLS:
                raise ValueError(f"ACL {acl!r} is not in {sorted(BUCKET_ACLS)}")
            await self._call_s3("put_bucket_acl", kwargs, Bucket=bucket, ACL=acl)

    chmod = sync_wrapper(_chmod)

    async def _url(
        self, path: str, expires: int = 3600, client_method: str = "get_object", **kwargs: Any
    ) -> str:
        """A presigned URL for one call (``client_method``) on the object, good for ``expires`` seconds."""
        url: str = await self._client().generate_presigned_url(
            ClientMethod=client_method,
            Params={**self._named(path), **kwargs},
            ExpiresIn=expires,
        )
        return url

    url = sync_wrapper(_url)

    async def _sign(self, path: str, expiration: int = 100, **kwargs: Any) -> str:
        return await self._url(path, expires=expiration, **kwargs)

    sign = sync_wrapper(_sign)

    # -- versions ----------------------------------------------------------------------------------------------------

    async def _object_version_info(self, path: str, **kwargs: Any) -> list[dict[str, Any]]:
        """The versions of an object, as ListObjectVersions gives them. Raises ``ValueError`` without ``version_aware``."""
        if not self.version_aware:
            raise ValueError("versions are known to filesystems with version_aware=True only")
        bucket, key, _ = self.split_path(path)
        return [
            version
            async for page in self._list_pages("list_object_versions", Bucket=bucket, Prefix=key)
            for version in page.get("Versions", ())
        ]

    object_version_info = sync_wrapper(_object_version_info)

    # -- access for others -------------------------------------------------------------------------------------------

    async def _get_delegated_s3pars(self, exp: int = 3600) -> dict[str, Any]:
        """Arguments for a filesystem elsewhere: temporary keys of STS, good for ``exp`` seconds, where the filesystem was
        given keys; else none, for the other place to find its own.
        """
        if self.anon:
            return {"anon": True}
        if self.token:
            return {"key": self.key, "secret": self.secret, "token": self.token, "anon": False}
        if self.key is None or self.secret is None:
            return {"anon": False}
        client = self._session_of_clients().client(
            "sts", aws_access_key_id=self.key, aws_secret_access_key=self.secret
        )
        async with client:
            response = await client.get_session_token(DurationSeconds=exp)
        keys = response["Credentials"]
        return {
            "key": keys["AccessKeyId"],
            "secret": keys["SecretAccessKey"],
            "token": keys["SessionToken"],
            "anon": False,
        }

    get_delegated_s3pars = sync_wrapper(_get_delegated_s3pars)
