"""Batches of which a part fails while the response is a success.

The entries that fail are not sent: the request is written and signed anew with the others. So your service, real or fake, has
exactly what the response says.
"""

from __future__ import annotations

from sotalia.call.pipeline import content
from sotalia.fault_injection.delivery import changed
from sotalia.fault_injection.error_bodies import http_date
from sotalia.fault_injection.rules import Fault, share_of
from sotalia.transport.messages import AWSRequest
from sotalia.transport.scripted import canned_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Unpack

    from sotalia.fault_injection.delivery import Delivery, Send
    from sotalia.fault_injection.rules import Selection
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse

    Operations = str | Iterable[str]
    JSON = dict[str, Any]


class _Batch:
    """How one operation's batches look. All of these speak JSON.

    ``split``: of a request's parameters and a number, those with so many entries less at the end, and the failing entries ·
    ``size``: how many entries there are · ``merge``: put the failing ones into the result.
    """

    __slots__ = ("merge", "size", "split")

    def __init__(
        self,
        size: Callable[[JSON], int],
        split: Callable[[JSON, int], tuple[JSON, Any]],
        merge: Callable[[JSON, Any], None],
    ) -> None:
        self.size, self.split, self.merge = size, split, merge


# -- DynamoDB: entries by table ----------------------------------------------------------------------------------------


def _by_table(
    keys_of: Callable[[Any], list[Any]], with_keys: Callable[[Any, list[Any]], Any], rest: str
) -> _Batch:
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

    return _Batch(size, split, merge)


# -- a list of entries ---------------------------------------------------------------------------------------------------


def _listed(member: str, merge: Callable[[JSON, list[Any]], None]) -> _Batch:
    def split(parameters: JSON, failing: int) -> tuple[JSON, list[Any]]:
        entries = parameters[member]
        border = len(entries) - failing
        return {**parameters, member: entries[:border]}, entries[border:]

    return _Batch(lambda parameters: len(parameters[member]), split, merge)


def _failed_entries(result: JSON, dropped: list[Any]) -> None:
    """SQS: entries are named, and failures are listed beside successes."""
    result.setdefault("Successful", [])
    result.setdefault("Failed", []).extend(
        {
            "Id": entry["Id"],
            "SenderFault": False,
            "Code": "InternalError",
            "Message": "We encountered an internal error. Please try again.",
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
_BATCHES = {
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
    error codes of Kinesis, Firehose and EventBridge.

    ``share``: how many of them, above 0 and up to 1; at least one.
    """
    failing_share = share_of("share", share)
    if not failing_share:
        raise ValueError("share is 0, so that no entry would fail; give more")

    async def inject(delivery: Delivery, send: Send) -> AWSResponse:
        import json

        batch = _BATCHES[delivery.call.name]
        request = delivery.request
        parameters = json.loads(request.body)
        count = batch.size(parameters)
        failing = max(1, int(count * failing_share))
        if not count:
            delivery.spares()
            return await send(request)
        delivery.fires()
        less, dropped = batch.split(parameters, failing)
        if failing == count:
            result: JSON = {}
            batch.merge(result, dropped)
            return canned_response(request, 200, _headers(delivery), json.dumps(result).encode())
        response = await send(await _signed_anew(delivery, json.dumps(less).encode()))
        if response.status_code >= 300:
            return response
        result = json.loads(await content(response))
        batch.merge(result, dropped)
        body = json.dumps(result).encode()
        # A checksum that the service sent is that of the other body.
        return await changed(
            response, headers={"Content-Length": str(len(body)), "x-amz-crc32": None}, body=body
        )

    settings: dict[str, object] = {} if share == 0.5 else {"share": share}
    return Fault("partial_batch", inject, operation, only=_BATCHES, settings=settings, **selection)


def _headers(delivery: Delivery) -> dict[str, str]:
    version = delivery.call.operation.model.service_model.metadata.get("jsonVersion", "1.0")
    return {
        "Date": http_date(),
        "Content-Type": f"application/x-amz-json-{version}",
        "x-amzn-RequestId": delivery.identity,
    }


async def _signed_anew(delivery: Delivery, body: bytes) -> AWSPreparedRequest:
    """The request with another body, through the handlers that sign it."""
    call = delivery.call
    operation = call.operation
    assert call.request is not None
    created = AWSRequest.from_request_dict(
        {**call.request, "body": body}, stream_output=operation.stream_output
    )
    if listeners := call.events.listeners(operation.request_created, operation.model):
        await listeners.notify(request=created, operation_name=operation.name)
    return created.prepare()
