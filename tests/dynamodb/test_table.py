"""Batch writers: what is sent when, and what becomes of what the service does not take."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.colours import Colour
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


def table(colour: Colour, service: Service) -> Any:
    made = colour.session(**KEYS).resource("dynamodb").Table("t")
    colour._clients.append(made.meta.client)

    async def answer_later(operation: str, params: Any) -> Any:
        return service.answer(operation, params)

    made.meta.client._make_api_call = answer_later if colour.is_async else service.answer
    return plain(made, colour)


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
def test_batches(colour: Colour, takes: int, keys: list[str] | None) -> None:
    expected, found = Service(takes), Service(takes)
    with reference(expected).batch_writer(overwrite_by_pkeys=keys) as batch:
        write(batch)
    with table(colour, found).batch_writer(overwrite_by_pkeys=keys) as batch:
        write(batch)
    assert found.batches == expected.batches


def test_what_was_handed_over_is_written_when_the_body_fails(colour: Colour) -> None:
    service = Service()

    def fail() -> None:
        with table(colour, service).batch_writer() as batch:
            batch.put_item(Item={"id": 1})
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert service.batches == [[{"PutRequest": {"Item": {"id": 1}}}]]


def test_no_items_no_call(colour: Colour) -> None:
    service = Service()
    with table(colour, service).batch_writer():
        pass
    assert service.batches == []


def test_an_answer_without_unprocessed_items(colour: Colour) -> None:
    service = Service()
    made = table(colour, service)
    answer = service.answer
    service.answer = lambda *args: answer(*args) and {"UnprocessedItems": None}  # type: ignore[method-assign]
    made.raw.meta.client._make_api_call = (
        made.raw.meta.client._make_api_call if colour.is_async else service.answer
    )
    with made.batch_writer() as batch:
        batch.put_item(Item={"id": 1})
    assert len(service.batches) == 1


def test_the_other_colours_with_says_so(colour: Colour) -> None:
    batch = table(colour, Service()).batch_writer().raw
    if colour.is_async:
        with pytest.raises(TypeError, match="use 'async with'"):
            batch.__enter__()
    else:
        with pytest.raises(TypeError, match="is synchronous: use 'with'"):
            batch.__aenter__().send(None)
