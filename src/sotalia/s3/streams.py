"""What a download asks for, and whether a response is that: one range of an object, or all of it.

A server that says one thing and sends another must not leave a file that looks whole. So each response is compared with
the request (status, ``Content-Range``, ``Content-Length``), with what is known of the object (size, ETag, version), and its
body with what it announced. A stub says little: what it does not say is not compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

# RFC 9110, section 14.4; names of units are case-insensitive. "*" stands for a size that the server does not know.
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a listing said of an object."""

    size: int
    modified: float


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What responses said of an object; ``None`` is what they did not say."""

    size: int | None = None
    etag: str | None = None
    version: str | None = None
    modified: datetime | None = None

    @classmethod
    def of(cls, response: dict[str, Any], size: int | None) -> StoredObject:
        """The object that a response of HeadObject or GetObject is about."""
        return cls(
            size, response.get("ETag") or None, response.get("VersionId"), response.get("LastModified")
        )

    def is_another(self, response: dict[str, Any]) -> bool:
        """Whether a response is about another object, or another version of it."""
        if self.etag and response.get("ETag"):
            # A proxy that compresses makes an ETag weak.
            if self.etag.removeprefix("W/") != response["ETag"].removeprefix("W/"):
                return True
        elif _differ(self.modified, response.get("LastModified")):
            return True
        return _differ(self.version, response.get("VersionId"))

    def check_listed(self, listed: Listed | None, name: str) -> None:
        """Raises ``S3DownloadFailedError`` for another size than the listing said, unless the object is newer."""
        if listed is None or self.size is None or self.size == listed.size:
            return
        if self.modified is not None and self.modified.timestamp() > listed.modified:
            return
        raise exceptions.S3DownloadFailedError(
            f"the listing says that {name} has {listed.size} bytes, but S3 answers that it has {self.size} and was not "
            "changed since: nothing was written; list and download it again"
        )


def _differ(one: Any, other: Any) -> bool:
    return one is not None and other is not None and one != other


class Stream:
    """One range that is being received, or the whole object for no ``last``.

    ``position`` is where the next byte belongs, ``end`` where the range ends, once a response has said it.
    """

    def __init__(self, first: int, last: int | None) -> None:
        self.first = first
        self.last = last
        self.position = first
        self.end: int | None = None
        self.has_begun = False
        self._has_checksum = False

    def wanted(self, size: int | None) -> dict[str, str]:
        """The parameter that asks for what is missing; the last range of an object is left open, as the reference does."""
        if self.last is None and self.position == 0:
            return {}
        end = "" if self.last is None or (size is not None and self.last == size - 1) else self.last
        return {"Range": f"bytes={self.position}-{end}"}

    def check(self, response: dict[str, Any], known: StoredObject) -> StoredObject:
        """Compare a response with what was asked for; what is known of the object from now on.

        Raises ``S3ValidationError`` for a response of something else.
        """
        is_whole = self.last is None and self.position == 0
        found = self._whole(response, known) if is_whole else self._part(response, known)
        if is_whole:
            self._has_checksum = any(
                name.startswith("Checksum") and name != "ChecksumType" for name in response
            )
        return found

    def _whole(self, response: dict[str, Any], known: StoredObject) -> StoredObject:
        status, length = _status(response), response.get("ContentLength")
        span = response.get("ContentRange")
        if status == 206 or span is not None:
            raise _refusal("the whole object", f"a range ({span})")
        is_same = not known.is_another(response)
        if is_same and status is not None:
            length = known.size if length is None else length
            if _differ(length, known.size):
                raise _refusal(f"the object of {known.size} bytes", f"{length} bytes")
        if length is None and status is not None and (not is_same or not _is_chunked(response)):
            raise _refusal("the object", "one whose size nobody has said, so that it may be cut")
        self.end = length
        return StoredObject.of(response, length)

    def _part(self, response: dict[str, Any], known: StoredObject) -> StoredObject:
        asked = self.wanted(known.size)["Range"]
        status, length = _status(response), response.get("ContentLength")
        span = response.get("ContentRange")
        if span is None:
            size = self._without_range(status, length, known.size, asked)
            self.end = _end(self.last, size)
        else:
            match = _CONTENT_RANGE.fullmatch(span)
            if match is None or (status is not None and status != 206):
                raise _refusal(f"range {asked}", f"Content-Range {span!r} with status {status}")
            size = known.size if match[3] == "*" else int(match[3])
            self.end = _end(self.last, size)
            if size is None or _differ(size, known.size):
                raise _refusal(f"range {asked} of {known.size or 'all'} bytes", f"Content-Range {span!r}")
            if (int(match[1]), int(match[2]) + 1) != (self.position, self.end):
                raise _refusal(f"range {asked}", f"Content-Range {span!r}")
        if self.end is not None and _differ(length, self.end - self.position):
            raise _refusal(f"range {asked}", f"{length} bytes")
        return StoredObject.of(response, size) if known.size is None else known

    def _without_range(
        self, status: int | None, length: int | None, size: int | None, asked: str
    ) -> int | None:
        """The object's size, from a response that does not say which range it has."""
        if status is None:
            return length if size is None else size
        # A server without ranges sends all of it: good if that is just what was asked for. Nobody can tell the whole from
        # a part where the size is not known, but that of nothing: for empty files some servers, as Go's, ignore ranges.
        is_all = status == 200 and self.position == 0 and length is not None and length == (size or 0)
        if not is_all or (self.last is not None and length is not None and length > self.last + 1):
            raise _refusal(f"range {asked}", f"no range (status {status}, {length} bytes)")
        return length

    def check_piece(self, count: int) -> None:
        """Raises ``S3ValidationError`` when so many bytes more are too many, ``IncompleteReadError`` for an early end."""
        if self.end is None:
            return
        if self.position + count > self.end:
            raise _refusal(f"bytes up to {self.end}", "more than that")
        if not count and self.position < self.end:
            raise exceptions.IncompleteReadError(
                actual_bytes=self.position - self.first, expected_bytes=self.end - self.first
            )

    def wind_back(self) -> int:
        """Where to go on after the stream broke; how many bytes have to be received again."""
        if not self._has_checksum:
            return 0
        lost, self.position = self.position - self.first, self.first
        return lost


def _status(response: dict[str, Any]) -> int | None:
    """The HTTP status; ``None`` of a stub."""
    metadata: dict[str, Any] = response.get("ResponseMetadata") or {}
    found: int | None = metadata.get("HTTPStatusCode")
    return found


def _is_chunked(response: dict[str, Any]) -> bool:
    """Whether a body says where it ends, without a length."""
    return "transfer-encoding" in response["ResponseMetadata"].get("HTTPHeaders", {})


def _end(last: int | None, size: int | None) -> int | None:
    """Where a range ends: at the object's end at the latest."""
    if last is None or size is None:
        return size
    return min(last + 1, size)


def _refusal(asked: str, found: str) -> Exception:
    error: Exception = exceptions.S3ValidationError(
        f"Asked for {asked}, but the response is of {found}: it was not written to the file"
    )
    return error
