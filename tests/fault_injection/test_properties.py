"""For any rules and any program: every call ends as documented, no connection is left over, and the run can be had again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sotalia
from sotalia.call.deadlines import deadline_hook
from sotalia.config import Config
from sotalia.exceptions import BotoCoreError, ClientError, ResponseParserError
from sotalia.fault_injection import KINDS, Fault, slow
from tests.client_kinds import AsyncKind, Kind, Plain, SyncKind
from tests.fault_injection.server import connected, serving

# What a call may raise: the service's errors, those of the client and its connections, and a body that is none.
DOCUMENTED = (ClientError, BotoCoreError, ResponseParserError)


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with serving() as running:
        yield running


def _rules() -> st.SearchStrategy[Fault]:
    of_s3 = sorted(set(KINDS) - {"partial_batch", "transaction_conflict", "service_failure"})
    selection = st.fixed_dictionaries(
        {},
        optional={
            "attempts": st.lists(st.integers(1, 4), min_size=1, max_size=3),
            "probability": st.floats(0, 1),
            "times": st.integers(1, 4),
            "after": st.integers(0, 3),
            "operation": st.sampled_from(
                ["*", "s3", "PutObject", "s3.GetObject", ["s3.PutObject", "s3.CopyObject"]]
            ),
        },
    )

    def make(kind: str, chosen: dict[str, Any]) -> Fault | None:
        try:
            return KINDS[kind](**chosen)
        except ValueError:
            return None  # Of other operations.

    made = st.builds(make, st.sampled_from(of_s3), selection)
    return made.filter(lambda rule: rule is not None)  # type: ignore[return-value]


_STEPS = st.tuples(
    st.sampled_from(["get_object", "put_object", "head_object", "list_objects_v2", "copy_object"]),
    st.sampled_from([None, 0, 1000]),  # How much is read of a body.
)
_MODES = st.sampled_from(["standard", "adaptive", "legacy"])


def _step(client: Any, method: str, amount: int | None) -> str:
    arguments: dict[str, Any] = (
        {"Bucket": "b"} if method == "list_objects_v2" else {"Bucket": "b", "Key": "k"}
    )
    if method == "put_object":
        arguments["Body"] = b"data" * 100
    if method == "copy_object":
        arguments["CopySource"] = "b/o"
    try:
        result = getattr(client, method)(**arguments)
        if "Body" in result:
            body = result["Body"]
            try:
                return str(len(body.read() if amount is None else body.read(amount)))
            finally:
                body.close()
        return "result"
    except DOCUMENTED as error:
        return type(error).__name__


def _run(
    client_kind: Kind, url: str, rules: list[Fault], program: list[Any], chance: int, mode: str, by: str
) -> tuple[list[str], list[Any]]:
    client = connected(
        client_kind, url, config=Config(retries={"mode": mode}, s3={"addressing_style": "path"})
    )
    chosen: dict[str, Any] = {"seed": chance, "by": by}
    with sotalia.faults(rules, client.raw, **chosen) as faults:
        outcomes = [_step(client, method, amount) for method, amount in program]
    assert client.transport.pool.in_use == 0
    assert client.transport.leases == set()
    # What follows has its own response.
    assert _step(client, "list_objects_v2", None) == "result"
    assert client.transport.pool.in_use == 0
    return outcomes, faults.fired


@settings(max_examples=100)
@given(
    rules=st.lists(_rules(), min_size=1, max_size=5),
    program=st.lists(_STEPS, min_size=1, max_size=6),
    chance=st.integers(),
    mode=_MODES,
    by=st.sampled_from(["order", "parameters"]),
    is_async=st.booleans(),
)
def test_any_rules_and_any_program(
    server: Any, rules: list[Fault], program: list[Any], chance: int, mode: str, by: str, is_async: bool
) -> None:
    runs = []
    for _ in range(2):
        client_kind: Kind = AsyncKind() if is_async else SyncKind()
        runs.append(_run(client_kind, server.url, rules, program, chance, mode, by))
        client_kind.close()
    assert runs[0] == runs[1]


@settings(max_examples=60)
@given(
    rules=st.lists(_rules(), min_size=1, max_size=5),
    program=st.lists(_STEPS, min_size=1, max_size=6),
    seconds=st.sampled_from([0.0, 0.4, 1.5, 100.0]),
    is_async=st.booleans(),
)
def test_any_rules_within_a_deadline(
    server: Any, rules: list[Fault], program: list[Any], seconds: float, is_async: bool
) -> None:
    """How far a call comes depends on its random delays; that it ends, and leaves nothing behind, does not."""
    client_kind: Kind = AsyncKind() if is_async else SyncKind()
    client = connected(client_kind, server.url, config=Config(s3={"addressing_style": "path"}))
    view = Plain(client.raw.with_options(hooks=[deadline_hook(seconds)]), client_kind)
    with sotalia.faults([*rules, slow(seconds=1)], client.raw):
        for method, amount in program:
            _step(view, method, amount)
    assert client.transport.pool.in_use == 0
    assert _step(client, "list_objects_v2", None) == "result"
    client_kind.close()
