"""The embedded AWS and the command line."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import sotalia
from sotalia.__main__ import main
from sotalia.testing import LocalAWS


def command(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sotalia", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
        check=False,
    )


def test_clients_sync_and_async(aws: LocalAWS) -> None:
    async def names() -> list[str]:
        async with aws.async_client("s3") as s3:
            await s3.create_bucket(Bucket="sync-and-async")
            return [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]]

    assert "sync-and-async" in asyncio.run(names())
    assert aws.client("s3").head_bucket(Bucket="sync-and-async")["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_starting_twice_is_starting_once(aws: LocalAWS) -> None:
    address = aws.endpoint_url
    assert aws.start() is aws
    assert aws.endpoint_url == address


@pytest.mark.parametrize("port", ["taken", 99999, -1])
def test_a_port_that_cannot_be_had_is_an_error_and_no_exit(aws: LocalAWS, port: int | str) -> None:
    number = int(aws.endpoint_url.rpartition(":")[2]) if port == "taken" else int(port)
    with pytest.raises(OSError, match=f"port {number} of 127.0.0.1 cannot be had"):
        LocalAWS(number).start()


def test_everything_is_gone_at_the_end() -> None:
    """In a process of its own, as those of one process share what they hold."""
    code = (
        "from sotalia.testing import LocalAWS\n"
        "with LocalAWS() as aws:\n    aws.client('s3').create_bucket(Bucket='mine')\n"
        "with LocalAWS() as aws:\n    print(aws.client('s3').list_buckets()['Buckets'])\n"
        "print(aws)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "<LocalAWS stopped>"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_the_address_and_stops_cleanly(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sotalia", "local"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        s3 = sotalia.Session("testing", "testing", region_name="us-east-1").client("s3", endpoint_url=address)
        s3.create_bucket(Bucket="mine")
        s3.close()
        process.send_signal(number)
        _, complaints = process.communicate(timeout=30)
    assert process.returncode == 0
    assert complaints.splitlines()[0] == "For other shells:"
    assert f"export AWS_ENDPOINT_URL={address}" in complaints
    assert len(complaints.splitlines()) == 5


def test_warming_fills_the_cache(tmp_path: Path) -> None:
    done = command("warm", "s3", "dynamodb", SOTALIA_CACHE_DIR=str(tmp_path / "cache"))
    assert done.returncode == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["s3", "dynamodb"]
    kinds = {path.name.split("-")[0] for path in (tmp_path / "cache").iterdir()}
    assert kinds == {"s3", "dynamodb", "endpoints", "partitions"}


def test_warming_everything_and_checking_it(tmp_path: Path) -> None:
    """What another directory, another time and read-only files do not change; what a missing or damaged pack does."""
    cache, copy = tmp_path / "cache", tmp_path / "elsewhere" / "copy"
    assert command("warm", "--check", SOTALIA_CACHE_DIR=str(cache)).returncode == 1
    assert not cache.exists()
    done = command("warm", "--all", SOTALIA_CACHE_DIR=str(cache))
    services = sotalia.Session().get_available_services()
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == services
    shutil.copytree(cache, copy, copy_function=shutil.copyfile)
    for path in copy.iterdir():
        os.utime(path, (0, 0))
        path.chmod(0o444)
    copy.chmod(0o555)
    done = command("warm", "--check", SOTALIA_CACHE_DIR=str(copy))
    assert (done.returncode, done.stdout) == (0, f"{len(services) + 2} packs in {copy} are current\n")
    (lost,) = cache.glob("sqs-*")
    lost.unlink()
    (damaged,) = cache.glob("partitions*")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    done = command("warm", "--check", SOTALIA_CACHE_DIR=str(cache))
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["partitions", "sqs"]
    assert command("warm", "--check", "s3", SOTALIA_CACHE_DIR=str(copy)).returncode == 0
    assert not lost.exists()


@pytest.mark.parametrize("arguments", [[], ["--all", "s3"]])
def test_warming_needs_to_know_what(arguments: list[str], tmp_path: Path) -> None:
    assert command("warm", *arguments, SOTALIA_CACHE_DIR=str(tmp_path)).returncode == 2


def test_warming_goes_on_after_a_damaged_description(tmp_path: Path) -> None:
    for name in ("mine", "other"):
        folder = tmp_path / "data" / name / "2020-01-01"
        folder.mkdir(parents=True)
        (folder / "service-2.json").write_text("{" if name == "mine" else '{"metadata": {}}')
    environment = {"SOTALIA_CACHE_DIR": str(tmp_path / "cache"), "AWS_DATA_PATH": str(tmp_path / "data")}
    done = command("warm", "mine", "other", **environment)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["mine", "other"]
    assert "damaged" in done.stdout
    assert command("warm", "--check", "other", **environment).returncode == 0
    assert command("warm", "--check", "mine", **environment).returncode == 1


def test_warming_says_when_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for directory in ("", str(tmp_path / "file"), str(tmp_path / "file" / "below")):
        done = command("warm", "s3", SOTALIA_CACHE_DIR=directory)
        assert (done.returncode, done.stdout) == (1, "")
        assert "set SOTALIA_CACHE_DIR to one that can" in done.stderr


def test_warming_an_unknown_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["warm", "dynamdb"]) == 1
    assert "Did you mean 'dynamodb'?" in capsys.readouterr().err
