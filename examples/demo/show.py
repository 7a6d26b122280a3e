"""The demo from its first line to its last."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.server import Server
from examples.demo.calls import at_once, fill, one_by_one, recorded
from examples.demo.comparison import ROUNDS, compare
from examples.demo.screen import Screen, console

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path("build/demo/calls.html")


def forget_settings() -> None:
    """Leave the settings of whoever runs this out of it, here and in the programs that it starts."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "SOTALIA_"))]:
        if name != "SOTALIA_CACHE_DIR":
            del os.environ[name]
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        os.environ[name] = os.devnull
    # All servers are on this machine.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"


def main() -> int:
    """Show it all; 1 when the guide's app fails."""
    forget_settings()
    terminal = console()
    screen = Screen(terminal)
    screen.title()
    app = subprocess.Popen(
        [sys.executable, "examples/s3_client/main.py", "--local"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with Server("examples.demo.local_s3") as url:
        with terminal.status("starting an embedded S3"):
            printed, _ = app.communicate()
        screen.one_line(printed.splitlines())
        if app.returncode:
            return 1
        fill(url)
        screen.events(one_by_one(url))
        screen.flight(asyncio.run(at_once(url)))
        calls = recorded(url)
    (ROOT / PAGE).parent.mkdir(parents=True, exist_ok=True)
    calls.save(ROOT / PAGE)
    screen.timeline(calls, PAGE)
    with Server() as url, terminal.status("measuring") as status:
        figures = compare(url, lambda number: status.update(f"measuring: {number} of {ROUNDS}"))
    screen.costs(figures)
    screen.next_steps()
    return 0
