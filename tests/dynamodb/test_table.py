"""Batch writers: what is sent when, and what becomes of what the service does not take."""

from __future__ import annotations

import asyncio
from typing import Any

import boto3
import pytest
from boto3.dynamodb.table import BatchWriter as ReferenceWriter
from hypothesis import given, settings
from hypothesis import strategies as st

import sotalia
from sotalia.dynamodb.table import BatchWriter, UnprocessedItemsError
from sotalia.testing import AsyncManualRuntime, ManualRuntime
from tests.client_kinds import Kind
from tests.resources.answers import KEYS
from tests.resources.plain import plain


class Service:
    """Takes at most ``takes`` items of each batch, and gives the others back."""

    def __init__(self, takes: int = 25) -> None:
        self.takes = takes
        self.batches: list[Any] = []

    def answer(self, operation: str, params: Any) -> Any:
        assert operation == "BatchWriteItem"
        (items,) = params["RequestItems"].values()
        self.batches.append(list(items))
        refused = items[self.takes :]
        return {"UnprocessedItems": {"t": refused} if refused else {}}


def table(client_kind: Kind, service: Service) -> Any:
    made = client_kind.session(**KEYS).resource("dynamodb").Table("t")
    client_kind._clients.append(made.meta.client)

    async def answer_later(operation: str, params: Any) -> Any:
        return service.answer(operation, params)

    made.meta.client._make_api_call = answer_later if client_kind.is_async else service.answer
    return plain(made, client_kind)


def reference(service: Service) -> Any:
    made = boto3.Session(**KEYS).resource("dynamodb").Table("t")
    made.meta.client._make_api_call = service.answer
    return made


def write(batch: Any) -> None:
    for number in range(60):
        batch.put_item(Item={"id": number % 20, "n": number})
        if number % 7 == 0:
            batch.delete_item(Key={"id": number % 20})


@pytest.mark.parametrize("takes", [25, 10, 1])
@pytest.mark.parametrize("keys", [None, ["id"], []])
def test_batches(client_kind: Kind, takes: int, keys: list[str] | None) -> None:
    expected, found = Service(takes), Service(takes)
    with reference(expected).batch_writer(overwrite_by_pkeys=keys) as batch:
        write(batch)
    with table(client_kind, found).batch_writer(overwrite_by_pkeys=keys) as batch:
        write(batch)
    assert found.batches == expected.batches


def test_what_was_handed_over_is_written_when_the_body_fails(client_kind: Kind) -> None:
    service = Service()

    def fail() -> None:
        with table(client_kind, service).batch_writer() as batch:
            batch.put_item(Item={"id": 1})
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert service.batches == [[{"PutRequest": {"Item": {"id": 1}}}]]


def test_no_items_no_call(client_kind: Kind) -> None:
    service = Service()
    with table(client_kind, service).batch_writer():
        pass
    assert service.batches == []


def test_an_answer_without_unprocessed_items(client_kind: Kind) -> None:
    service = Service()
    made = table(client_kind, service)
    answer = service.answer
    service.answer = lambda *args: answer(*args) and {"UnprocessedItems": None}  # type: ignore[method-assign]
    made.raw.meta.client._make_api_call = (
        made.raw.meta.client._make_api_call if client_kind.is_async else service.answer
    )
    with made.batch_writer() as batch:
        batch.put_item(Item={"id": 1})
    assert len(service.batches) == 1


def test_the_other_kinds_with_says_so(client_kind: Kind) -> None:
    batch = table(client_kind, Service()).batch_writer().raw
    if client_kind.is_async:
        with pytest.raises(TypeError, match="use 'async with'"):
            batch.__enter__()
    else:
        with pytest.raises(TypeError, match="is synchronous: use 'with'"):
            batch.__aenter__().send(None)


def test_a_service_that_takes_nothing_is_given_up(client_kind: Kind) -> None:
    service = Service(takes=0)
    pauses = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    items = [{"PutRequest": {"Item": {"id": number}}} for number in range(30)]

    def run() -> None:
        with table(client_kind, service).batch_writer() as batch:
            batch.raw._runtime = pauses
            for item in items:
                batch.put_item(Item=item["PutRequest"]["Item"])

    with pytest.raises(UnprocessedItemsError, match="30 items of table 't' are not written") as caught:
        run()
    left = sorted(caught.value.requests, key=lambda one: one["PutRequest"]["Item"]["id"])
    assert (caught.value.table_name, left) == ("t", items)
    assert len(service.batches) == 20
    assert pauses.sleeps[:8] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0]
    assert 60 < sum(pauses.sleeps) < 70


def test_pauses_end_with_the_first_item_that_is_taken(client_kind: Kind) -> None:
    service = Service(takes=0)
    pauses = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    with table(client_kind, service).batch_writer() as batch:
        batch.raw._runtime = pauses
        for number in range(30):
            batch.put_item(Item={"id": number})
        assert len(pauses.sleeps) == 5
        service.takes = 10
    assert len(pauses.sleeps) == 6
    written = {item["PutRequest"]["Item"]["id"] for batch in service.batches for item in batch[:10]}
    assert written == set(range(30))


