from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from sotalia.runtime import groups


@pytest.fixture
def _looking() -> Iterator[None]:
    groups.watch(1)
    yield
    groups.watch(-1)


def test_while_nobody_looks_there_is_no_group_and_nothing_is_formatted() -> None:
    class Unreadable:
        def __str__(self) -> str:
            raise AssertionError("formatted")

    for made in (
        groups.begin("transfer", "upload {}", Unreadable()),
        groups.Lasting("filesystem", "open {}", Unreadable()),
    ):
        with made.within():
            assert groups.current() is None


@pytest.mark.usefixtures("_looking")
def test_groups_nest_and_are_left_also_by_errors() -> None:
    outer = groups.begin("transfer", "sync")
    with suppress(ValueError), outer.within():
        inner = groups.begin("transfer", "upload")
        with inner.within():
            assert groups.current() is inner
        assert groups.current() is outer
        raise ValueError("x")
    assert groups.current() is None
    assert isinstance(outer, groups.Group)
    assert isinstance(inner, groups.Group)
    assert (outer.parent, inner.parent) == (None, outer)
    assert outer.number < inner.number
    assert repr(inner) == f"<Group {inner.number}: transfer upload>"


@pytest.mark.usefixtures("_looking")
def test_several_threads_and_tasks_are_within_one_group_at_once() -> None:
    group = groups.begin("transfer", "upload")
    seen: list[object] = []
    together = threading.Barrier(3)

    def work() -> None:
        with group.within():
            together.wait(10)
            seen.append(groups.current())
            together.wait(10)
        seen.append(groups.current())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen, key=repr) == [group, group, group, None, None, None]

    async def task() -> None:
        with group.within():
            await asyncio.sleep(0)
            assert groups.current() is group

    async def tasks() -> None:
        await asyncio.gather(task(), task())
        cancelled = asyncio.create_task(task())
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        assert groups.current() is None

    asyncio.run(tasks())


@pytest.mark.usefixtures("_looking")
def test_a_copied_context_takes_its_group_along() -> None:
    group = groups.begin("transfer", "upload")
    with group.within():
        context = contextvars.copy_context()
    assert context.run(groups.current) is group


def test_a_lasting_purpose_gets_its_group_when_somebody_looks_and_keeps_it() -> None:
    file = groups.Lasting("filesystem", "open s3://{}/{}", "bucket", "key")
    with file.within():
        assert groups.current() is None
    found = []
    for _ in range(2):
        groups.watch(1)
        with file.within():
            found.append(groups.current())
        groups.watch(-1)
    assert found[0] is found[1]
    assert found[0] is not None
    assert found[0].name == "open s3://bucket/key"


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("photos/{a}.jpg", "photos/{a}.jpg"),
        ("https://user:hunter2@host/key", "https://***@host/key"),
        ("key?X-Amz-Signature=hunter2", "key?X-Amz-Signature=***"),
        ("password=hunter2", "password=***"),
        (12, "12"),
        ("ключ/\ud800", "ключ/\ud800"),
    ],
)
@pytest.mark.usefixtures("_looking")
def test_names_show_places_as_parameters_are_shown(place: object, shown: str) -> None:
    group = groups.begin("transfer", "upload {}", place)
    assert isinstance(group, groups.Group)
    assert group.name == f"upload {shown}"


def test_who_looks_is_counted_over_all_threads() -> None:
    before = groups.watchers

    def look() -> None:
        for _ in range(2000):
            groups.watch(1)
            groups.watch(-1)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert groups.watchers == before


def test_it_loads_nothing_that_a_start_does_without() -> None:
    code = (
        "import sys; import sotalia.runtime.groups as g; g.begin('a', 'b {}', 1); print('re' in sys.modules)"
    )
    assert (
        subprocess.check_output(
            [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"]
        )
        == b"False\n"
    )
