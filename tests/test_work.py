"""Work is counted, not timed: what a start imports, and how many functions of ours calls and clients run.

The limits stand in ``work_limits.json``. They are what Python 3.11 needs; later ones call fewer functions, as they run
comprehensions in place. Where less is needed now, or more for a good reason, run ``python -m tests.test_work`` on 3.11: it
writes the figures of this tree. Say the reason in the commit.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

import sotalia
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.rooms import FILES, ROOT

LIMITS_FILE = Path(__file__).with_name("work_limits.json")
LIMITS: dict[str, int] = json.loads(LIMITS_FILE.read_text("utf-8"))

#: What nothing of ours may load before the first response of S3 over a plain connection.
HEAVY = "asyncio copy dataclasses inspect json logging orjson re ssl threading typing urllib.parse weakref".split()

#: Modules that may use `typing` when they run: what they define is public, and is loaded when somebody asks for it.
USES_TYPING = {
    "compatibility.joined_methods": "a named tuple, beside botocore's own imports",
    "events.extensions": "a protocol that programs may name",
    "extensions.scopes": "a generic class; extensions are loaded by those who use them",
    "dynamodb.conditions": "a named tuple, as boto3's",
    "resources.factory": "a named tuple, as boto3's",
    "runtime.interfaces": "protocols that programs may name",
    "transport.interfaces": "a protocol that programs may name",
}

# Notes who first imports a module, then makes the call.
START = """
import builtins, sys
importers, imported = {}, builtins.__import__
def note(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0:
        importers.setdefault(name, (globals or {}).get("__name__", ""))
    return imported(name, globals, locals, fromlist, level)
builtins.__import__ = note
import sotalia
sotalia.client("s3", endpoint_url=sys.argv[1]).head_object(Bucket="bucket", Key="key")
print(*sorted(name for name in sys.modules if name.partition(".")[0] == "sotalia"))
print(*sorted(f"{name}<{by}" for name, by in importers.items() if by.partition(".")[0] == "sotalia"))
"""
KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
# The same for everybody: no files of the user's, nothing that measures coverage.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "COV"))} | {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@contextmanager
def responding() -> Iterator[str]:
    """The address of a server that has one response to whatever it is asked."""
    with create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(2):
                connected, _ = listening.accept()
                with connected:
                    connected.recv(65536)
                    connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(10)


def start() -> tuple[list[str], list[tuple[str, str]]]:
    """Modules of ours after the first response of a process, and the first imports by them: module, importer."""
    environment = ENVIRONMENT | KEYS
    with responding() as address:
        for _ in range(2):  # The first may have to make packs.
            ended = subprocess.run(
                [sys.executable, "-c", START, address],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
    modules, imports = ended.stdout.splitlines()
    pairs = [name.partition("<") for name in imports.split()]
    return modules.split(), [(name, by) for name, _, by in pairs]


@pytest.fixture(scope="module")
def started() -> tuple[list[str], list[tuple[str, str]]]:
    return start()


def functions_called(work: Callable[[], Any]) -> int:
    """Calls of Python functions of ours."""
    calls = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code.co_filename.startswith(str(ROOT))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def warm(work: Callable[[], Any]) -> int:
    """The calls of work that was done before."""
    for _ in range(3):
        work()
    return functions_called(work)


def session(body: bytes = b"", content_type: str = "application/xml") -> Any:
    transport = ScriptedTransport([answer(200, {"content-type": content_type}, body)])
    return sotalia.Session("AKID", "secret", region_name="us-east-1", transport=transport)


def figures() -> dict[str, int]:
    """Each limit's figure in this tree, but for that of a start."""
    of_s3 = session()
    s3 = of_s3.client("s3")
    item = b'{"Item":{"pk":{"S":"a"},"v":{"N":"1"}}}'
    dynamodb = session(item, "application/x-amz-json-1.0").client("dynamodb")
    listing = b"<ListBucketResult><Contents><Key>k</Key></Contents><IsTruncated>false</IsTruncated></ListBucketResult>"
    lister = session(listing).client("s3")
    return {
        "functions called by the second client of S3": warm(lambda: of_s3.client("s3")),
        "functions called by HeadObject": warm(lambda: s3.head_object(Bucket="bucket", Key="key")),
        "functions called by GetItem": warm(lambda: dynamodb.get_item(TableName="t", Key={"pk": {"S": "a"}})),
        "functions called by PutObject": warm(
            lambda: s3.put_object(Bucket="bucket", Key="key", Body=b"x", ChecksumAlgorithm="SHA256")
        ),
        "functions called by ListObjectsV2": warm(lambda: lister.list_objects_v2(Bucket="bucket")),
        "functions called by an event that nobody hears": warm(
            lambda: s3.meta.events.emit("nobody.hears.this")
        ),
    }


def figures_of_a_process() -> dict[str, int]:
    """The same, where no other test has registered, patched or measured anything."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.test_work", "show"],
        env=ENVIRONMENT,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    counted: dict[str, int] = json.loads(ended.stdout)
    return counted


COUNTED = "modules of sotalia up to the first response of S3"


def test_calls_and_clients_run_no_more_functions() -> None:
    counted = figures_of_a_process()
    assert {name: count for name, count in counted.items() if count > LIMITS[name]} == {}, LIMITS


def test_a_start_loads_no_more_modules_of_ours(started: tuple[list[str], Any]) -> None:
    assert len(started[0]) <= LIMITS[COUNTED], "\n".join(started[0])


def test_no_module_of_ours_loads_what_a_start_does_not_need(
    started: tuple[Any, list[tuple[str, str]]],
) -> None:
    assert [f"{by} imports {name}" for name, by in started[1] if name in HEAVY] == []


def test_importing_sotalia_loads_next_to_nothing() -> None:
    program = "import sys; before = set(sys.modules); import sotalia; print(*set(sys.modules) - before)"
    ended = subprocess.run(
        [sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    loaded = set(ended.stdout.split())
    assert loaded.isdisjoint(HEAVY)
    assert {name for name in loaded if name.partition(".")[0] == "sotalia"} == {
        "sotalia",
        "sotalia.runtime",
        "sotalia.runtime.forks",
        "sotalia.runtime.late_names",
        "sotalia.runtime.version",
    }


def test_names_for_types_are_imported_for_checkers_only() -> None:
    found = {
        name
        for name, path in FILES.items()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module == "typing"
    }
    assert found == set(USES_TYPING), (
        "write TYPE_CHECKING = False, and import these names within if TYPE_CHECKING:"
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["show"]:
        print(json.dumps(figures()))
    else:
        LIMITS_FILE.write_text(
            json.dumps({COUNTED: len(start()[0]), **figures_of_a_process()}, indent=2) + "\n", "utf-8"
        )
