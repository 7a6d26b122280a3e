"""Programs of a few lines with tools that stand on boto3, each on sotalia: ``python -m tests.packages.tools [NAME...]``.

For tools whose own tests need an account, or test no calls. Each program runs in a process of its own, in an environment
with the newest versions from PyPI, after ``sotalia.patch_boto3()``, against an embedded AWS. It has to do its work, and
every request has to come from sotalia, which the server sees by ``User-Agent``. Prints name, version, requests and outcome,
and exits with 1 where one failed. Not part of ``make test``: what others publish changes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from sotalia.testing import LocalAWS
from tests.isolation import isolate

ROOT = Path(__file__).parents[2]
BUCKET = "tools"
BEFORE = """
import sotalia
sotalia.patch_boto3()
import boto3
"""


class Tool(NamedTuple):
    """``name`` on PyPI, a ``program`` that raises where it does not work, and what it ``needs`` beside the tool."""

    name: str
    program: str
    needs: tuple[str, ...] = ()


TOOLS = (
    Tool(
        "smart-open",
        """
from smart_open import open
with open("s3://tools/smart.txt", "w") as file:
    file.write("one\\ntwo\\n")
assert [line for line in open("s3://tools/smart.txt")] == ["one\\n", "two\\n"]
""",
        ("smart-open[s3]",),
    ),
    Tool(
        "cloudpathlib",
        """
from cloudpathlib import CloudPath
path = CloudPath("s3://tools/folder/cloud.txt")
path.write_text("here")
assert path.exists() and path.read_text() == "here"
assert [str(found) for found in CloudPath("s3://tools/folder").iterdir()] == [str(path)]
path.unlink()
assert not path.exists()
""",
        ("cloudpathlib[s3]",),
    ),
    Tool(
        "django-storages",
        """
from django.conf import settings
settings.configure()
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage
storage = S3Storage(bucket_name="tools")
name = storage.save("django.txt", ContentFile(b"here"))
assert storage.exists(name) and storage.size(name) == 4
assert storage.open(name).read() == b"here"
assert "django.txt?" in storage.url(name)
storage.delete(name)
assert not storage.exists(name)
""",
        ("django-storages[s3]", "django"),
    ),
    Tool(
        "aws-lambda-powertools",
        """
boto3.client("ssm").put_parameter(Name="/tools/limit", Value="7", Type="SecureString")
boto3.client("secretsmanager").create_secret(Name="tools", SecretString="quiet")
from aws_lambda_powertools.utilities import parameters
assert parameters.get_parameter("/tools/limit", decrypt=True) == "7"
assert parameters.get_parameters("/tools", decrypt=True) == {"limit": "7"}
assert parameters.get_secret("tools") == "quiet"
""",
    ),
    Tool(
        "awswrangler",
        """
import awswrangler as wr
import pandas
table = pandas.DataFrame({"name": ["ada", "grace"], "age": [36, 85]})
wr.s3.to_parquet(table, "s3://tools/wrangled/people.parquet")
assert wr.s3.list_objects("s3://tools/wrangled/") == ["s3://tools/wrangled/people.parquet"]
assert list(wr.s3.read_parquet("s3://tools/wrangled/people.parquet")["age"]) == [36, 85]
wr.s3.to_csv(table, "s3://tools/wrangled/people.csv", index=False)
assert len(wr.s3.read_csv("s3://tools/wrangled/people.csv")) == 2
""",
    ),
    Tool(
        "aws-xray-sdk",
        """
from aws_xray_sdk.core import patch, xray_recorder
xray_recorder.configure(context_missing="RUNTIME_ERROR", sampling=False, service="tools")
patch(["boto3"])
segment = xray_recorder.begin_segment("tools")
boto3.client("s3").list_objects_v2(Bucket="tools")
[call] = segment.subsegments
assert (call.name, call.aws["operation"], call.http["response"]["status"]) == ("s3", "ListObjectsV2", 200)
""",
    ),
    Tool(
        "watchtower",
        """
import logging
import watchtower
handler = watchtower.CloudWatchLogHandler(log_group_name="tools", log_stream_name="one")
logger = logging.getLogger("tools")
logger.setLevel("INFO")
logger.addHandler(handler)
logger.info("hello")
handler.flush()
handler.close()
[event] = boto3.client("logs").get_log_events(logGroupName="tools", logStreamName="one")["events"]
assert event["message"] == "hello"
""",
    ),
    Tool(
        "boto3-refresh-session",
        """
import boto3_refresh_session
session = boto3_refresh_session.STSRefreshableSession(
    assume_role_kwargs={"RoleArn": "arn:aws:iam::123456789012:role/tools", "RoleSessionName": "tools"}
)
assert session.client("s3").list_objects_v2(Bucket="tools")["Name"] == "tools"
""",
    ),
)


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="tools; default: all")
    parser.add_argument("--directory", type=Path, help="of the environment; default: a temporary one")
    arguments = parser.parse_args()
    chosen = [tool for tool in TOOLS if not arguments.names or tool.name in arguments.names]
    if arguments.directory is not None:
        return _try(chosen, arguments.directory.resolve())
    with tempfile.TemporaryDirectory() as directory:
        return _try(chosen, Path(directory))


def _try(tools: list[Tool], directory: Path) -> int:
    python = _environment(tools, directory)
    isolate(os.environ)
    failed = 0
    print(f"{'tool':24}{'version':>10}{'requests':>10}")
    for tool in tools:
        with LocalAWS() as aws:
            aws.client("s3").create_bucket(Bucket=BUCKET)
            agents = _watch(aws)
            done = _run(python, tool.program, aws.endpoint_url)
        ours = bool(agents) and all(agent.startswith("sotalia/") for agent in agents)
        outcome = "works" if done.returncode == 0 and ours else "FAILED"
        failed += outcome == "FAILED"
        version = _version(python, tool.name)
        print(f"{tool.name:24}{version:>10}{len(agents):>10}  {outcome}", flush=True)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
        elif not ours:
            print(f"requests of others: {sorted(set(agents))}", file=sys.stderr)
    return 1 if failed or not tools else 0


def _watch(aws: LocalAWS) -> list[str]:
    """The user agents of the requests that come from now on."""
    agents: list[str] = []
    server = aws._server
    app: Callable[[dict[str, Any], Any], Iterable[bytes]] = server.app

    def watched(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        agents.append(environ.get("HTTP_USER_AGENT", ""))
        return app(environ, start_response)

    server.app = watched
    return agents


def _environment(tools: list[Tool], directory: Path) -> Path:
    """The interpreter of an environment with the tools and sotalia."""
    python = directory / "environment" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
    needed = [package for tool in tools for package in (tool.name, *tool.needs)]
    installer = [str(python), "-m", "pip", "install", "-q"]
    if shutil.which("uv") is not None:
        installer = ["uv", "pip", "install", "-q", "--python", str(python)]
    subprocess.run([*installer, "-e", str(ROOT), *needed], check=True)
    return python


def _run(python: Path, program: str, url: str) -> subprocess.CompletedProcess[str]:
    environ = {
        **os.environ,
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(
            [str(python), "-c", BEFORE + program], cwd=folder, env=environ, capture_output=True, text=True
        )


def _version(python: Path, name: str) -> str:
    program = f"from importlib.metadata import version; print(version({name!r}))"
    return subprocess.run([str(python), "-c", program], capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
