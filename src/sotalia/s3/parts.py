"""The parts of an upload: how large they are, and what becomes of them when it fails."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.runtime import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.config import TransferConfig

    Part = dict[str, Any]

# See "Amazon S3 multipart upload limits" in the Amazon S3 User Guide.
_MOST_PARTS = 10_000
_SMALLEST = 5 * 1024**2
_LARGEST = 5 * 1024**3


def part_size(wanted: int, size: int | None) -> int:
    """The size of a part that S3 takes, as near to the wanted one as can be; ``size`` of the whole, if known."""
    if size is not None:
        while count_of(size, wanted) > _MOST_PARTS:
            wanted *= 2
    return min(max(wanted, _SMALLEST), _LARGEST)


def count_of(size: int, step: int) -> int:
    """How many parts so many bytes are."""
    return -(-size // step)


def ranges(size: int, step: int) -> Iterator[tuple[int, int, int]]:
    """The parts of so many bytes: number from 1 on, first and last byte."""
    for number, start in enumerate(range(0, size, step), 1):
        yield number, start, min(start + step, size) - 1


def at_once(config: TransferConfig, count: int | None = None) -> int:
    """How many parts are transferred at once, of so many."""
    limit: int = config.max_request_concurrency if getattr(config, "use_threads", True) else 1
    return limit if count is None else max(1, min(limit, count))


def needed(response: dict[str, Any], name: str, operation: str) -> Any:
    """What a response must have. Raises ``S3UploadFailedError`` where it has not: then nobody knows what S3 did."""
    found = response.get(name)
    if not found:
        raise exceptions.S3UploadFailedError(
            f"S3 answered {operation} with success, but without {name}: nothing is known of it; do it again"
        )
    return found


def check_result(response: dict[str, Any], names: tuple[str, ...], operation: str) -> None:
    """Raises ``S3UploadFailedError`` for a success with none of these: an empty body, or somebody else's page.

    A stub, which has no status, may leave all out.
    """
    if "HTTPStatusCode" in response.get("ResponseMetadata", {}) and not any(map(response.get, names)):
        needed(response, " and ".join(names), operation)


def completed_part(number: int, answer: dict[str, Any], algorithm: str | None) -> Part:
    """What the completion of an upload must know about a part. Raises ``S3UploadFailedError``."""
    etag = needed(answer, "ETag", f"part {number}")
    return {"PartNumber": number, "ETag": etag, **checksum_of(answer, algorithm)}


def checksum_of(answer: dict[str, Any], algorithm: str | None) -> dict[str, Any]:
    """The checksum in a response, by its name; empty when there is none."""
    name = f"Checksum{algorithm.upper()}" if algorithm else ""
    return {name: answer[name]} if name in answer else {}


def in_order(parts: list[Part]) -> list[Part]:
    """Parts by number, as S3 wants them."""
    return sorted(parts, key=lambda part: part["PartNumber"])


#: What a completion says; each is enough to know that it is one.
COMPLETED = ("ETag", "Location", "Bucket", "Key")


class Abort:
    """Aborts an upload in parts when the body of ``async with`` fails, or is cancelled or interrupted.

    S3 would else keep its parts, and bill them. By then no part may be under way any more: one that arrives after the
    abort would be kept.
    """

    def __init__(self, client: BaseClient, upload: dict[str, Any]) -> None:
        self._client = client
        self._upload = upload

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None:
            return
        try:
            await resolved(self._client.abort_multipart_upload(**self._upload))
        except Exception:
            # What went wrong first is what the caller must hear of.
            import logging

            logging.getLogger(__name__).warning(
                "the upload %s could not be aborted; S3 keeps its parts until a lifecycle rule removes them",
                self._upload["UploadId"],
                exc_info=True,
            )
