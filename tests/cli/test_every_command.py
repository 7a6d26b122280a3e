"""Each command around calls, once in a real shell against an embedded AWS; what they do is tested in their own files."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX is needed")
PROGRAM = f"{shlex.quote(sys.executable)} -m sotalia"
HANDLERS = 'import sotalia\nsotalia.client("s3").meta.events.register("befor-call.s3", print)\n'


@pytest.mark.parametrize(
    ("line", "code", "expected"),
    [
        ("sotalia call sts get-caller-identity --query Account --output text", 0, "123456789012\n"),
        ("sotalia call s3 create-bucket --bucket NAME -q && sotalia call s3 list-buckets --json | grep -c NAME", 0, "1\n"),
        ("sotalia call | head -1; sotalia call s3 | sed -n 1p", 0, "accessanalyzer\nabort-multipart-upload\n"),
        ("printf '{\"QueueName\": \"NAME\"}' | sotalia call sqs create-queue --params - --query 'length(QueueUrl) > `9`'", 0, "true\n"),
        ("sotalia explain s3 list-buckets | head -1", 0, "s3.ListBuckets (nothing was sent)\n"),
        ("sotalia lint handlers.py | cut -d' ' -f1", 0, "handlers.py:2:43:\n"),
        ("sotalia lint handlers.py > out", 1, ""),
        ("sotalia events --names | wc -l | tr -d ' '", 0, "20\n"),
        ("sotalia config explain region | tail -1 | cut -d' ' -f1", 0, "region\n"),
        ("sotalia credentials explain | sed -n 2p | cut -d: -f1", 0, "Credentials from env\n"),
        ("sotalia doctor --json | grep -c '\"identity\", \"outcome\": \"ok\"'", 0, "1\n"),
        ("export SOTALIA_CACHE_DIR=cache; sotalia warm sqs > out && sotalia warm --check sqs | tail -1 | cut -d' ' -f1", 0, "3\n"),
        ("sotalia completion fish | head -1", 0, "function _sotalia_completion;\n"),
        ("SOTALIA_LOG=info sotalia call sts get-caller-identity -q 2>&1 | grep -c 'sotalia.calls \\[INFO\\] sts.GetCallerIdentity: 200'", 0, "1\n"),
        ("sotalia call sts get-caller-identity -q --log info 2>&1 | grep -c 'sotalia.calls'", 0, "1\n"),
        ("sotalia call sts get-caller-identity -q --log warning", 0, ""),
    ],
)  # fmt: skip
def test_in_a_shell(environment: dict[str, str], tmp_path: Path, line: str, code: int, expected: str) -> None:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    line = line.replace("sotalia ", f"{PROGRAM} ").replace("NAME", f"every-{uuid.uuid4().hex[:8]}")
    done = subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, expected, "")
