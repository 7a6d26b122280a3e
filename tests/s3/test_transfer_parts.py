"""Sizes of parts, ranges, options."""

from __future__ import annotations

import boto3.s3.transfer
import pytest
from s3transfer.utils import ChunksizeAdjuster

from sotalia.s3.parts import part_size, ranges
from sotalia.s3.transfer import TransferConfig

MB = 1024**2
OPTIONS = (
    "multipart_threshold max_concurrency max_request_concurrency multipart_chunksize num_download_attempts max_io_queue "
    "max_io_queue_size io_chunksize use_threads max_bandwidth preferred_transfer_client max_submission_concurrency "
    "max_request_queue_size max_submission_queue_size max_in_memory_upload_chunks max_in_memory_download_chunks"
).split()


@pytest.mark.parametrize("wanted", [1, 5 * MB - 1, 8 * MB, 6 * 1024 * MB])
@pytest.mark.parametrize("size", [None, 1, 8 * MB, 80_000 * MB, 80_001 * MB, 5 * 1024**4])
def test_part_size(wanted: int, size: int | None) -> None:
    assert part_size(wanted, size) == ChunksizeAdjuster().adjust_chunksize(wanted, size)


@pytest.mark.parametrize(
    ("size", "step", "expected"),
    [
        (10, 4, [(1, 0, 3), (2, 4, 7), (3, 8, 9)]),
        (8, 4, [(1, 0, 3), (2, 4, 7)]),
        (1, 4, [(1, 0, 0)]),
        (0, 4, []),
    ],
)
def test_ranges(size: int, step: int, expected: list[tuple[int, int, int]]) -> None:
    assert list(ranges(size, step)) == expected


def test_options_are_those_of_the_reference() -> None:
    for given in ({}, {"max_concurrency": 3, "max_io_queue": 7, "use_threads": False, "max_bandwidth": 5}):
        found, expected = TransferConfig(**given), boto3.s3.transfer.TransferConfig(**given)
        for name in OPTIONS:
            assert getattr(found, name) == getattr(expected, name), name


def test_aliases_set_what_they_stand_for() -> None:
    config = TransferConfig()
    config.max_concurrency = 2
    assert config.max_request_concurrency == 2
    config.max_request_concurrency = 5
    assert config.max_concurrency == 2
    assert config.get_deep_attr("max_request_concurrency") == 5


@pytest.mark.parametrize("name", ["multipart_threshold", "max_concurrency", "io_chunksize", "max_bandwidth"])
@pytest.mark.parametrize("value", [0, -1])
def test_options_above_zero(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{name} of value {value} must be greater than 0"):
        TransferConfig(**{name: value})
