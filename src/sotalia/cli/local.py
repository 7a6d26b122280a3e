"""The command ``sotalia local``."""

from __future__ import annotations

import click

from sotalia.cli.group import command as make_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings


@make_command("local", examples="sotalia local --port 5000")
@click.option("--port", type=int, default=0, help="port to listen on (default: a free one)")
def command(settings: Settings, port: int) -> None:
    """Serve an embedded AWS until interrupted. Its address is printed first."""
    import signal
    import threading

    from sotalia.testing.local import LocalAWS

    stopped = threading.Event()

    def stop(number: int, frame: object) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with LocalAWS(port) as aws:
        print(aws.endpoint_url, flush=True)
        stopped.wait()
