"""Batches of which a part fails while the response is a success.

The entries that fail are not sent: the request is written and signed anew with the others. So your service, real or fake, has
exactly what the response says.
"""

from __future__ import annotations

import json
import re

from sotalia.call.pipeline import content
from sotalia.checksums.request import apply_request_checksum
from sotalia.fault_injection.delivery import changed
from sotalia.fault_injection.error_bodies import http_date
from sotalia.fault_injection.rules import Fault, share_of
from sotalia.transport.messages import AWSRequest, prepared_body
from sotalia.transport.scripted import canned_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol, Unpack

    from sotalia.fault_injection.delivery import Delivery, Send
    from sotalia.fault_injection.rules import Selection
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse

    Operations = str | Iterable[str]
    JSON = dict[str, Any]

    class _Batch(Protocol):
        """How one operation's batches look on the wire."""

        def cut(self, body: bytes, share: float) -> tuple[bytes, Any]:
            """A request's body without the entries that fail, ``b""`` if none is left; and those entries, ``None`` for none."""
            ...

        def merge(self, body: bytes, dropped: Any) -> bytes:
            """A result's body, ``b""`` if nothing was sent, with the entries that failed."""
            ...


def _count(total: int, share: float) -> int:
    """How many of so many entries fail."""
    return max(1, int(total * share))


class _JSONBatch:
    """``entries``: how many a request has · ``split``: of a request and a number, the request with so many entries less at the
    end, and these · ``merged``: puts them into the result.
    """

    __slots__ = ("_entries", "_merge", "_split")

    def __init__(
        self,
        entries: Callable[[JSON], int],
        split: Callable[[JSON, int], tuple[JSON, Any]],
        merge: Callable[[JSON, Any], None],
    ) -> None:
        self._entries, self._split, self._merge = entries, split, merge

    def cut(self, body: bytes, share: float) -> tuple[bytes, Any]:
        """See ``_Batch``."""
        request = json.loads(body)
        total = self._entries(request)
        if not total:
            return body, None
        failing = _count(total, share)
        less, dropped = self._split(request, failing)
        return (b"" if failing == total else json.dumps(less).encode()), dropped

    def merge(self, body: bytes, dropped: Any) -> bytes:
        """See ``_Batch``."""
        result: JSON = json.loads(body) if body else {}
        self._merge(result, dropped)
        return json.dumps(result).encode()


# -- S3: deletions -----------------------------------------------------------------------------------------------------

# What is in it is escaped, so no text can end it.
_OBJECT = re.compile(rb"<Object>(.*?)</Object>", re.DOTALL)
_NAMES = re.compile(rb"<(Key|VersionId)>.*?</\1>", re.DOTALL)
_INTERNAL = "We encountered an internal error. Please try again."
_END = b"</DeleteResult>"


class _Deletions:
    """``DeleteObjects`` of S3, in XML: those that fail are ``Error`` elements of the result."""

    @staticmethod
    def cut(body: bytes, share: float) -> tuple[bytes, list[bytes] | None]:
        """See ``_Batch``."""
        objects = list(_OBJECT.finditer(body))
        if not objects:
            return body, None
        failing = _count(len(objects), share)
        dropped = [found[1] for found in objects[-failing:]]
        if failing == len(objects):
            return b"", dropped
        return body[: objects[-failing].start()] + body[objects[-1].end() :], dropped

    @staticmethod
    def merge(body: bytes, dropped: list[bytes]) -> bytes:
        """See ``_Batch``."""
        errors = b"".join(
            b"<Error>%b<Code>InternalError</Code><Message>%b</Message></Error>"
            % (b"".join(name[0] for name in _NAMES.finditer(entry)), _INTERNAL.encode())
            for entry in dropped
        )
        head, end, _ = body.rpartition(_END)
        if end:
            return head + errors + end
        return b"<DeleteResult>%b</DeleteResult>" % errors


# -- DynamoDB: entries by table ----------------------------------------------------------------------------------------


def _by_table(
    keys_of: Callable[[Any], list[Any]], with_keys: Callable[[Any, list[Any]], Any], rest: str
) -> _JSONBatch:
    def size(parameters: JSON) -> int:
        return sum(len(keys_of(table)) for table in parameters["RequestItems"].values())

    def split(parameters: JSON, failing: int) -> tuple[JSON, JSON]:
        kept: JSON = {}
        dropped: JSON = {}
        left = failing
        for name, table in reversed(parameters["RequestItems"].items()):
            entries = keys_of(table)
            count = min(left, len(entries))
            left -= count
            border = len(entries) - count
            if border:
                kept[name] = with_keys(table, entries[:border])
            if count:
                dropped[name] = with_keys(table, entries[border:])
        return {**parameters, "RequestItems": kept}, dropped

    def merge(result: JSON, dropped: JSON) -> None:
        unprocessed = result.setdefault(rest, {})
        for name, table in dropped.items():
            known = unprocessed.get(name)
            unprocessed[name] = table if known is None else with_keys(table, keys_of(known) + keys_of(table))
        if rest == "UnprocessedKeys":
            result.setdefault("Responses", {})

    return _JSONBatch(size, split, merge)


# -- a list of entries ---------------------------------------------------------------------------------------------------


