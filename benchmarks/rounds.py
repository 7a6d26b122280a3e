"""One round of a measurement, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys


def measured(module: str, *arguments: str) -> list[float]:
    """The numbers that a module prints when it is run with these arguments."""
    # boto3 as it is installed by itself: with awscrt it takes half as long again to start.
    environ = {**os.environ, "BOTO_DISABLE_CRT": "true"}
    # Else each start compiles boto3 and botocore anew, where an installer has not done it.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=environ,
    )
    return [float(value) for value in done.stdout.split()]
