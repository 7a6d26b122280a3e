"""Blocks: from when to when, for whose calls, one in another, and what recorders and errors show of them."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import sotalia
from sotalia.call.hooks import EVERYWHERE
from sotalia.config import Config
from sotalia.exceptions import BotoCoreError, ClientError, ResponseParserError
from sotalia.fault_injection import KINDS, access_denied, service_failure, slow, throttle
from sotalia.testing import AsyncManualRuntime, ManualRuntime, ScriptedTransport
from tests.client_kinds import KEYS, Kind, Plain, SyncKind
from tests.fault_injection.service import call, respond, well
from tests.fault_injection.table import SAMPLES

ONCE = Config(retries={"total_max_attempts": 1})
KEY, SECRET, TOKEN = "AKIAPLANTEDKEY", "PLANTED-SECRET", "PLANTED-TOKEN"


@pytest.fixture
def sync_kind() -> Iterator[Kind]:
    """For what has threads, or boto3's names alone."""
    made = SyncKind()
    yield made
    made.close()


def is_installed() -> bool:
    return EVERYWHERE.has_unique_id("faults")


def fails(client: Any, name: str = "s3.PutObject") -> bool:
    try:
        call(client, name)
    except ClientError:
        return True
    return False


def test_only_within_the_block(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=ONCE)
    assert not is_installed()
    with sotalia.faults("access_denied") as faults:
        assert is_installed()
        assert fails(client)
    assert not is_installed()
    assert not fails(client)
    assert len(faults.fired) == 1


def test_after_an_error_too(client_kind: Kind) -> None:
    with pytest.raises(ZeroDivisionError), sotalia.faults("access_denied"):
        raise ZeroDivisionError
    assert not is_installed()


def test_started_and_stopped(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=ONCE)
    faults = sotalia.faults("access_denied", times=1).start()
    with pytest.raises(RuntimeError, match="started already"):
        faults.start()
    assert fails(client)
    faults.stop()
    faults.stop()
    assert not is_installed()
    with faults:  # Anew: counts and list begin again.
        assert faults.fired == []
        assert fails(client)
        assert not fails(client)
    assert len(faults.fired) == 1


def test_async_with(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=ONCE)

    async def program() -> Any:
        async with sotalia.faults("access_denied") as faults:
            assert is_installed()
            if client_kind.is_async:
                with pytest.raises(ClientError):
                    await client.raw.list_buckets()
        return faults

    asyncio.run(program()) if not client_kind.is_async else client_kind.run(program())
    assert not is_installed()


def test_clients_that_exist_and_that_come(client_kind: Kind) -> None:
    before = well(client_kind, "s3", config=ONCE)
    call(before, "s3.PutObject")
    with sotalia.faults("access_denied"):
        after = well(client_kind, "s3", config=ONCE)
        assert fails(before)
        assert fails(after)


def test_of_some_clients_and_sessions(client_kind: Kind) -> None:
    client, other = (well(client_kind, "s3", config=ONCE) for _ in range(2))
    view = Plain(client.raw.with_options(timeout=3), client_kind)
    with sotalia.faults([access_denied()], client.raw):
        assert fails(client)
        assert fails(view)
        assert not fails(other)
    with sotalia.faults([access_denied()], view.raw):
        assert fails(client)
    session = client_kind.through(other.transport)
    mine = client_kind.client("s3", session, config=ONCE)
    with sotalia.faults("access_denied", session):
        assert fails(mine)
        assert not fails(client)
        assert not fails(other)


def test_of_a_resource(sync_kind: Kind) -> None:
    session = sotalia.Session(**KEYS, transport=ScriptedTransport([respond]))
    bucket = session.resource("s3").Bucket("b")
    with sotalia.faults("access_denied", bucket), pytest.raises(ClientError):
        bucket.create()


def test_one_in_another(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=ONCE)
    with sotalia.faults(slow("s3", seconds=2), throttle("s3")) as outer:
        with sotalia.faults(slow(seconds=3), access_denied("s3.PutObject")) as inner:
            with pytest.raises(ClientError, match="AccessDenied"):
                call(client, "s3.PutObject")
            assert outer.fired == []
            with pytest.raises(ClientError):
                call(client, "s3.HeadObject")
        assert [fired.kind for fired in inner.fired] == ["slow", "access_denied", "slow"]
        assert [fired.kind for fired in outer.fired] == ["slow", "throttle"]
        with pytest.raises(ClientError, match="SlowDown"):
            call(client, "s3.PutObject")
    assert not is_installed()


