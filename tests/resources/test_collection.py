"""Collections: parameters joined along a chain, pages, limits, sync and async."""

from __future__ import annotations

from typing import Any

import pytest

import sotalia
from tests.client_kinds import Kind
from tests.resources.answers import KEYS
from tests.resources.plain import plain


class Listing:
    """Answers ListObjects and DeleteObjects for a bucket of seven keys, three a page."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def answer(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, dict(params)))
        if operation != "ListObjects":
            return {"Deleted": []}
        keys = [f"k{n}" for n in range(7)]
        start = keys.index(params["Marker"]) + 1 if "Marker" in params else 0
        size = params.get("MaxKeys", 3)
        page = keys[start : start + size]
        more = start + size < len(keys)
        return {"Contents": [{"Key": key, "Size": 1} for key in page], "IsTruncated": more}


@pytest.fixture
def listing() -> Listing:
    return Listing()


@pytest.fixture
def bucket(client_kind: Kind, listing: Listing) -> Any:
    s3 = client_kind.session(**KEYS).resource("s3")
    client_kind._clients.append(s3.meta.client)

    async def answer_later(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        return listing.answer(operation, params)

    s3.meta.client._make_api_call = answer_later if client_kind.is_async else listing.answer
    return plain(s3, client_kind).Bucket("b")


def keys(objects: Any) -> list[str]:
    return [one.key for one in objects]


def test_all_pages(bucket: Any, listing: Listing) -> None:
    assert keys(bucket.objects.all()) == [f"k{n}" for n in range(7)]
    assert [params.get("Marker") for _, params in listing.asked] == [None, "k2", "k5"]
    assert [len(page) for page in bucket.objects.pages()] == [3, 3, 1]


@pytest.mark.parametrize(("limit", "calls"), [(1, 1), (3, 1), (4, 2), (7, 3), (100, 3)])
def test_limit(bucket: Any, listing: Listing, limit: int, calls: int) -> None:
    assert keys(bucket.objects.limit(limit)) == [f"k{n}" for n in range(min(limit, 7))]
    assert len(listing.asked) == calls


def test_page_size(bucket: Any, listing: Listing) -> None:
    assert [len(page) for page in bucket.objects.page_size(2).pages()] == [2, 2, 2, 1]
    assert listing.asked[0][1] == {"Bucket": "b", "MaxKeys": 2}


def test_chains_do_not_change_what_they_start_from(bucket: Any, listing: Listing) -> None:
    base = bucket.objects.filter(Prefix="p")
    narrow = base.filter(Delimiter="/").limit(1)
    keys(base)
    assert listing.asked[0][1] == {"Bucket": "b", "Prefix": "p"}
    listing.asked.clear()
    keys(narrow)
    assert listing.asked[0][1] == {"Bucket": "b", "Prefix": "p", "Delimiter": "/"}


def test_given_parameters_may_be_changed_later(bucket: Any, listing: Listing) -> None:
    fields = ["A"]
    found = bucket.objects.filter(OptionalObjectAttributes=fields)
    fields.append("B")
    keys(found.filter(OptionalObjectAttributes=["C"]))
    assert listing.asked[0][1]["OptionalObjectAttributes"] == ["A", "C"]


def test_batch_actions_call_once_a_page(bucket: Any, listing: Listing) -> None:
    assert bucket.objects.filter(Prefix="k").delete(RequestPayer="requester") == [{"Deleted": []}] * 3
    deletions = [params for operation, params in listing.asked if operation == "DeleteObjects"]
    assert [len(params["Delete"]["Objects"]) for params in deletions] == [3, 3, 1]
    assert deletions[2] == {
        "Bucket": "b",
        "Delete": {"Objects": [{"Key": "k6"}]},
        "RequestPayer": "requester",
    }


def test_pages_are_fetched_as_they_are_wanted(bucket: Any, listing: Listing, client_kind: Kind) -> None:
    objects = bucket.raw.objects.all()
    if client_kind.is_async:

        async def first() -> Any:
            async for one in objects:
                return one
            return None

        found = client_kind.run(first())
    else:
        found = next(iter(objects))
    assert found.key == "k0"
    assert len(listing.asked) == 1


def test_managers_are_not_iterable(bucket: Any) -> None:
    with pytest.raises(TypeError, match="not iterable"):
        iter(bucket.raw.objects)


def test_the_other_kinds_loop_says_so(bucket: Any, client_kind: Kind) -> None:
    objects = bucket.raw.objects.all()
    if client_kind.is_async:
        with pytest.raises(TypeError, match="use 'async for'"):
            iter(objects)
    else:
        with pytest.raises(TypeError, match="is synchronous: use 'for'"):
            objects.__aiter__().__anext__().send(None)


def test_mapping_of_data(bucket: Any) -> None:
    (first, *_) = bucket.objects.all()
    assert (first.size, first.bucket_name) == (1, "b")


def test_items_know_their_class() -> None:
    s3 = sotalia.Session(**KEYS).resource("s3")
    s3.meta.client._make_api_call = Listing().answer
    found = list(s3.Bucket("b").objects.all())
    assert {type(one).__name__ for one in found} == {"s3.ObjectSummary"}
    assert found[0].Object() == s3.Object("b", "k0")