def _listed(member: str, merge: Callable[[JSON, list[Any]], None]) -> _JSONBatch:
    def split(parameters: JSON, failing: int) -> tuple[JSON, list[Any]]:
        entries = parameters[member]
        border = len(entries) - failing
        return {**parameters, member: entries[:border]}, entries[border:]

    return _JSONBatch(lambda parameters: len(parameters[member]), split, merge)


def _failed_entries(result: JSON, dropped: list[Any]) -> None:
    """SQS: entries are named, and failures are listed beside successes."""
    result.setdefault("Successful", [])
    result.setdefault("Failed", []).extend(
        {
            "Id": entry["Id"],
            "SenderFault": False,
            "Code": "InternalError",
            "Message": _INTERNAL,
        }
        for entry in dropped
    )


def _in_place(results: str, count: str, failure: JSON) -> Callable[[JSON, list[Any]], None]:
    """Streams and buses: a result for each entry, in order."""

    def merge(result: JSON, dropped: list[Any]) -> None:
        result.setdefault(results, []).extend(dict(failure) for _ in dropped)
        result[count] = result.get(count, 0) + len(dropped)

    return merge


_WRITES = _by_table(lambda table: table, lambda table, entries: entries, "UnprocessedItems")
_READS = _by_table(
    lambda table: table["Keys"], lambda table, entries: {**table, "Keys": entries}, "UnprocessedKeys"
)
_CAPACITY = {
    "ErrorCode": "ProvisionedThroughputExceededException",
    "ErrorMessage": "Rate exceeded for a shard of the stream.",
}
_BATCHES: dict[str, _Batch] = {
    "s3.DeleteObjects": _Deletions(),
    "dynamodb.BatchWriteItem": _WRITES,
    "dynamodb.BatchGetItem": _READS,
    "sqs.SendMessageBatch": _listed("Entries", _failed_entries),
    "sqs.DeleteMessageBatch": _listed("Entries", _failed_entries),
    "sqs.ChangeMessageVisibilityBatch": _listed("Entries", _failed_entries),
    "kinesis.PutRecords": _listed("Records", _in_place("Records", "FailedRecordCount", _CAPACITY)),
    "firehose.PutRecordBatch": _listed(
        "Records",
        _in_place(
            "RequestResponses",
            "FailedPutCount",
            {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."},
        ),
    ),
    "eventbridge.PutEvents": _listed(
        "Entries",
        _in_place(
            "Entries",
            "FailedEntryCount",
            {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"},
        ),
    ),
}


def partial_batch(
    operation: Operations = "*", *, share: float = 0.5, **selection: Unpack[Selection]
) -> Fault:
    """The last entries of a batch fail, and the others are carried out: ``UnprocessedItems`` of DynamoDB, ``Failed`` of SQS,
    ``Errors`` of S3's ``DeleteObjects``, error codes of Kinesis, Firehose and EventBridge.

    ``share``: how many of them, above 0 and up to 1; at least one.
    """
    failing_share = share_of("share", share)
    if not failing_share:
        raise ValueError("share is 0, so that no entry would fail; give more")

    async def inject(delivery: Delivery, send: Send) -> AWSResponse:
        batch, request = _BATCHES[delivery.call.name], delivery.request
        less, dropped = batch.cut(bytes(prepared_body(request.body)), failing_share)
        if dropped is None:
            delivery.spares()
            return await send(request)
        delivery.fires()
        if not less:
            return canned_response(request, 200, _headers(delivery), batch.merge(b"", dropped))
        response = await send(await _signed_anew(delivery, less))
        if response.status_code >= 300:
            return response
        body = batch.merge(await content(response), dropped)
        # A checksum that the service sent is that of the other body.
        return await changed(
            response, headers={"Content-Length": str(len(body)), "x-amz-crc32": None}, body=body
        )

    settings: dict[str, object] = {} if share == 0.5 else {"share": share}
    return Fault("partial_batch", inject, operation, only=_BATCHES, settings=settings, **selection)


def _headers(delivery: Delivery) -> dict[str, str]:
    model = delivery.call.operation.model.service_model
    if model.resolved_protocol != "json":
        return {
            "Date": http_date(),
            "Content-Type": "application/xml",
            "x-amz-request-id": delivery.identity.upper(),
        }
    return {
        "Date": http_date(),
        "Content-Type": f"application/x-amz-json-{model.metadata.get('jsonVersion', '1.0')}",
        "x-amzn-RequestId": delivery.identity,
    }


async def _signed_anew(delivery: Delivery, body: bytes) -> AWSPreparedRequest:
    """The request with another body and its checksum, through the handlers that sign it."""
    call = delivery.call
    operation = call.operation
    assert call.request is not None
    headers = {
        name: value
        for name, value in call.request["headers"].items()
        if name.lower() not in ("content-md5", "content-length")
        and not name.lower().startswith("x-amz-checksum-")
    }
    request = {**call.request, "body": body, "headers": headers}
    await apply_request_checksum(request)
    created = AWSRequest.from_request_dict(request, stream_output=operation.stream_output)
    if listeners := call.events.listeners(operation.request_created, operation.model):
        await listeners.notify(request=created, operation_name=operation.name)
    return created.prepare()
