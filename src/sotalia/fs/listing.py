"""What there is: ``ls``, ``find``, ``info``, ``exists``, with fsspec's cache of listings (``dircache``)."""

from __future__ import annotations

from fsspec.asyn import AsyncFileSystem, sync_wrapper
from fsspec.utils import tokenize

from sotalia import exceptions
from sotalia.fs.calls import S3Calls
from sotalia.fs.entries import Tree, bucket_entry, folder_entry, head_entry, in_order, name_of, object_entry
from sotalia.fs.errors import caused, not_found
from sotalia.fs.paths import PROTOCOLS, one_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from typing import Any

    from sotalia.fs.entries import Entry


def _of_version(version: str | None) -> dict[str, str]:
    """The parameter for a version, where there is one."""
    return {"VersionId": version} if version else {}


class S3Listing(S3Calls):
    """Listings, and what is known of single objects."""

    # -- pages -------------------------------------------------------------------------------------------------------

    async def _list_pages(self, method: str, **kwargs: Any) -> AsyncIterator[dict[str, Any]]:
        """The pages of ``list_objects_v2`` or ``list_object_versions``."""
        while True:
            page = await self._call_s3(method, **kwargs)
            yield page
            if not page.get("IsTruncated"):
                return
            if method == "list_object_versions":
                more = {
                    "KeyMarker": page.get("NextKeyMarker", ""),
                    "VersionIdMarker": page.get("NextVersionIdMarker", ""),
                }
            else:
                more = {"ContinuationToken": page["NextContinuationToken"]}
            if all(kwargs.get(name) == value for name, value in more.items()):
                raise OSError(
                    f"the listing of {kwargs.get('Bucket')} does not go on: S3 gives the same page again"
                )
            kwargs.update(more)

    async def _iterdir(
        self,
        bucket: str,
        max_items: int | None = None,
        delimiter: str = "/",
        prefix: str = "",
        versions: bool = False,
    ) -> AsyncIterator[Entry]:
        """The entries below a prefix, page by page, in S3's order; at most ``max_items`` objects."""
        if versions and not self.version_aware:
            raise ValueError("versions are known to filesystems with version_aware=True only")
        method, name = (
            ("list_object_versions", "Versions") if self.version_aware else ("list_objects_v2", "Contents")
        )
        parameters: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "Delimiter": delimiter}
        if max_items is not None:
            parameters["MaxKeys"] = 2 * max_items
        left = max_items
        async for page in self._list_pages(method, **parameters):
            for common in page.get("CommonPrefixes", ()):
                yield folder_entry(f"{bucket}/{common['Prefix'].removesuffix('/')}")
            for listed in page.get(name, ())[:left]:
                if left is not None:
                    left -= 1
                if versions or not self.version_aware or listed.get("IsLatest"):
                    yield object_entry(bucket, listed, names_versions=versions)
            if left == 0:
                return

    async def _lsdir(
        self,
        path: str,
        refresh: bool = False,
        max_items: int | None = None,
        delimiter: str = "/",
        prefix: str = "",
        versions: bool = False,
    ) -> list[Entry]:
        """What is in a folder, also of objects whose names begin with ``prefix`` only; below it too without ``delimiter``.

        Complete listings are cached.
        """
        bucket, key, _ = self.split_path(path)
        is_whole = bool(delimiter) and not (versions or prefix or max_items)
        if is_whole and not refresh and path in self.dircache:
            cached: list[Entry] = self.dircache[path]
            return cached
        full_prefix = f"{key.lstrip('/')}/{prefix or ''}" if key else prefix or ""
        entries = [
            entry
            async for entry in self._iterdir(
                bucket, max_items=max_items, delimiter=delimiter, prefix=full_prefix, versions=versions
            )
        ]
        entries.sort(key=in_order)
        if is_whole and entries:
            self.dircache[path] = entries
        return entries

    async def _lsbuckets(self, refresh: bool = False) -> list[Entry]:
        if "" in self.dircache and not refresh:
            cached: list[Entry] = self.dircache[""]
            return cached
        if self.anon:
            return []  # Nobody's buckets.
        try:
            response = await self._call_s3("list_buckets")
        except OSError as error:
            if not isinstance(error.__cause__, exceptions.ClientError):
                raise
            return []  # Many may use buckets that may not list them.
        self.dircache[""] = buckets = [bucket_entry(bucket) for bucket in response.get("Buckets", ())]
        return buckets

    # -- folders -----------------------------------------------------------------------------------------------------

    async def _ls(
        self, path: str, detail: bool = False, refresh: bool = False, versions: bool = False
    ) -> list[Any]:
        """What is in a bucket or folder, or the object of this name; all buckets for ``""``. Cached unless ``refresh``."""
        path = self._strip_protocol(path).rstrip("/")
        if not path:
            entries = await self._lsbuckets(refresh)
        else:
            entries = await self._lsdir(path, refresh, versions=versions)
            if not entries and "/" in path:
                entries = await self._object_of_this_name(path, refresh, versions)
        return entries if detail else sorted(map(name_of, entries))

    async def _object_of_this_name(self, path: str, refresh: bool, versions: bool) -> list[Entry]:
        """The object, from the listing of the folder that it is in. Raises ``FileNotFoundError``."""
        try:
            beside = await self._lsdir(self._parent(path), refresh=refresh, versions=versions)
        except OSError:
            beside = []
        # With versions it stands there once for each.
        found = [
            entry
            for entry in beside
            if entry["type"] != "directory"
            and (name_of(entry).rstrip("/") == path or (versions and entry["Key"] == path))
        ]
        if not found:
            raise not_found(path)
        return found

    async def _walk(self, path: str, maxdepth: int | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        """Folders and what is in them, from a path down. Raises ``ValueError`` for all of S3."""
        if path in ("", "*", *(f"{protocol}://" for protocol in PROTOCOLS)):
            raise ValueError("Cannot crawl all of S3: name a bucket")
        async for folder in super()._walk(path, maxdepth=maxdepth, **kwargs):
            yield folder

    async def _glob(self, path: str, **kwargs: Any) -> Any:
        if path.startswith("*"):
            raise ValueError("Cannot traverse all of S3: begin the pattern with a bucket's name")
        return await super()._glob(path, **kwargs)

    async def _find(
        self,
        path: str,
        maxdepth: int | None = None,
        withdirs: bool | None = None,
        detail: bool = False,
        prefix: str = "",
        **kwargs: Any,
    ) -> Any:
        """All objects below a path, by one flat listing.

        ``prefix``: only those whose names after the path and a slash begin so · ``maxdepth``: so many levels, folder by
        folder · ``withdirs``: folders too, the path's own with them.
        """
        path = self._strip_protocol(path)
        bucket, key, _ = self.split_path(path)
        if not bucket:
            raise ValueError("Cannot traverse all of S3: name a bucket")
        if maxdepth and prefix:
            found = await self._find_near(path, maxdepth, bool(withdirs), prefix, **kwargs)
        elif maxdepth:
            return await super()._find(
                f"{bucket}/{key}", maxdepth=maxdepth, withdirs=withdirs, detail=detail, **kwargs
            )
        else:
            found = await self._find_all(path, bool(withdirs), prefix, **kwargs)
        return {name_of(entry): entry for entry in found} if detail else [name_of(entry) for entry in found]

    async def _find_near(
        self, path: str, maxdepth: int, withdirs: bool, prefix: str, **kwargs: Any
    ) -> list[Entry]:
        """Down to a level: the first by one listing of what begins with the prefix, those below as usual."""
        first = await self._lsdir(path, prefix=prefix, **kwargs)
        found = {name_of(entry): entry for entry in first if withdirs or entry["type"] != "directory"}
        if maxdepth > 1:
            for folder in [entry for entry in first if entry["type"] == "directory"]:
                below = await self._find(
                    folder["name"], maxdepth=maxdepth - 1, withdirs=withdirs, detail=True, **kwargs
                )
                found.update({name: entry for name, entry in below.items() if name not in found})
        return sorted(found.values(), key=in_order)

    async def _find_all(self, path: str, withdirs: bool, prefix: str, **kwargs: Any) -> list[Entry]:
        found = await self._lsdir(path, delimiter="", prefix=prefix, **kwargs)
        if not found and not prefix and self.split_path(path)[1]:
            try:
                return [await self._info(path)]
            except FileNotFoundError:
                return []
        tree = Tree(path, found)
        if not prefix and not kwargs.get("versions") and not kwargs.get("max_items"):
            for name, listing in tree.listings.items():
                # A folder without a name, between two slashes, cannot be asked for.
                if name not in self.dircache and not name.endswith("/"):
                    self.dircache[name] = listing
        return sorted([*found, *tree.folders.values()], key=in_order) if withdirs else found

    find = sync_wrapper(_find)

    async def _du(
        self,
        path: str,
        total: bool = True,
        maxdepth: int | None = None,
        withdirs: bool = False,
        **kwargs: Any,
    ) -> int | dict[str, int]:
        """Bytes of all objects below a path, by the listing alone; of each by its name for ``total=False``."""
        found = await self._find(path, maxdepth=maxdepth, withdirs=withdirs, detail=True, **kwargs)
        sizes = {name: entry["size"] for name, entry in found.items()}
        return sum(sizes.values()) if total else sizes

    async def _expand_path(
        self, path: str | list[str], recursive: bool = False, maxdepth: int | None = None, **options: Any
    ) -> list[str]:
        """The paths that patterns stand for. One that names a version is no pattern, in spite of its question mark."""
        paths = [path] if isinstance(path, str) else list(path)
        named = {self._strip_protocol(one) for one in paths if self.split_path(one)[2] is not None}
        others = [one for one in paths if self.split_path(one)[2] is None] if named else path
        if named and not others:
            return sorted(named)
        expanded: list[str] = await super()._expand_path(
            others, recursive=recursive, maxdepth=maxdepth, **options
        )
        return sorted({*expanded, *named}) if named else expanded

    # -- single paths ------------------------------------------------------------------------------------------------

    async def _info(
        self,
        path: str,
        bucket: str | None = None,
        key: str | None = None,
        refresh: bool = False,
        version_id: str | None = None,
    ) -> Entry:
        """What is known of an object, a folder or a bucket: from the listing cache, unless ``refresh``, else from S3.

        Raises ``FileNotFoundError``; ``ValueError`` for a version where ``version_aware`` is false, and for two of them.
        """
        path = self._strip_protocol(path)
        if path in ("", "/"):
            return {"name": path, "size": 0, "type": "directory"}
        bucket, key, version_of_path = self.split_path(path)
        if version_id is not None and not self.version_aware:
            raise ValueError("version_id needs a filesystem with version_aware=True")
        version = one_version(version_of_path, version_id)
        full_path = f"{bucket}/{key}"
        if not refresh and (cached := self._cached_info(full_path, path, version)):
            return cached
        if not key:
            head = await self._call_s3("head_bucket", Bucket=bucket)
            return {
                "name": bucket,
                "type": "directory",
                "size": 0,
                "StorageClass": "DIRECTORY",
                "VersionId": head.get("VersionId"),
            }
        try:
            head = await self._call_s3("head_object", Bucket=bucket, Key=key, **_of_version(version))
        except FileNotFoundError as error:
            return await self._folder_info(bucket, key, error)
        return head_entry(full_path, head)

    def _cached_info(self, full_path: str, path: str, version: str | None) -> Entry | None:
        """What the cache knows; ``None`` for nothing. Raises ``FileNotFoundError`` when it knows that there is none."""
        entries = self._ls_from_cache(full_path)
        if entries is None:
            return None
        same = [entry for entry in entries if entry["name"] == full_path]
        if version is not None:
            # Only the latest version is in the cache.
            return next((entry for entry in same if entry.get("VersionId") == version), None)
        return same[0] if same else {"name": path, "size": 0, "type": "directory"}

    async def _folder_info(self, bucket: str, key: str, missing: FileNotFoundError) -> Entry:
        """A folder is there when there is anything in it. Raises ``FileNotFoundError``."""
        path = f"{bucket}/{key}"
        try:
            page = await self._call_s3(
                "list_objects_v2", Bucket=bucket, Prefix=f"{key.rstrip('/')}/", Delimiter="/", MaxKeys=1
            )
        except exceptions.ParamValidationError as error:
            raise caused(ValueError(f"Failed to list path {path!r}: {error}"), error) from error
        if page.get("KeyCount") or page.get("Contents") or page.get("CommonPrefixes"):
            return {"name": path, "type": "directory", "size": 0, "StorageClass": "DIRECTORY"}
        raise caused(not_found(path), missing.__cause__ or missing)

    def _exists_in_cache(self, bucket: str, key: str, version: str | None) -> bool | None:
        """Whether the cache knows an object to be there, or not; ``None`` where it does not know."""
        path = f"{bucket}/{key}"
        try:
            entries = self._ls_from_cache(path)
        except FileNotFoundError:
            return False
        if entries is None:
            return None
        if version is None or any(
            entry["name"] == path and entry.get("VersionId") == version for entry in entries
        ):
            return True
        return None  # Only the latest version is in the cache.

    async def _exists(self, path: str) -> bool:
        if path in ("", "/"):
            return True
        path = self._strip_protocol(path)
        bucket, key, version = self.split_path(path)
        if not key:
            return await self._bucket_exists(bucket)
        cached = self._exists_in_cache(bucket, key, version)
        if cached is not None:
            return cached
        try:
            await self._info(path, version_id=version)
        except FileNotFoundError:
            return False
        return True

    exists = sync_wrapper(_exists)

    async def _bucket_exists(self, bucket: str) -> bool:
        if self.dircache.get(bucket):
            return True
        try:
            if self._ls_from_cache(bucket):
                return True
        except FileNotFoundError:
            pass  # It may be somebody else's.
        # Policies allow one or the other; who pays for requests may often list only.
        probes: list[tuple[str, dict[str, Any]]] = [("head_bucket", {}), ("get_bucket_location", {})]
        if self.requester_pays:
            probes.append(("list_objects_v2", {"MaxKeys": 1}))
        for method, parameters in probes:
            try:
                await self._call_s3(method, Bucket=bucket, **parameters)
            except Exception:
                continue
            return True
        return False

    async def _isdir(self, path: str) -> bool:
        path = self._strip_protocol(path).strip("/")
        if not path:
            return True
        if path in self.dircache:
            return "/" not in path or any(name_of(entry) != path for entry in self.dircache[path])
        parent = self._parent(path)
        if "/" in path and parent in self.dircache:
            return any(
                name_of(entry) == path and entry["type"] == "directory" for entry in self.dircache[parent]
            )
        try:
            entries = await self._lsdir(path)
        except FileNotFoundError:
            return False
        return bool(entries) or "/" not in path

    isdir = sync_wrapper(_isdir)

    async def _checksum(self, path: str, refresh: bool = False) -> int:
        """A number that stays the same as long as the contents do, from the ETag; of a folder from what is known of it."""
        info = await self._info(path, refresh=refresh)
        if info["type"] == "directory":
            return int(tokenize(info), 16)
        return int(info["ETag"].strip('"').partition("-")[0], 16)

    checksum = sync_wrapper(_checksum)

    def modified(self, path: str, version_id: str | None = None, refresh: bool = False) -> datetime:
        """When the object was written. Raises ``IsADirectoryError`` for a folder or bucket, which have no such time."""
        info = self.info(path=path, version_id=version_id, refresh=refresh)
        if "LastModified" not in info:
            raise IsADirectoryError(path)
        modified: datetime = info["LastModified"]
        return modified

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget the listings of a path and of all folders above it; all listings without a path."""
        if path is None:
            self.dircache.clear()
        else:
            path = self._strip_protocol(path)
            while path:
                self.dircache.pop(path, None)
                path = self._parent(path)
        AsyncFileSystem.invalidate_cache(self, path)