def test_blocks_that_end_in_another_order(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=ONCE)
    first = sotalia.faults("access_denied", operation="s3.HeadObject").start()
    second = sotalia.faults("access_denied", operation="s3.PutObject").start()
    first.stop()
    assert fails(client, "s3.PutObject")
    assert not fails(client, "s3.HeadObject")
    second.stop()
    assert not is_installed()


def test_in_all_threads(sync_kind: Kind) -> None:
    client = well(sync_kind, "s3", config=ONCE)
    seen = []
    with sotalia.faults("access_denied"):
        thread = threading.Thread(target=lambda: seen.append(fails(client)))
        thread.start()
        thread.join()
    assert seen == [True]


def test_blocks_of_many_threads_come_and_go(sync_kind: Kind) -> None:
    """Each thread has a block for its own client, and sees its own faults alone."""
    wrong = []

    def work(number: int) -> None:
        client = well(sync_kind, "s3", config=ONCE)
        for _ in range(20):
            with sotalia.faults([service_failure(code=f"Code{number}")], client.raw) as faults:
                try:
                    call(client, "s3.PutObject")
                except ClientError as error:
                    if error.response["Error"]["Code"] != f"Code{number}":
                        wrong.append(error)
            if len(faults.fired) != 1:
                wrong.append(faults)
            if fails(client):
                wrong.append(client)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert not is_installed()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_in_a_forked_child(sync_kind: Kind) -> None:
    client = well(sync_kind, "s3", config=ONCE)
    with sotalia.faults("access_denied", times=2) as faults:
        assert fails(client)
        child = os.fork()
        if not child:
            os._exit(0 if fails(client) and not fails(client) and len(faults.fired) == 2 else 1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert len(faults.fired) == 1  # The child's are its own.


def test_recorders_see_it(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    from sotalia.fault_injection import firing

    remarks: list[str] = []
    monkeypatch.setattr(firing, "remark", remarks.append)
    client = well(client_kind, "s3")
    with sotalia.faults("throttle", attempts=[1]):
        call(client, "s3.PutObject")
    assert remarks == ["fault injected: throttle"]


def test_a_call_that_began_before_the_end_keeps_its_faults(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    faults = sotalia.faults("throttle", attempts=[1, 2])

    def stop_early(call: Any, proceed: Any) -> Any:
        if call.attempt.number == 2:
            faults.stop()
        return proceed()

    client.meta.events.around_attempt(stop_early)
    faults.start()
    call(client, "s3.PutObject")
    assert len(faults.fired) == 2


def test_calls_outside_stay_as_they_were(client_kind: Kind) -> None:
    """The channel that a hook of the client's own sees after the call is the client's."""
    client = well(client_kind, "s3", config=ONCE)
    seen = []

    async def look(call: Any, proceed: Any) -> Any:
        try:
            return await proceed()
        finally:
            seen.append(call.channel is client.parts.channel)

    EVERYWHERE.around_call(look, unique_id="look", name="recorder")
    try:
        with sotalia.faults("access_denied"):
            assert fails(client)
    finally:
        EVERYWHERE.unregister("around.call", unique_id="look")
    assert seen == [True]


# -- secrets ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_shows_a_secret(client_kind: Kind, kind: str) -> None:
    name, settings = SAMPLES[kind]
    runtime = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    transport = ScriptedTransport([respond])
    session = client_kind.session(
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        aws_session_token=TOKEN,
        region_name="us-west-2",
        transport=transport,
        runtime=runtime,
    )
    client = client_kind.client(name.partition(".")[0], session)
    shown = []
    with sotalia.faults(KINDS[kind](name, **settings), by="parameters") as faults:
        try:
            call(client, name)
        except (ClientError, BotoCoreError, ResponseParserError) as error:
            shown += [str(error), repr(error), str(getattr(error, "response", "")), str(error.__cause__)]
    shown += [
        repr(faults),
        repr(faults.fired),
        repr(faults.rules),
        str([vars_of(fired) for fired in faults.fired]),
    ]
    text = "\n".join(shown)
    for secret in (KEY, SECRET, TOKEN, "Signature="):
        assert secret not in text


def vars_of(fired: Any) -> list[Any]:
    return [getattr(fired, name) for name in type(fired).__slots__]


def test_addresses_in_errors_have_no_secrets(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=ONCE, endpoint_url="https://user:PLANTED-SECRET@s3.example.org")
    with sotalia.faults("dns_failure"), pytest.raises(BotoCoreError) as error:
        call(client, "s3.HeadObject")
    assert "PLANTED" not in str(error.value)
