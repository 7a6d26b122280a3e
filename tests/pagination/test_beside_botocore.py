"""Paginators beside botocore's over scripted answers: pages, requests, resume tokens, merged results, errors."""

from __future__ import annotations

import copy
import random
import re
from typing import Any

import botocore.paginate
import pytest

from sotalia.model.loader import Loader
from sotalia.pagination import AsyncPaginator, Paginator
from tests.client_kinds import Kind

LOADER = Loader()
OPERATIONS = [
    ("s3", "ListObjects"),
    ("s3", "ListObjectsV2"),
    ("s3", "ListObjectVersions"),
    ("s3", "ListMultipartUploads"),
    ("s3", "ListParts"),
    ("route53", "ListResourceRecordSets"),
    ("route53", "ListHostedZones"),
    ("dynamodb", "Query"),
    ("dynamodb", "Scan"),
    ("dynamodb", "ListTables"),
    ("iam", "ListUsers"),
    ("iam", "GetAccountAuthorizationDetails"),
    ("ec2", "DescribeInstances"),
    ("kinesis", "DescribeStream"),
    ("cloudfront", "ListDistributions"),
    ("logs", "FilterLogEvents"),
    ("rds", "DownloadDBLogFilePortion"),
    ("stepfunctions", "GetExecutionHistory"),
    ("glue", "GetTables"),
    ("inspector2", "ListCoverage"),
    ("cloudwatch", "GetMetricData"),
    ("glacier", "ListJobs"),
    ("health", "DescribeEvents"),
]
DOTTED = re.compile(r"^[\w.]+$")