@settings(max_examples=60)
@given(
    writes=st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=40),
    takes=st.lists(st.integers(1, 4), min_size=1, max_size=5),
    amount=st.integers(1, 6),
    keys=st.sampled_from([None, ["id"], ["id", "kind"], ["none"]]),
    fails=st.sets(st.integers(1, 12), max_size=3),
)
def test_any_writes(writes: Any, takes: Any, amount: int, keys: Any, fails: Any) -> None:
    def run(writer: Any) -> Any:
        batches: list[Any] = []

        class Client:
            def batch_write_item(self, RequestItems: Any) -> Any:
                (items,) = RequestItems.values()
                batches.append(list(items))
                if len(batches) in fails:
                    raise ConnectionError(f"call {len(batches)}")
                taken = takes[len(batches) % len(takes)]
                return {"UnprocessedItems": {"t": items[taken:]} if items[taken:] else None}

        try:
            with writer("t", Client(), flush_amount=amount, overwrite_by_pkeys=keys) as batch:
                for number, (is_put, key) in enumerate(writes):
                    if is_put:
                        batch.put_item(Item={"id": key, "kind": key % 2, "n": number})
                    else:
                        batch.delete_item(Key={"id": key, "kind": key % 2})
        except (ConnectionError, KeyError) as error:
            return batches, repr(error)
        return batches

    assert run(BatchWriter) == run(ReferenceWriter)


class Slow:
    """Answers in its own time, and notes how many calls are under way at once."""

    def __init__(self) -> None:
        self.batches: list[Any] = []
        self.most = self.now = 0
        self.gate = asyncio.Event()

    async def answer(self, operation: str, params: Any) -> Any:
        (items,) = params["RequestItems"].values()
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.gate.wait()
        finally:
            self.now -= 1
        self.batches.append(list(items))
        # The first batch comes back but for one item.
        return {"UnprocessedItems": {"t": items[1:]} if len(self.batches) == 1 else {}}


def test_tasks_that_share_a_writer() -> None:
    async def run() -> Slow:
        service = Slow()
        async with sotalia.AsyncSession(**KEYS).resource("dynamodb") as dynamodb:
            dynamodb.meta.client._make_api_call = service.answer
            writer = dynamodb.Table("t").batch_writer(overwrite_by_pkeys=["id"])
            async with writer as batch, asyncio.TaskGroup() as tasks:
                for number in range(100):
                    tasks.create_task(batch.put_item(Item={"id": number % 30, "n": number}))
                await asyncio.sleep(0)
                service.gate.set()
        return service

    service = asyncio.run(run())
    assert service.most == 1
    last = {}
    for items in service.batches:
        assert len({item["PutRequest"]["Item"]["id"] for item in items}) == len(items)
        last |= {item["PutRequest"]["Item"]["id"]: item["PutRequest"]["Item"]["n"] for item in items}
    assert last == {number % 30: number for number in range(100)}


def test_a_cancelled_task_takes_nothing_with_it() -> None:
    async def run() -> Slow:
        service = Slow()
        async with sotalia.AsyncSession(**KEYS).resource("dynamodb") as dynamodb:
            dynamodb.meta.client._make_api_call = service.answer
            async with dynamodb.Table("t").batch_writer() as batch:
                for number in range(24):
                    await batch.put_item(Item={"id": number})
                sending = asyncio.create_task(batch.put_item(Item={"id": 24}))
                await asyncio.sleep(0)
                assert service.now == 1
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
                service.gate.set()
        return service

    service = asyncio.run(run())
    assert sorted(item["PutRequest"]["Item"]["id"] for item in service.batches[0]) == list(range(25))


def test_a_handler_that_writes_to_the_writer_whose_call_it_handles() -> None:
    """It would wait for its own lock for ever."""

    async def run() -> None:
        async with sotalia.AsyncSession(**KEYS).resource("dynamodb") as dynamodb:
            batch = dynamodb.Table("t").batch_writer()

            async def write_more(**kwargs: Any) -> None:
                await batch.put_item(Item={"id": "more"})

            dynamodb.meta.client.meta.events.register("before-call.dynamodb.BatchWriteItem", write_more)
            for number in range(24):
                await batch.put_item(Item={"id": number})
            with pytest.raises(RuntimeError, match="would wait for itself: write with another one"):
                await asyncio.wait_for(batch.put_item(Item={"id": 24}), 60)

    asyncio.run(run())


def test_flushing_by_hand(client_kind: Kind) -> None:
    """As programs do that must not wait: a plain call on synchronous tables, one batch at a time."""
    expected, found = Service(), Service()
    theirs = reference(expected).batch_writer()
    with table(client_kind, found).batch_writer() as ours:
        for number in range(30):
            theirs.put_item(Item={"id": number})
            ours.put_item(Item={"id": number})
        theirs._flush()
        assert ours._flush() is None
        assert found.batches == expected.batches
        assert [len(batch) for batch in found.batches] == [25, 5]
        ours._flush()  # Of nothing nothing is sent, which DynamoDB would refuse.
        ours.delete_item(Key={"id": 1})
    assert [len(batch) for batch in found.batches] == [25, 5, 1]
