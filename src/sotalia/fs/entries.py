"""Entries of listings, as fsspec has them: ``{"name": "bucket/key", "size": 3, "type": "file", ...}``, and trees of them."""

from __future__ import annotations

from sotalia.fs.paths import with_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Entry = dict[str, Any]


def name_of(entry: Entry) -> str:
    """Bucket and key."""
    name: str = entry["name"]
    return name


def in_order(entry: Entry) -> tuple[str, bool]:
    """What entries are sorted by: an object stands before a folder of the same name."""
    return entry["name"], entry["type"] == "directory"


def bucket_entry(bucket: dict[str, Any]) -> Entry:
    """A bucket of ListBuckets."""
    name = bucket["Name"]
    details = {key: value for key, value in bucket.items() if key != "Name"}
    return {
        **details,
        "Key": name,
        "Size": 0,
        "StorageClass": "BUCKET",
        "size": 0,
        "type": "directory",
        "name": name,
    }


def folder_entry(name: str) -> Entry:
    """A folder: what stands before a slash in the keys of objects."""
    return {
        "Key": name,
        "Size": 0,
        "StorageClass": "DIRECTORY",
        "type": "directory",
        "size": 0,
        "name": name,
    }


def object_entry(bucket: str, listed: dict[str, Any], *, names_versions: bool) -> Entry:
    """An object of a listing; ``names_versions``: with its version in its name."""
    path = f"{bucket}/{listed['Key']}"
    name = with_version(path, listed.get("VersionId")) if names_versions else path
    return {**listed, "Key": path, "type": "file", "size": listed["Size"], "name": name}


def head_entry(path: str, head: dict[str, Any]) -> Entry:
    """An object, from what HeadObject says."""
    return {
        "ETag": head.get("ETag", ""),
        "LastModified": head.get("LastModified", ""),
        "size": head["ContentLength"],
        "name": path,
        "type": "file",
        "StorageClass": head.get("StorageClass", "STANDARD"),
        "VersionId": head.get("VersionId"),
        "ContentType": head.get("ContentType"),
    }


class Tree:
    """The folders of a flat listing of everything below ``root``, which is a bucket or a folder.

    ``folders`` are those that stand between the root and the objects, the root with them unless it is a bucket.
    ``listings`` is what listing each of them, and the root, by itself would give.
    """

    def __init__(self, root: str, objects: Iterable[Entry]) -> None:
        self.root = root
        self.folders: dict[str, Entry] = {}
        self.listings: dict[str, list[Entry]] = {}
        for entry in objects:
            name = name_of(entry)
            if not name.startswith(f"{root}/"):
                continue  # An object with the root's own name.
            parent = name.rpartition("/")[0]
            self._folder(parent)
            self.listings[parent].append(entry)
        for listing in self.listings.values():
            listing.sort(key=in_order)

    def _folder(self, name: str) -> None:
        """Know a folder, and those above it up to the root."""
        child: Entry | None = None
        while name not in self.listings:
            self.listings[name] = [] if child is None else [child]
            if "/" not in name:
                return
            child = self.folders[name] = folder_entry(name)
            if len(name) <= len(self.root):
                return
            name = name.rpartition("/")[0]
        if child is not None:
            self.listings[name].append(child)
