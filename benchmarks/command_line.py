"""``sotalia``, aws-cli and rclone side by side: ``python -m benchmarks.command_line [ROUNDS [TASK]]``.

10,000 objects of 4 KiB and one of 1 GiB, against a server on loopback that keeps nothing, with each program's own defaults.
The programs take turns. Seconds on the clock and of the client's CPU, each the median of the rounds; what is not installed
is left out. On a machine of few cores the server takes one of them, so that the CPU of the client says more than the clock.
"""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import sotalia
from benchmarks.bucket import COUNT, LARGE, SMALL
from benchmarks.server import Server

SOTALIA = [sys.executable, "-m", "sotalia"]
AWS = ["aws", "s3"]
RCLONE = ["rclone", "--quiet"]
#: By what is done: the arguments for each program.
TASKS: dict[str, dict[str, list[str]]] = {
    f"upload {COUNT:,} of {SMALL // 1024} KiB": {
        "sotalia": [*SOTALIA, "cp", "--recursive", "--quiet", "{small}", "s3://bucket/up/"],
        "aws-cli": [*AWS, "cp", "--recursive", "--quiet", "{small}", "s3://bucket/up/"],
        "rclone": [*RCLONE, "copy", "{small}", "s3:bucket/up"],
    },
    f"list {COUNT:,}": {
        "sotalia": [*SOTALIA, "ls", "--recursive", "s3://bucket/small/"],
        "aws-cli": [*AWS, "ls", "--recursive", "s3://bucket/small/"],
        "rclone": [*RCLONE, "--fast-list", "lsl", "s3:bucket/small"],
    },
    f"download {COUNT:,}": {
        "sotalia": [*SOTALIA, "cp", "--recursive", "--quiet", "s3://bucket/small/", "{down}"],
        "aws-cli": [*AWS, "cp", "--recursive", "--quiet", "s3://bucket/small/", "{down}"],
        "rclone": [*RCLONE, "--fast-list", "copy", "s3:bucket/small", "{down}"],
    },
    f"delete {COUNT:,}": {
        "sotalia": [*SOTALIA, "rm", "--recursive", "--quiet", "s3://bucket/small/"],
        "aws-cli": [*AWS, "rm", "--recursive", "--quiet", "s3://bucket/small/"],
        "rclone": [*RCLONE, "--fast-list", "delete", "s3:bucket/small"],
    },
    f"upload {LARGE // 1024**3} GiB": {
        "sotalia": [*SOTALIA, "cp", "--quiet", "{large}", "s3://bucket/large"],
        "aws-cli": [*AWS, "cp", "--quiet", "{large}", "s3://bucket/large"],
        "rclone": [*RCLONE, "copyto", "{large}", "s3:bucket/large"],
    },
    f"download {LARGE // 1024**3} GiB": {
        "sotalia": [*SOTALIA, "cp", "--quiet", "s3://bucket/large", "{down}/large"],
        "aws-cli": [*AWS, "cp", "--quiet", "s3://bucket/large", "{down}/large"],
        "rclone": [*RCLONE, "copyto", "s3:bucket/large", "{down}/large"],
    },
}


def settings(url: str) -> dict[str, str]:
    """The same keys and server for all of them, and no files of the user's."""
    return {
        # A bundle of certificates for AWS is one that rclone does not take.
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_ENDPOINT_URL": url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "RCLONE_CONFIG": os.devnull,
        "RCLONE_CONFIG_S3_TYPE": "s3",
        "RCLONE_CONFIG_S3_PROVIDER": "Other",
        "RCLONE_CONFIG_S3_ENV_AUTH": "true",
        "RCLONE_CONFIG_S3_REGION": "us-west-2",
        "RCLONE_CONFIG_S3_ENDPOINT": url,
        "RCLONE_CONFIG_S3_FORCE_PATH_STYLE": "true",
        "RCLONE_CONFIG_S3_NO_CHECK_BUCKET": "true",
        "RCLONE_CONFIG_S3_LIST_VERSION": "2",
    }


def seconds(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """On the clock, and of the processor, of a program that must succeed."""
    start = time.perf_counter()
    with open(os.devnull, "w") as nowhere:
        process = os.posix_spawnp(
            command[0], command, environment, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        )
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def main(rounds: int = 3, wanted: str = "") -> None:
    """Print the table, of those tasks that have the wanted text in their name."""
    # As an installer does; a checkout may be one where Python does not write bytecode.
    compileall.compile_dir(Path(sotalia.__file__).parent, quiet=1)
    folder = Path(tempfile.mkdtemp(prefix="command-line-"))
    small, large, down = folder / "small", folder / "file", folder / "down"
    for number in range(COUNT):
        file = small / f"{number % 100:02d}" / f"{number:05d}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(SMALL))
    with open(large, "wb") as written:
        written.truncate(LARGE)
    names = {"small": str(small), "large": str(large), "down": str(down)}
    print("| | sotalia: s, CPU s | aws-cli: s, CPU s | rclone: s, CPU s |\n|---|---|---|---|")
    try:
        with Server("benchmarks.bucket") as url:
            environment = settings(url)
            for task, commands in TASKS.items():
                if wanted not in task:
                    continue
                found: dict[str, list[tuple[float, float]]] = {program: [] for program in commands}
                for _ in range(rounds):
                    for program, command in commands.items():
                        shutil.rmtree(down, ignore_errors=True)
                        down.mkdir()
                        if shutil.which(command[0]):
                            found[program].append(
                                seconds([one.format(**names) for one in command], environment)
                            )
                cells = [
                    ", ".join(f"{statistics.median(one):.2f}" for one in zip(*figures, strict=True)) or "-"
                    for figures in found.values()
                ]
                print(f"| {task} | {' | '.join(cells)} |", flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])
