"""Random folders and buckets: after a sync both sides are equal, and a second one has nothing to do."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sotalia.s3.sync.filters import Filters
from sotalia.testing import LocalAWS
from tests.client_kinds import Kind
from tests.s3.sync.test_sync import Bench, check_progress

PARTS = st.sampled_from(["a", "b", "a-", "a0", "ü", "z.tmp", " ", "+%", "\U0001f42c"])
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
# Contents of two sizes, so that only times tell some of them apart.
TREES = st.dictionaries(PATHS, st.sampled_from([b"", b"1", b"2"]), max_size=6)
FILTERS = st.sampled_from(
    [{}, {"exclude": ["*.tmp"]}, {"exclude": ["a/*"]}, {"include": ["*a*"], "exclude": ["b/"]}]
)


def as_files(tree: dict[str, bytes]) -> dict[str, bytes]:
    """What of a tree can be on disk: no file is a folder."""
    kept: dict[str, bytes] = {}
    for path in sorted(tree):
        if not any(path.startswith(f"{one}/") for one in kept):
            kept[path] = tree[path]
    return kept


def fits(tree: dict[str, bytes], other: dict[str, bytes]) -> dict[str, bytes]:
    """What of a tree on disk is not in the way of another's files."""
    return {
        path: data
        for path, data in tree.items()
        if not any(path.startswith(f"{one}/") or one.startswith(f"{path}/") for one in other)
    }


@pytest.fixture
def bench(client_kind: Kind, aws: LocalAWS, tmp_path: Path) -> Bench:
    return Bench(client_kind, aws, tmp_path / "folder")


def arrange(bench: Bench, files: dict[str, bytes], objects: dict[str, bytes], seed: int) -> None:
    """Fill both sides; files are an hour older or newer than objects."""
    shutil.rmtree(bench.folder, ignore_errors=True)
    bench.folder = Path(tempfile.mkdtemp(dir=bench.folder.parent))
    for key in bench.objects():
        bench.s3.delete_object(Bucket=bench.bucket, Key=key)
    chance = random.Random(seed)
    for path, data in objects.items():
        bench.put(f"p/{path}", data=data)
    now = time.time()
    for path, data in files.items():
        bench.write(path, data=data, at=now + chance.choice([-3600, 3600]))


def expected(
    source: dict[str, bytes], target: dict[str, bytes], newer: set[str], filters: dict[str, Any], delete: bool
) -> dict[str, bytes]:
    """What the target has to have in the end."""
    take = Filters(**filters).take
    result = {path: data for path, data in target.items() if not (delete and take(path)) or path in source}
    changed = {
        path for path, data in source.items() if path in newer or len(target.get(path, b"?!")) != len(data)
    }
    return result | {path: data for path, data in source.items() if path in changed and take(path)}


EXAMPLES = settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.slow(keep=1)
@given(TREES, TREES, FILTERS, st.booleans(), st.integers(0, 1000))
@EXAMPLES
def test_up(
    bench: Bench,
    files: dict[str, bytes],
    objects: dict[str, bytes],
    filters: dict[str, Any],
    delete: bool,
    seed: int,
) -> None:
    files = {"kept": b"", **as_files(files)}
    arrange(bench, files, objects, seed)
    at = {path: os.stat(bench.folder / path).st_mtime for path in files}
    listed = bench.s3.list_objects_v2(Bucket=bench.bucket).get("Contents", [])
    there = {item["Key"][2:]: item["LastModified"].timestamp() for item in listed}
    newer = {path for path in files if path in there and at[path] > there[path] + 1}
    wanted = expected(files, objects, newer, filters, delete)
    told: list[Any] = []
    plan = bench.upload(delete=delete, dry_run=True, **filters)
    assert bench.objects("p/") == objects
    report = bench.upload(delete=delete, progress=told.append, **filters)
    assert bench.objects("p/") == wanted
    assert bench.files() == files
    assert (plan.transferred, plan.deleted, plan.bytes) == (report.transferred, report.deleted, report.bytes)
    check_progress(told)
    for path in newer:  # A file from the future is newer than every object.
        os.utime(bench.folder / path, (1e9, 1e9))
    again = bench.upload(delete=delete, size_only=True, **filters)
    assert (again.transferred, again.deleted) == ([], [])


@pytest.mark.slow(keep=1)
@given(TREES, TREES, FILTERS, st.booleans(), st.integers(0, 1000))
@EXAMPLES
def test_down(
    bench: Bench,
    files: dict[str, bytes],
    objects: dict[str, bytes],
    filters: dict[str, Any],
    delete: bool,
    seed: int,
) -> None:
    objects = {"kept": b"", **objects}
    possible = as_files({path: data for path, data in objects.items() if Filters(**filters).take(path)})
    files = fits(as_files(files), possible)
    arrange(bench, files, objects, seed)
    listed = bench.s3.list_objects_v2(Bucket=bench.bucket).get("Contents", [])
    there = {item["Key"][2:]: item["LastModified"].timestamp() for item in listed}
    at = {path: os.stat(bench.folder / path).st_mtime for path in files}
    newer = {path for path in files if path in there and there[path] > at[path] + 1}
    wanted = expected(possible, files, newer, filters, delete)
    told: list[Any] = []
    report = bench.download(delete=delete, progress=told.append, **filters)
    assert bench.files() == {
        **wanted,
        **{path: files[path] for path in files if path in objects and path not in possible},
    }
    assert bench.objects("p/") == objects
    check_progress(told)
    lost = {path for path in objects if Filters(**filters).take(path)} - set(possible)
    assert {one.path for one in report.skipped} == lost
    again = bench.download(delete=delete, **filters)
    assert (again.transferred, again.deleted) == ([], [])
    exact = bench.download(delete=delete, exact_timestamps=True, **filters)
    assert set(exact.transferred) <= set(files)
    once_more = bench.download(delete=delete, exact_timestamps=True, **filters)
    assert (once_more.transferred, once_more.deleted) == ([], [])


@pytest.mark.slow(keep=1)
@given(TREES, TREES, st.booleans())
@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_copies(bench: Bench, source: dict[str, bytes], target: dict[str, bytes], delete: bool) -> None:
    source = {"kept": b"", **source}
    arrange(bench, {}, target, 0)
    for path, data in source.items():
        bench.put(f"s/{path}", data=data)
    places = f"s3://{bench.bucket}/s", f"s3://{bench.bucket}/p"
    bench.sync(*places, delete=delete)
    found = bench.objects("p/")
    assert set(found) == set(source) | (set() if delete else set(target))
    assert {path: len(found[path]) for path in source} == {path: len(data) for path, data in source.items()}
    again = bench.sync(*places, delete=delete)
    assert (again.transferred, again.deleted, again.unchanged) == ([], [], len(source))
