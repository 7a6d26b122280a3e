"""The command ``sotalia local``."""

from __future__ import annotations

import sys

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import command as make_command
from sotalia.cli.output import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings

_EXAMPLES = """
sotalia local --port 5000 --seed seed.json
eval "$(sotalia local --env)"; sotalia ls; kill $SOTALIA_LOCAL_PID
sotalia local --persist ~/.local/share/my-aws
"""
_START_SECONDS = 60


@make_command("local", examples=_EXAMPLES)
@click.option("--port", type=int, default=0, help="port to listen on (default: a free one)")
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    type=click.Path(exists=True),
    metavar="PATH",
    help="data to begin with: a file of JSON, or a folder of buckets",
)
@click.option(
    "--persist",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="keep what it is told for the next time",
)
@click.option("--env", "is_env", is_flag=True, help="serve in the background, and print variables for 'eval'")
def command(settings: Settings, port: int, seeds: tuple[str, ...], persist: str | None, is_env: bool) -> int:
    """Serve an embedded AWS until interrupted. Its address is printed when it answers.

    Everything is in memory, and gone at the end, unless --persist keeps the requests and makes them again at the next start:
    names come back, made-up ids do not.
    """
    if is_env:
        return _serve_behind(port, seeds, persist)
    import signal
    import threading

    from sotalia.testing.local import LocalAWS
    from sotalia.testing.seeds import seed

    stopped = threading.Event()

    def stop(number: int, frame: object) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with LocalAWS(port, persist=persist) as aws:
        for path in seeds:
            for line in seed(aws, path):
                if not settings.quiet:
                    say(line)
        print(aws.endpoint_url, flush=True)
        if not settings.quiet:
            say("For other shells:")
            for name, value in _exports(aws.endpoint_url).items():
                say(f"  export {name}={value}")
        stopped.wait()
    return exit_codes.OK


def _exports(address: str) -> dict[str, str]:
    """What a program needs: any keys will do, and moto's documentation uses these."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _serve_behind(port: int, seeds: tuple[str, ...], persist: str | None) -> int:
    """Start another process that serves, and go when it answers: what a shell evaluates has to end."""
    import os
    import subprocess
    import tempfile

    words = [sys.executable, "-m", "sotalia", "local", "--quiet", "--port", str(port)]
    for path in seeds:
        words += ["--seed", os.path.abspath(path)]
    if persist is not None:
        words += ["--persist", os.path.abspath(persist)]
    log = tempfile.NamedTemporaryFile("w+", prefix="sotalia-local-", suffix=".log", delete=False)  # noqa: SIM115
    with log:
        child = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        assert child.stdout is not None
        with child.stdout as printed:
            address = printed.readline().strip()
        if not address:
            child.wait(_START_SECONDS)
            log.seek(0)
            say(log.read().strip() or "sotalia local: it did not start")
            os.unlink(log.name)
            return exit_codes.FAILED
    exports = {**_exports(address), "SOTALIA_LOCAL_PID": str(child.pid)}
    for name, value in exports.items():
        print(f"export {name}={value}")
    print(f"# Stop it: kill $SOTALIA_LOCAL_PID. What it has to say: {log.name}")
    child.returncode = 0  # It goes on, which is no mistake to warn about.
    return exit_codes.OK
