"""Writing cassettes: whole or not at all, alike from run to run, and beside other processes."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.replay.file_format import LARGEST, read
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind


def client(*script: Any) -> Any:
    return sotalia.Session(**KEYS, transport=ScriptedTransport(script or [answer()])).client("s3")


def keys(path: Path) -> list[str]:
    return [call["parameters"]["Key"] for call in json.loads(path.read_text())["calls"]]


def heads(s3: Any, *names: str) -> None:
    for name in names:
        s3.head_object(Bucket="bucket", Key=name)


def test_the_same_run_writes_the_same_file(tmp_path: Path) -> None:
    texts = []
    for number in range(2):
        path = tmp_path / f"{number}.json"
        with sotalia.cassette(path):
            heads(client(answer(503), answer(200, {"b": "1", "a": "\u00fc"}, b"")), "z", "a", "m")
        texts.append(path.read_text("utf-8"))
    assert texts[0] == texts[1]
    assert texts[0].endswith("}\n")
    assert keys(tmp_path / "0.json") == ["z", "a", "m"]


def test_calls_of_one_moment_stand_in_order(tmp_path: Path) -> None:
    """Threads take turns as they like; the file must not change for it."""

    def run(path: Path, order: list[int]) -> str:
        turns = [threading.Event() for _ in order]
        started = threading.Barrier(len(order))

        def respond(request: Any) -> Any:
            number = int(request.url.rpartition("/")[2])
            started.wait()  # All are under way before the first one ends.
            turns[number].wait()
            following = order.index(number) + 1
            if following < len(order):
                turns[order[following]].set()
            return answer()

        s3 = client(respond)
        with sotalia.cassette(path):
            heads(client(), "before")
            threads = [threading.Thread(target=heads, args=(s3, f"{number}")) for number in order]
            for thread in threads:
                thread.start()
            turns[order[0]].set()
            for thread in threads:
                thread.join()
            heads(client(), "after")
        return path.read_text()

    texts = {
        run(tmp_path / f"{name}.json", order) for name, order in (("a", [0, 1, 2, 3]), ("b", [3, 1, 0, 2]))
    }
    assert len(texts) == 1
    assert keys(tmp_path / "a.json") == ["before", "0", "1", "2", "3", "after"]


def test_modes_of_files(tmp_path: Path) -> None:
    """It is a file of the project as others, not one of its own for this user."""
    before = os.umask(0o022)
    try:
        with sotalia.cassette(tmp_path / "new" / "deep" / "calls.json"):
            heads(client(), "a")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "deep" / "calls.json").stat().st_mode) == 0o644
    assert os.listdir(tmp_path / "new" / "deep") == ["calls.json"]


def test_what_cannot_be_written_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "calls.json"
    with sotalia.cassette(path):
        heads(client(), "a")
    before = path.read_bytes()

    def fail(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    cassette = sotalia.cassette(path, mode="new").start()
    heads(client(), "b")
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        cassette.stop()
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["calls.json"]
    assert not cassette.is_running


def test_large_bodies_lie_beside(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    bodies = [b"a" * (LARGEST + 1), b"b" * (LARGEST + 1), b"a" * (LARGEST + 1), b"small"]
    s3 = client(*[answer(body=body) for body in bodies])
    with sotalia.cassette(path):
        for number in range(4):
            s3.get_object(Bucket="bucket", Key=f"{number}")["Body"].read()
    assert len(os.listdir(tmp_path / "calls.bodies")) == 2
    (tmp_path / "calls.bodies" / "README").write_text("of mine")
    with sotalia.cassette(path, mode="none"):
        assert [
            client().get_object(Bucket="bucket", Key=f"{number}")["Body"].read() for number in range(4)
        ] == bodies
    # What no call has any more goes. What is not ours stays.
    with sotalia.cassette(path, mode="all"):
        client(answer(body=bodies[1])).get_object(Bucket="bucket", Key="1")["Body"].read()
    assert len(os.listdir(tmp_path / "calls.bodies")) == 2
    with sotalia.cassette(path, mode="all"):
        heads(client(), "a")
    assert os.listdir(tmp_path / "calls.bodies") == ["README"]


@pytest.mark.parametrize("mode", ["once", "new"])
def test_two_that_record_the_same_file(mode: Any, tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    if mode == "new":
        with sotalia.cassette(path):
            heads(client(), "old")
    one, other = sotalia.cassette(path, mode=mode).start(), sotalia.cassette(path, mode=mode)
    heads(client(), "both", "one", "twice", "twice")
    with other:
        heads(client(), "both", "other", "twice")
    one.stop()
    old = ["old"] if mode == "new" else []
    assert keys(path) == [*old, "both", "other", "twice", "one", "twice"]


def _record(path: str, number: int, barrier: Any) -> None:
    with sotalia.cassette(path, mode="new"):
        barrier.wait()
        heads(client(), *[f"{number}-{key}" for key in range(20)])
        barrier.wait()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_that_record_the_same_file(method: str, tmp_path: Path) -> None:
    context: Any = multiprocessing.get_context(method)
    barrier = context.Barrier(3)
    path = str(tmp_path / "calls.json")
    processes = [context.Process(target=_record, args=(path, number, barrier)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert sorted(keys(Path(path))) == sorted(f"{number}-{key}" for number in range(3) for key in range(20))
    assert os.listdir(tmp_path) == ["calls.json"]


def test_a_child_that_was_forked_within_the_block(tmp_path: Path) -> None:
    """It plays what the parent has. What it records is not the parent's to write."""
    path = tmp_path / "calls.json"
    with sotalia.cassette(path):
        heads(client(), "a")
    s3 = client(AssertionError("it was sent"))
    with sotalia.cassette(path, mode="none"):
        child = os.fork()
        if not child:
            try:
                heads(s3, "a")
            except BaseException:
                os._exit(1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        heads(s3, "a")


def test_a_call_that_was_cancelled_is_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"

    async def main() -> None:
        async def respond(request: Any) -> Any:
            if request.url.endswith("slow"):
                await asyncio.sleep(60)
            return answer()

        session = sotalia.AsyncSession(**KEYS, transport=ScriptedTransport([respond]))
        async with session.client("s3") as s3, sotalia.cassette(path) as cassette:
            slow = asyncio.create_task(s3.head_object(Bucket="bucket", Key="slow"))
            await s3.head_object(Bucket="bucket", Key="quick")
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow
            assert cassette.recorded == 1

    asyncio.run(main())
    assert keys(path) == ["quick"]


def test_deadlines_are_not_recorded(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    with sotalia.cassette(path), pytest.raises(sotalia.exceptions.DeadlineExceededError), sotalia.deadline(0):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
    assert not path.exists()


def test_unicode(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "\u00fcber \U0001f42c.json"
    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="\u4e2d \U0001f42c\u2028")
    with sotalia.cassette(path, mode="none"):
        client_kind.client("s3").head_object(Bucket="bucket", Key="\u4e2d \U0001f42c\u2028")
    assert "\u4e2d \U0001f42c" in path.read_text("utf-8")


def test_a_file_that_was_edited(client_kind: Kind, tmp_path: Path) -> None:
    """Another status is a quick way to a test of what AWS does not show on demand."""
    path = tmp_path / "calls.json"
    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
    path.write_text(path.read_text().replace('"status": 200', '"status": 403'))
    with sotalia.cassette(path), pytest.raises(sotalia.exceptions.ClientError, match="403"):
        client_kind.client("s3").head_object(Bucket="bucket", Key="k")
    assert read(str(path))[0].replies[0].status == 403


def test_a_program_that_goes_to_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with sotalia.cassette("calls.json"):
        heads(client(), "a")
        monkeypatch.chdir("elsewhere")
    assert keys(tmp_path / "calls.json") == ["a"]
    assert os.listdir(tmp_path / "elsewhere") == []
