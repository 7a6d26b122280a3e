"""What paginators do beyond the reference's, and through whole clients."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

import botocore.paginate
import botocore.stub
import pytest

from sotalia import exceptions
from sotalia.pagination import AsyncPaginator, Paginator, TokenDecoder, TokenEncoder
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind
from tests.pagination.test_beside_botocore import LOADER, Service, description, elements, ours, pages_of

PAGES = [
    {"Contents": [{"Key": "a"}, {"Key": "b"}], "IsTruncated": True, "NextContinuationToken": "t"},
    {"Contents": [{"Key": "c"}], "IsTruncated": False},
]


def test_items_are_the_elements_themselves(client_kind: Kind) -> None:
    paginator, answers = ours("s3", "ListObjectsV2", PAGES, client_kind)
    assert elements(paginator.paginate(Bucket="b").items(), client_kind) == [{"Key": k} for k in "abc"]
    assert answers.requests == [{"Bucket": "b"}, {"Bucket": "b", "ContinuationToken": "t"}]
    paginator, _ = ours("s3", "ListObjectsV2", PAGES, client_kind)
    limited = paginator.paginate(Bucket="b", PaginationConfig={"MaxItems": 1})
    assert elements(limited.items(), client_kind) == [{"Key": "a"}]


@pytest.mark.parametrize(
    ("service", "operation", "page", "expected"),
    [
        ("taxsettings", "ListTaxExemptions", {"taxExemptionDetailsMap": {"1": "x"}}, [("1", "x")]),
        ("rds", "DownloadDBLogFilePortion", {"LogFileData": "text"}, ["text"]),
        ("rds", "DownloadDBLogFilePortion", {"LogFileData": ""}, []),
        ("s3", "ListObjectsV2", {}, []),
        ("s3", "ListObjectsV2", {"Contents": None}, []),
    ],
)
def test_items_of_pages_that_hold_no_list(
    service: str, operation: str, page: Any, expected: Any, client_kind: Kind
) -> None:
    paginator, _ = ours(service, operation, [page], client_kind)
    assert elements(paginator.paginate().items(), client_kind) == expected


def test_a_map_is_cut_and_resumed(client_kind: Kind) -> None:
    """The reference fails to cut a map, and loses it when it resumes."""
    page = {"taxExemptionDetailsMap": {"1": "x", "2": "y", "3": "z"}}
    paginator, _ = ours("taxsettings", "ListTaxExemptions", [page], client_kind)
    first = paginator.paginate(PaginationConfig={"MaxItems": 2})
    assert elements(first.items(), client_kind) == [("1", "x"), ("2", "y")]
    rest = paginator.paginate(PaginationConfig={"StartingToken": first.resume_token})
    assert elements(rest.items(), client_kind) == [("3", "z")]


def test_iterating_again_starts_again(client_kind: Kind) -> None:
    paginator, answers = ours("s3", "ListObjectsV2", [*PAGES, *PAGES], client_kind)
    pages = paginator.paginate(Bucket="b")
    assert elements(pages.items(), client_kind) == elements(pages.items(), client_kind)
    assert len(answers.requests) == 4


def test_a_page_that_leads_nowhere_is_given_before_the_error(client_kind: Kind) -> None:
    paginator, _ = ours("s3", "ListObjectsV2", PAGES[:1], client_kind)
    pages, error = pages_of(paginator.paginate(), client_kind)
    assert len(pages) == 2
    assert error[0] is exceptions.PaginationError
    assert error[1].endswith("The same next token was received twice: {'ContinuationToken': 't'}")


def test_readers_of_result_keys_may_run_at_the_same_time() -> None:
    """In an asynchronous program each page is fetched once, whoever comes first."""
    import asyncio

    pages = [
        {
            "Versions": [number],
            "DeleteMarkers": [-number],
            "IsTruncated": number < 4,
            "NextKeyMarker": str(number),
        }
        for number in range(5)
    ]
    answers = Service(pages)

    async def slow(**parameters: Any) -> Any:
        await asyncio.sleep(0)
        return answers(**parameters)

    async def scenario() -> list[list[Any]]:
        model = LOADER.service("s3").operation_model("ListObjectVersions")
        paginator = AsyncPaginator(slow, description("s3", "ListObjectVersions"), model)

        async def read(values: Any) -> list[Any]:
            return [value async for value in values]

        return await asyncio.gather(*map(read, paginator.paginate(Bucket="b").result_key_iters()))

    versions, markers, prefixes = asyncio.run(scenario())
    assert (versions, markers, prefixes) == ([0, 1, 2, 3, 4], [0, -1, -2, -3, -4], [])
    assert len(answers.requests) == 5


def test_page_size_where_there_is_none_is_refused(client_kind: Kind) -> None:
    paginator, _ = ours("health", "DescribeEvents", [{}], client_kind)
    paginator.paginate(PaginationConfig={"PageSize": 3})
    paginator._pagination.limit_key = None
    with pytest.raises(exceptions.PaginationError, match="PageSize parameter is not supported"):
        paginator.paginate(PaginationConfig={"PageSize": 3})


def test_tokens_are_the_references() -> None:
    chance = random.Random(5)

    def value(depth: int) -> Any:
        kinds: list[Any] = [b"\x00\xff", "text", 5, None, True, 1.5, chance.randbytes(5)]
        if depth:
            kinds += [[value(depth - 1), value(depth - 1)], {"k": value(depth - 1), "é": value(depth - 1)}]
        return chance.choice(kinds)

    for _ in range(500):
        token = {"A": value(3), "B": value(2)}
        text = TokenEncoder().encode(token)
        assert text == botocore.paginate.TokenEncoder().encode(token)
        assert TokenDecoder().decode(text) == token == botocore.paginate.TokenDecoder().decode(text)


def test_a_damaged_token_is_a_services_own_token(client_kind: Kind) -> None:
    """Whatever text is given, it is sent; the reference fails with an AttributeError for what decodes to a number."""
    for text in ("MTIzNA==", base64.b64encode(json.dumps("text").encode()).decode()):
        paginator, answers = ours("s3", "ListObjectsV2", [{}], client_kind)
        elements(paginator.paginate(PaginationConfig={"StartingToken": text}), client_kind)
        assert answers.requests == [{"ContinuationToken": text}]


def test_a_resume_token_of_another_operation_is_refused_when_it_is_used(client_kind: Kind) -> None:
    pages = ours("s3", "ListObjectsV2", PAGES, client_kind)[0].paginate()
    with pytest.raises(ValueError, match="Bad starting token"):
        pages.resume_token = {"Marker": "x"}
    with pytest.raises(ValueError, match="Bad starting token"):
        pages.resume_token = "text"
    pages.resume_token = {"ContinuationToken": "x"}
    assert TokenDecoder().decode(pages.resume_token) == {"ContinuationToken": "x"}


def test_paginators_of_clients(client_kind: Kind) -> None:
    first = (
        b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
    )
    contents = b"<Contents><Key>a</Key></Contents>"
    s3 = client_kind.scripted(
        "s3",
        [
            answer(body=first + contents + b"</ListBucketResult>"),
            answer(body=b"<ListBucketResult>" + contents + contents + b"</ListBucketResult>"),
        ],
    )
    paginator = s3.raw.get_paginator("list_objects_v2")
    assert type(paginator).__name__ == "S3.Paginator.ListObjectsV2"
    assert isinstance(paginator, AsyncPaginator if client_kind.is_async else Paginator)
    pages = paginator.paginate(Bucket="b", PaginationConfig={"PageSize": 2})
    assert [item["Key"] for item in elements(pages.items(), client_kind)] == ["a", "a", "a"]
    urls = [request.url for request in s3.transport.requests]
    assert all("max-keys=2" in url for url in urls)
    assert "continuation-token=t" in urls[1]
    assert all(
        b"m/" in r.headers["User-Agent"] and b"C" in r.headers["User-Agent"] for r in s3.transport.requests
    )
    assert s3.can_paginate("list_objects_v2")
    assert not s3.can_paginate("get_object")
    with pytest.raises(exceptions.OperationNotPageableError):
        s3.raw.get_paginator("get_object")
    with pytest.raises(KeyError):
        s3.raw.get_paginator("no_such_method")


def test_paginators_of_a_stubbed_client(client_kind: Kind) -> None:
    """botocore's own Stubber stands between: each page is a call with the right parameters."""
    s3 = client_kind.client("s3")
    with botocore.stub.Stubber(s3.raw) as stubber:
        stubber.add_response("list_objects_v2", PAGES[0], {"Bucket": "b"})
        stubber.add_response("list_objects_v2", PAGES[1], {"Bucket": "b", "ContinuationToken": "t"})
        pages = s3.raw.get_paginator("list_objects_v2").paginate(Bucket="b")
        assert [item["Key"] for item in elements(pages.items(), client_kind)] == ["a", "b", "c"]
        stubber.assert_no_pending_responses()


def test_every_paginator_of_the_data_compiles() -> None:
    count = 0
    for service in LOADER.list_available_services("paginators-1"):
        for entry in LOADER.paginators(service).values():
            Paginator(Service([]), entry, None)  # type: ignore[arg-type]
            count += 1
    assert count > 3000
