"""The command line: ``sotalia local``, ``warm``, ``sync``, ``lint``, ``explain``, ``stubs`` and ``credentials explain``."""

from __future__ import annotations

import argparse
import sys

from sotalia.runtime.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(arguments: list[str] | None = None) -> int:
    """Run one command: 0 when it went well, 1 with a message on stderr when not."""
    parser = argparse.ArgumentParser(prog="sotalia", description="AWS for Python beside boto3.")
    parser.add_argument("--version", action="version", version=f"sotalia {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    local = commands.add_parser("local", help="serve an embedded AWS until interrupted")
    local.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    local.set_defaults(run=_local)
    warm = commands.add_parser("warm", help="fill the model cache, for images and first starts")
    warm.add_argument("services", nargs="*", metavar="SERVICE", help="names as for client()")
    warm.add_argument("--all", action="store_true", help="every service there is")
    warm.add_argument(
        "--check",
        action="store_true",
        help="make nothing; exit with 1 unless every pack is there and current (of all services, if none is named)",
    )
    warm.set_defaults(run=_warm, usage_error=warm.error)
    _add_others(commands)
    options = parser.parse_args(arguments)
    try:
        return options.run(options) or 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        print(f"sotalia {options.command}: {error}", file=sys.stderr)
        return 1


def _add_others(commands: Any) -> None:
    from sotalia.cli import credentials, explain, lint, stubs, sync

    sync.add_command(commands)
    lint.add_command(commands)
    explain.add_command(commands)
    credentials.add_command(commands)
    stubs.add_command(commands)


def _local(options: argparse.Namespace) -> None:
    import signal
    import threading

    from sotalia.testing.local import LocalAWS

    stopped = threading.Event()

    def stop(number: int, frame: object) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with LocalAWS(options.port) as aws:
        print(aws.endpoint_url, flush=True)
        stopped.wait()


def _warm(options: argparse.Namespace) -> int:
    from sotalia.model.warm import check, warm
    from sotalia.session.core import SessionCore
    from sotalia.session.session import sync_kind

    if options.all and options.services:
        options.usage_error("name services, or give --all, not both")
    if not (options.all or options.services or options.check):
        options.usage_error("name services, or give --all or --check")
    # As in a session, AWS_DATA_PATH and data_path of the profile count.
    loader = SessionCore(sync_kind()).loader
    report = (check if options.check else warm)(loader, options.services or None)
    for line in report:
        print(line)
    return 0 if report.is_complete else 1
