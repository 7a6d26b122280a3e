"""What handlers and hooks cost: ``python -m benchmarks.handlers``, instructions of a call with 0, 1, 10 and 100 of them.

Counts by valgrind, so no other load on the machine changes them; it takes some minutes. A handler of ``before-send`` answers
in the place of the network, for boto3 as for us, so the figures are those of the library alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

COUNTS = (0, 1, 10, 100)
FEW, MANY = 20, 70
PROGRAM = """
import {module} as library
from {responses} import AWSResponse
client = library.client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")

class Raw:
    def stream(self):
        return iter([b""])

def respond(request, **kwargs):
    return AWSResponse(request.url, 200, {{}}, Raw())

client.meta.events.register("before-send.s3.HeadObject", respond)
{setup}
for _ in range({calls}):
    client.head_object(Bucket="bucket", Key="key")
"""
PLAIN = """
for number in range({count}):
    def handler(params, number=number, **kwargs):
        params["headers"]["X-%d" % number] = "1"
    client.meta.events.register("before-call.s3.HeadObject", handler)
"""
TYPED = """
from sotalia.events import BeforeCall
for number in range({count}):
    def handler(event, number=number):
        event.headers["X-%d" % number] = "1"
    client.meta.events.on(BeforeCall, handler, operation="HeadObject")
"""
HOOKS = """
for number in range({count}):
    def hook(call, proceed, number=number):
        return proceed()
    client.meta.events.around_call(hook, "s3.HeadObject")
"""
ROWS = {
    "boto3, plain handlers": ("boto3", "botocore.awsrequest", PLAIN),
    "sotalia, plain handlers": ("sotalia", "sotalia.transport.messages", PLAIN),
    "sotalia, typed handlers": ("sotalia", "sotalia.transport.messages", TYPED),
    "sotalia, hooks around the call": ("sotalia", "sotalia.transport.messages", HOOKS),
}


def instructions(program: str) -> int:
    """Instructions that a program runs in user space."""
    ended = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "0", "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Collected : (\d+)", ended.stderr)
    assert found is not None, ended.stderr
    return int(found.group(1))


def per_call(module: str, responses: str, setup: str) -> float:
    """Instructions of one call: what more calls cost, by their number."""
    few, many = (
        instructions(PROGRAM.format(module=module, responses=responses, setup=setup, calls=calls))
        for calls in (FEW, MANY)
    )
    return (many - few) / (MANY - FEW)


def main() -> None:
    """Print the table."""
    print(f"{'thousand instructions of a call with':34}" + "".join(f"{count:>9}" for count in COUNTS))
    for name, (module, responses, setup) in ROWS.items():
        figures = [per_call(module, responses, setup.format(count=count)) / 1000 for count in COUNTS]
        print(f"{name:34}" + "".join(f"{figure:>9.0f}" for figure in figures), flush=True)


if __name__ == "__main__":
    main()
