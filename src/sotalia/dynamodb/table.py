"""Writing many items of one table: ``with table.batch_writer() as batch: batch.put_item(Item=...)``."""

from __future__ import annotations

from sotalia.clients.base import BaseClient
from sotalia.runtime import SyncRuntime, drive, groups, resolved
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType
    from typing import Any

    from sotalia.resources.base import ResourceMeta
    from sotalia.runtime import Runtime

#: Items in one call: what BatchWriteItem takes at most.
_BATCH_SIZE = 25
# Answers in a row that give every item back before the writer gives up, and the pauses between them in seconds, each
# twice the one before: a minute in all. Of a table that is only busy some items are taken, or the call is an error.
_MOST_REFUSALS = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0


class UnprocessedItemsError(RuntimeError):
    """The service gave all items of a batch back, again and again.

    ``table_name`` · ``requests``: what is not written, each ``{"PutRequest": ...}`` or ``{"DeleteRequest": ...}``.
    """

    def __init__(self, table_name: str, requests: list[dict[str, Any]]) -> None:
        super().__init__(
            f"{len(requests)} items of table {table_name!r} are not written: BatchWriteItem gave all items of the "
            f"batch back, {_MOST_REFUSALS} times in a row. They are in 'requests' of this error; look at the "
            "table's capacity and write them again"
        )
        self.table_name = table_name
        self.requests = requests


class BatchWriter:
    """Gathers writes to one table and sends them in batches; at the end of ``with`` the last ones.

    ``client``: one that takes Python values, as that of a DynamoDB resource does · ``flush_amount``: items per call, 25
    by default · ``overwrite_by_pkeys``: names of the key's attributes; an item then takes the place of one with the same
    key that was not sent yet (DynamoDB refuses batches with both). Items that the service does not take are sent again
    with the next batch; :class:`UnprocessedItemsError` when it takes none for a minute. Threads or tasks may share a
    writer: its calls are made one after the other. On an async client: ``async with``, and the methods are
    coroutines.
    """

    def __init__(
        self,
        table_name: str,
        client: BaseClient,
        flush_amount: int = _BATCH_SIZE,
        overwrite_by_pkeys: list[str] | None = None,
    ) -> None:
        self._table_name = table_name
        self._client = client
        # boto3's clients have none.
        self._runtime: Runtime = client.meta.runtime if isinstance(client, BaseClient) else SyncRuntime()
        # Held during calls too: an item must not overtake an older one with its key that is being sent, or comes back.
        self._lock = self._runtime.lock()
        self._sending: Any = None
        self._refusals = 0
        self._items_buffer: list[dict[str, Any]] = []
        self._flush_amount = flush_amount
        self._overwrite_by_pkeys = overwrite_by_pkeys
        self._group = groups.Lasting("batch", "batch_writer {}", table_name)

    def put_item(self, Item: dict[str, Any]) -> Any:  # noqa: N803 - the reference's public names
        """Write an item."""
        return self._finish(self._add({"PutRequest": {"Item": Item}}))

    def delete_item(self, Key: dict[str, Any]) -> Any:  # noqa: N803
        """Delete the item with this key."""
        return self._finish(self._add({"DeleteRequest": {"Key": Key}}))

    def _finish(self, work: Coroutine[Any, Any, None]) -> Any:
        return self._runtime.run(work)

    def _flush(self) -> Any:
        """Send one batch of what is waiting, if there is something: programs that must not wait call it."""
        return self._finish(self._flush_one())

    async def _flush_one(self) -> None:
        self._refuse_own_handlers()
        async with self._lock:
            if self._items_buffer:
                await self._send_batch()

    def _refuse_own_handlers(self) -> None:
        if self._sending is not None and self._sending is _task():
            raise RuntimeError(
                f"a handler of BatchWriteItem writes to the batch writer of table {self._table_name!r} whose call it "
                "handles, and would wait for itself: write with another one"
            )

    async def _add(self, request: dict[str, Any]) -> None:
        self._refuse_own_handlers()
        async with self._lock:
            if self._overwrite_by_pkeys:
                key = self._key(request)
                self._items_buffer = [known for known in self._items_buffer if self._key(known) != key]
            self._items_buffer.append(request)
            if len(self._items_buffer) >= self._flush_amount:
                await self._send_batch()

    def _key(self, request: dict[str, Any]) -> list[Any]:
        names = self._overwrite_by_pkeys or ()
        item = request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]
        return [item[name] for name in names]

    async def _send_batch(self) -> None:
        if self._refusals:
            await self._runtime.sleep(min(_FIRST_PAUSE * 2 ** (self._refusals - 1), _LONGEST_PAUSE))
        batch = self._items_buffer[: self._flush_amount]
        self._items_buffer = self._items_buffer[self._flush_amount :]
        self._sending = _task() if self._runtime.is_async else None
        try:
            with self._group.within():
                response = await resolved(
                    self._client.batch_write_item(RequestItems={self._table_name: batch})
                )
        except BaseException as error:
            # A task that is cancelled while it sends takes no items of others with it.
            if not isinstance(error, Exception):
                self._items_buffer = batch + self._items_buffer
            raise
        finally:
            self._sending = None
        unprocessed: dict[str, list[dict[str, Any]]] = response["UnprocessedItems"] or {}
        refused = unprocessed.get(self._table_name, [])
        self._items_buffer.extend(refused)
        self._refusals = self._refusals + 1 if len(refused) >= len(batch) else 0
        if self._refusals >= _MOST_REFUSALS:
            left, self._items_buffer, self._refusals = self._items_buffer, [], 0
            raise UnprocessedItemsError(self._table_name, left)

    async def _flush_all(self) -> None:
        async with self._lock:
            while self._items_buffer:
                await self._send_batch()

    def __enter__(self) -> BatchWriter:
        if self._runtime.is_async:
            raise TypeError("this batch writer is asynchronous: use 'async with'")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Also when the body raised: what was handed over before is written, as in the reference.
        drive(self._flush_all())

    async def __aenter__(self) -> BatchWriter:
        if not self._runtime.is_async:
            raise TypeError("this batch writer is synchronous: use 'with'")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._flush_all()


def _task() -> Any:
    from asyncio import current_task

    return current_task()


class TableResource:
    """What DynamoDB's tables add to their definition: a batch writer."""

    meta: ResourceMeta
    name: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def batch_writer(self, overwrite_by_pkeys: list[str] | None = None) -> BatchWriter:
        """A :class:`BatchWriter` of this table, for ``with``: it writes many items in few calls.

        ``overwrite_by_pkeys``: names of the key attributes; of items with the same key only the last one is written.
        """
        return BatchWriter(self.name, self.meta.client, overwrite_by_pkeys=overwrite_by_pkeys)


def add_table_methods(base_classes: list[type], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.dynamodb.Table``."""
    base_classes.insert(0, TableResource)


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(
        __name__, register_table_methods="sotalia.dynamodb.table:add_table_methods"
    )
