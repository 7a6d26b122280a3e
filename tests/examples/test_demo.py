"""What ``make demo`` shows besides the guide's app."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_events_and_costs_are_shown() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/demo.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "provide-client-params.s3.ListBuckets" in done.stdout
    costs = dict(re.findall(r"^  (boto3|sotalia) +(\d+) us$", done.stdout, re.MULTILINE))
    assert set(costs) == {"boto3", "sotalia"}
