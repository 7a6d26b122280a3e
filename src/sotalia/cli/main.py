"""The program ``sotalia``: finds the command, runs it, and turns whatever happens into an exit code.

What stands alone (``--help``, ``--version``) and the commands of the table that do without are answered without click: it
comes with the extra ``[cli]`` only, and costs 26 ms to import.
"""

from __future__ import annotations

import os
import sys

from sotalia.cli import exit_codes
from sotalia.cli.commands import ROWS, overview
from sotalia.cli.environment import COMPLETION_VARIABLE
from sotalia.cli.output import flush_stdout, open_streams, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code: see :mod:`sotalia.cli.exit_codes`."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    open_streams()
    try:
        code = _run(arguments)
        flush_stdout()
        return code
    except KeyboardInterrupt as interrupt:
        _abandon_threads(interrupt)
        return _code_of(interrupt)
    except BrokenPipeError:
        _drop_output()
        return exit_codes.CLOSED_PIPE
    except Exception as error:
        return _fail(arguments, error)


def _run(arguments: list[str]) -> int:
    is_completion = COMPLETION_VARIABLE in os.environ
    first = arguments[0] if arguments else "--help"
    if first in ("--help", "-h") and not is_completion:
        print(overview(), end="")
        return exit_codes.OK
    if first == "--version" and not is_completion:
        from sotalia.runtime.version import __version__

        print(f"sotalia {__version__}")
        return exit_codes.OK
    row = ROWS.get(first)
    if row is not None and not row.needs_click and not is_completion:
        plain: Any = row.load()
        return plain(arguments[1:]) or exit_codes.OK
    try:
        import click
    except ImportError:
        what = f"{first!r} needs" if row is not None else "all commands but 'warm' and 'lint' need"
        print(f"sotalia: {what} more packages: pip install 'sotalia[cli]'", file=sys.stderr)
        return exit_codes.FAILED
    return _run_with(click, arguments)


def _run_with(click: Any, arguments: list[str]) -> int:
    """Not by click's own ``main``: that has other exit codes, and ends the program by itself."""
    from sotalia.cli.root import root

    if COMPLETION_VARIABLE in os.environ:
        root.main(arguments, prog_name="sotalia", complete_var=COMPLETION_VARIABLE)
    import signal

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL and _is_main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        with root.make_context("sotalia", arguments) as context:
            return root.invoke(context) or exit_codes.OK
    except click.exceptions.Exit as ended:
        code: int = ended.exit_code
        return code
    except click.Abort:
        return exit_codes.INTERRUPTED
    except click.ClickException as error:
        found: Any = getattr(error, "ctx", None)
        path = found.command_path if found is not None else "sotalia"
        text = error.format_message().rstrip(".")
        say(f"{path}: {text}{' See' if text.endswith('?') else '; see'} '{path} --help'")
        return exit_codes.USAGE


def _is_main_thread() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which ends the program as Ctrl-C does: uploads are aborted, and partial files removed."""


def _terminate(number: int, frame: object) -> None:
    raise _Terminated


def _code_of(interrupt: KeyboardInterrupt) -> int:
    return exit_codes.TERMINATED if isinstance(interrupt, _Terminated) else exit_codes.INTERRUPTED


def _abandon_threads(interrupt: KeyboardInterrupt) -> None:
    """End at once if threads of a transfer are still there: they wait for a network, and the second Ctrl-C came meanwhile."""
    if "threading" not in sys.modules:
        return
    import threading

    if any(thread.name.startswith("s3-transfer") and thread.is_alive() for thread in threading.enumerate()):
        from contextlib import suppress

        from sotalia.s3.download import PARTIAL

        for name in list(PARTIAL):
            with suppress(OSError):
                os.unlink(name)
        os._exit(_code_of(interrupt))


def _fail(arguments: list[str], error: Exception) -> int:
    from sotalia.cli.failures import describe

    if "--debug" in arguments:
        import traceback

        traceback.print_exception(error)
    name = next((word for word in arguments if word in ROWS), "")
    print(f"{f'sotalia {name}'.strip()}: {describe(error)}", file=sys.stderr)
    return exit_codes.FAILED


def _drop_output() -> None:
    """Have the interpreter find nothing to complain of when it flushes stdout at its end."""
    try:
        number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, sys.stdout.fileno())
    except (OSError, ValueError):
        pass  # It is no file of the system's.
