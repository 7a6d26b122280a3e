"""Data engines on the filesystem, by URL and by object, in this process and in workers: ``make test-engines``."""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# One line in a run without the group `engines`.
pytest.importorskip("distributed", reason="no distributed: make test-engines")

import dask
import dask.dataframe
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet
import xarray as xr
import zarr
from distributed import Client, LocalCluster

from sotalia.fs import S3FileSystem
from sotalia.testing import LocalAWS
from tests.fs.conftest import options

pytestmark = [pytest.mark.engines, pytest.mark.filterwarnings("default")]  # Theirs are not ours to mend.

FRAME = pd.DataFrame(
    {"key": np.arange(1000) % 7, "value": np.arange(1000) * 1.5, "name": [f"n{n}" for n in range(1000)]}
)


@pytest.fixture
def arrow(fs: S3FileSystem) -> Any:
    return pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(fs))


@pytest.fixture(scope="module")
def dask_client() -> Iterator[Client]:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_pandas(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    url, storage = f"sotalia://{bucket}/frame", options(aws)
    FRAME.to_csv(f"{url}.csv.gz", index=False, storage_options=storage)
    FRAME.to_parquet(f"{url}.parquet", storage_options=storage)
    FRAME.to_parquet(f"{url}s", partition_cols=["key"], storage_options=storage)
    assert fs.cat_file(f"{bucket}/frame.csv.gz", end=2) == b"\x1f\x8b"
    pd.testing.assert_frame_equal(pd.read_csv(f"{url}.csv.gz", storage_options=storage), FRAME)
    pd.testing.assert_frame_equal(pd.read_parquet(f"{url}.parquet", storage_options=storage), FRAME)
    five = pd.read_parquet(f"{url}s", filters=[("key", "==", 5)], columns=["value"], storage_options=storage)
    assert five["value"].sum() == FRAME[FRAME.key == 5]["value"].sum()
    with pytest.raises(FileNotFoundError, match="nothing"):
        pd.read_csv(f"sotalia://{bucket}/nothing.csv", storage_options=storage)


def test_arrow_data_sets(fs: S3FileSystem, arrow: Any, bucket: str) -> None:
    table, root = pa.Table.from_pandas(FRAME), f"{bucket}/set"
    partitioning = pyarrow.dataset.partitioning(pa.schema([("key", pa.int64())]), flavor="hive")
    settings: dict[str, Any] = {"format": "parquet", "partitioning": partitioning, "filesystem": arrow}
    pyarrow.dataset.write_dataset(table, root, **settings)
    assert fs.ls(root) == [f"{root}/key={n}" for n in range(7)]
    found = pyarrow.dataset.dataset(root, partitioning="hive", filesystem=arrow)
    assert found.count_rows() == 1000
    part = found.to_table(filter=pyarrow.dataset.field("key") == 3, columns=["value"])
    assert sum(part["value"].to_pylist()) == FRAME[FRAME.key == 3]["value"].sum()
    # What is replaced goes, and nothing else.
    three = table.filter(pyarrow.dataset.field("key") == 3).slice(0, 5)
    pyarrow.dataset.write_dataset(
        three, root, **settings, existing_data_behavior="delete_matching", basename_template="new-{i}.parquet"
    )
    assert fs.ls(f"{root}/key=3", refresh=True) == [f"{root}/key=3/new-0.parquet"]
    again = pyarrow.dataset.dataset(root, partitioning="hive", filesystem=arrow)
    assert again.count_rows() == 1000 - len(FRAME[FRAME.key == 3]) + 5


def test_arrow_files(arrow: Any, bucket: str) -> None:
    selector = pyarrow.fs.FileSelector(f"{bucket}/there", allow_not_found=True)
    assert arrow.get_file_info(selector) == []
    with arrow.open_output_stream(f"{bucket}/there/a.bin") as file:
        file.write(b"0123456789" * 100)
    with arrow.open_input_file(f"{bucket}/there/a.bin") as file:
        assert (file.size(), file.read_at(4, 503)) == (1000, b"3456")
    arrow.copy_file(f"{bucket}/there/a.bin", f"{bucket}/there/b.bin")
    arrow.move(f"{bucket}/there/b.bin", f"{bucket}/there/c.bin")
    found = arrow.get_file_info(pyarrow.fs.FileSelector(f"{bucket}/there"))
    assert sorted((entry.base_name, entry.size) for entry in found) == [("a.bin", 1000), ("c.bin", 1000)]
    arrow.delete_dir(f"{bucket}/there")
    (gone,) = arrow.get_file_info([f"{bucket}/there"])
    assert gone.type == pyarrow.fs.FileType.NotFound
    with pytest.raises(FileNotFoundError):
        arrow.open_input_file(f"{bucket}/there/a.bin")


def test_polars(fs: S3FileSystem, arrow: Any, bucket: str) -> None:
    frame = pl.from_pandas(FRAME)
    with fs.open(f"{bucket}/polars/frame.parquet", "wb") as file:
        frame.write_parquet(file)
    with fs.open(f"{bucket}/polars/frame.parquet") as file:
        assert pl.read_parquet(file, columns=["key", "value"]).equals(frame.select("key", "value"))
    found = pyarrow.dataset.dataset(f"{bucket}/polars", filesystem=arrow)
    lazy = pl.scan_pyarrow_dataset(found).filter(pl.col("key") == 2).select(pl.col("value").sum())
    assert lazy.collect().item() == FRAME[FRAME.key == 2]["value"].sum()


def test_zarr_and_xarray(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    url, storage = f"sotalia://{bucket}/weather.zarr", options(aws)
    values = np.arange(24 * 30, dtype="float64").reshape(24, 30)
    first = xr.Dataset({"heat": (("time", "place"), values)}, {"time": np.arange(24)}).chunk(
        {"time": 6, "place": 10}
    )
    first.to_zarr(url, storage_options=storage, consolidated=False)
    later = first.assign_coords(time=np.arange(24, 48))
    later.to_zarr(url, append_dim="time", storage_options=storage, consolidated=False)
    with xr.open_zarr(url, storage_options=storage, consolidated=False) as found:
        assert found.sizes == {"time": 48, "place": 30}
        assert float(found["heat"].isel(time=slice(20, 28)).sum()) == values[20:].sum() + values[:4].sum()
    array = zarr.open_array(url, path="heat", mode="r+", storage_options=storage)
    array[0, :3] = -1.0
    array = zarr.open_array(f"{url}/heat", mode="r", storage_options=storage)
    assert array[0, :4].tolist() == [-1.0, -1.0, -1.0, 3.0]
    assert len(fs.find(f"{bucket}/weather.zarr/heat/c")) == 24


def test_datasets(aws: LocalAWS, bucket: str, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    url, storage = f"sotalia://{bucket}/texts", options(aws)
    datasets.disable_progress_bars()
    texts = datasets.Dataset.from_pandas(FRAME)
    texts.save_to_disk(url, storage_options=storage, num_shards=2)
    assert datasets.load_from_disk(url, storage_options=storage)["name"][:2] == ["n0", "n1"]
    texts.to_parquet(f"{url}/data.parquet", storage_options=storage)
    loaded = datasets.load_dataset(
        "parquet",
        data_files=f"{url}/data.parquet",
        storage_options=storage,
        cache_dir=str(tmp_path),
        split="train",
        streaming=True,
    )
    assert [row["value"] for row in loaded.take(3)] == [0.0, 1.5, 3.0]


def test_dask_shuffles_and_writes_back(
    aws: LocalAWS, fs: S3FileSystem, bucket: str, dask_client: Client
) -> None:
    storage = options(aws)
    frame = dask.dataframe.from_pandas(FRAME, npartitions=8)
    frame.to_parquet(f"sotalia://{bucket}/in", storage_options=storage)
    assert len(fs.glob(f"{bucket}/in/*.parquet")) == 8
    read = dask.dataframe.read_parquet(f"sotalia://{bucket}/in", storage_options=storage)
    read.shuffle("key", npartitions=3).to_parquet(f"sotalia://{bucket}/out", storage_options=storage)
    places = [
        set(pd.read_parquet(f"sotalia://{path}", storage_options=storage)["key"])
        for path in fs.glob(f"{bucket}/out/*.parquet")
    ]
    assert sorted(key for place in places for key in place) == list(range(7))
    out = dask.dataframe.read_parquet(f"sotalia://{bucket}/out", storage_options=storage)
    grouped = out.groupby("key")["value"].sum().compute().sort_index()
    pd.testing.assert_series_equal(grouped, FRAME.groupby("key")["value"].sum(), check_index_type=False)


def _written(fs: S3FileSystem, path: str, number: int) -> int:
    fs.pipe_file(f"{path}/{number}", b"x" * number)
    return sum(len(fs.cat_file(f"{path}/{number}")) for _ in range(5))


def test_killed_workers_lose_nothing(fs: S3FileSystem, bucket: str, dask_client: Client) -> None:
    futures = dask_client.map(_written, [fs] * 60, [bucket] * 60, range(60), pure=False)
    for pid in dask_client.run(os.getpid).values():
        os.kill(pid, signal.SIGKILL)
    assert dask_client.gather(futures) == [5 * number for number in range(60)]
    assert fs.find(bucket, detail=True).keys() == {f"{bucket}/{number}" for number in range(60)}
    assert fs.du(bucket) == sum(range(60))


def _twice(batch: dict[str, Any]) -> dict[str, Any]:
    return {"twice": batch["value"] * 2}


def test_ray(fs: S3FileSystem, arrow: Any, bucket: str) -> None:
    ray = pytest.importorskip("ray")
    before = dict(os.environ)
    importlib.import_module("ray.data")
    pa.parquet.write_to_dataset(
        pa.Table.from_pandas(FRAME), f"{bucket}/in", partition_cols=["key"], filesystem=arrow
    )
    ray.init(
        address="local",
        num_cpus=1,
        include_dashboard=False,
        object_store_memory=100_000_000,
        log_to_driver=False,
    )
    try:
        found = ray.data.read_parquet(f"{bucket}/in", filesystem=fs)
        found.map_batches(_twice).write_parquet(f"{bucket}/out", filesystem=fs)
    finally:
        ray.shutdown()
        os.environ.clear()  # It leaves tokens and settings in it.
        os.environ.update(before)
    fs.invalidate_cache()
    twice = pyarrow.dataset.dataset(f"{bucket}/out", filesystem=arrow).to_table()
    assert sum(twice["twice"].to_pylist()) == FRAME["value"].sum() * 2