def description(service: str, operation: str) -> dict[str, Any]:
    found: dict[str, Any] = LOADER.paginators(service)[operation]
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def put(page: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        page = page.setdefault(name, {})
    page[last] = value


def value_for(key: str, chance: random.Random, number: int) -> Any:
    """A value for a result key: mostly a list of things that have every name a token may be found under."""
    if key.rpartition(".")[2] in ("Count", "ScannedCount"):
        return chance.randrange(5)
    if key == "LogFileData":
        return chance.choice(["", "some text", f"part {number}"])
    names = ("Key", "Id", "Name", "UploadId", "ShardId", "Marker")
    return [dict.fromkeys(names, f"{key}-{number}-{i}") for i in range(chance.choice((0, 1, 2, 3, 3, 5)))]


def token_value(chance: random.Random, service: str) -> Any:
    if service == "dynamodb" and chance.random() < 0.8:
        return {"id": {"B": chance.randbytes(3)}, "n": {"L": [{"S": "x"}, {"B": b"\xff"}]}}
    return chance.choice(["token", "a___b", "None", "ünï", "", "42", str(chance.random())])


def script(service: str, operation: str, chance: random.Random) -> list[dict[str, Any]]:
    entry = description(service, operation)
    pages = []
    count = chance.randint(1, 5)
    for number in range(count):
        page: dict[str, Any] = {"ResponseMetadata": {"n": number}}
        for key in listed(entry["result_key"]):
            if chance.random() < 0.9:
                put(page, key, value_for(key, chance, number))
        for key in entry.get("non_aggregate_keys", ()):
            if chance.random() < 0.7:
                put(page, key, chance.choice(["text", 7, ["a", "b"], {"deep": {"er": 1}}]))
        is_last = number == count - 1 and chance.random() < 0.9
        for expression in listed(entry["output_token"]):
            path = expression.partition(" || ")[0]
            if not is_last and DOTTED.match(path) and chance.random() < 0.8:
                put(page, path, token_value(chance, service))
        if "more_results" in entry and DOTTED.match(entry["more_results"]):
            put(page, entry["more_results"], not is_last and chance.random() < 0.9)
        pages.append(page)
    return pages


class Service:
    """A client's method that answers from a script, the last page again and again up to a limit."""

    def __init__(self, pages: list[dict[str, Any]]) -> None:
        self.pages = pages
        self.requests: list[dict[str, Any]] = []

    def __call__(self, **parameters: Any) -> dict[str, Any]:
        self.requests.append(copy.deepcopy(parameters))
        if len(self.requests) > 12:
            raise RuntimeError("the listing does not end")
        return copy.deepcopy(self.pages[min(len(self.requests), len(self.pages)) - 1])

    async def answer(self, **parameters: Any) -> dict[str, Any]:
        return self(**parameters)


Made = tuple[Any, Service]


def reference(service: str, operation: str, pages: list[Any]) -> Made:
    answers = Service(pages)
    model = LOADER.service(service).operation_model(operation)
    return botocore.paginate.Paginator(answers, description(service, operation), model), answers


def ours(service: str, operation: str, pages: list[Any], client_kind: Kind) -> Made:
    answers = Service(pages)
    model = LOADER.service(service).operation_model(operation)
    kind: Any = AsyncPaginator if client_kind.is_async else Paginator
    method = answers.answer if client_kind.is_async else answers
    return kind(method, description(service, operation), model), answers


def pages_of(iterator: Any, client_kind: Kind | None) -> tuple[list[Any], Any]:
    """The pages, and the error that ended them."""
    seen: list[Any] = []

    async def collect() -> None:
        async for page in iterator:
            seen.append(copy.deepcopy(page))

    try:
        if client_kind is not None and client_kind.is_async:
            client_kind.run(collect())
        else:
            seen.extend(copy.deepcopy(page) for page in iterator)
    except Exception as error:
        return seen, (type(error), str(error))
    return seen, None


def elements(value: Any, client_kind: Kind | None) -> Any:
    """What an iterable sync or async gives, or how it fails."""

    async def collect() -> list[Any]:
        return [item async for item in value]

    try:
        found = (
            client_kind.run(collect()) if client_kind is not None and client_kind.is_async else list(value)
        )
    except Exception as error:
        return type(error), str(error)
    return copy.deepcopy(found)


def config(chance: random.Random, entry: dict[str, Any], token: Any = None) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if chance.random() < 0.7:
        options["MaxItems"] = chance.choice((0, 1, 2, 3, 4, 6, 9, "5"))
    if "limit_key" in entry and chance.random() < 0.5:
        options["PageSize"] = chance.choice((1, "2", 50))
    if token is not None:
        options["StartingToken"] = token
    return options


def outcome(made: Made, options: dict[str, Any], client_kind: Kind | None) -> dict[str, Any]:
    paginator, answers = made
    iterator = paginator.paginate(Extra="given", PaginationConfig=dict(options))
    pages, error = pages_of(iterator, client_kind)
    return {
        "pages": pages,
        "error": error,
        "requests": answers.requests,
        "resume_token": iterator.resume_token,
        "non_aggregate_part": iterator.non_aggregate_part,
        "keys": [expression.expression for expression in iterator.result_keys],
    }


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_pages_and_resume_tokens_are_those_of_the_reference(
    service: str, operation: str, client_kind: Kind
) -> None:
    chance = random.Random(f"{service} {operation}")
    entry = description(service, operation)
    resumed = 0
    for _ in range(60):
        pages = script(service, operation, chance)
        options = config(chance, entry)
        expected = outcome(reference(service, operation, pages), options, None)
        assert outcome(ours(service, operation, pages, client_kind), options, client_kind) == expected
        for _ in range(3):
            token = expected["resume_token"]
            if token is None:
                break
            resumed += 1
            pages = script(service, operation, chance)
            options = config(chance, entry, token)
            expected = outcome(reference(service, operation, pages), options, None)
            assert outcome(ours(service, operation, pages, client_kind), options, client_kind) == expected
    assert resumed > 5


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_what_is_made_of_pages_is_that_of_the_reference(
    service: str, operation: str, client_kind: Kind
) -> None:
    """``build_full_result``, ``search`` and ``result_key_iters``."""
    chance = random.Random(f"{operation} {service}")
    entry = description(service, operation)
    first_key = listed(entry["result_key"])[0]
    for _ in range(40):
        pages = script(service, operation, chance)
        options = config(chance, entry)

        def made(of_reference: bool, pages: Any = pages, options: Any = options) -> tuple[Any, Service]:
            paginator, answers = (
                reference(service, operation, pages)
                if of_reference
                else ours(service, operation, pages, client_kind)
            )
            return paginator.paginate(PaginationConfig=dict(options)), answers

        results = []
        for of_reference in (True, False):
            try:
                whole = made(of_reference)[0].build_full_result()
                results.append(whole if of_reference else client_kind.run(whole))
            except Exception as error:
                results.append((type(error), str(error)))
        assert results[1] == results[0]
        for expression in (f"{first_key}[].Key", f"{first_key}[0]", "ResponseMetadata.n", "Nothing", "[n]"):
            assert elements(made(False)[0].search(expression), client_kind) == elements(
                made(True)[0].search(expression), None
            )
        iterators, answers = made(True)
        expected = [elements(iterator, None) for iterator in iterators.result_key_iters()]
        iterators, our_answers = made(False)
        assert [elements(iterator, client_kind) for iterator in iterators.result_key_iters()] == expected
        assert our_answers.requests == answers.requests  # each page fetched once


@pytest.mark.parametrize(
    "token",
    [
        "opaque",
        "key___version",
        "key___version___3",
        "None___version___1",
        "key___None___x",
        "None",
        "a___b___c___d",
        "",
        "5",
        "eyJLZXlNYXJrZXIiOiAiayJ9",  # {"KeyMarker": "k"}: a part of the tokens
        "eyJib3RvX3RydW5jYXRlX2Ftb3VudCI6IDJ9",  # {"boto_truncate_amount": 2}
        "W10=",  # []
    ],
)
@pytest.mark.parametrize(
    ("service", "operation"), [("s3", "ListObjectVersions"), ("s3", "ListObjectsV2"), ("dynamodb", "Query")]
)
@pytest.mark.parametrize("max_items", [None, 2])
def test_tokens_of_all_kinds_resume_as_in_the_reference(
    service: str, operation: str, token: str, max_items: int | None, client_kind: Kind
) -> None:
    pages = script(service, operation, random.Random(3))
    options = {"StartingToken": token, "MaxItems": max_items}

    def attempt(made: Made, its_kind: Kind | None) -> Any:
        try:
            return outcome(made, options, its_kind)
        except ValueError as error:
            return str(error)

    expected = attempt(reference(service, operation, pages), None)
    assert attempt(ours(service, operation, pages, client_kind), client_kind) == expected
